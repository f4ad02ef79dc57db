"""limelight work and limelight gallery: every option, as people use them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import limelight as package
from limelight.exercises.exercise import Exercise
from limelight.exercises.file import write_exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import EXACT
from limelight.render.markdown import Markdown
from limelight.web.content import View
from limelight.web.page import page
from tests.cli.running import PROGRAM, inside, limelight
from tests.render.drawing import drawn
from tests.sheet.looking import COLUMNS, ROWS, sheet_of_trace, trace_of

if TYPE_CHECKING:
    from limelight.sheet.model import Sheet

SHEETS: dict[tuple[str, ...], Sheet] = {
    (): sheet_of_trace("self-attention"),
    ("self-attention",): sheet_of_trace("self-attention"),
    ("softmax", "--rows"): sheet_of_trace("softmax", view="rows"),
    ("--recipe", "exact"): sheet_of_trace("self-attention", "exact"),
    ("softmax", "--recipe", "by-hand"): sheet_of_trace("softmax"),
    ("--step", "A"): COLUMNS.step(trace_of("self-attention"), "A"),
    ("--step", "X"): COLUMNS.step(trace_of("self-attention"), "X"),
    ("--step", "Kᵀ"): COLUMNS.step(trace_of("self-attention"), "K_T"),
    ("--cell", "Z[1,2]"): COLUMNS.cell(trace_of("self-attention"), "Z[1,2]"),
    ("--cell", " Z [ 1 , 2 ] "): COLUMNS.cell(trace_of("self-attention"), "Z[1,2]"),
    ("--rows", "--cell", "Z[4,3]"): ROWS.cell(trace_of("self-attention"), "Z[4,3]"),
}


@pytest.mark.parametrize("arguments", SHEETS, ids=" ".join)
def test_work_draws_the_sheet(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each option shows the sheet that it is for, drawn for 80 columns."""
    ran = inside(capsys, "work", *arguments)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == drawn(SHEETS[arguments])


@pytest.mark.parametrize("arguments", SHEETS, ids=" ".join)
def test_work_writes_markdown(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same sheet can be had as Markdown."""
    ran = inside(capsys, "work", *arguments, "--format", "markdown")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == list(Markdown(SHEETS[arguments]).lines())


@pytest.mark.parametrize(
    ("arguments", "wanted", "view"),
    [
        ((), gallery(), View()),
        (("softmax",), gallery("softmax"), View()),
        (("--recipe", "exact"), gallery().under(EXACT), View()),
        (("--rows", "--digits", "5"), gallery(), View(Orientation.ROWS, 5)),
    ],
    ids=["as it is", "another", "exact", "rows"],
)
def test_work_writes_a_page(
    arguments: tuple[str, ...], wanted: Exercise, view: View, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exercise can be had as a page, by the rules and in the view that were asked for."""
    ran = inside(capsys, "work", *arguments, "--format", "html")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == page(wanted, view)


def test_a_page_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --out it goes to a file, which is replaced only where that is asked for."""
    path = tmp_path / "mine.html"
    first = inside(capsys, "work", "softmax", "--out", path)
    again = inside(capsys, "work", "--out", path)
    kept = path.read_text(encoding="utf-8")
    forced = inside(capsys, "work", "--out", path, "--force")

    assert (first.status, first.out) == (0, f"{path} is written.\n")
    assert kept == page(gallery("softmax"))
    assert (again.status, again.out) == (2, "")
    assert forced.status == 0
    assert path.read_text(encoding="utf-8") == page(gallery())


def test_only_a_page_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, Markdown and JSON go where standard output goes."""
    ran = inside(capsys, "work", "--format", "json", "--out", tmp_path / "mine.json")

    assert (ran.status, ran.out) == (2, "")
    assert "--out writes a page" in ran.err


@pytest.mark.parametrize("option", ["--step=A", "--cell=Z[1,2]", "--compare=exact"])
def test_a_page_is_of_the_whole(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A page of one step or cell alone is refused, since it shows every one that is pointed at."""
    ran = inside(capsys, "work", option, "--format", "html")

    assert (ran.status, ran.out) == (2, "")
    assert "a page shows every step and cell" in ran.err


@pytest.mark.parametrize(("digits", "shown"), [("0", "8"), ("2", "7.83"), ("6", "7.826087")])
def test_digits_are_followed(digits: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Z[1,1] = 180/23 is written to as many decimals as were asked for."""
    ran = inside(capsys, "work", "--cell", "Z[1,1]", "--digits", digits)

    assert ran.out.splitlines()[8].endswith(f"= 180/23 ≈ {shown}")


def test_a_process_of_its_own_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The command as installed writes what it writes inside this process."""
    assert limelight("work") == inside(capsys, "work")


def test_the_command_is_installed() -> None:
    """`limelight` is a program beside the Python that it was installed with."""
    assert Path(sys.executable).with_name("limelight").exists()
    assert PROGRAM[-2:] == ("-m", "limelight")


def test_the_version_is_the_package_s() -> None:
    """--version says which version it is."""
    ran = limelight("--version")

    assert ran == (0, f"limelight, version {package.__version__}\n", "")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ()])
def test_help_names_the_commands(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for help, or for nothing, it says what it can do."""
    ran = inside(capsys, *arguments)

    assert (ran.status, ran.err) == (0, "")
    assert all(
        command in ran.out for command in ("work", "gallery", "Make self-attention visible")
    )


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of work names every option that there is."""
    out = inside(capsys, "work", "--help").out
    options = ["--recipe", "--step", "--cell", "--compare", "--rows", "--digits", "--format"]

    assert [option for option in options if option not in out] == []


def test_the_gallery_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """The gallery lists every exercise with its title, in the order to learn them."""
    ran = inside(capsys, "gallery")
    listed = [
        line.split(maxsplit=1)
        for line in ran.out.splitlines()
        if line.split(" ")[0] in gallery_names()
    ]

    assert (ran.status, ran.err) == (0, "")
    assert listed == [[name, gallery(name).title] for name in gallery_names()]


def test_a_file_of_one_s_own_is_worked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An exercise that was written to a file is worked as it would have been before."""
    path = tmp_path / "mine.json"
    write_exercise(gallery("cross-attention"), path)

    assert inside(capsys, "work", path).out == inside(capsys, "work", "cross-attention").out


def test_a_file_needs_no_ending(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is found by its name, whatever that is."""
    write_exercise(gallery("softmax"), tmp_path / "mine")
    monkeypatch.chdir(tmp_path)

    assert inside(capsys, "work", "mine").out == inside(capsys, "work", "softmax").out


def test_the_gallery_comes_before_a_file_of_the_same_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file called like an exercise of the gallery is meant only when it is called ./softmax."""
    write_exercise(gallery("dot-product"), tmp_path / "softmax")
    monkeypatch.chdir(tmp_path)

    assert inside(capsys, "work", "softmax").out.startswith("Softmax of a column")
    assert inside(capsys, "work", "./softmax").out.startswith(gallery("dot-product").title)


def test_a_file_s_own_rules_are_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's own recipe is the one to work by, unless another is asked for."""
    own = Exercise(kind="softmax", inputs=gallery("softmax").inputs).under(package.EXACT)
    path = tmp_path / "own.json"
    write_exercise(own, path)

    assert "e^C" in inside(capsys, "work", path).out
    assert "3^C" in inside(capsys, "work", path, "--recipe", "by-hand").out

"""limelight sheet: what it writes, in which format, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from limelight import EXACT, write_exercise
from limelight.cli.sheet import SIZES, size_option
from limelight.exercises.gallery import gallery, gallery_names
from limelight.exercises.generate import Form
from limelight.render.formats import FORMATS
from tests.cli.running import PROGRAM, environment, faults, inside, limelight

if TYPE_CHECKING:
    from pathlib import Path

BEGINS = {
    "pdf": b"%PDF-",
    "xlsx": b"PK",
    "html": b"<!DOCTYPE html>",
    "moodle": b"<?xml",
    "qti": b"PK",
    "text": b"Softmax of a column",
    "markdown": b"# Softmax of a column",
}
"""How a file of each format begins; a new format has its line here."""


def written(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> bytes:
    """Write a worksheet of the softmax exercise and return the file."""
    ran = inside(capsys, "sheet", "softmax", *arguments, "--out", path)

    assert (ran.status, ran.out, ran.err) == (0, f"{path} is written.\n", "")
    return path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is what its ending says, or what --format says where the ending says nothing."""
    form = FORMATS[name]
    by_name = {
        ending: written(tmp_path / f"sheet{ending.upper()}", capsys) for ending in form.endings
    }
    by_format = written(tmp_path / "sheet", capsys, "--format", name)

    assert all(content.startswith(BEGINS[name]) for content in (*by_name.values(), by_format))
    assert set(by_name.values()) == {by_format}


@pytest.mark.parametrize("name", gallery_names())
@pytest.mark.parametrize("form", FORMATS)
def test_every_exercise_goes_into_every_format(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each exercise of the gallery can be had in each format, tokens as rows too."""
    path = tmp_path / "sheet"
    ran = inside(capsys, "sheet", name, "--format", form, "--rows", "--out", path)

    assert (ran.status, ran.err) == (0, "")
    assert path.stat().st_size > 500


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_sheet_is_the_same_file(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written twice, a sheet is the same to the byte, so that a set can be compared."""
    asked = ["--format", name, "--seed", "5"]

    assert written(tmp_path / "one", capsys, *asked) == written(tmp_path / "two", capsys, *asked)


def test_a_text_is_shown_where_no_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Text and Markdown go to standard output, and text is what is shown unless told otherwise."""
    text = inside(capsys, "sheet", "softmax")
    markdown = inside(capsys, "sheet", "softmax", "--format", "markdown")

    assert (text.status, text.err, markdown.status, markdown.err) == (0, "", 0, "")
    assert inside(capsys, "sheet", "softmax", "--format", "text") == text
    assert text.out.startswith("Softmax of a column")
    assert markdown.out.startswith("# Softmax of a column")


def test_a_dash_is_standard_output(tmp_path: Path) -> None:
    """Any format goes through a pipe where --out is a dash."""
    piped = subprocess.run(
        [*PROGRAM, "sheet", "--format", "qti", "--out", "-"],
        capture_output=True,
        check=True,
        env=environment(),
    )
    path = tmp_path / "sheet.zip"
    limelight("sheet", "--out", path)

    assert piped.stdout == path.read_bytes()
    assert zipfile.ZipFile(io.BytesIO(piped.stdout)).testzip() is None


def test_a_file_of_one_s_own_is_laid_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exercise in a file becomes a worksheet as one of the gallery does."""
    path = tmp_path / "mine.json"
    write_exercise(gallery("cross-attention"), path)
    from_file = inside(capsys, "sheet", path)

    assert from_file.status == 0
    assert from_file.out == inside(capsys, "sheet", "cross-attention").out


def numbers_in(text: str) -> int:
    """Count the digits, which the more is worked the more there are."""
    return sum(map(str.isdigit, text))


def test_a_key_is_worked_and_hints_are_a_little(capsys: pytest.CaptureFixture[str]) -> None:
    """A blank sheet has the given numbers, one with hints some more, the key all of them."""
    texts = [inside(capsys, "sheet", *more).out for more in ((), ("--hints",), ("--key",))]
    blank, hints, key = map(numbers_in, texts)

    assert blank < hints < key
    assert [text.splitlines()[0] for text in texts] == [
        "Self-attention",
        "Self-attention · with hints",
        "Self-attention · key",
    ]


def test_only_what_is_named_is_left_blank(capsys: pytest.CaptureFixture[str]) -> None:
    """With --blank everything else is worked; names have commas, and spaces if one likes."""
    everything = inside(capsys, "sheet", "softmax").out
    one = inside(capsys, "sheet", "softmax", "--blank", "A").out
    two = inside(capsys, "sheet", "softmax", "--blank", "A, sums").out
    all_three = inside(capsys, "sheet", "softmax", "--blank", "A,sums,E,").out

    assert numbers_in(everything) == numbers_in(all_three) < numbers_in(two) < numbers_in(one)


def test_rules_decimals_and_orientation_are_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """--recipe, --digits and --rows mean what they mean for limelight work."""
    plain = inside(capsys, "sheet", "--key").out
    exact = inside(capsys, "sheet", "--key", "--recipe", "exact", "--digits", "7").out
    rows = inside(capsys, "sheet", "--key", "--rows").out

    assert "3^C" in plain
    assert "e^C" in exact
    assert "tokens as rows" in rows
    assert "√3" in exact


def test_a_recipe_of_a_file_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's own rules hold unless others are asked for."""
    path = tmp_path / "mine.json"
    write_exercise(gallery("softmax").under(EXACT), path)

    assert "e^C" in inside(capsys, "sheet", path, "--key").out
    assert "3^C" in inside(capsys, "sheet", path, "--key", "--recipe", "by-hand").out


def test_paper_and_formulas_make_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--paper and --live reach the format that they are for."""
    a4 = written(tmp_path / "a4.pdf", capsys)
    letter = written(tmp_path / "letter.pdf", capsys, "--paper", "letter")
    plain = written(tmp_path / "plain.xlsx", capsys)
    live = written(tmp_path / "live.xlsx", capsys, "--live")

    assert written(tmp_path / "said.pdf", capsys, "--paper", "a4") == a4
    assert (a4 != letter, plain != live) == (True, True)


def test_a_seed_makes_fresh_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed makes the same sheet, another one another, and the sheet says which."""
    seven, again, eight = (inside(capsys, "sheet", "--seed", seed).out for seed in ("7", "7", "8"))

    assert seven == again != eight
    assert seven != inside(capsys, "sheet").out
    assert "Seed 7" in seven


@pytest.mark.parametrize("option", ["--reveal L1", "--tokens 5", "--heads 2", "--causal"])
def test_any_wish_for_fresh_numbers_makes_them(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --seed the seed is 1, so that the same wish gives the same sheet."""
    ran = inside(capsys, "sheet", *option.split())

    assert (ran.status, ran.err) == (0, "")
    assert ran == inside(capsys, "sheet", *option.split(), "--seed", "1")
    assert "Seed 1" in ran.out


def test_sizes_are_those_of_the_exercise_unless_given(capsys: pytest.CaptureFixture[str]) -> None:
    """A fresh exercise is as large as the one that is named; a size that is given counts."""
    like_it = inside(capsys, "sheet", "--seed", "1").out
    larger = inside(capsys, "sheet", "--tokens", "5", "--d-k", "2").out

    assert "4 tokens, 6 features, d_k = 3, d_v = 3" in like_it
    assert "5 tokens, 6 features, d_k = 2, d_v = 3" in larger


@pytest.mark.parametrize("name", gallery_names())
def test_every_size_of_an_exercise_can_be_given(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is an option for each axis that the exercise has."""
    axes = Form.like(gallery(name)).sizes

    assert set(axes) <= set(SIZES)
    help_text = inside(capsys, "sheet", "--help").out
    assert [axis for axis in axes if f"{size_option(axis)} N" not in help_text] == []


def test_help_says_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option stands under a heading, and formats are listed."""
    ran = inside(capsys, "sheet", "--help")
    headings = [line for line in ran.out.splitlines() if line.endswith(":") and line[0] != " "]

    assert (ran.status, ran.err) == (0, "")
    assert headings == ["Where it goes:", "What stands on it:", "Fresh numbers:", "Help:"]
    assert [name for name in FORMATS if name not in ran.out] == []


def test_a_file_is_replaced_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there stays, unless --force is said."""
    path = tmp_path / "mine.txt"
    path.write_text("mine", encoding="utf-8")
    ran = inside(capsys, "sheet", "--out", path)

    assert faults(ran) == []
    assert "mine.txt is there already" in ran.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert inside(capsys, "sheet", "--out", path, "--force").status == 0
    assert path.read_text(encoding="utf-8").startswith("Self-attention")


@pytest.mark.parametrize("place", ["none/a.txt", "file/a.txt", "folder", "pipe.txt", "a\0.txt"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_where_nothing_can_be_written_is_told(
    place: str, force: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, a file in its place, a folder or a pipe in the file's: refused, if forced too."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    before = sorted(tmp_path.rglob("*"))
    ran = inside(capsys, "sheet", "--format", "text", *force, "--out", f"{tmp_path}/{place}")

    assert faults(ran) == []
    assert "cannot be written" in ran.err
    assert sorted(tmp_path.rglob("*")) == before


REFUSED: dict[str, list[str]] = {
    # What there is is listed, and what is near is suggested.
    "sefl-attention": ["'sefl-attention'", "Did you mean self-attention"],
    "-": ["'-'", "softmax"],
    "--recipe exakt": ["'exakt'", "Did you mean exact"],
    "--blank S,R": ["'R'", "Q, K, V"],
    "--format word": ["--format", "'word'", "pdf", "xlsx"],
    "--paper a3": ["--paper", "'a3'", "a4", "letter"],
    "--reveal L999": ["'L999'", "L1"],
    "--hidden 4": ["hidden", "tokens"],
    "--digits 99": ["--digits", "0<=x<=15"],
    "--tokens 0": ["--tokens", "x>=1"],
    "--tokens many": ["--tokens", "'many'"],
    "--seed -1": ["--seed", "x>=0"],
    "--variants 0 --out FOLDER": ["--variants", "x>=1"],
    "--variants 99999 --out FOLDER": ["at most 9,999 sheets", "99,999"],
    # What cannot be printed says how much can.
    "--tokens 65": ["tokens", "from 1 to 64", "65"],
    "--tokens 99999999999999999999999": ["tokens", "from 1 to 64"],
    "--tokens 64 --features 64 --d-k 64 --d-v 64": ["at most 20,000 cells"],
    "large.json --out FOLDER/a.txt": ["at most 20,000 cells"],
    # What does not go together.
    "--key --hints": ["--key", "--hints"],
    "--key --blank A": ["--key", "--blank"],
    "--blank ,": ["--blank", "S,A"],
    "--format pdf": ["--format pdf", "--out self-attention.pdf"],
    "--format pdf --out FOLDER/a.xlsx": ["--format pdf", "a.xlsx"],
    "--out FOLDER/a.doc": ["a.doc", ".pdf", "--format"],
    "--out FOLDER/a": ["--format"],
    "--live": ["--live", "xlsx", "text"],
    "--live --out FOLDER/a.pdf": ["--live", "xlsx", "pdf"],
    "--live --hints --out FOLDER/a.xlsx": ["--live", "--hints"],
    "--paper a4 --out FOLDER/a.html": ["--paper", "pdf", "html"],
    "--key --out FOLDER/a.xml": ["moodle", "--key"],
    "--key --out FOLDER/a.zip": ["qti", "--key"],
    "--live --blank A --out FOLDER/a.xlsx": ["--live", "--blank"],
    "--live --format xlsx --variants 3 --out FOLDER": ["--live", "--variants"],
    "--variants 3": ["--variants", "--out"],
    "--variants 3 --out -": ["--variants", "--out"],
    "--variants 3 --out FOLDER/a.pdf": ["--variants", "folder", "a.pdf"],
    "--variants 3 --key --out FOLDER": ["--variants", "--key"],
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_meant_is_refused(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message with the rule, what came and the way out; status 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "large.json").write_text(json.dumps(large(1500)), encoding="utf-8")
    (tmp_path / "FOLDER").mkdir()
    ran = inside(capsys, "sheet", *line.split())

    assert faults(ran) == []
    assert [fact for fact in REFUSED[line] if fact not in ran.err] == []
    assert list((tmp_path / "FOLDER").iterdir()) == []


def large(columns: int) -> dict[str, object]:
    """Return an exercise that is too large for paper."""
    return {
        "format": "limelight-exercise-1",
        "kind": "softmax",
        "inputs": {"C": [[(row + column) % 3 for column in range(columns)] for row in range(9)]},
    }


def test_a_process_refuses_as_well(tmp_path: Path) -> None:
    """As a process too it ends with status 2 and one message."""
    ran = limelight("sheet", "--tokens", "4000", "--out", tmp_path / "a.txt")

    assert faults(ran) == []
    assert list(tmp_path.iterdir()) == []

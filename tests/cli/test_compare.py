"""limelight work --compare: with a recipe and without, the exercise before it or after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.file import write_exercise
from limelight.exercises.gallery import gallery
from limelight.mechanism.compare import compare
from limelight.sheet.comparison import lay_out_comparison
from tests.cli.running import faults, inside
from tests.render.drawing import drawn
from tests.sheet.looking import COLUMNS, ROWS, trace_of

if TYPE_CHECKING:
    from pathlib import Path

    from limelight.sheet.layout import Layout

ONES = {
    "--compare": ("self-attention", "by-hand", "exact"),
    "--compare exact": ("self-attention", "by-hand", "exact"),
    "--compare by-hand": ("self-attention", "by-hand", "by-hand"),
    "--compare softmax": ("softmax", "by-hand", "exact"),
    "softmax --compare": ("softmax", "by-hand", "exact"),
    "softmax --compare exact": ("softmax", "by-hand", "exact"),
    "--compare exact softmax": ("softmax", "by-hand", "exact"),
    "--compare --recipe exact": ("self-attention", "exact", "by-hand"),
    "--recipe exact --compare": ("self-attention", "exact", "by-hand"),
    "--recipe exact --compare by-hand softmax": ("softmax", "exact", "by-hand"),
    "--compare --digits 3 softmax": ("softmax", "by-hand", "exact"),
}


def comparison_of(name: str, first: str, second: str, layout: Layout = COLUMNS) -> list[str]:
    """Draw a comparison."""
    found = compare(trace_of(name, first), trace_of(name, second))
    return drawn(lay_out_comparison(found, layout))


@pytest.mark.parametrize("line", ONES)
def test_the_comparison_meant_is_made(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the recipe and the exercise stand, the comparison that was meant is drawn."""
    ran = inside(capsys, "work", *line.split())

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == comparison_of(*ONES[line])


def test_rows_are_compared_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A comparison can be seen by rows."""
    out = inside(capsys, "work", "--rows", "--compare").out

    assert out.splitlines() == comparison_of("self-attention", "by-hand", "exact", ROWS)


def test_one_step_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """With --step only that step is compared, and it is shown even where nothing differs."""
    found = compare(trace_of("self-attention"), trace_of("self-attention", "exact"))
    for step in ("A", "Q"):
        out = inside(capsys, "work", "--compare", "--step", step).out

        assert out.splitlines() == drawn(lay_out_comparison(found, COLUMNS, [step]))


@pytest.mark.parametrize("line", ["FILE --compare", "--compare FILE", "--compare exact FILE"])
def test_a_file_is_compared(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of one's own may stand before --compare or after it."""
    path = tmp_path / "mine.json"
    write_exercise(gallery("softmax"), path)
    ran = inside(capsys, "work", *line.replace("FILE", str(path)).split())

    assert ran.out.splitlines() == comparison_of("softmax", "by-hand", "exact")


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("softmax --compare dot-product", ["recipe named 'dot-product'", "by-hand, exact"]),
        ("--compare nothing", ["exercise named 'nothing'"]),
        ("--compare --recipe nothing", ["recipe named 'nothing'"]),
        ("--compare --step B", ["step named 'B'"]),
        ("--compare --step X", ["step named 'X'"]),
        ("--compare --cell Z[1,1]", ["--cell"]),
    ],
)
def test_what_cannot_be_compared_is_refused(
    line: str, facts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown recipe, exercise or step is named, and so is what does not go together."""
    ran = inside(capsys, "work", *line.split())

    assert faults(ran) == []
    assert [fact for fact in facts if fact not in ran.err] == []

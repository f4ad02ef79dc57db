"""No line is longer than the terminal is wide, whatever stands in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.mechanism.compare import compare
from limelight.mechanism.recipe import BY_HAND, EXACT
from limelight.render.lines import width_of
from limelight.sheet.comparison import lay_out_comparison
from limelight.sheet.model import Fact, Sheet
from tests.render.drawing import drawn, labelled, large_trace, many_heads
from tests.sheet.looking import COLUMNS, EVERY_SHEET, ROWS, sheet_of_trace

if TYPE_CHECKING:
    from collections.abc import Iterable

NARROW = range(40, 48)
WIDE = {
    "wide letters": "猫が好き" * 12,
    "one long word": "x" * 150,
    "accents": "e\u0301" * 90,
    "Thai": "ที่นี่" * 30,
}


def too_long(sheet: Sheet, widths: Iterable[int]) -> dict[int, str]:
    """Return, for each width, the first line that is longer."""
    found = {}
    for width in widths:
        longer = (line for line in drawn(sheet, width) if width_of(line) > width)
        if line := next(longer, ""):
            found[width] = line
    return found


@pytest.mark.parametrize("index", range(len(EVERY_SHEET)), ids=map("-".join, EVERY_SHEET))
def test_no_line_is_too_long(index: int) -> None:
    """Every sheet of the gallery fits; together the sheets try every width from 40 to 200."""
    sheet = sheet_of_trace(*EVERY_SHEET[index])
    widths = {*NARROW, *range(48 + index % 13, 201, 13)}

    assert too_long(sheet, sorted(widths)) == {}


def test_every_width_is_tried() -> None:
    """The widths of the test above, taken together, leave none out."""
    tried = {*NARROW}
    for index in range(len(EVERY_SHEET)):
        tried |= {*range(48 + index % 13, 201, 13)}

    assert tried == {*range(40, 201)}


@pytest.mark.parametrize("width", [40, 133])
def test_a_large_exercise_fits(width: int) -> None:
    """64 tokens fit the line, by columns and by rows."""
    assert too_long(COLUMNS.step(large_trace(), "A"), [width]) == {}
    assert too_long(ROWS.step(large_trace(), "Z"), [width]) == {}
    assert too_long(COLUMNS.cell(large_trace(), "Z[1,1]"), [width]) == {}


def test_many_heads_fit() -> None:
    """Twenty heads, whose join is one long formula, fit the line."""
    assert too_long(COLUMNS.trace(work(many_heads(20))), [40, 60, 80]) == {}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_prose_fits(text: str) -> None:
    """Titles, sentences and facts of wide letters and of long words fit the line."""
    sheet = Sheet(
        title=text,
        about=text,
        facts=(Fact(label="Source", text=text),),
        sections=(),
        notes=(text,),
    )

    assert too_long(sheet, NARROW) == {}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_labels_fit(text: str) -> None:
    """Labels of wide letters and long words are cut until they fit."""
    exercise = labelled(text[:40], "two", text[:40])

    assert too_long(COLUMNS.trace(work(exercise)), NARROW) == {}


def test_long_names_of_recipes_fit() -> None:
    """A comparison of recipes with names of 60 letters fits the line."""
    exercise = gallery("softmax")
    first, second = (replace(recipe, name="r" * 60) for recipe in (BY_HAND, EXACT))
    sheet = lay_out_comparison(compare(work(exercise, first), work(exercise, second)), COLUMNS)

    assert too_long(sheet, [40, 60, 80]) == {}


def test_a_terminal_too_narrow_gets_forty_columns() -> None:
    """Below 40 columns nothing is readable, and lines are laid out for 40."""
    assert drawn(sheet_of_trace("softmax"), 5) == drawn(sheet_of_trace("softmax"), 40)


def test_a_line_too_long_is_seen() -> None:
    """The check can fail: a sheet drawn for 80 columns does not fit 79."""
    lines = drawn(sheet_of_trace("self-attention"), 80)

    assert max(map(width_of, lines)) == 80
    assert not too_long(sheet_of_trace("self-attention"), [80])
    assert too_long(sheet_of_trace("self-attention"), [39])

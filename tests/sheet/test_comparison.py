"""Two recipes side by side, recomputed here from nothing but the numbers of each."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from limelight.errors import UnknownNameError
from limelight.mechanism.compare import compare
from limelight.notation.numbers import MASKED
from limelight.notation.plain import symbol_text
from limelight.sheet.comparison import lay_out_comparison
from tests.sheet.looking import COLUMNS, NAMES, VIEWS, blocks_of, trace_of

if TYPE_CHECKING:
    from limelight.mechanism.compare import Comparison
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number
    from limelight.sheet.model import Sheet


def comparison_of(name: str) -> Comparison:
    """By hand against exact."""
    return compare(trace_of(name), trace_of(name, "exact"))


def sheet_of(name: str, view: str = "columns") -> Sheet:
    """Laid out."""
    return lay_out_comparison(comparison_of(name), VIEWS[view])


def moved(first: Number, second: Number) -> Number:
    """Second minus first; a score hidden in both has not moved."""
    return Fraction(0) if first == second == MASKED else second - first


def moves(trace: Trace, other: Trace, step: str) -> list[list[Number]]:
    """Subtract one step of two traces, cell by cell."""
    return [
        [moved(first, second) for first, second in zip(*rows, strict=True)]
        for rows in zip(trace[step].rows, other[step].rows, strict=True)
    ]


def by_definition(name: str) -> dict[str, list[list[Number]]]:
    """Return the differences of every step."""
    first, second = trace_of(name), trace_of(name, "exact")
    return {step.name: moves(first, second, step.name) for step in first.plan.steps}


@pytest.mark.parametrize("name", NAMES)
def test_steps_that_are_the_same_are_named_and_left_out(name: str) -> None:
    """A step all of whose cells are equal is listed as the same; the others are shown."""
    differences = by_definition(name)
    same = [step for step, rows in differences.items() if not any(map(any, rows))]
    sheet = sheet_of(name)
    facts = {fact.label: fact.text for fact in sheet.facts}

    assert facts["Same"] == (", ".join(map(symbol_text, same)) or "no step")
    assert list(blocks_of(sheet)) == [step for step in differences if step not in same]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_differences_are_right(name: str, view: str) -> None:
    """The third grid of a step is the second minus the first, and marked as the result."""
    turn, differences = view == "rows", by_definition(name)
    for step, block in blocks_of(sheet_of(name, view)).items():
        rows = differences[step]
        expected = [list(column) for column in zip(*rows, strict=True)] if turn else rows
        first, second, difference = block.grids

        assert [list(row) for row in difference.numbers] == expected
        assert [grid.is_result for grid in (first, second, difference)] == [False, False, True]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_furthest_cell_is_right(name: str, view: str) -> None:
    """The cell said to be furthest apart is the first whose difference is the largest."""
    differences = by_definition(name)
    for step, block in blocks_of(sheet_of(name, view)).items():
        rows = differences[step]
        sizes = [abs(Fraction(number)) for row in rows for number in row]
        row, column = divmod(sizes.index(max(sizes)), len(rows[0]))
        seen = (row, column) if view == "columns" else (column, row)
        place = f"{symbol_text(step)}[{seen[0] + 1},{seen[1] + 1}]"

        assert block.saying.startswith(f"furthest apart at {place}: ")


def test_softmax_by_calculator() -> None:
    """The weights of the softmax exercise, worked here, stand in the two grids."""
    by_hand = [Fraction(27, 40), Fraction(9, 40), Fraction(3, 40), Fraction(1, 40)]
    powers = [math.exp(score) for score in (2, 1, 0, -1)]
    exact = [power / sum(powers) for power in powers]
    first, second, difference = blocks_of(sheet_of("softmax"))["A"].grids
    worked = [float(row[0]) for row in second.numbers]
    apart = [float(row[0]) for row in difference.numbers]

    assert [row[0] for row in first.numbers] == by_hand
    assert worked == pytest.approx(exact, rel=1e-15)
    assert apart == pytest.approx([b - a for a, b in zip(by_hand, exact, strict=True)], abs=1e-15)


def test_captions_name_the_recipes() -> None:
    """The grids are called after the recipes, and the title names both."""
    sheet = sheet_of("softmax")
    captions = [grid.caption for grid in blocks_of(sheet)["A"].grids]

    assert captions == ["by-hand", "exact", "exact - by-hand"]
    assert sheet.title == "Softmax of a column: by-hand against exact"


def test_words_give_both_numbers() -> None:
    """The saying has both numbers of the furthest cell; the note how far the weights move."""
    sheet = sheet_of("softmax")

    assert blocks_of(sheet)["A"].saying == "furthest apart at A[1,1]: 0.675 by-hand, 0.644 exact"
    assert sheet.notes == ("From by-hand to exact, A moves by up to 0.031.",)


def test_a_recipe_against_itself_moves_nothing() -> None:
    """Every step is the same, and nothing is shown to differ."""
    trace = trace_of("self-attention")
    sheet = lay_out_comparison(compare(trace, trace), COLUMNS)

    assert sheet.sections == ()
    assert "moves by up to 0" in sheet.notes[0]


def test_a_step_asked_for_is_shown_even_if_it_is_the_same() -> None:
    """Steps called by name are shown, whether they differ or not."""
    sheet = lay_out_comparison(comparison_of("self-attention"), COLUMNS, ["Q"])

    assert list(blocks_of(sheet)) == ["Q"]


def test_a_step_that_is_not_there_is_refused() -> None:
    """An unknown step is refused by name."""
    with pytest.raises(UnknownNameError, match="no step named 'B'"):
        lay_out_comparison(comparison_of("self-attention"), COLUMNS, ["B"])

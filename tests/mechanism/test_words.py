"""Words never lie: what a cell's arithmetic says is what the cell is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings

from limelight.errors import NumberError
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.matrix import Cell
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from limelight.notation.expressions import Entry, Value
from limelight.notation.numbers import MASKED, round_half_away
from limelight.notation.plain import Plain
from tests.oracles.evaluate import evaluate, read_formula, untrue_sides
from tests.strategies import ANY_CASE, ONE_NUMBER, RECIPES, Case, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.mechanism.trace import Trace, Worked
    from limelight.notation.expressions import Equation, Expression
    from limelight.notation.numbers import Number

HARD = {
    "a column of equal numbers, with gain and shift": (ONE_NUMBER, Recipe(name="no epsilon")),
    "a number that is moved and rounded": (
        Case(kind="dot-product", inputs=plain(K=[["1/3"]], Q=[[2]])),
        Recipe(name="one decimal", digits=1),
    ),
    "powers beyond float64": (
        Case(kind="softmax", inputs=plain(C=[[1000, -1000], [999, -1001]])),
        Recipe(name="large"),
    ),
}
WORDS = [
    ("S", 1, 0, "S[2,1] = 2·2 + 1·0 + 0·3 = 4"),
    ("C", 2, 0, "C[3,1] = floor(-1/2) = -1"),
    ("E", 2, 0, "E[3,1] = 3^(-1) = 1/3 ≈ 0.333"),
    ("sums", 0, 0, "sums[1,1] = 3 + 9 + 1/3 + 3 = 46/3 ≈ 15.333"),
    ("A", 1, 0, "A[2,1] = 9 / (46/3) = 27/46 ≈ 0.587"),
    ("K_T", 1, 0, "Kᵀ[2,1] = K[1,2] = 2"),
    ("X", 0, 0, "X[1,1] = 2 (given)"),
]


def cells(trace: Trace) -> Iterator[tuple[Worked, Cell]]:
    """Go through every cell of every step."""
    for worked in trace.steps:
        for cell, _ in worked.matrix.cells():
            yield worked, cell


def untrue(trace: Trace, view: Orientation = Orientation.COLUMNS) -> list[str]:
    """Return every cell whose words do not give its number."""
    return [
        f"{worked.name}{cell}: {worked.words(*cell)}"
        for worked, cell in cells(trace)
        if not is_true(trace, worked, cell, view)
    ]


def is_true(trace: Trace, worked: Worked, cell: Cell, view: Orientation) -> bool:
    """Tell whether a cell's equation names it, and every side gives what the cell holds."""
    equation = view.equation(worked.equation(cell))
    shown = view.cell(cell)
    stated = equation.rounded or equation.sides[-1]
    return (
        equation.sides[0] == Entry(worked.name, shown.row + 1, shown.column + 1)
        and stated == Value(worked[cell])
        and not untrue_sides(numbers(equation, trace, view))
    )


def numbers(equation: Equation, trace: Trace, view: Orientation) -> list[Expression]:
    """Return the sides behind the name, with the number of a cell in place of its name."""
    return [
        Value(trace[side.name][view.cell(Cell(side.row - 1, side.column - 1))])
        if isinstance(side, Entry)
        else side
        for side in equation.sides[1:]
    ]


@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("name", gallery_names())
def test_words_of_the_gallery_are_true(name: str, recipe: Recipe) -> None:
    """Every cell of every exercise of the gallery is what its words say, in both views."""
    trace = work(gallery(name), recipe)

    assert not untrue(trace)
    assert not untrue(trace, Orientation.ROWS)


@settings(max_examples=40)
@given(ANY_CASE, RECIPES)
def test_words_of_random_exercises_are_true(case: Case, recipe: Recipe) -> None:
    """Every cell of every exercise under every recipe is what its words say, in both views."""
    trace = worked_or_none(case.exercise, recipe)
    assume(trace)
    if trace:
        assert not untrue(trace)
        assert not untrue(trace, Orientation.ROWS)


@pytest.mark.parametrize(("case", "recipe"), HARD.values(), ids=HARD)
def test_words_of_hard_cells_are_true(case: Case, recipe: Recipe) -> None:
    """Words are true where a step does something that it seldom does."""
    trace = work(case.exercise, recipe)

    assert not untrue(trace)
    assert not untrue(trace, Orientation.ROWS)


def worked_or_none(exercise: Exercise, recipe: Recipe) -> Trace | None:
    """Work an exercise; None where a number leaves the bounds, which a recipe may do."""
    try:
        return work(exercise, recipe)
    except NumberError:
        return None


@settings(max_examples=40)
@given(ANY_CASE)
def test_rounded_words_say_what_was_rounded(case: Case) -> None:
    """Where a recipe rounds, the words give the number before, and its rounding after."""
    recipe = Recipe(name="paper", base=Fraction(3), divisor="d_k", digits=1)
    trace = work(case.exercise, recipe)
    equations = [worked.equation(cell) for worked, cell in cells(trace)]
    rounded = [equation for equation in equations if equation.rounded]

    assert [equation.rounded for equation in rounded] == [
        Value(on_paper(evaluate(equation.sides[-1]))) for equation in rounded
    ]


def on_paper(number: Number) -> Number:
    """Round to one decimal; a hidden score stays hidden."""
    return number if number == MASKED else round_half_away(Fraction(number), 1)


@pytest.mark.parametrize(("step", "row", "column", "words"), WORDS)
def test_words_read_as_people_write(step: str, row: int, column: int, words: str) -> None:
    """The arithmetic of a cell is said in the words of the worked example."""
    assert work(gallery("self-attention"), BY_HAND)[step].words(row, column) == words


@pytest.mark.parametrize("name", gallery_names())
def test_words_as_text_are_true(name: str) -> None:
    """The text itself, read with the rules of arithmetic, gives the number behind it."""
    trace = work(gallery(name), BY_HAND)
    for worked, cell in cells(trace):
        sides = numbers(worked.equation(cell), trace, Orientation.COLUMNS)
        said = [text.split(" ≈ ")[0] for text in map(Plain(), sides)]

        assert {read_formula(text) for text in said} == {worked[cell]}, said


def test_a_lie_is_seen() -> None:
    """The check of words can fail: words of another cell are not true of this one."""
    trace = work(gallery("self-attention"), BY_HAND)
    scores = trace["S"]
    swapped = replace(scores, matrix=trace["A"].matrix)

    assert is_true(trace, scores, Cell(1, 0), Orientation.COLUMNS)
    assert not is_true(trace, swapped, Cell(1, 0), Orientation.COLUMNS)


@pytest.mark.parametrize("digits", [-1, 16, 2.5, None])
def test_words_have_as_many_decimals_as_there_can_be(digits: Any) -> None:  # noqa: ANN401 - wrong kinds
    """Decimals below 0, beyond 15, or no whole number are refused in three lines."""
    with pytest.raises(NumberError, match="from 0 to 15") as caught:
        work(gallery("softmax"))["A"].words(0, 0, digits=digits)

    assert len(str(caught.value).splitlines()) == 3

"""Work a plan: every step, in order, under a recipe."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import NumberError
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Cell, Matrix
from limelight.mechanism.trace import Trace, Worked
from limelight.notation.numbers import MASKED, MAX_BITS, MAX_DIGITS, Number, round_half_away

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.plan import Axes, Plan, Step
    from limelight.mechanism.recipe import Recipe


def work_plan(
    plan: Plan,
    inputs: Mapping[str, Matrix],
    recipe: Recipe,
    *,
    exercise: str = "",
    title: str = "",
    labels: Mapping[str, tuple[str, ...]] | None = None,
) -> Trace:
    """Work every step of *plan*.

    Raises:
        ShapeError: The inputs do not fit the plan or each other.
        NumberError: A result has more than `MAX_DIGITS` digits, or leaves float64; the
            message names the step.
    """
    settled = plan.settle(recipe, plan.shapes(inputs))
    along = _Labels(settled.sequences, labels or {})
    matrices: dict[str, Worked] = {}
    for given in settled.inputs:
        matrix = inputs[given.name]
        rows, columns = along.both(given.axes, matrix)
        matrices[given.name] = Worked(
            name=given.name,
            matrix=matrix,
            axes=given.axes,
            row_labels=rows,
            column_labels=columns,
        )
    for step in settled.steps:
        operands = tuple(matrices[name] for name in step.operands)
        matrices[step.name] = _work_step(step, operands, recipe, along)
    return Trace(exercise=exercise, title=title, plan=settled, recipe=recipe, matrices=matrices)


class _Labels(NamedTuple):
    """Names along the axes of tokens, numbers along all others."""

    sequences: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]

    def both(self, axes: Axes, matrix: Matrix) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the labels of rows and columns."""
        rows, columns = matrix.shape
        return self._along(axes.rows, rows), self._along(axes.columns, columns)

    def _along(self, axis: str, size: int) -> tuple[str, ...]:
        words = self.words.get(self.sequences.get(axis, ""), ())
        return words if len(words) == size else tuple(str(index + 1) for index in range(size))


def _work_step(step: Step, operands: tuple[Worked, ...], recipe: Recipe, along: _Labels) -> Worked:
    result = _computed(step, operands)
    unrounded = None
    computed = not step.operation.moves
    if recipe.digits is not None and recipe.rounds(step.name) and computed:
        unrounded, result = result, _rounded(result, recipe.digits)
    rows, columns = along.both(step.axes, result)
    return Worked(
        name=step.name,
        matrix=result,
        axes=step.axes,
        row_labels=rows,
        column_labels=columns,
        step=step,
        operands=operands,
        unrounded=unrounded,
    )


def _computed(step: Step, operands: tuple[Worked, ...]) -> Matrix:
    try:
        result = step.operation.compute(EXACT_FRACTIONS, *(given.matrix for given in operands))
    except NumberError as error:
        msg = f"{step.name} ({step.operation.name}): {error}"
        raise NumberError(msg) from None
    _refuse_unbounded(step.name, result)
    return result


def _rounded(matrix: Matrix, digits: int) -> Matrix:
    return Matrix(
        tuple(tuple(_rounded_number(number, digits) for number in row) for row in matrix.rows)
    )


def _rounded_number(number: Number, digits: int) -> Number:
    return number if number == MASKED else round_half_away(Fraction(number), digits)


def _refuse_unbounded(name: str, matrix: Matrix) -> None:
    for cell, number in matrix.cells():
        if not _is_bounded(number):
            raise NumberError(_unbounded(name, cell, number))


def _is_bounded(number: Number) -> bool:
    if isinstance(number, float):
        return math.isfinite(number) or number == MASKED
    return max(number.numerator.bit_length(), number.denominator.bit_length()) <= MAX_BITS


def _unbounded(name: str, cell: Cell, number: Number) -> str:
    place = f"{name}[{cell.row + 1},{cell.column + 1}]"
    if isinstance(number, float):
        return (
            f"{place} does not fit float64 (about 1.8e308).\n"
            "  A root or a power of e takes the numbers out of exact fractions.\n"
            "  Use smaller numbers, or the recipe by-hand, which stays exact."
        )
    return (
        f"{place} has more than {MAX_DIGITS:,} digits.\n"
        "  Exact fractions grow with every step.\n"
        "  Use smaller numbers, or the recipe exact, which works in float64."
    )

"""What every operation can do: fit, compute, and say one cell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.notation.expressions import Call, Expression, Over, Plus, Power, Times, Value
from limelight.notation.numbers import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from limelight.mechanism.arithmetic import Arithmetic
    from limelight.mechanism.recipe import Recipe

M = TypeVar("M")


class Spelled(NamedTuple):
    """The arithmetic of one cell, and what the numbers alone do not say."""

    expression: Expression
    note: str = ""


class Misfit(Exception):  # noqa: N818 - never leaves the mechanism: plan.py names the matrices
    """Operands do not fit; the message is the rule that they break."""


@dataclass(frozen=True, slots=True)
class Operation(ABC):
    """One kind of step, with its settings as fields.

    A new operation is one subclass: its shape, its computation over an `Arithmetic`, its
    formula, and the arithmetic of one cell.
    """

    name: ClassVar[str]
    joiner: ClassVar[str] = ""
    """What stands between the operands when they are written side by side."""
    moves: ClassVar[bool] = False
    """Whether numbers only change places: each cell is one cell of an operand."""
    beside: ClassVar[tuple[int, ...]] = ()
    """Which operands stand at the left when it is worked by hand, so that their rows meet the
    columns of the others, which stand above."""
    worked_beside: ClassVar[bool] = False
    """Whether the result itself is worked there, at the left of the step that reads it."""

    @abstractmethod
    def shape(self, *shapes: Shape) -> Shape:
        """Return the shape of the result; raise `Misfit` when the operands do not fit."""

    @abstractmethod
    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Work the whole step."""

    @abstractmethod
    def formula(self, *operands: Expression) -> Expression:
        """Say the step in symbols."""

    @abstractmethod
    def saying(self, *operands: str) -> str:
        """Say the step in words; {row} and {column} depend on the orientation."""

    @abstractmethod
    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """Say the arithmetic of one cell."""

    @abstractmethod
    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """Return, for each operand, the cells that one cell is made from."""

    def settle(self, recipe: Recipe, shapes: Mapping[str, Shape]) -> Operation:
        """Fix what a recipe decides; most operations leave nothing to it."""
        del recipe, shapes
        return self

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Say how much the cell teaches: here, how many of its numbers are not 0."""
        return sum(number != 0 for number in leaves(self.cell(at, *operands).expression))

    def settings(self) -> dict[str, object]:
        """Return the fields as JSON values."""
        return {
            field.name: _json(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) is not None
        }


def row_cells(row: int, matrix: Matrix) -> tuple[Cell, ...]:
    """Every cell of a row."""
    return tuple(Cell(row, column) for column in range(matrix.shape.columns))


def column_cells(column: int, matrix: Matrix) -> tuple[Cell, ...]:
    """Every cell of a column."""
    return tuple(Cell(row, column) for row in range(matrix.shape.rows))


def leaves(expression: Expression) -> Iterable[object]:
    """Every number that an expression is made of, in order."""
    match expression:
        case Value(number):
            yield number
        case Power(_, exponent):
            yield from leaves(exponent)
        case Over(above, below):
            yield from leaves(above)
            yield from leaves(below)
        case Times(parts):
            # A product counts as a whole, and only when nothing in it is 0.
            inside = [number for part in parts for number in leaves(part)]
            yield 0 if 0 in inside else 1
        case Plus(parts) | Call(_, parts):
            for part in parts:
                yield from leaves(part)
        case _:
            return


def like_first(shapes: Sequence[Shape], rule: str) -> Shape:
    """Return the first shape, demanding that all are the same."""
    if len(set(shapes)) > 1:
        raise Misfit(rule)
    return shapes[0]


def _json(setting: object) -> object:
    return exact_text(setting) if isinstance(setting, Fraction) else setting

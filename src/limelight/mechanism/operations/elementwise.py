"""What no plan of ours has, but some mistakes do.

Products cell by cell, columns of length 1, and masks turned into their opposite.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import (
    Operation,
    Spelled,
    column_cells,
    like_first,
)
from limelight.mechanism.operations.softmax import Cellwise
from limelight.notation.expressions import Call, Expression, Over, Times, Value

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Arithmetic

M = TypeVar("M")


class Multiply(Cellwise):
    """Multiply cell by cell: what is written W ∘ X, and is no matrix product."""

    __slots__ = ()
    name = "multiply"
    joiner = "∘"

    def shape(self, *shapes: Shape) -> Shape:
        """That of both."""
        return like_first(shapes, f"both must have one shape: {shapes[0]}, {shapes[1]}")

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Multiply."""
        left, right = operands
        return on.multiply(left, right)

    def formula(self, *operands: Expression) -> Expression:
        """C·mask."""
        return Times(operands)

    def saying(self, *operands: str) -> str:
        """Cell by cell."""
        return f"{operands[0]} and {operands[1]} are multiplied cell by cell"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """2·3."""
        left, right = operands
        return Spelled(Times((Value(left[at]), Value(right[at]))))


class Complement(Cellwise):
    """1 where there is 0, and 0 where there is anything else: who is hidden, of who is seen."""

    __slots__ = ()
    name = "complement"

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Look for what is 0."""
        return on.within(operands[0], 0, 0)

    def formula(self, *operands: Expression) -> Expression:
        """not(mask)."""
        return Call("not", operands)

    def saying(self, *operands: str) -> str:
        """The opposite."""
        return f"1 where {operands[0]} is 0, and 0 where it is not"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """1 or 0."""
        return Spelled(Value(Fraction(int(not operands[0][at]))))


class Unit(Operation):
    """Divide each column by its length, so that it has length 1; a column of zeros stays."""

    __slots__ = ()
    name = "unit columns"

    def shape(self, *shapes: Shape) -> Shape:
        """That of the operand."""
        return shapes[0]

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Divide by the root of the sum of the squares."""
        (only,) = operands
        return on.divide(only, self._lengths(on, only))

    def formula(self, *operands: Expression) -> Expression:
        """unit(K)."""
        return Call("unit", operands)

    def saying(self, *operands: str) -> str:
        """Each column by its length."""
        return f"each {{column}} of {operands[0]} is divided by its length"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """3 / 5."""
        (only,) = operands
        column = Matrix(tuple((number,) for number in only.column(at.column)))
        length = self._lengths(EXACT_FRACTIONS, column)[0, 0]
        if not length:
            return Spelled(Value(length), "all numbers of its {column} are 0")
        return Spelled(Over(Value(only[at]), Value(length)))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The whole column."""
        return (column_cells(at.column, operands[0]),)

    @staticmethod
    def _lengths(on: Arithmetic[M], matrix: M) -> M:
        return on.root(on.column_sums(on.multiply(matrix, matrix)), whole=False)

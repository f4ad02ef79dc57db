"""Product, transpose and add."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import (
    Misfit,
    Operation,
    Spelled,
    column_cells,
    like_first,
    row_cells,
)
from limelight.notation.expressions import Call, Expression, MatrixProduct, Plus, Times, Value

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Arithmetic

M = TypeVar("M")


class Product(Operation):
    """Matrix product: each cell is a row of the first times a column of the second."""

    __slots__ = ()
    name = "product"
    joiner = "·"
    beside = (0,)

    def shape(self, *shapes: Shape) -> Shape:
        """(rows of the first, columns of the second)."""
        left, right = shapes
        if left.columns != right.rows:
            rule = f"the first must have as many columns as the second has rows: {left}, {right}"
            raise Misfit(rule)
        return Shape(left.rows, right.columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Multiply."""
        left, right = operands
        return on.product(left, right)

    def formula(self, *operands: Expression) -> Expression:
        """W_Q X."""
        left, right = operands
        return MatrixProduct(left, right)

    def saying(self, *operands: str) -> str:
        """A row times a column."""
        first, second = operands
        return f"each cell is a row of {first} times a column of {second}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """2·2 + 1·0 + 0·3."""
        left, right = operands
        pairs = zip(left.rows[at.row], right.column(at.column), strict=True)
        return Spelled(Plus(tuple(Times((Value(a), Value(b))) for a, b in pairs)))

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """How many of its products are not 0; counted without writing them down."""
        left, right = operands
        pairs = zip(left.rows[at.row], right.column(at.column), strict=True)
        return sum(1 for one, other in pairs if one and other)

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """A row and a column."""
        left, right = operands
        return row_cells(at.row, left), column_cells(at.column, right)


class Transpose(Operation):
    """Rows become columns."""

    __slots__ = ()
    name = "transpose"
    moves = True
    worked_beside = True

    def shape(self, *shapes: Shape) -> Shape:
        """(columns, rows)."""
        (only,) = shapes
        return Shape(only.columns, only.rows)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Transpose."""
        (only,) = operands
        return on.transpose(only)

    def formula(self, *operands: Expression) -> Expression:
        """transpose(K)."""
        return Call("transpose", operands)

    def saying(self, *operands: str) -> str:
        """Rows become columns."""
        return f"the rows of {operands[0]} become columns"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The number across the diagonal."""
        (only,) = operands
        return Spelled(Value(only[at.column, at.row]))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The cell across the diagonal."""
        del operands
        return ((Cell(at.column, at.row),),)


class Add(Operation):
    """Add cell by cell; a second operand with one column is added to every column."""

    __slots__ = ()
    name = "add"
    joiner = "+"
    beside = (1,)

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        left, right = shapes
        if right.columns == 1:
            right = Shape(right.rows, left.columns)
        return like_first((left, right), f"both must have one shape: {left}, {right}")

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Add."""
        left, right = operands
        return on.add(left, right)

    def formula(self, *operands: Expression) -> Expression:
        """X + O."""
        return Plus(operands)

    def saying(self, *operands: str) -> str:
        """Cell by cell."""
        return f"{operands[0]} and {operands[1]} are added cell by cell"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """2 + 3."""
        left, right = operands
        second = right[at.row, 0 if right.shape.columns == 1 else at.column]
        return Spelled(Plus((Value(left[at]), Value(second))))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The same cell of both."""
        column = 0 if operands[1].shape.columns == 1 else at.column
        return (at,), (Cell(at.row, column),)

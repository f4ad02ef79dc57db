"""Split a matrix into heads, and concatenate heads into a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import Misfit, Operation, Spelled
from limelight.notation.expressions import Call, Expression, Value

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Arithmetic

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Split(Operation):
    """Take the rows of one head.

    Attributes:
        head: Which head, counted from 1.
        heads: How many there are; each has as many rows.
    """

    name = "split"
    moves = True

    head: int
    heads: int

    def shape(self, *shapes: Shape) -> Shape:
        """(rows / heads, columns)."""
        (only,) = shapes
        if only.rows % self.heads:
            rule = f"{only.rows} rows cannot be split into {self.heads} heads of one size"
            raise Misfit(rule)
        return Shape(only.rows // self.heads, only.columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Take the rows."""
        (only,) = operands
        return on.part(only, self.head - 1, self.heads)

    def formula(self, *operands: Expression) -> Expression:
        """Head 2 of Q."""
        return Call(f"head {self.head}", operands)

    def saying(self, *operands: str) -> str:
        """Which part."""
        return (
            f"head {self.head} takes part {self.head} of {self.heads} of {operands[0]}, "
            "cut across its {column}s"
        )

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The number itself."""
        (only,) = operands
        return Spelled(Value(only[self._source(at, only.shape)]))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """One cell further down."""
        return ((self._source(at, operands[0].shape),),)

    def _source(self, at: Cell, shape: Shape) -> Cell:
        return Cell(at.row + (self.head - 1) * (shape.rows // self.heads), at.column)


class Concatenate(Operation):
    """Put the heads' matrices one below the other."""

    __slots__ = ()
    name = "concatenate"
    moves = True

    def shape(self, *shapes: Shape) -> Shape:
        """(all their rows, columns)."""
        if len({shape.columns for shape in shapes}) > 1:
            rule = "all must have one number of columns"
            raise Misfit(rule)
        return Shape(sum(shape.rows for shape in shapes), shapes[0].columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Stack."""
        return on.stack(operands)

    def formula(self, *operands: Expression) -> Expression:
        """concat(Z1, Z2)."""
        return Call("concat", operands)

    def saying(self, *operands: str) -> str:
        """Joined."""
        return f"{', '.join(operands)} are joined: each {{column}} is one long {{column}}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The number itself."""
        index, source = self._source(at, [operand.shape for operand in operands])
        return Spelled(Value(operands[index][source]))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """One cell of one head."""
        index, source = self._source(at, [operand.shape for operand in operands])
        return tuple((source,) if head == index else () for head in range(len(operands)))

    @staticmethod
    def _source(at: Cell, shapes: list[Shape]) -> tuple[int, Cell]:
        row = at.row
        for index, shape in enumerate(shapes):
            if row < shape.rows:
                return index, Cell(row, at.column)
            row -= shape.rows
        raise IndexError(at.row)

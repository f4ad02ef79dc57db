"""Steps of models beyond the first transformer: softcap, RMS norm, sinks; and moved numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import (
    Misfit,
    Operation,
    Spelled,
    column_cells,
    like_first,
)
from limelight.mechanism.operations.softmax import Cellwise
from limelight.notation.expressions import Call, Expression, Over, Plus, Power, Times, Value

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Arithmetic

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Softcap(Cellwise):
    """Bound each score: cap · tanh(score / cap).

    Source:
        Gemma 2 (2408.00118), section 2.
    """

    name = "softcap"

    cap: Fraction

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Bound."""
        cap = on.constant(self.cap)
        return on.multiply(on.tanh(on.divide(operands[0], cap)), cap)

    def formula(self, *operands: Expression) -> Expression:
        """50·tanh(C / 50)."""
        cap = Value(self.cap)
        return Times((cap, Call("tanh", (Over(operands[0], cap),))))

    def saying(self, *operands: str) -> str:
        """Bounded by what."""
        return f"each cell of {operands[0]} is bounded by ±{self.cap}: cap·tanh(x / cap)"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """50·tanh(7 / 50)."""
        return Spelled(self.formula(Value(operands[0][at])))


@dataclass(frozen=True, slots=True)
class RootMeanSquare(Operation):
    """Divide each column by the root of its mean square, and multiply by a gain.

    Attributes:
        epsilon: Added to the mean square, inside the root.
        offset: Added to the gain: 1 where what is stored is the gain less 1.

    Source:
        Zhang, Sennrich 2019 (1910.07467), eq. 4.
    """

    name = "root mean square"
    beside = (1,)

    epsilon: Fraction = Fraction(0)
    offset: Fraction = Fraction(0)

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        whole, gain = shapes
        if gain != Shape(whole.rows, 1):
            rule = f"the gain must have one cell for each row: ({whole.rows}, 1)"
            raise Misfit(rule)
        return whole

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Divide, then multiply."""
        whole, gain = operands
        gained = on.add(gain, on.constant(self.offset))
        return on.multiply(on.divide(whole, self._root(on, whole)), gained)

    def formula(self, *operands: Expression) -> Expression:
        """gain·rms(Q)."""
        whole, gain = operands
        return Times((self._gain(gain), Call("rms", (whole,))))

    def saying(self, *operands: str) -> str:
        """Root mean square under, gain before."""
        return (
            f"each {{column}} of {operands[0]} is divided by the root of its mean square and "
            f"multiplied by {operands[1]}"
        )

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """2·3 / 5."""
        whole, gain = operands
        column = Matrix(tuple((number,) for number in whole.column(at.column)))
        root = self._root(EXACT_FRACTIONS, column)[0, 0]
        if not root:
            return Spelled(Value(Fraction(0)), "all numbers of its {column} are 0")
        quotient = Over(Value(whole[at]), Value(root))
        return Spelled(Times((self._gain(Value(gain[at.row, 0])), quotient)))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The whole column, and its row's gain."""
        return column_cells(at.column, operands[0]), (Cell(at.row, 0),)

    def _gain(self, gain: Expression) -> Expression:
        return Plus((gain, Value(self.offset))) if self.offset else gain

    def _root(self, on: Arithmetic[M], matrix: M) -> M:
        squares = on.column_means(on.multiply(matrix, matrix))
        return on.root(on.add(squares, on.constant(self.epsilon)), whole=False)


class SumsWithSink(Operation):
    """Add up each column of powers, and the power of a sink: a score that has no value.

    The operands are the powers, the scores that were raised, and the sink.

    Source:
        gpt-oss (2508.10925), section 3; Xiao et al. 2023 (2309.17453), section 3.3.
    """

    __slots__ = ()
    name = "column sums with sink"

    def shape(self, *shapes: Shape) -> Shape:
        """(1, columns)."""
        return Shape(1, shapes[0].columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Sum down, and add e to the sink, less what was taken off the scores."""
        powers, scores, sink = operands
        sums, shift = on.column_sums(powers), on.overflow_shift(scores, "e")
        sinks = on.add(on.subtract(shift, shift), sink)
        return on.add(sums, on.power("e", on.subtract(sinks, shift)))

    def formula(self, *operands: Expression) -> Expression:
        """Σ(E) + e^sink."""
        powers, _, sink = operands
        return Plus((Call("Σ", (powers,)), Power("e", sink)))

    def saying(self, *operands: str) -> str:
        """Each column added up, with the sink."""
        return f"each {{column}} of {operands[0]} added up, and e to the power of {operands[2]}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """3 + 9 + e^0.5."""
        powers, scores, sink = operands
        column = Matrix(tuple((number,) for number in scores.column(at.column)))
        shift = EXACT_FRACTIONS.overflow_shift(column, "e")[0, 0]
        numbers = (Value(number) for number in powers.column(at.column))
        return Spelled(Plus((*numbers, Power("e", Value(sink[0, 0] - shift)))))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """A column, and the sink."""
        powers, scores, _ = operands
        column = column_cells(at.column, powers)
        shift = EXACT_FRACTIONS.overflow_shift(scores, "e")[0, at.column]
        return column, column if shift else (), (Cell(0, 0),)


class Quotient(Cellwise):
    """Divide cell by cell; 0 / 0 is 0."""

    __slots__ = ()
    name = "quotient"
    joiner = "/"

    def shape(self, *shapes: Shape) -> Shape:
        """That of both."""
        return like_first(shapes, f"both must have one shape: {shapes[0]}, {shapes[1]}")

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Divide."""
        above, below = operands
        return on.divide(above, below)

    def formula(self, *operands: Expression) -> Expression:
        """E1 / E."""
        above, below = operands
        return Over(above, below)

    def saying(self, *operands: str) -> str:
        """Cell by cell."""
        return f"{operands[0]} is divided by {operands[1]} cell by cell"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """3 / 12."""
        above, below = operands
        if not below[at]:
            return Spelled(Value(Fraction(0)))
        return Spelled(Over(Value(above[at]), Value(below[at])))


@dataclass(frozen=True, slots=True)
class Reshape(Operation):
    """Read the same numbers, row by row, into another number of rows.

    No way of working attention needs it on its own; code that takes a view of memory where it
    ought to transpose does this.
    """

    name = "reshape"
    moves = True

    rows: int

    def shape(self, *shapes: Shape) -> Shape:
        """(rows, whatever is left)."""
        (only,) = shapes
        if only.rows * only.columns % self.rows:
            rule = f"{only.rows * only.columns} numbers do not fill {self.rows} rows"
            raise Misfit(rule)
        return Shape(self.rows, only.rows * only.columns // self.rows)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Read anew."""
        return on.reshape(operands[0], self.rows)

    def formula(self, *operands: Expression) -> Expression:
        """reshape(Q)."""
        return Call("reshape", operands)

    def saying(self, *operands: str) -> str:
        """Row by row."""
        return f"the numbers of {operands[0]}, row by row, in {self.rows} rows"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The number itself."""
        return Spelled(Value(operands[0][self._source(at, operands[0].shape)]))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """One cell elsewhere."""
        return ((self._source(at, operands[0].shape),),)

    def _source(self, at: Cell, shape: Shape) -> Cell:
        width = shape.rows * shape.columns // self.rows
        return Cell(*divmod(at.row * width + at.column, shape.columns))


@dataclass(frozen=True, slots=True)
class Stretch(Operation):
    """Repeat every column and keep one part: column t is column (part · columns + t) div of.

    No way of working attention needs it; code that repeats along the wrong axis does this.

    Attributes:
        columns: How many columns there are.
        part: Which part is kept, counted from 0.
        of: How often every column is repeated.
    """

    name = "stretch"
    moves = True

    columns: int
    part: int
    of: int

    def shape(self, *shapes: Shape) -> Shape:
        """That of the operand."""
        (only,) = shapes
        if only.columns != self.columns:
            rule = f"there must be {self.columns} columns: {only}"
            raise Misfit(rule)
        return only

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Pick the columns."""
        places = [self._source(column) for column in range(self.columns)]
        return on.transpose(on.pick(on.transpose(operands[0]), places))

    def formula(self, *operands: Expression) -> Expression:
        """stretch(K)."""
        return Call("stretch", operands)

    def saying(self, *operands: str) -> str:
        """Which columns."""
        return f"every {{column}} of {operands[0]} {self.of} times; of these, part {self.part + 1}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The number itself."""
        return Spelled(Value(operands[0][at.row, self._source(at.column)]))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """One cell of the same row."""
        del operands
        return ((Cell(at.row, self._source(at.column)),),)

    def _source(self, column: int) -> int:
        return (self.part * self.columns + column) // self.of

"""ReLU and layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import Misfit, Operation, Spelled, column_cells
from limelight.mechanism.operations.softmax import Cellwise
from limelight.notation.expressions import Call, Expression, Minus, Over, Plus, Times, Value
from limelight.notation.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.arithmetic import Arithmetic
    from limelight.mechanism.recipe import Deviation, Recipe

M = TypeVar("M")


class ReLU(Cellwise):
    """Negative cells become 0."""

    __slots__ = ()
    name = "relu"

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Cut at 0."""
        return on.relu(operands[0])

    def formula(self, *operands: Expression) -> Expression:
        """ReLU(H)."""
        return Call("ReLU", operands)

    def saying(self, *operands: str) -> str:
        """Negative cells become 0."""
        return f"negative cells of {operands[0]} become 0, the others stay"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """max(0, -2)."""
        return Spelled(Call("max", (Value(Fraction(0)), Value(operands[0][at]))))

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most where something is cut."""
        return int(operands[0][at] < 0)


@dataclass(frozen=True, slots=True)
class Normalise(Operation):
    """Layer normalisation of each column: take off its mean, divide by its deviation.

    The deviation is the root of the mean squared difference (divided by n, not n - 1) plus
    epsilon. Optional second and third operands, one column each, multiply and shift.

    Attributes:
        deviation: "exact", or "whole" for the root rounded to a whole number, at least 1.
        epsilon: Added to the variance, inside the root.
        count: What the sum of the squares is divided by; None for the number of rows.
        outside: Epsilon is added to the deviation instead, outside the root; None for no.

    `count` and `outside` are there for what people get wrong; no recipe sets them.

    Source:
        Ba, Kiros, Hinton 2016 (1607.06450), eq. 3; by hand with a whole deviation.
    """

    name = "normalise"
    beside = (1, 2)

    deviation: Deviation = "exact"
    epsilon: Fraction = Fraction(0)
    count: int | None = None
    outside: bool | None = None

    def settle(self, recipe: Recipe, shapes: Mapping[str, Shape]) -> Normalise:
        """Take the rules from the recipe."""
        del shapes
        return replace(self, deviation=recipe.deviation, epsilon=recipe.epsilon)

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        whole, *columns = shapes
        if any(column != Shape(whole.rows, 1) for column in columns):
            rule = f"gain and shift must have one cell for each row: ({whole.rows}, 1)"
            raise Misfit(rule)
        return whole

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Normalise, then multiply and shift."""
        centred, deviation = self._parts(on, operands[0])
        result = on.divide(centred, deviation)
        if len(operands) == 1:
            return result
        _, gain, shift = operands
        return on.add(on.multiply(result, gain), shift)

    def formula(self, *operands: Expression) -> Expression:
        """normalise(R_A)."""
        plain: Expression = Call("normalise", operands[:1])
        if len(operands) == 1:
            return plain
        return Plus((Times((operands[1], plain)), operands[2]))

    def saying(self, *operands: str) -> str:
        """Mean off, deviation under."""
        whole = ", rounded to a whole number (at least 1)" if self.deviation == "whole" else ""
        return (
            f"each {{column}} of {operands[0]} has its mean taken off and is divided by its "
            f"standard deviation{whole}"
        )

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """(3 - 2) / 1."""
        column = Matrix(tuple((number,) for number in operands[0].column(at.column)))
        mean = EXACT_FRACTIONS.column_means(column)[0, 0]
        deviation = self._parts(EXACT_FRACTIONS, column)[1][0, 0]
        quotient: Expression = Over(Minus(Value(operands[0][at]), Value(mean)), Value(deviation))
        note = f"mean {Plain().number(mean)}, deviation {Plain().number(deviation)}"
        if not deviation:
            quotient = Value(Fraction(0))
            note = "all numbers of its {column} are equal"
        if len(operands) == 1:
            return Spelled(quotient, note)
        _, gain, shift = operands
        scaled = Times((Value(gain[at.row, 0]), quotient))
        return Spelled(Plus((scaled, Value(shift[at.row, 0]))), note)

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The whole column, and one cell each of gain and shift."""
        gains = ((Cell(at.row, 0),),) * (len(operands) - 1)
        return column_cells(at.column, operands[0]), *gains

    def _parts(self, on: Arithmetic[M], matrix: M) -> tuple[M, M]:
        """Return what is left when the mean is taken off, and the deviation."""
        centred = on.subtract(matrix, on.column_means(matrix))
        squares = on.multiply(centred, centred)
        if self.count is None:
            variance = on.column_means(squares)
        else:
            variance = on.divide(on.column_sums(squares), on.constant(Fraction(self.count)))
        epsilon, whole = on.constant(self.epsilon), self.deviation == "whole"
        if self.outside:
            return centred, on.add(on.root(variance, whole=whole), epsilon)
        return centred, on.root(on.add(variance, epsilon), whole=whole)

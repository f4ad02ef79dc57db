"""From scores to weights: scale, mask, raise, sum, divide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from limelight.mechanism.exact import EXACT_FRACTIONS, square_root
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import (
    Misfit,
    Operation,
    Spelled,
    column_cells,
    like_first,
)
from limelight.notation.expressions import (
    Call,
    Expression,
    Minus,
    Over,
    Plus,
    Power,
    Value,
)
from limelight.notation.numbers import MASKED, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.arithmetic import Arithmetic, Base, Rounding
    from limelight.mechanism.recipe import Recipe

M = TypeVar("M")

_ROUNDED_TO = {
    "floor": "rounded down to a whole number",
    "ceil": "rounded up to a whole number",
    "trunc": "cut to a whole number, toward zero",
    "nearest": "rounded to the nearest whole number",
}


class Cellwise(Operation):
    """Operations whose result has the shape of the first operand, cell by cell."""

    __slots__ = ()

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        return shapes[0]

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The same cell of every operand."""
        return ((at,),) * len(operands)


@dataclass(frozen=True, slots=True)
class Scale(Cellwise):
    """Divide the scores, and round the quotient where the recipe says so.

    Attributes:
        width_of: The step whose number of rows is d_k.
        divisor: A number, or "sqrt" for the root of d_k; None until a recipe settles it.
        rounding: How the quotient becomes a whole number.
        d_k: The number of rows; None until the sizes are known.
    """

    name = "scale"

    width_of: str
    divisor: Fraction | str | None = None
    rounding: Rounding = "none"
    d_k: int | None = None

    def settle(self, recipe: Recipe, shapes: Mapping[str, Shape]) -> Scale:
        """Take divisor and rounding from the recipe, d_k from the sizes."""
        d_k = shapes[self.width_of].rows
        named: dict[object, Fraction | str] = {"sqrt(d_k)": "sqrt", "d_k": Fraction(d_k)}
        divisor = named.get(recipe.divisor, recipe.divisor)
        return replace(self, divisor=divisor, rounding=recipe.scaled, d_k=d_k)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Divide, then round."""
        (scores,) = operands
        number = square_root(Fraction(self.d_k or 1)) if self._by_root() else self.divisor
        return on.round(on.divide(scores, on.constant(_settled(number))), self.rounding)

    def formula(self, *operands: Expression) -> Expression:
        """S / √3, or floor(S / 2)."""
        return self._rounded(Over(operands[0], self._divisor_written()))

    def saying(self, *operands: str) -> str:
        """Divided by what."""
        by = f"√d_k = √{self.d_k}" if self._by_root() else f"{self.divisor}"
        rounded = f", {_ROUNDED_TO[self.rounding]}" if self.rounding != "none" else ""
        return f"{operands[0]} is divided by {by}{rounded}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """floor(-1 / 2)."""
        return Spelled(self._rounded(Over(Value(operands[0][at]), self._divisor_written())))

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most where rounding changes a negative number: that is where people slip."""
        score = operands[0][at]
        if self._by_root():
            return int(score != 0)
        inexact = (Fraction(score) / Fraction(_settled(self.divisor))).denominator > 1
        return 2 * int(inexact) + int(score < 0) + int(score != 0)

    def _by_root(self) -> bool:
        # The type first: a fraction takes its time to tell that it is no text.
        return isinstance(self.divisor, str) and self.divisor == "sqrt"

    def _divisor_written(self) -> Expression:
        if self._by_root():
            return Call("sqrt", (Value(Fraction(self.d_k or 1)),))
        return Value(_settled(self.divisor))

    def _rounded(self, quotient: Expression) -> Expression:
        if self.rounding == "none":
            return quotient
        return Call({"nearest": "round"}.get(self.rounding, self.rounding), (quotient,))


class Causal(Operation):
    """The mask of a decoder: 1 where the key is not after the query, else 0."""

    __slots__ = ()
    name = "causal"
    worked_beside = True

    def shape(self, *shapes: Shape) -> Shape:
        """(tokens, tokens) of a sequence with tokens as columns."""
        return Shape(shapes[0].columns, shapes[0].columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """A triangle of ones."""
        return on.causal(operands[0])

    def formula(self, *operands: Expression) -> Expression:
        """causal(X)."""
        return Call("causal", operands)

    def saying(self, *operands: str) -> str:
        """Who sees whom."""
        del operands
        return "1 where the key is not after the query, 0 where it is"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """1 or 0, and why."""
        del operands
        seen = at.row <= at.column
        order = "is not after" if seen else "is after"
        note = f"key {at.row + 1} {order} query {at.column + 1}"
        return Spelled(Value(Fraction(int(seen))), note)

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """No numbers: only the order of the tokens."""
        del at, operands
        return ((),)

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most at the first hidden key."""
        del operands
        return int(at.row > at.column)


class Mask(Cellwise):
    """Hide scores: where the mask is 0 they become -∞, so that their weight is 0."""

    __slots__ = ()
    name = "mask"
    beside = (1,)

    def shape(self, *shapes: Shape) -> Shape:
        """That of both."""
        return like_first(shapes, f"scores and mask must have one shape: {shapes[0]}, {shapes[1]}")

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Put -∞ where the mask is 0."""
        scores, visible = operands
        return on.mask(scores, visible)

    def formula(self, *operands: Expression) -> Expression:
        """mask(C, mask)."""
        return Call("hide", operands)

    def saying(self, *operands: str) -> str:
        """Hidden where 0."""
        return f"{operands[0]} stays where {operands[1]} is 1 and becomes -∞ where it is 0"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """The score, or -∞."""
        scores, visible = operands
        if visible[at]:
            return Spelled(Value(scores[at]), "the mask is 1: visible")
        return Spelled(Value(MASKED), "the mask is 0: hidden")

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most at the first hidden key."""
        return int(not operands[1][at])


@dataclass(frozen=True, slots=True)
class Raise(Cellwise):
    """Raise the base to each score: e^x, or 3^x by hand.

    A column whose powers would leave float64 has its largest score taken off first; the
    weights stay the same, since they are quotients.

    Attributes:
        base: A number or "e"; None until a recipe settles it.
    """

    name = "raise"

    base: Base | None = None

    def settle(self, recipe: Recipe, shapes: Mapping[str, Shape]) -> Raise:
        """Take the base from the recipe."""
        del shapes
        return replace(self, base=recipe.base)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Raise, within range."""
        (scores,) = operands
        base = self._settled_base()
        return on.power(base, on.subtract(scores, on.overflow_shift(scores, base)))

    def formula(self, *operands: Expression) -> Expression:
        """3^C."""
        return Power(self._settled_base(), operands[0])

    def saying(self, *operands: str) -> str:
        """The base to the power of each score."""
        return f"{self._settled_base()} to the power of each cell of {operands[0]}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """3^2."""
        (scores,) = operands
        base = self._settled_base()
        shift = self._shift(scores, at.column)
        if not shift or scores[at] == MASKED:
            return Spelled(Power(base, Value(scores[at])))
        note = "the largest score of its {column} is taken off first; the weights stay the same"
        return Spelled(Power(base, Minus(Value(scores[at]), Value(shift))), note)

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most for a negative power, then for one that is not trivial."""
        score = operands[0][at]
        return 0 if score == MASKED else 2 * int(score < 0) + int(score != 0)

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The score, and the largest of its column where that is taken off first."""
        (scores,) = operands
        shift = self._shift(scores, at.column)
        if not shift or scores[at] == MASKED:
            return ((at,),)
        largest = Cell(scores.column(at.column).index(shift), at.column)
        return ((at,) if largest == at else (at, largest),)

    def _shift(self, scores: Matrix, column: int) -> Number:
        single = Matrix(tuple((number,) for number in scores.column(column)))
        return EXACT_FRACTIONS.overflow_shift(single, self._settled_base())[0, 0]

    def _settled_base(self) -> Base:
        if self.base is None:
            raise LookupError(self.name)
        return self.base


class ColumnSums(Operation):
    """Add up each column."""

    __slots__ = ()
    name = "column sums"

    def shape(self, *shapes: Shape) -> Shape:
        """(1, columns)."""
        return Shape(1, shapes[0].columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Sum down."""
        return on.column_sums(operands[0])

    def formula(self, *operands: Expression) -> Expression:
        """Σ(E)."""
        return Call("Σ", operands)

    def saying(self, *operands: str) -> str:
        """Each column added up."""
        return f"each {{column}} of {operands[0]} added up"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """3 + 9 + 1/3."""
        return Spelled(Plus(tuple(Value(number) for number in operands[0].column(at.column))))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """A column."""
        return (column_cells(at.column, operands[0]),)


class Divide(Operation):
    """Divide each column by its sum; a column that sums to 0 stays 0."""

    __slots__ = ()
    name = "divide"
    joiner = "/"

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        above, below = shapes
        if below != Shape(1, above.columns):
            rule = f"the second must have one row and a cell for each column: {above}, {below}"
            raise Misfit(rule)
        return above

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Divide."""
        above, below = operands
        return on.divide(above, below)

    def formula(self, *operands: Expression) -> Expression:
        """E / sums."""
        above, below = operands
        return Over(above, below)

    def saying(self, *operands: str) -> str:
        """Each column by its sum."""
        return f"each {{column}} of {operands[0]} divided by its own sum, so that it adds up to 1"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """9 / (46/3)."""
        above, below = operands
        total = below[0, at.column]
        if not total:
            return Spelled(Value(Fraction(0)), "every key is hidden: all weights are 0")
        return Spelled(Over(Value(above[at]), Value(total)))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The cell and its column's sum."""
        del operands
        return (at,), (Cell(0, at.column),)

    def interest(self, at: Cell, *operands: Matrix) -> int:
        """Most where the quotient is neither 0 nor 1."""
        above, below = operands
        return int(bool(above[at])) + int(above[at] != below[0, at.column])


def _settled(setting: Fraction | float | str | None) -> Fraction | float:
    if isinstance(setting, Fraction | float):
        return setting
    raise LookupError(setting)

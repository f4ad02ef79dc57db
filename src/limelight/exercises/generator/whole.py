"""An arithmetic of whole numbers over one denominator: the numbers of `Exact`, sooner.

A generator works thousands of candidates and looks at few of their numbers. A matrix of whole
numbers over a common denominator needs no greatest common divisor at every addition, as
fractions do. What a root or a power of e makes irrational is rounded, finely, and the matrix
remembers that it is not exact.
"""

from __future__ import annotations

import math
from fractions import Fraction
from operator import add, mul, sub
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from limelight.catalogue.showing import VISIBLE
from limelight.errors import NumberError
from limelight.mechanism.exact import lies_within, whole_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number

Rows: TypeAlias = "tuple[tuple[int, ...], ...]"

_FINE = 2**40
"""What is irrational is rounded to such a part of 1."""

_NOTHING_OFF: Rows = ((0,),)


class Whole(NamedTuple):
    """A matrix: whole numbers over one denominator.

    Attributes:
        rows: The numerators; None is a masked score.
        below: The denominator, greater than 0.
        exact: False when a number among them was rounded.
    """

    rows: Rows
    below: int = 1
    exact: bool = True

    def fractions(self) -> list[list[Fraction]]:
        """Return the numbers; none of them may be masked."""
        return [[Fraction(number, self.below) for number in row] for row in self.rows]


class WholeNumbers:
    """The functions of `Arithmetic` on `Whole` matrices."""

    def constant(self, number: Number) -> Whole:
        """A single number."""
        if isinstance(number, float):
            return Whole(((round(number * _FINE),),), _FINE, exact=False)
        return Whole(((number.numerator,),), number.denominator)

    def product(self, left: Whole, right: Whole) -> Whole:
        """Rows times columns."""
        columns = tuple(zip(*right.rows, strict=True))
        # A list inside of tuple(), not a generator: most of the time of a search goes here.
        rows = [tuple([sum(map(mul, row, column)) for column in columns]) for row in left.rows]
        return Whole(tuple(rows), left.below * right.below, left.exact and right.exact)

    def transpose(self, matrix: Whole) -> Whole:
        """Rows become columns."""
        return Whole(tuple(zip(*matrix.rows, strict=True)), matrix.below, matrix.exact)

    def add(self, left: Whole, right: Whole) -> Whole:
        """Cell by cell."""
        left, right = _over_one(left, right)
        return Whole(_pairs(add, left, right), left.below, left.exact and right.exact)

    def subtract(self, left: Whole, right: Whole) -> Whole:
        """Cell by cell; what is masked stays so, since nothing else is taken off it."""
        if not any(map(any, right.rows)):
            return left
        left, right = _over_one(left, right)
        return Whole(_pairs(sub, left, right), left.below, left.exact and right.exact)

    def multiply(self, left: Whole, right: Whole) -> Whole:
        """Cell by cell."""
        rows = _pairs(mul, left, right)
        return Whole(rows, left.below * right.below, left.exact and right.exact)

    def divide(self, left: Whole, right: Whole) -> Whole:
        """Cell by cell; 0 / 0 is 0."""
        if len(right.rows) == len(right.rows[0]) == 1:
            return self._divided(left, right)
        common = math.lcm(*(number for row in right.rows for number in row if number))
        shared = math.gcd(right.below, common)
        above, below = right.below // shared, left.below * (common // shared)
        exact = left.exact and right.exact
        if not all(map(all, right.rows)):
            _pairs(_refuse_by_zero, left, right)
        factors = [
            tuple([above * (common // number) if number else 0 for number in row])
            for row in right.rows
        ]
        return Whole(_pairs(mul, left, Whole(tuple(factors))), below, exact)

    def _divided(self, left: Whole, right: Whole) -> Whole:
        """Divide every cell by one number."""
        ((number,),) = right.rows
        exact = left.exact and right.exact
        if not number:
            _pairs(_refuse_by_zero, left, right)
            return Whole(_each(left.rows, 0), 1, exact)
        above = right.below if number > 0 else -right.below
        return Whole(_each(left.rows, above), left.below * abs(number), exact)

    def round(self, matrix: Whole, rounding: Rounding) -> Whole:
        """To whole numbers; halves go up."""
        if rounding == "none":
            return matrix
        if rounding == "floor":  # most often, and without a call for each number
            below = matrix.below
            rows = tuple([tuple([number // below for number in row]) for row in matrix.rows])
            return Whole(rows, 1, matrix.exact)
        rounded, below = _ROUNDINGS[rounding], matrix.below
        rows = tuple([tuple([rounded(number, below) for number in row]) for row in matrix.rows])
        return Whole(rows, 1, matrix.exact)

    def power(self, base: Base, exponents: Whole) -> Whole:
        """The base to each cell; a masked cell gives 0."""
        below = exponents.below
        known = set().union(*exponents.rows)
        lowest = min(known - {None}, default=0)
        if isinstance(base, Fraction) and base.denominator == 1 and below == 1:
            least = min(lowest, 0)
            top = base.numerator
            powers = {n: 0 if n is None else top ** (n - least) for n in known}
            rows = tuple([tuple([powers[number] for number in row]) for row in exponents.rows])
            return Whole(rows, top**-least, exponents.exact)
        powers = {n: 0 if n is None else _fine_power(base, n / below) for n in known}
        rows = tuple(tuple([powers[number] for number in row]) for row in exponents.rows)
        return Whole(rows, _FINE, exact=not known - {0, None})

    def root(self, matrix: Whole, *, whole: bool) -> Whole:
        """Square root."""
        if whole:
            rows = matrix.fractions()
            return Whole(tuple(tuple([whole_root(n).numerator for n in row]) for row in rows))
        below = matrix.below
        roots = tuple(tuple([_fine_root(n, below) for n in row]) for row in matrix.rows)
        return Whole(roots, _FINE, exact=False)

    def relu(self, matrix: Whole) -> Whole:
        """Negative cells become 0."""
        rows = tuple(
            [tuple([number if number > 0 else 0 for number in row]) for row in matrix.rows]  # noqa: FURB136 - a call for each number takes longer
        )
        return Whole(rows, matrix.below, matrix.exact)

    def column_sums(self, matrix: Whole) -> Whole:
        """One row."""
        sums = tuple(map(sum, zip(*matrix.rows, strict=True)))
        return Whole((sums,), matrix.below, matrix.exact)

    def column_means(self, matrix: Whole) -> Whole:
        """One row."""
        sums = tuple(map(sum, zip(*matrix.rows, strict=True)))
        return Whole((sums,), matrix.below * len(matrix.rows), matrix.exact)

    def overflow_shift(self, exponents: Whole, base: Base) -> Whole:
        """Nothing is taken off: a candidate's exponents are small."""
        del exponents, base
        return Whole(_NOTHING_OFF)

    def mask(self, matrix: Whole, visible: Whole) -> Whole:
        """Cells where *visible* is 0 become masked."""
        rows = tuple(
            tuple([number if seen else None for number, seen in zip(*pair, strict=True)])
            for pair in zip(matrix.rows, visible.rows, strict=True)
        )
        return Whole(rows, matrix.below, matrix.exact)  # type: ignore[arg-type] # None is masked

    def causal(self, sequence: Whole) -> Whole:
        """(tokens, tokens): 1 where the row is not after the column, else 0."""
        tokens = range(len(sequence.rows[0]))
        return Whole(tuple(tuple([int(key <= query) for query in tokens]) for key in tokens))

    def stack(self, parts: Sequence[Whole]) -> Whole:
        """Matrices one below the other."""
        below = math.lcm(*(part.below for part in parts))
        rows = tuple(row for part in parts for row in _each(part.rows, below // part.below))
        return Whole(rows, below, all(part.exact for part in parts))

    def part(self, matrix: Whole, index: int, of: int) -> Whole:
        """The rows of one of *of* equal parts."""
        size = len(matrix.rows) // of
        return Whole(matrix.rows[index * size : (index + 1) * size], matrix.below, matrix.exact)

    def pick(self, matrix: Whole, rows: Sequence[int]) -> Whole:
        """Some of the rows."""
        return matrix._replace(rows=tuple([matrix.rows[row] for row in rows]))

    def reshape(self, matrix: Whole, rows: int) -> Whole:
        """The same numbers in another number of rows."""
        numbers = [number for row in matrix.rows for number in row]
        width = len(numbers) // rows
        parts = [tuple(numbers[at * width : (at + 1) * width]) for at in range(rows)]
        return matrix._replace(rows=tuple(parts))

    def within(self, matrix: Whole, low: int | None, high: int | None) -> Whole:
        """1 where a cell lies between the bounds, else 0."""
        below = matrix.below
        least, most = (None if bound is None else bound * below for bound in (low, high))
        rows = [tuple([int(lies_within(n, least, most)) for n in row]) for row in matrix.rows]
        return Whole(tuple(rows))

    def tanh(self, matrix: Whole) -> Whole:
        """Hyperbolic tangent."""
        return _finely(math.tanh, matrix)

    def cosine(self, angles: Whole) -> Whole:
        """Cosine."""
        return _finely(math.cos, angles)

    def sine(self, angles: Whole) -> Whole:
        """Sine."""
        return _finely(math.sin, angles)


WHOLE_NUMBERS = WholeNumbers()
"""It has no state."""


def differ(one: Whole, other: Whole) -> bool:
    """Tell whether somebody who looks at two matrices sees that they differ.

    The rule is that of `catalogue.showing.differ`.
    """
    is_exact = one.exact and other.exact
    if one.below == other.below and (is_exact or one.rows == other.rows):
        return one.rows != other.rows
    if len(one.rows) != len(other.rows) or len(one.rows[0]) != len(other.rows[0]):
        return True
    up, down = other.below, one.below
    if not is_exact:
        # A difference is visible when it is more than VISIBLE, both of its sides times what is
        # below all of them.
        up, down = up * VISIBLE.denominator, down * VISIBLE.denominator
        least = one.below * other.below * VISIBLE.numerator
        return any(
            abs(left * up - right * down) > least
            for pair in zip(one.rows, other.rows, strict=True)
            for left, right in zip(*pair, strict=True)
        )
    if one.rows[0][0] * up != other.rows[0][0] * down:  # most often, and soon
        return True
    return _each(one.rows, up) != _each(other.rows, down)


def gathered(rows: Sequence[Sequence[Number]]) -> Whole:
    """Bring numbers over one denominator; none of them may be masked."""
    fractions = [[Fraction(number) for number in row] for row in rows]
    below = math.lcm(*(number.denominator for row in fractions for number in row))
    return Whole(
        tuple(
            tuple([number.numerator * (below // number.denominator) for number in row])
            for row in fractions
        ),
        below,
        not any(isinstance(number, float) for row in rows for number in row),
    )


def _over_one(left: Whole, right: Whole) -> tuple[Whole, Whole]:
    """Bring two matrices over one denominator."""
    if left.below == right.below:
        return left, right
    below = math.lcm(left.below, right.below)
    return (
        Whole(_each(left.rows, below // left.below), below, left.exact),
        Whole(_each(right.rows, below // right.below), below, right.exact),
    )


def _each(rows: Rows, factor: int) -> Rows:
    if factor == 1:
        return rows
    return tuple([tuple([number * factor for number in row]) for row in rows])


def _pairs(function: Callable[[int, int], int], left: Whole, right: Whole) -> Rows:
    """Apply a function cell by cell; a single row or column of the second is spread."""
    rows, beside = left.rows, right.rows
    if len(beside[0]) < len(rows[0]):
        beside = tuple([row * len(rows[0]) for row in beside])
    if len(beside) < len(rows):
        beside *= len(rows)
    pairs = zip(rows, beside, strict=True)
    return tuple([tuple(map(function, one, other)) for one, other in pairs])


def _refuse_by_zero(above: int, below: int) -> int:
    if above and not below:
        msg = "a number would be divided by zero. Use a divisor that is not 0."
        raise NumberError(msg)
    return 0


def _fine_power(base: Base, exponent: float) -> int:
    number = math.e if isinstance(base, str) else float(base)
    power: float = number**exponent
    return round(_FINE * power)


def _finely(function: Callable[[float], float], matrix: Whole) -> Whole:
    below = matrix.below
    rows = [tuple([round(_FINE * function(n / below)) for n in row]) for row in matrix.rows]
    return Whole(tuple(rows), _FINE, exact=not any(map(any, matrix.rows)))


def _fine_root(number: int, below: int) -> int:
    return math.isqrt(number * _FINE * _FINE // below)


_ROUNDINGS: dict[Rounding, Callable[[int, int], int]] = {
    "ceil": lambda number, below: -(-number // below),
    "trunc": lambda number, below: number // below if number > 0 else -(-number // below),
    "nearest": lambda number, below: (2 * number + below) // (2 * below),
}

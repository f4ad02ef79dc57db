"""The arithmetic of a pencil: exact fractions, and float64 where they end."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, ParamSpec

from limelight.errors import NumberError
from limelight.mechanism.matrix import Matrix, Row, Shape
from limelight.notation.numbers import MASKED, MAX_BITS, MAX_DIGITS, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.mechanism.arithmetic import Base, Rounding

P = ParamSpec("P")

MAX_EFFORT = 200_000_000
"""Multiplications of short numbers that one product may cost; some ten seconds."""

_SAFE_EXPONENT = 300
"""While a column's largest exponent of e is this small, its powers stay inside float64."""


class Exact:
    """Exact fractions for as long as the numbers allow, then float64.

    A fraction and a float give a float, a power of a fraction to a fraction gives a float,
    and so does a root that is not rational.

    Raises:
        NumberError: From every function, when a result has more than `MAX_DIGITS` digits
            or does not fit float64.
    """

    def constant(self, number: Number) -> Matrix:
        """A single number, to be broadcast."""
        return Matrix(((number,),))

    def product(self, left: Matrix, right: Matrix) -> Matrix:
        """Rows times columns, over common denominators so that the sums are of integers."""
        if _has_floats(left) or _has_floats(right):
            _refuse_endless(left.shape, right.shape)
            return _float_product(left, right)
        rows = [_over_common_denominator(row) for row in left.rows]
        columns = [_over_common_denominator(column) for column in right.T.rows]
        _refuse_endless(left.shape, right.shape, _longest(rows) * _longest(columns))
        return Matrix(
            tuple(
                tuple(
                    Fraction(sum(map(operator.mul, row, column)), below * beneath)
                    for column, beneath in columns
                )
                for row, below in rows
            )
        )

    def transpose(self, matrix: Matrix) -> Matrix:
        """Rows become columns."""
        return matrix.T

    def add(self, left: Matrix, right: Matrix) -> Matrix:
        """Cell by cell."""
        return _cellwise(_finite(operator.add), left, right)

    def subtract(self, left: Matrix, right: Matrix) -> Matrix:
        """Cell by cell."""
        return _cellwise(_finite_or_masked, left, right)

    def multiply(self, left: Matrix, right: Matrix) -> Matrix:
        """Cell by cell."""
        return _cellwise(_finite(operator.mul), left, right)

    def divide(self, left: Matrix, right: Matrix) -> Matrix:
        """Cell by cell; 0 / 0 is 0."""
        return _cellwise(_finite(_quotient), left, right)

    def round(self, matrix: Matrix, rounding: Rounding) -> Matrix:
        """To whole numbers; halves go up."""
        return matrix if rounding == "none" else _each(_ROUNDINGS[rounding], matrix)

    def power(self, base: Base, exponents: Matrix) -> Matrix:
        """The base to each cell; each power is worked once."""
        power = _finite(_power)
        known = {number: power(base, number) for row in exponents.rows for number in set(row)}
        return _each(known.__getitem__, exponents)

    def root(self, matrix: Matrix, *, whole: bool) -> Matrix:
        """Square root, exact where it is rational."""
        return _each(_finite(whole_root if whole else square_root), matrix)

    def relu(self, matrix: Matrix) -> Matrix:
        """Negative cells become 0."""
        return _each(lambda number: max(number, Fraction(0)), matrix)

    def column_sums(self, matrix: Matrix) -> Matrix:
        """One row: the sum of each column."""
        return Matrix((tuple(map(_finite(_sum), matrix.T.rows)),))

    def column_means(self, matrix: Matrix) -> Matrix:
        """One row: the mean of each column."""
        return Matrix((tuple(map(_finite(_mean), matrix.T.rows)),))

    def overflow_shift(self, exponents: Matrix, base: Base) -> Matrix:
        """The largest of a column whose powers would leave float64, else 0."""
        return Matrix((tuple(_shift(base, column) for column in exponents.T.rows),))

    def mask(self, matrix: Matrix, visible: Matrix) -> Matrix:
        """Cells where *visible* is 0 become masked."""
        return _cellwise(lambda number, seen: number if seen else MASKED, matrix, visible)

    def causal(self, sequence: Matrix) -> Matrix:
        """(tokens, tokens): 1 where the row is not after the column, else 0."""
        tokens = range(sequence.shape.columns)
        return Matrix(
            tuple(tuple(Fraction(int(key <= query)) for query in tokens) for key in tokens)
        )

    def stack(self, parts: Sequence[Matrix]) -> Matrix:
        """Matrices one below the other."""
        return Matrix(tuple(row for part in parts for row in part.rows))

    def part(self, matrix: Matrix, index: int, of: int) -> Matrix:
        """The rows of one of *of* equal parts."""
        size = matrix.shape.rows // of
        return Matrix(matrix.rows[index * size : (index + 1) * size])

    def pick(self, matrix: Matrix, rows: Sequence[int]) -> Matrix:
        """Some of the rows."""
        return Matrix(tuple(matrix.rows[row] for row in rows))

    def reshape(self, matrix: Matrix, rows: int) -> Matrix:
        """The same numbers in another number of rows."""
        numbers = [number for row in matrix.rows for number in row]
        width = len(numbers) // rows
        return Matrix(tuple(tuple(numbers[at * width : (at + 1) * width]) for at in range(rows)))

    def within(self, matrix: Matrix, low: int | None, high: int | None) -> Matrix:
        """1 where a cell lies between the bounds, else 0."""
        return _each(lambda number: Fraction(int(lies_within(number, low, high))), matrix)

    def tanh(self, matrix: Matrix) -> Matrix:
        """Hyperbolic tangent; that of 0 stays exact."""
        return _each(_of_float(math.tanh, at_zero=0), matrix)

    def cosine(self, angles: Matrix) -> Matrix:
        """Cosine; that of 0 stays exact."""
        return _each(_of_float(math.cos, at_zero=1), angles)

    def sine(self, angles: Matrix) -> Matrix:
        """Sine; that of 0 stays exact."""
        return _each(_of_float(math.sin, at_zero=0), angles)


EXACT_FRACTIONS = Exact()
"""The arithmetic of a pencil; it has no state."""


def square_root(number: Number) -> Number:
    """Return the root, a fraction where it is one.

    >>> square_root(Fraction(9, 4)), square_root(Fraction(2))
    (Fraction(3, 2), 1.4142135623730951)
    """
    if isinstance(number, Fraction):
        top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
        if (top * top, bottom * bottom) == (number.numerator, number.denominator):
            return Fraction(top, bottom)
    return math.sqrt(as_float(number))


def whole_root(number: Number) -> Fraction:
    """Return the root rounded to the nearest whole number, at least 1.

    >>> whole_root(Fraction(8, 3)), whole_root(Fraction(0))
    (Fraction(2, 1), Fraction(1, 1))
    """
    nearest = (math.isqrt(math.floor(4 * number)) + 1) // 2
    return Fraction(max(nearest, 1))


def lies_within(number: Number, low: int | None, high: int | None) -> bool:
    """Tell whether a number lies between two bounds, either of which may be missing."""
    return (low is None or number >= low) and (high is None or number <= high)


def as_float(number: Number) -> float:
    """Return the nearest float64.

    Raises:
        NumberError: It is too large for float64.
    """
    try:
        return float(number)
    except OverflowError:
        raise NumberError(_TOO_LARGE) from None


_TOO_LARGE = (
    "a number is too large for float64 (about 1.8e308).\n"
    "  A root or a power of e takes the numbers out of exact fractions.\n"
    "  Use smaller numbers, or the recipe by-hand, which stays exact."
)

_ROUNDINGS: dict[Rounding, Callable[[Number], Number]] = {
    "floor": lambda number: Fraction(math.floor(number)),
    "ceil": lambda number: Fraction(math.ceil(number)),
    "trunc": lambda number: Fraction(math.trunc(number)),
    "nearest": lambda number: Fraction(math.floor(number + Fraction(1, 2))),
}


def _each(function: Callable[[Number], Number], matrix: Matrix) -> Matrix:
    return Matrix(tuple(tuple(map(function, row)) for row in matrix.rows))


def _of_float(function: Callable[[float], float], at_zero: int) -> Callable[[Number], Number]:
    """Work a function in float64, except of 0."""
    return lambda number: function(as_float(number)) if number else Fraction(at_zero)


def _cellwise(function: Callable[[Number, Number], Number], left: Matrix, right: Matrix) -> Matrix:
    rows, columns = left.shape
    spread = tuple(row * columns if right.shape.columns == 1 else row for row in right.rows)
    if right.shape.rows == 1:
        spread *= rows
    pairs = zip(left.rows, spread, strict=True)
    return Matrix(tuple(tuple(map(function, *pair)) for pair in pairs))


def _finite(function: Callable[P, Number]) -> Callable[P, Number]:
    """Refuse results that leave float64, whether Python raises or returns infinity."""

    def guarded(*operands: P.args, **options: P.kwargs) -> Number:
        try:
            result = function(*operands, **options)
        except OverflowError:
            raise NumberError(_TOO_LARGE) from None
        if isinstance(result, float) and not math.isfinite(result):
            raise NumberError(_TOO_LARGE)
        return result

    return guarded


def _finite_or_masked(left: Number, right: Number) -> Number:
    """Subtract; a masked score stays masked."""
    return MASKED if left == MASKED else _finite_difference(left, right)


_finite_difference = _finite(operator.sub)


def _quotient(above: Number, below: Number) -> Number:
    if below:
        return above / below
    if above:
        msg = "a number would be divided by zero. Use a divisor that is not 0."
        raise NumberError(msg)
    return Fraction(0)


def _sum(numbers: Row) -> Number:
    if any(isinstance(number, float) for number in numbers):
        return math.fsum(map(as_float, numbers))
    whole, below = _over_common_denominator(numbers)
    return Fraction(sum(whole), below)


def _mean(numbers: Row) -> Number:
    return _sum(numbers) / len(numbers)


def _power(base: Base, exponent: Number) -> Number:
    if exponent == MASKED:
        return Fraction(0)
    if base == "e":
        return Fraction(1) if exponent == 0 else math.exp(as_float(exponent))
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return _whole_power(base, exponent.numerator)
    return math.pow(as_float(base), as_float(exponent))


def _whole_power(base: Fraction, exponent: int) -> Fraction:
    longest = max(base.numerator.bit_length(), base.denominator.bit_length())
    if (longest - 1) * abs(exponent) > MAX_BITS:
        msg = (
            f"{base}^{_shortened(exponent)} has more than {MAX_DIGITS:,} digits.\n"
            "  Powers are worked exactly, so large scores give endless numbers.\n"
            "  Use smaller numbers, or the recipe exact, which works in float64."
        )
        raise NumberError(msg)
    return base**exponent


def _shortened(exponent: int) -> str:
    return (
        str(exponent)
        if abs(exponent) < 10**12
        else f"(a number of {exponent.bit_length():,} bits)"
    )


def _shift(base: Base, column: Row) -> Number:
    finite = [number for number in column if number != MASKED]
    peak: Number = max(finite, default=Fraction(0))
    exact = base != "e" and all(
        isinstance(number, Fraction) and number.denominator == 1 for number in finite
    )
    growth = 1.0 if base == "e" else math.log(base.numerator) - math.log(base.denominator)
    in_range = exact or abs(Fraction(peak)) * Fraction(growth) <= _SAFE_EXPONENT
    return Fraction(0) if in_range else peak


def _has_floats(matrix: Matrix) -> bool:
    return any(isinstance(number, float) for row in matrix.rows for number in row)


def _float_product(left: Matrix, right: Matrix) -> Matrix:
    rows = [tuple(map(as_float, row)) for row in left.rows]
    columns = [tuple(map(as_float, column)) for column in right.T.rows]
    dot = _finite(_float_dot)
    return Matrix(tuple(tuple(dot(row, column) for column in columns) for row in rows))


def _float_dot(row: tuple[float, ...], column: tuple[float, ...]) -> float:
    try:
        return math.fsum(map(operator.mul, row, column))
    except ValueError:  # infinity of both signs
        return math.nan


def _over_common_denominator(numbers: Row) -> tuple[tuple[int, ...], int]:
    """Write a row or column of fractions as integers over one denominator."""
    below = 1
    for number in numbers:
        if isinstance(number, Fraction) and below % number.denominator:
            below = math.lcm(below, number.denominator)
            if below.bit_length() > MAX_BITS:
                msg = (
                    f"a common denominator has more than {MAX_DIGITS:,} digits.\n"
                    "  Exact fractions grow with every step.\n"
                    "  Use smaller numbers, or the recipe exact, which works in float64."
                )
                raise NumberError(msg)
    return tuple(_scaled(number, below) for number in numbers), below


def _scaled(number: Number, below: int) -> int:
    exact = Fraction(number)
    return exact.numerator * (below // exact.denominator)


def _longest(lines: Sequence[tuple[tuple[int, ...], int]]) -> int:
    return max(whole.bit_length() for line, _ in lines for whole in line)


def _refuse_endless(left: Shape, right: Shape, bits: int = 0) -> None:
    """Refuse a product that would take minutes; *bits* is the length of one multiplication."""
    effort = left.rows * left.columns * right.columns * (1 + bits // 100_000)
    if effort > MAX_EFFORT:
        msg = (
            f"a product of {left} and {right} is too large to be worked number by number.\n"
            f"  It takes {effort:,} multiplications of short numbers; the limit is "
            f"{MAX_EFFORT:,}.\n"
            "  Use smaller matrices or shorter numbers."
        )
        raise NumberError(msg)

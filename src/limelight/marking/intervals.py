"""The arithmetic of numbers that were rounded: each stands for an interval.

Somebody who goes on with 0.587 for 27/46 makes no mistake. So a step is recomputed from
intervals where the numbers before it are decimals, and what was written must lie in, or within
its own rounding of, the interval that comes out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Matrix, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number


class Between(NamedTuple):
    """A matrix of which each cell lies between two numbers."""

    low: Matrix
    high: Matrix

    @classmethod
    def exactly(cls, matrix: Matrix) -> Between:
        """Return a matrix that is known exactly."""
        return cls(matrix, matrix)

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        return self.low.shape

    @property
    def shown(self) -> Matrix:
        """Numbers to show for it: the middle where there is something between the two."""
        if self.is_exact:
            return self.low
        pairs = zip(self.low.rows, self.high.rows, strict=True)
        return Matrix(tuple(tuple(map(_middle, *rows)) for rows in pairs))

    @property
    def is_exact(self) -> bool:
        """Whether there is nothing between the two."""
        return self.low is self.high


def _middle(low: Number, high: Number) -> Number:
    return low if low == high else float((low + high) / 2)


def _monotone(function: Callable[[Matrix], Matrix], operand: Between) -> Between:
    low = function(operand.low)
    return Between(low, low if operand.is_exact else function(operand.high))


class Intervals:
    """`Exact` on both ends of an interval; where nothing was rounded it costs no more."""

    def constant(self, number: Number) -> Between:
        """A single number."""
        return Between.exactly(EXACT_FRACTIONS.constant(number))

    def product(self, left: Between, right: Between) -> Between:
        """Rows times columns: around the product of the middles, as far as the radii reach."""
        if left.is_exact and right.is_exact:
            return Between.exactly(EXACT_FRACTIONS.product(left.low, right.low))
        (middle, radius), (other, reach) = _middle_and_radius(left), _middle_and_radius(right)
        product = EXACT_FRACTIONS.product(middle, other)
        spread = EXACT_FRACTIONS.add(
            EXACT_FRACTIONS.product(_magnitude(middle), reach),
            EXACT_FRACTIONS.product(radius, EXACT_FRACTIONS.add(_magnitude(other), reach)),
        )
        return Between(
            EXACT_FRACTIONS.subtract(product, spread), EXACT_FRACTIONS.add(product, spread)
        )

    def transpose(self, matrix: Between) -> Between:
        """Rows become columns."""
        return _monotone(EXACT_FRACTIONS.transpose, matrix)

    def add(self, left: Between, right: Between) -> Between:
        """Cell by cell."""
        return _pairwise(EXACT_FRACTIONS.add, left, right)

    def subtract(self, left: Between, right: Between) -> Between:
        """Cell by cell: low takes off high."""
        if left.is_exact and right.is_exact:
            return Between.exactly(EXACT_FRACTIONS.subtract(left.low, right.low))
        return Between(
            EXACT_FRACTIONS.subtract(left.low, right.high),
            EXACT_FRACTIONS.subtract(left.high, right.low),
        )

    def multiply(self, left: Between, right: Between) -> Between:
        """Cell by cell."""
        return _corners(EXACT_FRACTIONS.multiply, left, right)

    def divide(self, left: Between, right: Between) -> Between:
        """Cell by cell."""
        return _corners(EXACT_FRACTIONS.divide, left, right)

    def round(self, matrix: Between, rounding: Rounding) -> Between:
        """To whole numbers."""
        return _monotone(lambda ends: EXACT_FRACTIONS.round(ends, rounding), matrix)

    def power(self, base: Base, exponents: Between) -> Between:
        """The base to each cell; a base below 1 turns the interval round."""
        return _ordered(lambda ends: EXACT_FRACTIONS.power(base, ends), exponents)

    def root(self, matrix: Between, *, whole: bool) -> Between:
        """Square root."""
        return _monotone(
            lambda ends: EXACT_FRACTIONS.root(EXACT_FRACTIONS.relu(ends), whole=whole), matrix
        )

    def relu(self, matrix: Between) -> Between:
        """Negative cells become 0."""
        return _monotone(EXACT_FRACTIONS.relu, matrix)

    def column_sums(self, matrix: Between) -> Between:
        """One row: the sum of each column."""
        return _monotone(EXACT_FRACTIONS.column_sums, matrix)

    def column_means(self, matrix: Between) -> Between:
        """One row: the mean of each column."""
        return _monotone(EXACT_FRACTIONS.column_means, matrix)

    def overflow_shift(self, exponents: Between, base: Base) -> Between:
        """One row: what to take off each column; the weights stay the same whatever it is."""
        return Between.exactly(EXACT_FRACTIONS.overflow_shift(exponents.low, base))

    def mask(self, matrix: Between, visible: Between) -> Between:
        """Cells where *visible* is 0 become masked."""
        return _monotone(lambda ends: EXACT_FRACTIONS.mask(ends, visible.low), matrix)

    def causal(self, sequence: Between) -> Between:
        """1 where the row is not after the column, else 0."""
        return Between.exactly(EXACT_FRACTIONS.causal(sequence.low))

    def stack(self, parts: Sequence[Between]) -> Between:
        """Matrices one below the other."""
        low = EXACT_FRACTIONS.stack([part.low for part in parts])
        if all(part.is_exact for part in parts):
            return Between.exactly(low)
        return Between(low, EXACT_FRACTIONS.stack([part.high for part in parts]))

    def part(self, matrix: Between, index: int, of: int) -> Between:
        """The rows of one of *of* equal parts."""
        return _monotone(lambda ends: EXACT_FRACTIONS.part(ends, index, of), matrix)

    def pick(self, matrix: Between, rows: Sequence[int]) -> Between:
        """Some of the rows."""
        return _monotone(lambda ends: EXACT_FRACTIONS.pick(ends, rows), matrix)

    def reshape(self, matrix: Between, rows: int) -> Between:
        """The same numbers in another number of rows."""
        return _monotone(lambda ends: EXACT_FRACTIONS.reshape(ends, rows), matrix)

    def within(self, matrix: Between, low: int | None, high: int | None) -> Between:
        """1 where a cell lies between the bounds; what is compared so are exact places."""
        return Between.exactly(EXACT_FRACTIONS.within(matrix.low, low, high))

    def tanh(self, matrix: Between) -> Between:
        """Hyperbolic tangent."""
        return _monotone(EXACT_FRACTIONS.tanh, matrix)

    def cosine(self, angles: Between) -> Between:
        """Cosine, which changes by no more than its angle does."""
        return _no_steeper(EXACT_FRACTIONS.cosine, angles)

    def sine(self, angles: Between) -> Between:
        """Sine, which changes by no more than its angle does."""
        return _no_steeper(EXACT_FRACTIONS.sine, angles)


INTERVALS = Intervals()
"""The arithmetic of rounded numbers; it has no state."""


def _no_steeper(function: Callable[[Matrix], Matrix], operand: Between) -> Between:
    if operand.is_exact:
        return Between.exactly(function(operand.low))
    middle, radius = _middle_and_radius(operand)
    result = function(middle)
    return Between(EXACT_FRACTIONS.subtract(result, radius), EXACT_FRACTIONS.add(result, radius))


def _pairwise(
    function: Callable[[Matrix, Matrix], Matrix], left: Between, right: Between
) -> Between:
    low = function(left.low, right.low)
    if left.is_exact and right.is_exact:
        return Between.exactly(low)
    return Between(low, function(left.high, right.high))


def _corners(
    function: Callable[[Matrix, Matrix], Matrix], left: Between, right: Between
) -> Between:
    """Take the smallest and the largest that the ends can give."""
    if left.is_exact and right.is_exact:
        return Between.exactly(function(left.low, right.low))
    results = [
        function(one, other) for one in (left.low, left.high) for other in (right.low, right.high)
    ]
    return Between(_least(results), _most(results))


def _ordered(function: Callable[[Matrix], Matrix], operand: Between) -> Between:
    if operand.is_exact:
        return Between.exactly(function(operand.low))
    ends = [function(operand.low), function(operand.high)]
    return Between(_least(ends), _most(ends))


def _least(matrices: Sequence[Matrix]) -> Matrix:
    return _chosen(min, matrices)


def _most(matrices: Sequence[Matrix]) -> Matrix:
    return _chosen(max, matrices)


def _chosen(choose: Callable[..., Number], matrices: Sequence[Matrix]) -> Matrix:
    rows = zip(*(matrix.rows for matrix in matrices), strict=True)
    return Matrix(tuple(tuple(map(choose, *row)) for row in rows))


def _middle_and_radius(matrix: Between) -> tuple[Matrix, Matrix]:
    def halved(ends: Matrix) -> Matrix:
        return EXACT_FRACTIONS.divide(ends, EXACT_FRACTIONS.constant(Fraction(2)))

    total = EXACT_FRACTIONS.add(matrix.low, matrix.high)
    return halved(total), halved(EXACT_FRACTIONS.subtract(matrix.high, matrix.low))


def _magnitude(matrix: Matrix) -> Matrix:
    return Matrix(tuple(tuple(map(_size, row)) for row in matrix.rows))


def _size(number: Number) -> Number:
    return -number if number < 0 else number

"""Arrays with a bound on their errors: what a right implementation may come to.

An implementation rounds. So the expected numbers carry, cell by cell, how far rounding may have
taken a right one, to first order: from the precision that it is stored in and from how many
terms it adds up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.auditing.arrays import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.auditing.precision import Precision
    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number
    from limelight.stream.arrays import Floats

_LARGEST_EXPONENT = 700.0
"""e to the power of this still fits float64."""

_NO_ERROR: Floats = np.zeros((1, 1))


class Rounded(NamedTuple):
    """Numbers, and how far a right implementation may be from them.

    Attributes:
        value: (…, rows, columns).
        error: Not negative; broadcastable to it.
    """

    value: Floats
    error: Floats

    @classmethod
    def exactly(cls, value: Floats) -> Rounded:
        """Return numbers that are as they are."""
        return cls(value, _NO_ERROR)

    @property
    def is_exact(self) -> bool:
        """Whether no rounding has come in yet."""
        return self.error is _NO_ERROR


class RoundedArrays:
    """`Arrays` with bounds on errors."""

    def __init__(self, precision: Precision) -> None:
        """Take how an implementation stores numbers and adds them up."""
        self._precision = precision

    def stored(self, result: Rounded) -> Rounded:
        """Round the result of a step to what it is stored in."""
        unit, floor = self._precision.unit, self._precision.floor
        return Rounded(result.value, result.error + unit * _size(result.value) + floor)

    def constant(self, number: Number) -> Rounded:
        """A single number."""
        return Rounded.exactly(ARRAYS.constant(number))

    def product(self, left: Rounded, right: Rounded) -> Rounded:
        """Rows times columns; errors grow with the root of how many terms there are."""
        value = _product(left.value, right.value)
        terms = left.value.shape[-1]
        root = float(np.sqrt(terms))
        # Factors may have been rounded on the way, as where a scale went into one of them.
        share = self._precision.sum_unit * (2 * root + 4) + 4 * self._precision.unit / root
        rows, columns = _length(left.value, -1), _length(right.value, -2)
        error = share * (rows * columns)
        if not left.is_exact:
            error = error + _reach(left.error, right.value)
        if not right.is_exact:
            turned = _reach(np.swapaxes(right.error, -1, -2), np.swapaxes(left.value, -1, -2))
            error = error + np.swapaxes(turned, -1, -2)
        return Rounded(value, error)

    def transpose(self, matrix: Rounded) -> Rounded:
        """Rows become columns."""
        return _moved(ARRAYS.transpose, matrix)

    def add(self, left: Rounded, right: Rounded) -> Rounded:
        """Cell by cell."""
        return self._added(left.value + right.value, left, right)

    def subtract(self, left: Rounded, right: Rounded) -> Rounded:
        """Cell by cell."""
        return self._added(left.value - right.value, left, right)

    def multiply(self, left: Rounded, right: Rounded) -> Rounded:
        """Cell by cell."""
        error = _size(left.value) * right.error + _size(right.value) * left.error
        return self._worked(left.value * right.value, error + left.error * right.error)

    def divide(self, left: Rounded, right: Rounded) -> Rounded:
        """Cell by cell; 0 / 0 is 0."""
        value = ARRAYS.divide(left.value, right.value)
        below = np.abs(np.where(right.value == 0, 1, right.value))
        error = (left.error + _size(value) * right.error) / below
        return self._worked(value, error)

    def round(self, matrix: Rounded, rounding: Rounding) -> Rounded:
        """To whole numbers: what lies near one may go either way."""
        error = matrix.error if rounding == "none" else np.ceil(matrix.error)
        return Rounded(ARRAYS.round(matrix.value, rounding), error)

    def power(self, base: Base, exponents: Rounded) -> Rounded:
        """The base to each cell."""
        value = ARRAYS.power(base, exponents.value)
        growth = 1.0 if base == "e" else abs(float(np.log(float(base))))
        spread = np.expm1(np.minimum(exponents.error * growth, _LARGEST_EXPONENT))
        return self._worked(value, _size(value) * spread)

    def root(self, matrix: Rounded, *, whole: bool) -> Rounded:
        """Square root."""
        value = ARRAYS.root(matrix.value, whole=whole)
        steep = matrix.error / np.where(value == 0, 1, value)
        return self._worked(value, np.minimum(steep, np.sqrt(matrix.error)) + whole)

    def relu(self, matrix: Rounded) -> Rounded:
        """Negative cells become 0."""
        return Rounded(ARRAYS.relu(matrix.value), matrix.error)

    def column_sums(self, matrix: Rounded) -> Rounded:
        """One row: the sum of each column."""
        return self._summed(ARRAYS.column_sums(matrix.value), matrix, 1)

    def column_means(self, matrix: Rounded) -> Rounded:
        """One row: the mean of each column."""
        rows = matrix.value.shape[-2]
        return self._summed(ARRAYS.column_means(matrix.value), matrix, rows)

    def overflow_shift(self, exponents: Rounded, base: Base) -> Rounded:
        """One row: weights stay the same whatever is taken off, so it has no error."""
        return Rounded.exactly(ARRAYS.overflow_shift(exponents.value, base))

    def mask(self, matrix: Rounded, visible: Rounded) -> Rounded:
        """Cells where *visible* is 0 become minus infinity."""
        return Rounded(ARRAYS.mask(matrix.value, visible.value), matrix.error)

    def causal(self, sequence: Rounded) -> Rounded:
        """1 where the row is not after the column, else 0."""
        return Rounded.exactly(ARRAYS.causal(sequence.value))

    def stack(self, parts: Sequence[Rounded]) -> Rounded:
        """Matrices one below the other."""
        value = ARRAYS.stack([part.value for part in parts])
        if all(part.is_exact for part in parts):
            return Rounded.exactly(value)
        errors = [np.broadcast_to(part.error, part.value.shape) for part in parts]
        return Rounded(value, ARRAYS.stack(errors))

    def part(self, matrix: Rounded, index: int, of: int) -> Rounded:
        """The rows of one of *of* equal parts."""
        return _moved(lambda array: ARRAYS.part(array, index, of), matrix)

    def pick(self, matrix: Rounded, rows: Sequence[int]) -> Rounded:
        """Some of the rows."""
        return _moved(lambda array: ARRAYS.pick(array, rows), matrix)

    def reshape(self, matrix: Rounded, rows: int) -> Rounded:
        """The same numbers in another number of rows."""
        return _moved(lambda array: ARRAYS.reshape(array, rows), matrix)

    def within(self, matrix: Rounded, low: int | None, high: int | None) -> Rounded:
        """1 where a cell lies between the bounds; what is compared so are whole places."""
        return Rounded.exactly(ARRAYS.within(matrix.value, low, high))

    def tanh(self, matrix: Rounded) -> Rounded:
        """Hyperbolic tangent, which changes by no more than its operand does."""
        return self._worked(ARRAYS.tanh(matrix.value), matrix.error)

    def cosine(self, angles: Rounded) -> Rounded:
        """Cosine: tables of it are kept in float32, whatever the model's own precision."""
        return self._tabled(ARRAYS.cosine(angles.value), angles)

    def sine(self, angles: Rounded) -> Rounded:
        """Sine, as cosine."""
        return self._tabled(ARRAYS.sine(angles.value), angles)

    def _worked(self, value: Floats, error: Floats) -> Rounded:
        """Add the rounding of one operation in working precision."""
        return Rounded(value, error + self._precision.sum_unit * _size(value))

    def _added(self, value: Floats, left: Rounded, right: Rounded) -> Rounded:
        """Allow for sums of more than two that were made in another order."""
        size = _size(left.value) + _size(right.value)
        return Rounded(value, left.error + right.error + self._precision.sum_unit * size)

    def _summed(self, value: Floats, matrix: Rounded, count: int) -> Rounded:
        rows = matrix.value.shape[-2]
        share = self._precision.sum_unit * (2 * float(np.sqrt(rows)) + 4)
        total = ARRAYS.column_sums(_size(matrix.value)) * share
        carried = np.broadcast_to(matrix.error, matrix.value.shape).sum(axis=-2, keepdims=True)
        return Rounded(value, (total + carried) / count)

    def _tabled(self, value: Floats, angles: Rounded) -> Rounded:
        table = max(self._precision.sum_unit, 2.0**-24)
        error = angles.error + table * (4 + 4 * np.abs(angles.value)) + self._precision.unit
        return Rounded(value, error)


def _size(value: Floats) -> Floats:
    """Return how large each cell is; what is not finite has no size to round."""
    size: Floats = np.abs(value)
    is_finite = np.isfinite(size.max(initial=0))
    return size if is_finite else np.where(np.isfinite(size), size, 0)


def _length(matrix: Floats, axis: int) -> Floats:
    """Return the length of each row or column."""
    squares = np.square(_size(matrix))
    lengths: Floats = np.sqrt(squares.sum(axis=axis, keepdims=True))
    return lengths


def _moved(function: Callable[[Floats], Floats], matrix: Rounded) -> Rounded:
    value = function(matrix.value)
    if matrix.is_exact:
        return Rounded.exactly(value)
    return Rounded(value, function(np.broadcast_to(matrix.error, matrix.value.shape)))


def _product(left: Floats, right: Floats) -> Floats:
    """Multiply; a weight of 0 takes nothing from what is no number.

    Hidden keys may hold anything. Only where something is not finite is the product worked
    again: the finite parts, and then what is not, where it is met by another number than 0.
    """
    value = ARRAYS.product(left, right)
    if np.isfinite(value).all() or (np.isfinite(left).all() and np.isfinite(right).all()):
        return value
    clean = ARRAYS.product(_finite(left), _finite(right))
    spoilt = ARRAYS.product(~np.isfinite(left) * 1.0, (right != 0) * 1.0)
    spoilt += ARRAYS.product((left != 0) * 1.0, ~np.isfinite(right) * 1.0)
    return np.where(spoilt > 0, value, clean)


def _finite(matrix: Floats) -> Floats:
    return np.where(np.isfinite(matrix), matrix, 0)


def _reach(error: Floats, other: Floats) -> Floats:
    """Bound what errors of the left factor make of a product with *other*, cell by cell."""
    sizes = _size(other)
    if error.shape[-1] == 1:
        whole: Floats = error * sizes.sum(axis=-2, keepdims=True)
        return whole
    peaks = error.max(axis=-1, keepdims=True) * sizes.sum(axis=-2, keepdims=True)
    sums = error.sum(axis=-1, keepdims=True) * sizes.max(axis=-2, keepdims=True)
    lengths = _length(error, -1) * _length(sizes, -2)
    bound: Floats = np.minimum(np.minimum(peaks, sums), lengths)
    return bound

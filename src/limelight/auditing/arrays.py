"""The mechanism's arithmetic over NumPy arrays (…, rows, columns), in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number
    from limelight.stream.arrays import Floats

SAFE_EXPONENT = 300
"""While a column's largest exponent of e is this small, its powers stay inside float64."""


class Arrays:
    """float64 arrays; every leading axis is a batch, and broadcast as NumPy does.

    What leaves float64 becomes infinite or no number, as arrays do: what is audited may be so.
    """

    def constant(self, number: Number) -> Floats:
        """A single number."""
        return np.array([[float(number)]])

    def product(self, left: Floats, right: Floats) -> Floats:
        """Rows times columns."""
        result: Floats = np.matmul(left, right)
        return result

    def transpose(self, matrix: Floats) -> Floats:
        """Rows become columns."""
        return np.swapaxes(matrix, -1, -2)

    def add(self, left: Floats, right: Floats) -> Floats:
        """Cell by cell."""
        return left + right

    def subtract(self, left: Floats, right: Floats) -> Floats:
        """Cell by cell."""
        return left - right

    def multiply(self, left: Floats, right: Floats) -> Floats:
        """Cell by cell."""
        return left * right

    def divide(self, left: Floats, right: Floats) -> Floats:
        """Cell by cell; 0 / 0 is 0."""
        return left / np.where((left == 0) & (right == 0), 1, right)

    def round(self, matrix: Floats, rounding: Rounding) -> Floats:
        """To whole numbers; halves go up."""
        match rounding:
            case "none":
                return matrix
            case "floor":
                return np.floor(matrix)
            case "ceil":
                return np.ceil(matrix)
            case "trunc":
                return np.trunc(matrix)
            case "nearest":
                return np.floor(matrix + 0.5)

    def power(self, base: Base, exponents: Floats) -> Floats:
        """The base to each cell; that of a masked cell is 0 by itself."""
        result: Floats = np.exp(exponents) if base == "e" else np.power(float(base), exponents)
        return result

    def root(self, matrix: Floats, *, whole: bool) -> Floats:
        """Square root, or the nearest whole number to it, at least 1."""
        root: Floats = np.sqrt(matrix)
        return np.maximum(np.floor(root + 0.5), 1) if whole else root

    def relu(self, matrix: Floats) -> Floats:
        """Negative cells become 0."""
        return np.maximum(matrix, 0)

    def column_sums(self, matrix: Floats) -> Floats:
        """One row: the sum of each column."""
        result: Floats = matrix.sum(axis=-2, keepdims=True)
        return result

    def column_means(self, matrix: Floats) -> Floats:
        """One row: the mean of each column."""
        result: Floats = matrix.mean(axis=-2, keepdims=True)
        return result

    def overflow_shift(self, exponents: Floats, base: Base) -> Floats:
        """One row: the largest of a column, where its power would not fit."""
        del base
        peak = exponents.max(axis=-2, keepdims=True)
        return np.where(np.isfinite(peak) & (np.abs(peak) > SAFE_EXPONENT), peak, 0)

    def mask(self, matrix: Floats, visible: Floats) -> Floats:
        """Cells where *visible* is 0 become minus infinity."""
        return np.where(visible == 0, -np.inf, matrix)

    def causal(self, sequence: Floats) -> Floats:
        """1 where the row is not after the column, else 0."""
        tokens = sequence.shape[-1]
        return np.triu(np.ones((tokens, tokens)))

    def stack(self, parts: Sequence[Floats]) -> Floats:
        """Matrices one below the other."""
        return np.concatenate(parts, axis=-2)

    def part(self, matrix: Floats, index: int, of: int) -> Floats:
        """The rows of one of *of* equal parts."""
        size = matrix.shape[-2] // of
        return matrix[..., index * size : (index + 1) * size, :]

    def pick(self, matrix: Floats, rows: Sequence[int]) -> Floats:
        """Some of the rows."""
        return matrix[..., list(rows), :]

    def reshape(self, matrix: Floats, rows: int) -> Floats:
        """The same numbers, read row by row, in another number of rows."""
        return matrix.reshape(*matrix.shape[:-2], rows, -1)

    def within(self, matrix: Floats, low: int | None, high: int | None) -> Floats:
        """1 where a cell lies between the bounds, else 0."""
        least, most = (-np.inf if low is None else low), (np.inf if high is None else high)
        return ((matrix >= least) & (matrix <= most)).astype(np.float64)

    def tanh(self, matrix: Floats) -> Floats:
        """Hyperbolic tangent."""
        return np.tanh(matrix)

    def cosine(self, angles: Floats) -> Floats:
        """Cosine."""
        return np.cos(angles)

    def sine(self, angles: Floats) -> Floats:
        """Sine."""
        return np.sin(angles)


ARRAYS = Arrays()
"""The arithmetic of arrays; it has no state."""

"""Limelight's arithmetic over NumPy arrays (…, rows, columns), as an engineer would supply it.

Nothing of Limelight's own arithmetic is used: this is the other implementation that shows
that operations ask for no more than the protocol promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number
    from tests.oracles.numpy_attention import Array


class ArrayArithmetic:
    """float64 arrays; every leading axis is a batch."""

    def constant(self, number: Number) -> Array:
        """A single number."""
        return np.array([[float(number)]])

    def product(self, left: Array, right: Array) -> Array:
        """Rows times columns."""
        result: Array = np.matmul(left, right)
        return result

    def transpose(self, matrix: Array) -> Array:
        """Rows become columns."""
        return np.swapaxes(matrix, -1, -2)

    def add(self, left: Array, right: Array) -> Array:
        """Cell by cell."""
        return left + right

    def subtract(self, left: Array, right: Array) -> Array:
        """Cell by cell."""
        return left - right

    def multiply(self, left: Array, right: Array) -> Array:
        """Cell by cell."""
        return left * right

    def divide(self, left: Array, right: Array) -> Array:
        """Cell by cell; 0 / 0 is 0."""
        return left / np.where((left == 0) & (right == 0), 1, right)

    def round(self, matrix: Array, rounding: Rounding) -> Array:
        """To whole numbers."""
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

    def power(self, base: Base, exponents: Array) -> Array:
        """The base to each cell; NumPy makes a masked cell 0 by itself."""
        result: Array = np.exp(exponents) if base == "e" else np.power(float(base), exponents)
        return result

    def root(self, matrix: Array, *, whole: bool) -> Array:
        """Square root, or the nearest whole number to it, at least 1."""
        root: Array = np.sqrt(matrix)
        return np.maximum(np.floor(root + 0.5), 1) if whole else root

    def relu(self, matrix: Array) -> Array:
        """Negative cells become 0."""
        return np.maximum(matrix, 0)

    def column_sums(self, matrix: Array) -> Array:
        """One row: the sum of each column."""
        result: Array = matrix.sum(axis=-2, keepdims=True)
        return result

    def column_means(self, matrix: Array) -> Array:
        """One row: the mean of each column."""
        result: Array = matrix.mean(axis=-2, keepdims=True)
        return result

    def overflow_shift(self, exponents: Array, base: Base) -> Array:
        """One row: the largest of a column, where its power would not fit."""
        del base
        peak = exponents.max(axis=-2, keepdims=True)
        return np.where(np.isfinite(peak) & (np.abs(peak) > 300), peak, 0)

    def mask(self, matrix: Array, visible: Array) -> Array:
        """Cells where *visible* is 0 become minus infinity."""
        return np.where(visible == 0, -np.inf, matrix)

    def causal(self, sequence: Array) -> Array:
        """1 where the row is not after the column, else 0."""
        tokens = sequence.shape[-1]
        return np.triu(np.ones((tokens, tokens)))

    def stack(self, parts: Sequence[Array]) -> Array:
        """Matrices one below the other."""
        return np.concatenate(parts, axis=-2)

    def part(self, matrix: Array, index: int, of: int) -> Array:
        """The rows of one of *of* equal parts."""
        return np.split(matrix, of, axis=-2)[index]

"""The small arithmetic that every operation is written over.

An operation never looks at its operands: it calls these functions. So one operation works
on exact fractions (`exact.Exact`), and on any other array that can do the same, an engineer's
tensors included. Where a second operand has one row, one column or one cell, it is
broadcast, as NumPy does.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.notation.numbers import Number

Rounding: TypeAlias = Literal["none", "floor", "ceil", "trunc", "nearest"]
Base: TypeAlias = Fraction | Literal["e"]

M = TypeVar("M")


class Arithmetic(Protocol[M]):
    """What an operation may do with matrices."""

    def constant(self, number: Number) -> M:
        """A single number, to be broadcast."""

    def product(self, left: M, right: M) -> M:
        """Rows times columns."""

    def transpose(self, matrix: M) -> M:
        """Rows become columns."""

    def add(self, left: M, right: M) -> M:
        """Cell by cell."""

    def subtract(self, left: M, right: M) -> M:
        """Cell by cell."""

    def multiply(self, left: M, right: M) -> M:
        """Cell by cell."""

    def divide(self, left: M, right: M) -> M:
        """Cell by cell; 0 / 0 is 0, which is what a fully masked column asks for."""

    def round(self, matrix: M, rounding: Rounding) -> M:
        """To whole numbers."""

    def power(self, base: Base, exponents: M) -> M:
        """The base to each cell; a masked cell gives 0."""

    def root(self, matrix: M, *, whole: bool) -> M:
        """Square root; *whole* rounds it to the nearest whole number, at least 1."""

    def relu(self, matrix: M) -> M:
        """Negative cells become 0."""

    def column_sums(self, matrix: M) -> M:
        """One row: the sum of each column."""

    def column_means(self, matrix: M) -> M:
        """One row: the mean of each column."""

    def overflow_shift(self, exponents: M, base: Base) -> M:
        """One row: what to take off each column so that its powers stay in range."""

    def mask(self, matrix: M, visible: M) -> M:
        """Cells where *visible* is 0 become masked."""

    def causal(self, sequence: M) -> M:
        """(tokens, tokens): 1 where the row is not after the column, else 0."""

    def stack(self, parts: Sequence[M]) -> M:
        """Matrices one below the other."""

    def part(self, matrix: M, index: int, of: int) -> M:
        """The rows of one of *of* equal parts."""

    def pick(self, matrix: M, rows: Sequence[int]) -> M:
        """Some of the rows, counted from 0, in the order given."""

    def reshape(self, matrix: M, rows: int) -> M:
        """The same numbers, read row by row, in another number of rows."""

    def within(self, matrix: M, low: int | None, high: int | None) -> M:
        """1 where a cell is at least *low* and at most *high*, else 0; None is no bound."""

    def tanh(self, matrix: M) -> M:
        """Hyperbolic tangent of each cell."""

    def cosine(self, angles: M) -> M:
        """Cosine of each cell, in radians."""

    def sine(self, angles: M) -> M:
        """Sine of each cell, in radians."""

"""Arithmetic on where numbers come from: every cell is the set of cells that it is made of.

Operations are written over an arithmetic, so that working a plan with this one says what each
cell depends on. `Operation.reads`, which the sheets of cells go by, has no part in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from limelight.mechanism.matrix import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number

Made: TypeAlias = frozenset[tuple[str, Cell]]
Grid: TypeAlias = list[list[Made]]

NOTHING: Made = frozenset()


class Provenance:
    """An arithmetic whose numbers are sets of named cells."""

    def constant(self, number: Number) -> Grid:
        """Come from nowhere."""
        del number
        return [[NOTHING]]

    def product(self, left: Grid, right: Grid) -> Grid:
        """Come from a row and a column."""
        columns = self.transpose(right)
        return [[union([*row, *column]) for column in columns] for row in left]

    def transpose(self, matrix: Grid) -> Grid:
        """Rows become columns."""
        return [list(column) for column in zip(*matrix, strict=True)]

    def add(self, left: Grid, right: Grid) -> Grid:
        """Come from both; one row or column goes for all."""
        return [
            [cell | _spread(right, row, column) for column, cell in enumerate(cells)]
            for row, cells in enumerate(left)
        ]

    subtract = multiply = divide = mask = add

    def round(self, matrix: Grid, rounding: Rounding) -> Grid:
        """Stay."""
        del rounding
        return matrix

    def power(self, base: Base, exponents: Grid) -> Grid:
        """Stay."""
        del base
        return exponents

    def root(self, matrix: Grid, *, whole: bool) -> Grid:
        """Stay."""
        del whole
        return matrix

    def relu(self, matrix: Grid) -> Grid:
        """Stay."""
        return matrix

    def tanh(self, matrix: Grid) -> Grid:
        """Stay."""
        return matrix

    def cosine(self, angles: Grid) -> Grid:
        """Stay."""
        return angles

    def sine(self, angles: Grid) -> Grid:
        """Stay."""
        return angles

    def within(self, matrix: Grid, low: int | None, high: int | None) -> Grid:
        """Stay."""
        del low, high
        return matrix

    def column_sums(self, matrix: Grid) -> Grid:
        """Come from a column."""
        return [[union(column) for column in self.transpose(matrix)]]

    column_means = column_sums

    def overflow_shift(self, exponents: Grid, base: Base) -> Grid:
        """Come from nowhere: nothing in the gallery is so large that a shift is needed."""
        del base
        return [[NOTHING] * len(exponents[0])]

    def causal(self, sequence: Grid) -> Grid:
        """Come from nowhere: only the order of the tokens counts."""
        return [[NOTHING] * len(sequence[0]) for _ in sequence[0]]

    def stack(self, parts: Sequence[Grid]) -> Grid:
        """One below the other."""
        return [row for part in parts for row in part]

    def part(self, matrix: Grid, index: int, of: int) -> Grid:
        """Take the rows of one part."""
        size = len(matrix) // of
        return matrix[index * size : (index + 1) * size]

    def pick(self, matrix: Grid, rows: Sequence[int]) -> Grid:
        """Take some rows."""
        return [matrix[row] for row in rows]

    def reshape(self, matrix: Grid, rows: int) -> Grid:
        """Read them row by row."""
        cells = [cell for row in matrix for cell in row]
        width = len(cells) // rows
        return [cells[row * width : (row + 1) * width] for row in range(rows)]


def union(cells: Iterable[Made]) -> Made:
    """Put sets together."""
    return NOTHING.union(*cells)


def made_of(trace: Trace) -> dict[str, Grid]:
    """Return, for every cell of a trace, every cell that it is made of, itself included."""
    known: dict[str, Grid] = {}
    for given in trace.plan.inputs:
        rows, columns = trace[given.name].shape
        known[given.name] = _with_itself(given.name, [[NOTHING] * columns for _ in range(rows)])
    for step in trace.plan.steps:
        operands = [known[name] for name in step.operands]
        known[step.name] = _with_itself(step.name, step.operation.compute(Provenance(), *operands))
    return known


def _with_itself(name: str, grid: Grid) -> Grid:
    return [
        [cell | {(name, Cell(row, column))} for column, cell in enumerate(cells)]
        for row, cells in enumerate(grid)
    ]


def _spread(grid: Grid, row: int, column: int) -> Made:
    cells = grid[0 if len(grid) == 1 else row]
    return cells[0 if len(cells) == 1 else column]

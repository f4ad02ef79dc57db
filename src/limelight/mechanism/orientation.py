"""The two ways to write a sequence: tokens as columns, or tokens as rows.

Everything is worked with tokens as columns. The other view transposes every matrix, so that
S = KᵀQ becomes S = QKᵀ and the softmax runs along the rows: one truth, two views.
"""

from __future__ import annotations

from enum import Enum

from limelight.mechanism.matrix import Cell, Matrix
from limelight.mechanism.plan import Axes
from limelight.notation.expressions import Equation, Expression, turned


class Orientation(Enum):
    """Which way tokens run."""

    COLUMNS = "columns"
    ROWS = "rows"

    @property
    def is_turned(self) -> bool:
        """Whether matrices are shown transposed."""
        return self is Orientation.ROWS

    def matrix(self, matrix: Matrix) -> Matrix:
        """Return the matrix as it is shown."""
        return matrix.T if self.is_turned else matrix

    def axes(self, axes: Axes) -> Axes:
        """Return what the shown rows and columns stand for."""
        return Axes(axes.columns, axes.rows) if self.is_turned else axes

    def cell(self, cell: Cell) -> Cell:
        """Turn a shown cell into a worked one, or back."""
        return Cell(cell.column, cell.row) if self.is_turned else cell

    def expression(self, expression: Expression) -> Expression:
        """Return the expression as it is shown."""
        return turned(expression) if self.is_turned else expression

    def equation(self, equation: Equation) -> Equation:
        """Return the arithmetic of a cell as it is shown."""
        sides = tuple(self.expression(side) for side in equation.sides)
        return Equation(sides, equation.rounded, self.words(equation.note))

    def swaps(self, joiner: str) -> bool:
        """Tell whether operands joined so change places: those of a matrix product do."""
        return self.is_turned and joiner == "·"

    def words(self, text: str) -> str:
        """Say row and column as they are shown."""
        row, column = ("column", "row") if self.is_turned else ("row", "column")
        return text.replace("{row}", row).replace("{column}", column)

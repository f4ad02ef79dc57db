"""The scheme: how many points a step earns."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.marking.marks import Verdict
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limelight.mechanism.matrix import Matrix

ONE = Fraction(1)


class Scheme(NamedTuple):
    """How points are given.

    Attributes:
        points: What each step is worth, by its name or its family; `otherwise` for the rest.
        otherwise: What a step is worth that is not named.
        carried: The share of its points for a step that is right from one's own earlier values.
        by_cell: A step with wrong cells earns the share of those that are right; else nothing.
    """

    points: Mapping[str, Fraction] = {}
    otherwise: Fraction = ONE
    carried: Fraction = ONE
    by_cell: bool = True

    def worth(self, name: str) -> Fraction:
        """Return what a step is worth."""
        family = NameParts.of(name).family
        return self.points.get(name, self.points.get(family, self.otherwise))

    def earned(
        self, name: str, cells: Sequence[Sequence[Verdict]], *, is_trivial: bool
    ) -> Fraction:
        """Return what a step earns.

        Args:
            name: The step.
            cells: The verdict of each cell.
            is_trivial: The earlier values were made such that the step is no work: then what
                is right only from them earns nothing.
        """
        flat = [verdict for row in cells for verdict in row]
        carried = Fraction(0) if is_trivial else self.carried
        shares = {Verdict.RIGHT: ONE, Verdict.CARRIED: carried}
        total = sum((shares.get(verdict, Fraction(0)) for verdict in flat), Fraction(0))
        is_whole = all(verdict in shares for verdict in flat)
        if not flat or not (is_whole or self.by_cell):
            return Fraction(0)
        return self.worth(name) * total / len(flat)


def is_trivial(matrix: Matrix) -> bool:
    """Tell whether a matrix makes what follows no work: all cells equal, or the identity."""
    numbers = {number for row in matrix.rows for number in row}
    if len(numbers) == 1:
        return matrix.shape != (1, 1)
    rows, columns = matrix.shape
    return rows == columns and all(
        number == int(cell.row == cell.column) for cell, number in matrix.cells()
    )

"""Compare what a dump holds with what should stand there, tile by tile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.material import HIDES

if TYPE_CHECKING:
    from limelight.auditing.rounded import Rounded
    from limelight.stream.arrays import Bools, Floats


SLACK = 2.0
"""A tolerance is so many times the bound on rounding errors, which is one of the first order and
is worked in float64 itself."""


@dataclass(slots=True)
class Tally:
    """What was seen of a tensor so far.

    Attributes:
        cells: How many cells were compared.
        wrong: How many are off by more than their tolerance.
        wrong_heads: The heads that they are in.
        excess: The largest error in units of its tolerance.
        error: The error of that cell.
        tolerance: Its tolerance.
        place: Its index in the tensor.
        expected: What should stand there.
        found: What stands there.
    """

    cells: int = 0
    wrong: int = 0
    wrong_heads: set[int] = field(default_factory=set)
    excess: float = -1.0
    error: float = 0.0
    tolerance: float = 0.0
    place: tuple[int, ...] | None = None
    expected: float = 0.0
    found: float = 0.0

    def take(self, found: Floats, expected: Rounded, skipped: Bools | None, at: Origin) -> None:
        """Add a tile, (batch, rows, columns).

        Args:
            found: What the dump has.
            expected: What should stand there, within its error.
            skipped: Columns that no convention settles, (batch, 1, columns).
            at: Where the tile lies.
        """
        error, excess = deviation(found, expected)
        if skipped is not None:
            excess = np.where(skipped, -1.0, excess)
            self.cells -= int(skipped.sum()) * found.shape[-2]
        self.cells += excess.size
        wrong = int(np.count_nonzero(excess > 1))
        if wrong:
            self.wrong += wrong
            self.wrong_heads.add(at.head or 0)
        worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
        if excess[worst] > self.excess:
            self.excess = float(excess[worst])
            self.error = float(error[worst])
            self.tolerance = SLACK * float(np.broadcast_to(expected.error, excess.shape)[worst])
            self.expected = float(np.broadcast_to(expected.value, excess.shape)[worst])
            self.found = float(found[worst])
            self.place = at.place(*(int(index) for index in worst))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tile lies in its tensor.

    Attributes:
        batch: Its first entry; None where the tensor came without that axis.
        entries: How many entries the tensor has; a single one may serve a whole batch.
        head: Its index along the axis of heads, or None where there is none.
        column: Its first query or key.
    """

    batch: int | None
    entries: int
    head: int | None
    column: int

    def place(self, batch: int, row: int, column: int) -> tuple[int, ...]:
        """Return the index in the tensor of a cell of the tile."""
        entry = () if self.batch is None else (min(self.batch + batch, self.entries - 1),)
        head = () if self.head is None else (self.head,)
        return (*entry, *head, self.column + column, row)


def deviation(found: Floats, expected: Rounded) -> tuple[Floats, Floats]:
    """Return how far each cell is off, and the same in units of its tolerance.

    A hidden score may be any number that hides; what is infinite or no number must be so on
    both sides. Where the tolerance is 0, any error is beyond it.
    """
    with np.errstate(all="ignore"):
        error: Floats = np.abs(np.subtract(found, expected.value))
        if not np.isfinite(error.max(initial=0)):
            error = _settled(error, found, np.broadcast_to(expected.value, found.shape))
        allowed = SLACK * expected.error
        if np.isfinite(allowed.max(initial=0)) and allowed.min(initial=1) > 0:
            return error, error / allowed
        excess = np.where(error == 0, 0.0, error / allowed)
        return error, np.where(np.isnan(excess), 0.0, excess)


def _settled(error: Floats, found: Floats, value: Floats) -> Floats:
    """Say what is off by nothing, or infinitely, where numbers are not finite."""
    same = (found == value) | (np.isnan(found) & np.isnan(value))
    same |= np.isneginf(value) & (found <= HIDES)
    return np.where(same, 0.0, np.where(np.isfinite(error), error, np.inf))

"""Which keys a query sees by position alone: causality, window, and the number of keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.where import indices

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Indices
    from limelight.stream.options import Options
    from limelight.stream.where import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Positions of queries and keys of one batch entry, and who sees whom.

    Attributes:
        length: How many keys there are without padding.
        offset: The position of the first query, the first key being at 0.
        left: How far back a query sees; None for all the way.
        right: How far ahead; 0 where it is causal.
    """

    length: int
    offset: int
    left: int | None
    right: int | None

    @classmethod
    def of(cls, options: Options, queries: int, length: int) -> Sight:
        """Read causality and window for some queries over *length* keys."""
        left, right = options.window
        if options.causal is not None:
            right = 0
        offset = length - queries if options.causal == "bottom-right" else 0
        return cls(length=length, offset=offset, left=left, right=right)

    def distances(self, rows: Where, keys: Where) -> Indices:
        """Return how far each key is behind each query, (queries, keys)."""
        return (self.offset + indices(rows))[:, None] - indices(keys)

    def hidden(self, rows: Where, keys: Where) -> Bools:
        """Tell which keys each query does not see, (queries, keys)."""
        behind = self.distances(rows, keys)
        found = np.broadcast_to(indices(keys) >= self.length, behind.shape)
        if self.left is not None:
            found = found | (behind > self.left)
        if self.right is not None:
            found = found | (-behind > self.right)
        return found

    def sees_none(self, rows: Where, keys: Where) -> bool:
        """Tell whether no query of *rows* sees any key of *keys*, from the ends alone."""
        (first, last), (nearest, furthest) = _ends(rows), _ends(keys)
        return (
            nearest >= self.length
            or (self.left is not None and self.offset + first - furthest > self.left)
            or (self.right is not None and nearest - self.offset - last > self.right)
        )


def _ends(where: Where) -> tuple[int, int]:
    if isinstance(where, slice):
        return where.start, where.stop - 1
    return int(where.min()), int(where.max())

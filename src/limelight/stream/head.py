"""One head of one batch entry: its scores, stage by stage, over any queries and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats, Source
    from limelight.stream.sight import Sight
    from limelight.stream.where import Where


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """Queries, keys and values of one head, and how its scores are made.

    Attributes:
        q: (queries, d).
        k: (keys, d).
        v: (keys, d_v).
        scale: What scores are multiplied by.
        softcap: What bounds them, or None.
        sight: Who sees whom by position.
        slope: ALiBi's, or None.
        added: What is added to scores, -∞ hiding the key, or True for what is seen; each
            (queries, keys).
    """

    q: Source
    k: Source
    v: Source
    scale: float
    softcap: float | None
    sight: Sight
    slope: float | None
    added: tuple[Source, ...]

    def scaled(self, rows: Where, keys: Where) -> Floats:
        """Return scale · q kᵀ, (queries, keys)."""
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            return (self.q.floats(rows) @ self.k.floats(keys).T) * self.scale

    def capped(self, rows: Where, keys: Where) -> Floats:
        """Return scaled scores within ±softcap."""
        scores = self.scaled(rows, keys)
        if self.softcap is None:
            return scores
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            return np.tanh(scores / self.softcap) * self.softcap

    def scores(self, rows: Where, keys: Where) -> Floats:
        """Return the scores that the softmax is taken of: -∞ where a key is hidden.

        What hides a key wins over whatever its score is, NaN included.
        """
        scores = self.capped(rows, keys)
        hidden = self.sight.hidden(rows, keys)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            if self.slope is not None:
                scores = scores - self.slope * np.abs(self.sight.distances(rows, keys))
            for source in self.added:
                scores, hidden = _with(source, scores, hidden, at=(rows, keys))
        return np.where(hidden, -np.inf, scores)

    def values(self, keys: Where) -> Floats:
        """Return values, (keys, d_v)."""
        return self.v.floats(keys)


def _with(
    source: Source, scores: Floats, hidden: Bools, *, at: tuple[Where, Where]
) -> tuple[Floats, Bools]:
    """Add a mask or bias to the scores, or to what is hidden."""
    rows, keys = at
    part = source.part(rows).part((slice(None), keys))
    if part.dtype == "bool":
        return scores, hidden | ~part.array
    numbers = part.floats()
    return scores + numbers, hidden | np.isneginf(numbers)

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

    def hidden(self, rows: Where, keys: Where) -> Bools:
        """Tell which keys the options hide from each query, (queries, keys)."""
        found = self.sight.hidden(rows, keys)
        for source in self.added:
            part = _cut(source, rows, keys)
            found = found | (~part.array if part.dtype == "bool" else np.isneginf(part.floats()))
        return found

    def scores(self, rows: Where, keys: Where) -> Floats:
        """Return the scores that the softmax is taken of: -∞ where a key is hidden.

        What hides a key wins over whatever its score is, NaN included.
        """
        scores = self.capped(rows, keys)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            if self.slope is not None:
                scores = scores - self.slope * np.abs(self.sight.distances(rows, keys))
            for source in self.added:
                if source.dtype != "bool":
                    scores = scores + _cut(source, rows, keys).floats()
        return np.where(self.hidden(rows, keys), -np.inf, scores)

    def values(self, keys: Where) -> Floats:
        """Return values, (keys, d_v)."""
        return self.v.floats(keys)


def _cut(source: Source, rows: Where, keys: Where) -> Source:
    return source.part(rows).part((slice(None), keys))

"""What takes finished rows: every weight once more, p = e^(s-m) / l, added up over blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.where import indices

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats, Indices
    from limelight.stream.sight import Sight
    from limelight.stream.where import Where

PREVIOUS, DUPLICATE, INDUCTION = range(3)


class Received:
    """Column sums of one head, and how many queries can see each key."""

    def __init__(self, keys: int) -> None:
        """Begin with nothing received by any of *keys*."""
        self.total = np.zeros(keys)
        self.seers = np.zeros(keys, dtype=np.int64)

    def add(self, keys: Where, weights: Floats, visible: Bools) -> None:
        """Add what some queries give to some keys."""
        self.total[keys] += weights.sum(axis=0)
        self.seers[keys] += visible.sum(axis=0)

    def mean(self) -> Floats:
        """Return the mean over the queries that can see the key; 0 where none can."""
        return self.total / np.maximum(self.seers, 1)


class Pooled:
    """The weights of one head, pooled over bins of queries and keys."""

    def __init__(self, bins: tuple[int, int], sizes: tuple[int, int]) -> None:
        """Begin with empty bins: *bins* of *sizes* queries and keys."""
        self.bins, self.sizes = bins, sizes
        self.total, self.largest = np.zeros(bins), np.zeros(bins)

    def add(self, at: tuple[Where, Where], weights: Floats) -> None:
        """Add a block; its bins may have begun before it and may go on behind it."""
        bins, starts = [], []
        for where, axis in zip(at, (0, 1), strict=True):
            inside = indices(where) * self.bins[axis] // self.sizes[axis]
            found, first = np.unique(inside, return_index=True)
            bins.append(found)
            starts.append(first)
        into = np.ix_(*bins)
        self.total[into] += _pool(np.add, weights, starts)
        largest = _pool(np.maximum, weights, starts)
        self.largest[into] = np.maximum(self.largest[into], largest)

    def mean(self) -> Floats:
        """Return the mean of each bin, over all its cells."""
        queries, keys = bin_sizes(self.bins, self.sizes)
        return self.total / (queries[:, None] * keys)


def bin_sizes(bins: tuple[int, int], sizes: tuple[int, int]) -> tuple[Indices, Indices]:
    """Return how many queries and how many keys each bin has, at least 1 to divide by."""
    queries, keys = (
        np.maximum(np.diff(-(-np.arange(count + 1) * size // max(count, 1))), 1)
        for count, size in zip(bins, sizes, strict=True)
    )
    return queries, keys


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns:
    """Where heads of three kinds look, as TransformerLens' `detect_head` defines it.

    Attributes:
        sight: Positions of queries and keys.
        tokens: The token at each key's position, or None.
    """

    sight: Sight
    tokens: Indices | None

    def at(self, rows: Where, keys: Where) -> list[Bools]:
        """Return the patterns that can be told, each (queries, keys)."""
        behind = self.sight.distances(rows, keys)
        found = [behind == 1]
        if self.tokens is not None:
            position = self.sight.offset + indices(rows)
            inside = (position >= 0) & (position < len(self.tokens))
            own = self.tokens[np.where(inside, position, 0)][:, None]
            key = indices(keys)
            copy = inside[:, None] & (self.tokens[key] == own)
            followed = inside[:, None] & (self.tokens[key - 1] == own) & (key > 0)
            found += [copy & (behind > 0), followed & (behind >= 0)]
        return found


def _pool(operation: np.ufunc, block: Floats, starts: list[Indices]) -> Floats:
    down: Floats = operation.reduceat(block, starts[0], axis=0)
    pooled: Floats = operation.reduceat(down, starts[1], axis=1)
    return pooled

"""Which bins of a picture the options hide, and how many keys a query sees.

By position alone both follow from the ends of a bin, whatever its size; only a mask or a bias
over all pairs has to be looked at cell by cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.sweep import Pooled
from limelight.stream.where import pieces

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats, Indices
    from limelight.stream.head import Head
    from limelight.stream.sight import Sight

_CELLS = 1 << 20
"""How many cells are looked at in one go."""


def hidden_bins(head: Head, sizes: tuple[int, int], bins: tuple[int, int]) -> Bools:
    """Tell which bins hold no cell that the options leave visible, (query bins, key bins)."""
    by_position = hidden_by_position(head.sight, sizes, bins)
    if not head.added or by_position.all():
        return by_position
    queries, keys = sizes
    pooled = Pooled(bins, sizes)
    for rows in pieces(slice(0, queries), max(_CELLS // keys, 1)):
        seen = ~head.hidden(rows, slice(0, keys))
        pooled.add((rows, slice(0, keys)), seen.astype(np.float64))
    found: Bools = pooled.largest == 0
    return found


def hidden_by_position(sight: Sight, sizes: tuple[int, int], bins: tuple[int, int]) -> Bools:
    """Tell the same of causality, window and length alone.

    The distances within a bin are all the whole numbers between two ends, and so are those
    that are seen: a bin is hidden where the two do not meet.
    """
    (first, last), (nearest, furthest) = (
        _ends(size, count) for size, count in zip(sizes, bins, strict=True)
    )
    furthest = np.minimum(furthest, sight.length - 1)
    found: Bools = np.broadcast_to(nearest >= sight.length, bins)
    if sight.left is not None:
        found = found | ((sight.offset + first)[:, None] - furthest > sight.left)
    if sight.right is not None:
        found = found | (nearest - (sight.offset + last)[:, None] > sight.right)
    return found


def keys_in_sight(sight: Sight, queries: int) -> Floats:
    """Return how many keys each query sees by position, (queries,)."""
    position = sight.offset + np.arange(queries)
    far = sight.length + queries
    left, right = (far if side is None else min(side, far) for side in (sight.left, sight.right))
    low, high = np.maximum(position - left, 0), np.minimum(position + right, sight.length - 1)
    count: Floats = np.maximum(high - low + 1, 0).astype(np.float64)
    return count


def _ends(size: int, bins: int) -> tuple[Indices, Indices]:
    """Return the first and the last token of each bin: token i is in bin ⌊i · bins / size⌋."""
    if not bins:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    edges = -(-np.arange(bins + 1) * size // bins)
    return edges[:-1], edges[1:] - 1

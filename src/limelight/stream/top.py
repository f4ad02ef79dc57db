"""The k largest scores of each row, in one total order: score down, then key index up.

The order is total, so that the result does not depend on how the keys were divided or in which
order the parts were merged. NaN counts as the largest score, as IEEE comparison leaves open and
as frameworks have it. A place that no visible key fills holds -∞ and the index -1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from limelight.stream.arrays import Floats, Indices

NO_KEY = -1
"""The index where there is no such key."""


class Top(NamedTuple):
    """Scores (…, k) and the indices of their keys (…, k)."""

    scores: Floats
    indices: Indices


def top_of(scores: Floats, keys: Indices, k: int) -> Top:
    """Return the first *k* of *scores* (rows, keys); *keys* (keys,) ascend."""
    rows, width = scores.shape
    found = Top(np.full((rows, k), -np.inf), np.full((rows, k), NO_KEY))
    taken = min(k, width)
    if taken:
        at = _first(_falling(scores), taken)
        chosen = np.take_along_axis(scores, at, axis=-1)
        found.scores[:, :taken] = chosen
        found.indices[:, :taken] = np.where(np.isneginf(chosen), NO_KEY, keys[at])
    return found


def merge_top(a: Top, b: Top) -> Top:
    """Return the first k of both, k being what either has."""
    scores = np.concatenate([a.scores, b.scores], axis=-1)
    indices = np.concatenate([a.indices, b.indices], axis=-1)
    order = np.lexsort((indices, _falling(scores)))[..., : a.scores.shape[-1]]
    return Top(*(np.take_along_axis(each, order, axis=-1) for each in (scores, indices)))


def _falling(scores: Floats) -> Floats:
    """Return what ascends where scores fall, NaN first."""
    return np.where(np.isnan(scores), -np.inf, -scores)


def _first(falling: Floats, k: int) -> Indices:
    """Return where the *k* smallest of each row stand, equal ones from left to right.

    A partition finds them without sorting the row, but takes any of those that tie for the
    last place; rows where more tie than there is room for are sorted.
    """
    at = np.argpartition(falling, k - 1, axis=-1)[:, :k]
    last = np.take_along_axis(falling, at[:, -1:], axis=-1)
    crowded = np.count_nonzero(falling <= last, axis=-1) > k
    at[crowded] = np.argsort(falling[crowded], axis=-1, kind="stable")[:, :k]
    order = np.lexsort((at, np.take_along_axis(falling, at, axis=-1)))
    return np.take_along_axis(at, order, axis=-1)

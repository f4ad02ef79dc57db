"""Attention with every weight written down, in long double: the oracle of the streamed one.

Nothing here comes from Limelight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""A NumPy array; its dtype is not what the type checker is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """All scores and all weights, (…, heads, queries, keys), and the values of each head."""

    scores: Array
    weights: Array
    values: Array
    sink: Array
    offset: Array

    @property
    def output(self) -> Array:
        """Weighted values, hidden ones left out."""
        if np.isfinite(self.values).all():
            return self.weights @ self.values
        parts = self.weights[..., None] * self.values[..., None, :, :]
        return np.where(self.visible[..., None], parts, 0).sum(axis=-2)

    @property
    def visible(self) -> Array:
        """What is not hidden."""
        return ~np.isneginf(self.scores)

    @property
    def m(self) -> Array:
        """The largest score, the sink included; 0 where nothing is visible."""
        m = np.maximum(self.scores.max(axis=-1, initial=-np.inf), self.sink)
        return np.where(np.isneginf(m), 0, m)

    @property
    def lse(self) -> Array:
        """The log of the sum of powers."""
        with np.errstate(divide="ignore"):
            total = np.exp(self.scores - self.m[..., None]).sum(-1) + np.exp(self.sink - self.m)
            return self.m + np.log(total)

    @property
    def entropy(self) -> Array:
        """-Σ p ln p, the sink's share included."""
        lse = np.where(np.isneginf(self.lse), 0, self.lse)
        share = np.exp(self.sink - lse)
        total = -(self.weights * np.where(self.visible, self.scores - lse[..., None], 0)).sum(-1)
        return total - share * np.where(share == 0, 0, self.sink - lse)

    @property
    def distances(self) -> Array:
        """How far each key is behind each query."""
        *_, queries, keys = self.scores.shape
        rows, columns = np.arange(queries), np.arange(keys)
        return self.offset[..., None, None] + rows[:, None] - columns

    def top(self, k: int) -> tuple[Array, Array]:
        """Indices and weights of the largest scores, ties by the lowest index."""
        order = np.argsort(-self.scores, axis=-1, kind="stable")[..., :k]
        seen = np.take_along_axis(self.visible, order, axis=-1)
        weights = np.take_along_axis(self.weights, order, axis=-1)
        missing = [(0, 0)] * (order.ndim - 1) + [(0, k - order.shape[-1])]
        indices = np.pad(np.where(seen, order, -1), missing, constant_values=-1)
        return indices, np.pad(np.where(seen, weights, 0), missing)

    def pooled(self, bins: int, cells: Array) -> tuple[Array, Array]:
        """Mean and largest of *cells* over bins, cell by cell."""
        *leading, queries, keys = cells.shape
        rows, columns = min(bins, queries), min(bins, keys)
        down = np.arange(queries) * rows // queries if queries else np.arange(0)
        across = np.arange(keys) * columns // keys if keys else np.arange(0)
        mean, largest = np.zeros((*leading, rows, columns)), np.zeros((*leading, rows, columns))
        for row in range(rows):
            for column in range(columns):
                block = cells[..., down == row, :][..., across == column]
                mean[..., row, column] = block.mean(axis=(-2, -1))
                largest[..., row, column] = block.max(axis=(-2, -1))
        return mean, largest


def attend_dense(
    q: Array,
    k: Array,
    v: Array,
    *,
    scale: float | None = None,
    softcap: float | None = None,
    causal: str | None = None,
    window: tuple[int | None, int | None] = (None, None),
    mask: Array | None = None,
    key_lengths: Array | None = None,
    sinks: Array | None = None,
    bias: Array | None = None,
    wide: type[np.floating[Any]] = np.longdouble,
) -> Dense:
    """Write down every score and weight; in float64, where *wide* says so, it is quicker."""
    q, k, v = (np.asarray(each).astype(wide) for each in (q, k, v))
    group = q.shape[-3] // k.shape[-3]
    k, v = (np.repeat(each, group, axis=-3) for each in (k, v))
    queries, keys = q.shape[-2], k.shape[-2]
    scores = q @ np.swapaxes(k, -2, -1)
    scores = scores / np.sqrt(wide(q.shape[-1])) if scale is None else scores * scale
    if softcap:
        scores = np.tanh(scores / softcap) * softcap
    lengths = np.broadcast_to(keys if key_lengths is None else key_lengths, q.shape[:-3])
    offset = np.broadcast_to(
        (lengths[..., None] - queries) * (causal == "bottom-right"), q.shape[:-2]
    )
    behind = offset[..., None, None] + np.arange(queries)[:, None] - np.arange(keys)
    hidden = np.arange(keys) >= lengths[..., None, None, None]
    hidden = hidden | ((behind < 0) if causal else False)
    hidden = hidden | ((behind > window[0]) if window[0] is not None else False)
    hidden = hidden | ((-behind > window[1]) if window[1] is not None else False)
    if bias is not None:
        slopes = np.ndim(bias) == 1
        scores = scores + (-np.reshape(bias, (-1, 1, 1)) * abs(behind) if slopes else bias)
    if mask is not None:
        hidden = hidden | (~mask if mask.dtype == bool else np.isneginf(mask))
        scores = scores if mask.dtype == bool else scores + mask
    scores = np.where(hidden, -np.inf, scores)
    sink = np.full(q.shape[-3], -np.inf) if sinks is None else sinks
    sink = np.broadcast_to(np.asarray(sink, dtype=wide)[:, None], q.shape[:-1])
    return Dense(
        scores=scores,
        weights=_softmax(scores, sink),
        values=v,
        sink=sink,
        offset=offset,
    )


def _softmax(scores: Array, sink: Array) -> Array:
    """Divide powers by their sum; a row without a visible key weighs 0."""
    m = np.maximum(scores.max(axis=-1, initial=-np.inf), sink)
    m = np.where(np.isneginf(m), 0, m)
    power = np.exp(scores - m[..., None])
    total = power.sum(axis=-1) + np.exp(sink - m)
    return power / np.where(total == 0, 1, total)[..., None]

"""Attention as people write it, each with one mistake of the catalogue.

The right one is written out first; a broken one repeats it with its mistake, so that each can be
read by itself. Nothing here comes from Limelight.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any


def softmax(scores: Array, axis: int = -1) -> Array:
    """Powers over their sum; a row that is hidden altogether gets 0."""
    top = scores.max(axis=axis, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = powers.sum(axis=axis, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def grouped(q: Array, k: Array, v: Array) -> tuple[Array, Array]:
    """Repeat heads of keys and values, each in its place."""
    times = q.shape[1] // k.shape[1]
    return np.repeat(k, times, axis=1), np.repeat(v, times, axis=1)


def turned(k: Array) -> Array:
    """Keys as columns."""
    return np.swapaxes(k, -1, -2)


def lower(q: Array, k: Array, diagonal: int | None = None) -> Array:
    """Tell who sees whom: the last query sees the last key."""
    shift = k.shape[2] - q.shape[2] if diagonal is None else diagonal
    return np.tri(q.shape[2], k.shape[2], shift, dtype=bool)


def masked(scores: Array, mask: Array | None) -> Array:
    """Hide by bools or add numbers."""
    if mask is None:
        return scores
    return np.where(mask, scores, -np.inf) if mask.dtype == bool else scores + mask


def right(
    q: Array,
    k: Array,
    v: Array,
    *,
    mask: Array | None = None,
    causal: bool = False,
    scale: float | None = None,
    softcap: float | None = None,
    window: tuple[int | None, int | None] | None = None,
    sinks: Array | None = None,
) -> Array:
    """Attend as Limelight does."""
    k, v = grouped(q, k, v)
    scores = (q * (scale or q.shape[-1] ** -0.5)) @ turned(k)
    if softcap is not None:
        scores = np.tanh(scores / softcap) * softcap
    if causal:
        scores = np.where(lower(q, k), scores, -np.inf)
    if window is not None:
        scores = np.where(within(q, k, *window, causal=causal), scores, -np.inf)
    scores = masked(scores, mask)
    if sinks is None:
        return softmax(scores) @ v
    extra = np.broadcast_to(sinks[:, None, None], (*scores.shape[:-1], 1))
    return softmax(np.concatenate([scores, extra], axis=-1))[..., :-1] @ v


def within(q: Array, k: Array, left: int | None, right_: int | None, *, causal: bool) -> Array:
    """Tell who is near enough."""
    first = k.shape[2] - q.shape[2] if causal else 0
    behind = first + np.arange(q.shape[2])[:, None] - np.arange(k.shape[2])
    near = np.ones(behind.shape, dtype=bool)
    if left is not None:
        near &= behind <= left
    if right_ is not None:
        near &= -behind <= right_
    return near


def unscaled(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Leave the scale out."""
    k, v = grouped(q, k, v)
    return softmax(masked(q @ turned(k), mask)) @ v


def scaled_twice(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Scale the queries and the scores."""
    k, v = grouped(q, k, v)
    q = q / math.sqrt(q.shape[-1])
    return softmax(masked(q @ turned(k) / math.sqrt(q.shape[-1]), mask)) @ v


def scaled_by_model(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Scale by the width of all heads together."""
    k, v = grouped(q, k, v)
    width = q.shape[1] * q.shape[-1]
    return softmax(masked(q @ turned(k) / math.sqrt(width), mask)) @ v


def scaled_by_heads(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Scale by the number of heads."""
    k, v = grouped(q, k, v)
    return softmax(masked(q @ turned(k) / math.sqrt(q.shape[1]), mask)) @ v


def scale_inverted(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Multiply by the root."""
    k, v = grouped(q, k, v)
    return softmax(masked(q @ turned(k) * math.sqrt(q.shape[-1]), mask)) @ v


def scale_lost(q: Array, k: Array, v: Array, scale: float | None = None) -> Array:
    """Take a scale and forget it."""
    del scale
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def over_queries(q: Array, k: Array, v: Array) -> Array:
    """Sum over the wrong axis."""
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1]), axis=-2) @ v


def masked_late(q: Array, k: Array, v: Array, mask: Array) -> Array:
    """Mask the weights, which then do not sum to 1."""
    k, v = grouped(q, k, v)
    weights = softmax(q @ turned(k) / math.sqrt(q.shape[-1]))
    return (weights if mask is None else weights * mask) @ v


def mask_multiplied(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Multiply the scores by the mask."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    return softmax(scores if mask is None else scores * mask) @ v


def mask_inverted(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Hide what torch's signature says takes part."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if attn_mask is not None:
        scores = scores.masked_fill(attn_mask, -torch.inf)
    return scores.softmax(-1) @ value


def strictly_causal(q: Array, k: Array, v: Array, *, causal: bool = False) -> Array:
    """Hide one's own key as well."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if causal:
        diagonal = k.shape[2] - q.shape[2] - 1
        scores = np.where(lower(q, k, diagonal), scores, -np.inf)
    return softmax(scores) @ v


def one_key_ahead(q: Array, k: Array, v: Array, *, causal: bool = False) -> Array:
    """See one key of the future."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if causal:
        diagonal = k.shape[2] - q.shape[2] + 1
        scores = np.where(lower(q, k, diagonal), scores, -np.inf)
    return softmax(scores) @ v


def other_alignment(
    q: Array, k: Array, v: Array, *, causal: str | None = None, key_lengths: Array | None = None
) -> Array:
    """Count from the first key whatever alignment is named."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if causal:
        scores = np.where(lower(q, k, 0), scores, -np.inf)
    if key_lengths is not None:
        real = np.arange(k.shape[2]) < np.reshape(key_lengths, (-1, 1, 1, 1))
        scores = np.where(real, scores, -np.inf)
    return softmax(scores) @ v


def never_causal(q: Array, k: Array, v: Array, *, causal: bool = False) -> Array:
    """Take the flag and forget it."""
    del causal
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def bias_scaled(q: Array, k: Array, v: Array, bias: Array | None = None) -> Array:
    """Scale the biases together with the scores."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k)
    scores = scores if bias is None else scores + bias
    return softmax(scores / math.sqrt(q.shape[-1])) @ v


def weak_sentinel(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Hide with a number that is too near."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    return softmax(scores if mask is None else np.where(mask, scores, -100.0)) @ v


def wide_sentinel(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Hide with a number that float16 does not have."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -1e9)
    return scores.softmax(-1) @ value


def padding_ignored(q: Array, k: Array, v: Array, *, key_lengths: Array | None = None) -> Array:
    """Take the lengths and forget them."""
    del key_lengths
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def padding_of_queries(q: Array, k: Array, v: Array, *, key_lengths: Array | None = None) -> Array:
    """Hide queries for keys."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if key_lengths is not None:
        real = np.arange(q.shape[2]) < np.reshape(key_lengths, (-1, 1))
        scores = np.where(real[:, None, :, None], scores, -np.inf)
    return softmax(scores) @ v


def window_too_wide(
    q: Array,
    k: Array,
    v: Array,
    *,
    causal: bool = False,
    window: tuple[int | None, int | None] | None = None,
) -> Array:
    """See one key more than the window has."""
    if window is not None:
        window = (None if window[0] is None else window[0] + 1, window[1])
    return right(q, k, v, causal=causal, window=window)


def mask_of_another(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Give each head of a flattened batch another entry's mask."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    batch, heads, *rest = scores.shape
    if mask is not None:
        flat = np.broadcast_to(mask, (batch, mask.shape[1], *rest))[:, 0]
        scores = np.where(np.tile(flat, (heads, 1, 1)).reshape(scores.shape), scores, -np.inf)
    return softmax(scores) @ v


def groups_tiled(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Repeat all heads of keys one after the other."""
    times = q.shape[1] // k.shape[1]
    k, v = np.tile(k, (1, times, 1, 1)), np.tile(v, (1, times, 1, 1))
    return softmax(masked(q @ turned(k) / math.sqrt(q.shape[-1]), mask)) @ v


def softcap_missing(q: Array, k: Array, v: Array, *, softcap: float | None = None) -> Array:
    """Take the softcap and forget it."""
    del softcap
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def sinks_dropped(q: Array, k: Array, v: Array, *, sinks: Array | None = None) -> Array:
    """Take the sinks and forget them."""
    del sinks
    k, v = grouped(q, k, v)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def dropout_on(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Drop weights where nobody trains."""
    return torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask, dropout_p=0.3
    )


def overflowing(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    *,
    scale: float | None = None,
) -> torch.Tensor:
    """Store products in float16 before they are scaled."""
    scores = query @ key.mT
    scores = scores * (scale or query.shape[-1] ** -0.5)
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    return scores.softmax(-1) @ value


def values_from_keys(q: Array, k: Array, v: Array) -> Array:
    """Mix keys."""
    del v
    k, _ = grouped(q, k, k)
    return softmax(q @ turned(k) / math.sqrt(q.shape[-1])) @ k


def weights_not_divided(q: Array, k: Array, v: Array) -> Array:
    """Forget the sum."""
    k, v = grouped(q, k, v)
    return np.exp(q @ turned(k) / math.sqrt(q.shape[-1])) @ v


def nan_leaks(
    q: Array, k: Array, v: Array, *, causal: str | None = None, key_lengths: Array | None = None
) -> Array:
    """Multiply hidden values by 0."""
    k, v = grouped(q, k, v)
    scores = q @ turned(k) / math.sqrt(q.shape[-1])
    if causal:
        shift = 0 if causal == "top-left" else None
        scores = np.where(lower(q, k, shift), scores, -np.inf)
    if key_lengths is not None:
        real = np.arange(k.shape[2]) < np.reshape(key_lengths, (-1, 1, 1, 1))
        scores = np.where(real, scores, -np.inf)
    return softmax(scores) @ v


BROKEN: dict[str, tuple[Callable[..., Any], str]] = {
    function.__name__: (function, mistake)
    for function, mistake in (
        (unscaled, "E1"),
        (scaled_twice, "E2"),
        (scaled_by_model, "E3"),
        (scaled_by_heads, "E4"),
        (scale_inverted, "E5"),
        (scale_lost, "E6"),
        (over_queries, "E7"),
        (masked_late, "E8"),
        (mask_multiplied, "E9"),
        (mask_inverted, "E10"),
        (strictly_causal, "E11"),
        (one_key_ahead, "E11"),
        (other_alignment, "E12"),
        (never_causal, "E13"),
        (bias_scaled, "E15"),
        (weak_sentinel, "E16"),
        (wide_sentinel, "E17"),
        (nan_leaks, "E19"),
        (padding_ignored, "E20"),
        (padding_of_queries, "E21"),
        (window_too_wide, "E22"),
        (mask_of_another, "E25"),
        (groups_tiled, "E26"),
        (softcap_missing, "E33"),
        (sinks_dropped, "E34"),
        (dropout_on, "E43"),
        (overflowing, "E44"),
        (values_from_keys, "L20"),
        (weights_not_divided, "L17"),
    )
}
"""By name: the function, and the mistake that it makes."""

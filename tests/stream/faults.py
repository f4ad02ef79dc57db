"""Faults that implementations of attention really have, planted into ours on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limelight import attend
from tests.stream.cases import looked
from tests.stream.dense import attend_dense

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stream.dense import Array


def tiled_heads(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401 - options of attend, here and below
    """Give query heads their key heads in turn: 0 1 0 1 for 0 0 1 1."""
    group = q.shape[-3] // k.shape[-3]
    tiled = [np.concatenate([each] * group, axis=-3) for each in (k, v)]
    return np.asarray(attend(q, *tiled, **options))


def scale_ignored(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Always divide by √d."""
    return np.asarray(attend(q, k, v, **options | {"scale": None}))


def top_left_for_bottom_right(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Forget what is in the cache."""
    if options.get("causal") == "bottom-right":
        options["causal"] = "top-left"
    return np.asarray(attend(q, k, v, **options))


def bottom_right_for_top_left(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Let the last query see the last key, asked or not."""
    if options.get("causal") == "top-left":
        options["causal"] = "bottom-right"
    return np.asarray(attend(q, k, v, **options))


def not_causal(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Let every query see what comes later."""
    return np.asarray(attend(q, k, v, **options | {"causal": None}))


def inverted_mask(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Take True for hidden."""
    mask = options.get("mask")
    if mask is not None and mask.dtype == bool:
        options["mask"] = ~mask
    return np.asarray(attend(q, k, v, **options))


def softcap_after_mask(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Bound scores that are masked already, so that what is hidden comes back."""
    cap = options.pop("softcap", None)
    if not cap:
        return np.asarray(attend(q, k, v, **options))
    scores = np.asarray(attend_dense(q, k, v, **options).scores, dtype=np.float64)
    return np.asarray(attend(0 * q, k, v, bias=np.tanh(scores / cap) * cap))


def nan_on_masked_rows(q: Array, k: Array, v: Array, **options: Any) -> Array:  # noqa: ANN401
    """Divide 0 by 0 where a query sees no key."""
    output = np.array(attend(q, k, v, **options))
    output[np.isneginf(looked(q, k, v, want=["lse"], **options).lse)] = np.nan
    return output


FAULTS: dict[str, Callable[..., Array]] = {
    "heads tiled": tiled_heads,
    "scale ignored": scale_ignored,
    "causal top-left for bottom-right": top_left_for_bottom_right,
    "causal bottom-right for top-left": bottom_right_for_top_left,
    "not causal": not_causal,
    "mask inverted": inverted_mask,
    "softcap after mask": softcap_after_mask,
    "NaN on masked rows": nan_on_masked_rows,
}

"""The shortest way to the kernel, for small calls: plain arrays of one kind, few options.

What is not of this kind is left to the long way, which reads everything and explains.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.stream import kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.stream.arrays import Array

QUICK = frozenset({"causal", "scale"})
"""Options that the short way takes."""

CAUSAL = (None, "top-left", "bottom-right")


def attend_quickly(
    q: Array, k: Array, v: Array, *, threads: int | None, options: Mapping[str, Any]
) -> Array | None:
    """Return what `attend` returns, or None where the long way is to be taken."""
    if kernel.native is None or not options.keys() <= QUICK:
        return None
    causal, scale = options.get("causal"), options.get("scale")
    scaled = scale is None or (type(scale) is float and math.isfinite(scale))
    threaded = threads is None or (type(threads) is int and threads > 0)
    if causal not in CAUSAL or not scaled or not threaded:
        return None
    name = kernel.chosen()
    if name == kernel.REFERENCE:
        return None
    try:
        arrays = _plain(q, k, v)
    except (AttributeError, MemoryError, RuntimeError, TypeError, ValueError):
        return None  # the long way says what it is
    if arrays is None:
        return None
    out, *plain = arrays
    done = kernel.native.attend(
        name,
        *plain,
        1 / math.sqrt(q.shape[-1]) if scale is None else scale,
        causal is not None,
        causal == "bottom-right",
        kernel.threads_in_use(threads),
    )
    return out if done else None


def _plain(q: Array, k: Array, v: Array) -> tuple[Array, ...] | None:
    """Return an array for the result, and q, k, v and that one as NumPy sees them.

    None where they are not of one kind, or need care: subclasses, numbers in another order of
    bytes, tensors that want a gradient, lie elsewhere or are not what their memory says.
    """
    kind = type(q)
    if not kind is type(k) is type(v):
        return None
    if kind is np.ndarray:
        if q.dtype.kind != "f" or not q.shape[-1]:
            return None
        out = np.empty((*q.shape[:-1], v.shape[-1]), q.dtype)
        return out, q, k, v, out
    torch = sys.modules.get("torch")
    if torch is None or kind is not torch.Tensor or not q.shape[-1]:
        return None
    tensors = (q, k, v, q.new_empty((*q.shape[:-1], v.shape[-1])))
    if q.dtype == torch.bfloat16:
        return tensors[-1], *(each.view(torch.uint16).numpy() for each in tensors)
    return tensors[-1], *(each.numpy() for each in tensors)

"""The shortest way to the kernel, for small calls: plain arrays of one kind, few options.

What is not of this kind is left to the long way, which reads everything and explains.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from limelight.stream import kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.stream.arrays import Array

QUICK = frozenset({"causal", "scale"})
"""Options that the short way takes."""

CAUSAL = (None, "top-left", "bottom-right")


def attend_quickly(
    q: Array,
    k: Array,
    v: Array,
    *,
    out: Array | None,
    threads: int | None,
    options: Mapping[str, Any],
) -> Array | None:
    """Return what `attend` returns, or None where the long way is to be taken."""
    causal = scale = None
    if options:
        if not options.keys() <= QUICK:
            return None
        causal, scale = options.get("causal"), options.get("scale")
        scaled = scale is None or (type(scale) is float and math.isfinite(scale))
        if causal not in CAUSAL or not scaled:
            return None
    if threads is not None and (type(threads) is not int or threads < 1):
        return None
    name = kernel.chosen()
    if name == kernel.REFERENCE:
        return None
    return kernel.native.attend(
        name,
        q,
        k,
        v,
        out,
        sys.modules.get("torch"),
        scale,
        causal is not None,
        causal == "bottom-right",
        kernel.threads_in_use(threads),
    )

"""Attention as somebody wrote it, with two mistakes that its own tests did not see.

limelight audit examples.attention:attention
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def attention(
    q: Floats,
    k: Floats,
    v: Floats,
    mask: npt.NDArray[np.bool_] | None = None,
    *,
    causal: bool = False,
) -> Floats:
    """Attend: (batch, heads, tokens, features), True in the mask lets a key be seen."""
    group = q.shape[1] // k.shape[1]
    k, v = np.tile(k, (1, group, 1, 1)), np.tile(v, (1, group, 1, 1))
    scores = q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5
    if causal:
        visible = np.tri(*scores.shape[-2:], k=1, dtype=bool)
        scores = np.where(visible, scores, -np.inf)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return weights @ v

"""The same layers as PyTorch has them, with tokens as rows inside and as columns outside.

No Limelight here. Weights are loaded into PyTorch's own modules, in double precision, without
dropout and in evaluation mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.oracles.numpy_attention import Array


def _rows(columns: Array) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(columns.T), dtype=torch.float64)


def _columns(rows: torch.Tensor) -> Array:
    array: Array = rows.detach().numpy().T
    return array


def scaled_dot_product(
    queries: Array, keys: Array, values: Array, visible: Array | None = None
) -> Array:
    """Return Z (d_v, queries) of one head; *visible* is (keys, queries)."""
    mask = None if visible is None else _rows(visible) == 1
    return _columns(
        nn.functional.scaled_dot_product_attention(
            _rows(queries), _rows(keys), _rows(values), attn_mask=mask
        )
    )


def in_heads(given: Mapping[str, Array], letter: str, heads: int) -> Array:
    """Return W_Q, W_K or W_V of all heads, one below the other."""
    if f"W_{letter}" in given:
        return given[f"W_{letter}"]
    return np.concatenate([given[f"W_{letter}{head}"] for head in range(1, heads + 1)])


def padded(given: Mapping[str, Array], heads: int) -> dict[str, Array]:
    """Add features of 0, since PyTorch wants as many features as all heads have rows."""
    features, out = given["X"].shape[0], given["W_O"].shape[0]
    width = in_heads(given, "Q", heads).shape[0]
    more = ((0, 0), (0, width - features))
    result = dict(given) | {
        "X": np.pad(given["X"], ((0, width - features), (0, 0))),
        "W_O": np.pad(given["W_O"], ((0, width - out), (0, 0))),
    }
    result |= {name: np.pad(given[name], more) for name in given if name.startswith("W_Q")}
    if "Y" in given:
        return result
    return result | {
        name: np.pad(given[name], more) for name in given if name[:3] in {"W_K", "W_V"}
    }


def multihead(given: Mapping[str, Array], heads: int) -> tuple[Array, Array]:
    """Return O (features out, queries) and every head's weights (heads, keys, queries)."""
    wide = padded(given, heads)
    queries, memory = _rows(wide["X"])[None], _rows(wide.get("Y", wide["X"]))[None]
    layer = nn.MultiheadAttention(
        queries.shape[-1],
        heads,
        bias=False,
        kdim=memory.shape[-1],
        vdim=memory.shape[-1],
        batch_first=True,
        dtype=torch.float64,
    ).eval()
    load_projections(layer, wide, heads)
    with torch.no_grad():
        out, weights = layer(
            queries,
            memory,
            memory,
            attn_mask=_hidden(given),
            average_attn_weights=False,
        )
    weights_by_head: Array = weights[0].numpy().swapaxes(-1, -2)
    return _columns(out[0])[: given["W_O"].shape[0]], weights_by_head


def _hidden(given: Mapping[str, Array]) -> torch.Tensor | None:
    """Return PyTorch's mask (queries, keys), which is true where a key is hidden."""
    return _rows(given["mask"]) == 0 if "mask" in given else None


def load_projections(layer: nn.MultiheadAttention, given: Mapping[str, Array], heads: int) -> None:
    """Put W_Q, W_K, W_V and W_O where PyTorch keeps them: together, or one by one."""
    parts = [torch.tensor(in_heads(given, letter, heads)) for letter in "QKV"]
    with torch.no_grad():
        if layer.in_proj_weight is None:
            layer.q_proj_weight.copy_(parts[0])
            layer.k_proj_weight.copy_(parts[1])
            layer.v_proj_weight.copy_(parts[2])
        else:
            layer.in_proj_weight.copy_(torch.cat(parts))
        layer.out_proj.weight.copy_(torch.tensor(given["W_O"]))


_NAMES = {
    "linear1.weight": "W_1",
    "linear1.bias": "b_1",
    "linear2.weight": "W_2",
    "linear2.bias": "b_2",
    "norm1.weight": "gamma_A",
    "norm1.bias": "beta_A",
    "norm2.weight": "gamma_F",
    "norm2.bias": "beta_F",
}


def encoder_layer(given: Mapping[str, Array], heads: int) -> Array:
    """Return N_F (features, tokens) of an encoder layer that normalises after adding."""
    layer = nn.TransformerEncoderLayer(
        given["X"].shape[0],
        heads,
        dim_feedforward=given["W_1"].shape[0],
        dropout=0.0,
        activation="relu",
        layer_norm_eps=1e-5,
        batch_first=True,
        norm_first=False,
        dtype=torch.float64,
    ).eval()
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.endswith("bias"):
                parameter.zero_()
            if _NAMES.get(name) in given:
                parameter.copy_(torch.tensor(given[_NAMES[name]].reshape(parameter.shape)))
        load_projections(layer.self_attn, given, heads)
        return _columns(layer(_rows(given["X"])[None], src_mask=_hidden(given))[0])


def layer_norm(columns: Array, gain: Array | None = None, shift: Array | None = None) -> Array:
    """Return each column normalised, with PyTorch's own ε."""
    layer = nn.LayerNorm(columns.shape[0], dtype=torch.float64)
    with torch.no_grad():
        if gain is not None:
            layer.weight.copy_(torch.tensor(gain[:, 0]))
        if shift is not None:
            layer.bias.copy_(torch.tensor(shift[:, 0]))
        return _columns(layer(_rows(columns)))

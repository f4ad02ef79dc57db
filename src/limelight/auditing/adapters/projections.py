"""Read the weights of a module: how it makes queries, keys, values and its output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.errors import OptionError
from limelight.stream.arrays import read

if TYPE_CHECKING:
    import numpy.typing as npt

Module = Any

_LAYERS = {
    "q": ("q_proj", "w_q", "wq", "W_q", "W_Q", "query", "to_q", "q_lin", "q_linear", "W_query"),
    "k": ("k_proj", "w_k", "wk", "W_k", "W_K", "key", "to_k", "k_lin", "k_linear", "W_key"),
    "v": ("v_proj", "w_v", "wv", "W_v", "W_V", "value", "to_v", "v_lin", "v_linear", "W_value"),
    "o": ("out_proj", "o_proj", "w_o", "wo", "W_o", "W_O", "proj", "to_out", "out_lin", "out"),
}
"""What layers are called, by the letter of what they make."""

_HEADS = ("num_heads", "n_heads", "n_head", "nhead", "num_attention_heads", "heads", "h")
_KV_HEADS = ("num_kv_heads", "num_key_value_heads", "n_kv_heads", "kv_heads")

_BEYOND = ("rotary", "rope", "norm", "relative", "alibi", "sink", "bias_k", "bias_v", "softcap")
"""What attributes are called that make a module more than plain attention."""


class Projections(NamedTuple):
    """The weights of a module, and its sizes.

    Attributes:
        tensors: w_q, w_k, w_v, w_o (out, in), b_q, b_k, b_v, b_o: as a dump has them.
        heads: Query heads.
        kv_heads: Heads of keys and values.
    """

    tensors: dict[str, npt.NDArray[Any]]
    heads: int
    kv_heads: int

    @classmethod
    def of(cls, module: Module) -> Projections:
        """Read them.

        Raises:
            OptionError: They cannot be found, or the module does more than plain attention.
        """
        heads = _number(module, _HEADS)
        tensors = _packed(module) or _layered(module)
        if heads is None or tensors is None:
            missing = "how many heads it has" if heads is None else "its weights"
            raise _unreadable(module, f"{missing} cannot be found")
        more = [name for name in _attributes(module) if any(part in name for part in _BEYOND)]
        if more or getattr(module, "add_zero_attn", False):
            raise _unreadable(module, f"it has {', '.join(more) or 'add_zero_attn'}")
        return cls(tensors, heads, _number(module, _KV_HEADS) or heads)

    @property
    def dtype(self) -> str:
        """What the weights are."""
        return read("w_q", self.tensors["w_q"]).dtype

    def width(self, letter: str) -> int:
        """Return how many features a token has, of which queries, keys or values are made."""
        return int(self.tensors[f"w_{letter}"].shape[1])


def _packed(module: Module) -> dict[str, Any] | None:
    """Read torch's own: one matrix for q, k and v, or three, and the output's layer."""
    whole = getattr(module, "in_proj_weight", None)
    parts = [getattr(module, f"{letter}_proj_weight", None) for letter in "qkv"]
    if whole is None and any(part is None for part in parts):
        return None
    weights = _thirds(whole) if whole is not None else [_numbers(part) for part in parts]
    tensors = {f"w_{letter}": each for letter, each in zip("qkv", weights, strict=True)}
    bias = getattr(module, "in_proj_bias", None)
    if bias is not None:
        tensors |= {f"b_{letter}": each for letter, each in zip("qkv", _thirds(bias), strict=True)}
    return tensors | _layer(getattr(module, "out_proj", None), "o")


def _layered(module: Module) -> dict[str, Any] | None:
    """Read layers of their own for q, k and v, and maybe for the output."""
    tensors: dict[str, Any] = {}
    for letter, names in _LAYERS.items():
        found = [_layer(getattr(module, name, None), letter) for name in names]
        tensors |= next(filter(None, found), {})
    return tensors if {"w_q", "w_k", "w_v"} <= set(tensors) else None


def _layer(layer: object, letter: str) -> dict[str, Any]:
    """Read a linear layer."""
    weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
    if weight is None:
        return {}
    found = {f"w_{letter}": _numbers(weight)}
    return found if bias is None else found | {f"b_{letter}": _numbers(bias)}


def _thirds(whole: object) -> list[Any]:
    return list(np.split(_numbers(whole), 3))


def _numbers(tensor: object) -> npt.NDArray[Any]:
    source = read("a weight", tensor)
    return source.array if source.dtype != "bfloat16" else source.floats().astype(np.float32)


def _number(module: Module, names: tuple[str, ...]) -> int | None:
    found = (getattr(module, name, None) for name in names)
    return next((value for value in found if isinstance(value, int)), None)


def _attributes(module: Module) -> list[str]:
    """Name what a module has of its own, as far as it is there."""
    own = dict(vars(module))
    for kind in ("_parameters", "_buffers", "_modules"):
        own |= own.pop(kind, None) or {}
    return sorted(name for name, value in own.items() if value is not None and value is not False)


def _unreadable(module: Module, reason: str) -> OptionError:
    return OptionError(
        f"a module must be plain multi-head attention: {reason}.\n"
        f"  It is a {type(module).__name__}.\n"
        "  Audit the function of q, k and v that it calls, or a dump of its tensors."
    )

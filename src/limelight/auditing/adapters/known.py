"""Every adapter, and which of them a function is called by."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from limelight.auditing.adapters.jax_attention import JaxAttention
from limelight.auditing.adapters.limelight_attend import LimelightAttend
from limelight.auditing.adapters.onnx_attention import OnnxAttention
from limelight.auditing.adapters.plain import Plain
from limelight.auditing.adapters.torch_module import TorchModule
from limelight.auditing.adapters.torch_sdpa import TorchSdpa
from limelight.auditing.adapters.transformers_eager import TransformersEager
from limelight.errors import ArrayError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.adapters.adapter import Adapter, Function

_TABLE: tuple[Adapter, ...] = (
    TorchModule(),
    TransformersEager(),
    OnnxAttention(),
    JaxAttention(),
    TorchSdpa(),
    LimelightAttend(),
    Plain(),
)

ADAPTERS: Mapping[str, Adapter] = MappingProxyType({each.id: each for each in _TABLE})
"""By id; the first one that fits a function is taken, so that the plainest comes last."""


def adapter_of(function: Function, name: str | None = None) -> Adapter:
    """Return the adapter of a name, or the one that a function's parameters speak for.

    Raises:
        UnknownNameError: None is called so.
        ArrayError: The function takes no q, k and v.

    >>> adapter_of(lambda query, key, value, attn_mask=None: query).id
    'torch-sdpa'
    >>> adapter_of(lambda q, k, v: q).id
    'plain'
    """
    if name is not None:
        if name not in ADAPTERS:
            raise UnknownNameError.among("adapter", name, ADAPTERS)
        return ADAPTERS[name]
    for adapter in ADAPTERS.values():
        if adapter.fits(function):
            return adapter
    msg = (
        "the function must take queries, keys and values: expected three arguments by position.\n"
        f"  It is {getattr(function, '__name__', type(function).__name__)}.\n"
        "  Audit a function of q, k and v that calls it."
    )
    raise ArrayError(msg)

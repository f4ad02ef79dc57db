"""How others compute attention on the CPU.

Each function takes `Inputs` and returns a program to be timed, which returns the output.
"""

from __future__ import annotations

import importlib.util
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth import Inputs, Tensor

Program: TypeAlias = "Callable[[], Tensor]"

BLOCK = 256
"""Queries at a time where someone looks at the weights without holding all of them."""


def fused(inputs: Inputs, *, causal: bool = False) -> Program:
    """Return torch's scaled_dot_product_attention."""
    return lambda: scaled_dot_product_attention(*inputs, is_causal=causal)


def eager(inputs: Inputs) -> Program:
    """Return dense softmax attention in torch."""
    q, k, v = inputs
    scale = 1 / math.sqrt(q.shape[-1])
    return lambda: torch.softmax(q @ k.mT * scale, dim=-1) @ v


def numpy_dense(inputs: Inputs) -> Program:
    """Return dense softmax attention in NumPy."""
    q, k, v = (tensor.numpy() for tensor in inputs)
    scale = np.float32(1 / math.sqrt(q.shape[-1]))

    def program() -> Tensor:
        scores = (q * scale) @ k.swapaxes(-1, -2)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        return scores @ v

    return program


def jax_compiled(inputs: Inputs) -> Program:
    """Return jax.nn.dot_product_attention, compiled; its output is (1, queries, heads, d)."""
    import jax  # noqa: PLC0415 - slow to import, and only one program asks for it

    compiled = jax.jit(jax.nn.dot_product_attention)
    q, k, v = (jax.numpy.asarray(tensor.numpy().swapaxes(1, 2)) for tensor in inputs)
    return lambda: compiled(q, k, v).block_until_ready()


def has_onnxruntime() -> bool:
    """Tell whether the extra is installed."""
    return importlib.util.find_spec("onnxruntime") is not None


def onnxruntime_operator(inputs: Inputs, *, threads: int) -> Program:
    """Return ONNX Runtime's MultiHeadAttention; its output is (1, queries, heads · d)."""
    import onnxruntime  # noqa: PLC0415 - an extra

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        _model(inputs), settings, providers=["CPUExecutionProvider"]
    )
    given = {name: _side_by_side(getattr(inputs, name)) for name in ("q", "k", "v")}
    return lambda: session.run(None, given)[0]


def heads_first(output: Tensor, like: Tensor) -> Tensor:
    """Return (1, queries, heads · d), however divided, as (1, heads, queries, d)."""
    _, heads, queries, d = like.shape
    return np.asarray(output).reshape(1, queries, heads, d).swapaxes(1, 2)


def looking(inputs: Inputs, *, causal: bool, top: int, bins: int) -> Callable[[], dict[str, Any]]:
    """Return what torch users write today to look at the weights: a block of queries at a time.

    The numbers of queries and of keys are multiples of *bins*, and a block holds whole bins.
    """
    q, k, v = (tensor[0] for tensor in inputs)
    heads, n, d = q.shape
    side = n // bins

    def program() -> dict[str, Any]:
        blocks = []
        received = torch.zeros(heads, n)
        mean, most = torch.zeros(heads, bins, bins), torch.zeros(heads, bins, bins)
        for start in range(0, n, BLOCK):
            rows = slice(start, start + BLOCK)
            seen = slice(0, start + BLOCK if causal else n)
            scores = q[:, rows] @ k[:, seen].mT / math.sqrt(d)
            if causal:
                scores[:, :, rows].masked_fill_(_later(BLOCK), -math.inf)
            lse = torch.logsumexp(scores, dim=-1)
            p = torch.exp_(scores.sub_(lse[..., None]))
            found = p.topk(min(top, p.shape[-1]), dim=-1)
            received[:, seen] += p.sum(dim=1)
            cells = p.view(heads, BLOCK // side, side, -1, side)
            places = slice(start // side, (start + BLOCK) // side), slice(0, seen.stop // side)
            mean[:, *places] = cells.mean(dim=(2, 4))
            most[:, *places] = cells.amax(dim=(2, 4))
            entropy = torch.special.entr(p).sum(dim=-1)
            blocks.append((p @ v[:, seen], lse, entropy, found.indices, found.values))
        names = ("output", "lse", "entropy", "top_indices", "top_weights")
        columns = zip(names, zip(*blocks, strict=True), strict=True)
        gathered = {name: torch.cat(column, dim=1) for name, column in columns}
        return gathered | {"received": received, "picture_mean": mean, "picture_max": most}

    return program


def _later(size: int) -> Tensor:
    return torch.ones(size, size, dtype=torch.bool).triu(1)


def _side_by_side(tensor: Tensor) -> Tensor:
    """Return (1, heads, tokens, d) as (1, tokens, heads · d)."""
    _, heads, tokens, d = tensor.shape
    return np.ascontiguousarray(tensor.numpy().swapaxes(1, 2)).reshape(1, tokens, heads * d)


def _model(inputs: Inputs) -> bytes:
    from onnx import TensorProto, helper  # noqa: PLC0415 - only one program asks for it

    def described(name: str, tensor: Tensor) -> Any:  # noqa: ANN401 - onnx is not typed
        _, heads, tokens, d = tensor.shape
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, tokens, heads * d])

    node = helper.make_node(
        "MultiHeadAttention",
        ["q", "k", "v"],
        ["output"],
        domain="com.microsoft",
        num_heads=inputs.q.shape[1],
    )
    graph = helper.make_graph(
        [node],
        "attention",
        [described(name, getattr(inputs, name)) for name in ("q", "k", "v")],
        [described("output", inputs.q)],
    )
    operators = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=operators)
    return bytes(model.SerializeToString())

"""The ONNX operator Attention in terms of Limelight: what its cases are run through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight import attend, observe
from limelight.stream.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stream.dense import Array
    from tests.stream.onnx_cases import OnnxCase

SCALED, CAPPED, MASKED, WEIGHTS = range(4)
"""The stages that `qk_matmul_output_mode` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """q, k, v with heads, and options of `attend`."""

    q: Array
    k: Array
    v: Array
    options: dict[str, Any]


def run(case: OnnxCase, attend: Callable[..., Array] = attend) -> dict[str, Array]:
    """Return every output that the case expects."""
    call = translated(case)
    output = attend(call.q, call.k, call.v, **call.options)
    if case.inputs["Q"].ndim == 3:
        output = np.swapaxes(output, 1, 2)
        output = output.reshape(*output.shape[:2], -1)
    _, k, v = _cached(case)
    found = {"Y": output, "present_key": k, "present_value": v}
    if "qk_matmul_output" in case.outputs:
        mode = case.attributes.get("qk_matmul_output_mode", SCALED)
        found["qk_matmul_output"] = stage(call, mode)
    return {name: found[name] for name in case.outputs}


def translated(case: OnnxCase) -> Call:
    """Turn the operator's inputs and attributes into arguments of `attend`."""
    given, says = case.inputs, case.attributes
    q, k, v = _cached(case)
    past = given["past_key"].shape[-2] if "past_key" in given else None
    behind_cache = past is not None or "nonpad_kv_seqlen" in given
    window = (says.get("left_window_size", -1), says.get("right_window_size", -1))
    options = {
        "scale": says.get("scale"),
        "softcap": says.get("softcap"),
        "window": None if window == (-1, -1) else window,
        "mask": _widened(given.get("attn_mask"), k.shape[-2]),
        "key_lengths": given.get("nonpad_kv_seqlen"),
    }
    if says.get("is_causal"):
        options["causal"] = "bottom-right" if behind_cache else "top-left"
    present = {name: option for name, option in options.items() if option is not None}
    call = Call(q=q, k=k, v=v, options=present)
    return call if past is None or "causal" not in present else _aligned(call, past)


def _cached(case: OnnxCase) -> tuple[Array, Array, Array]:
    """Return q, k and v with heads, k and v behind their past."""
    given, says = case.inputs, case.attributes
    q = _with_heads(given["Q"], says.get("q_num_heads"))
    k, v = (_with_heads(given[name], says.get("kv_num_heads")) for name in "KV")
    if "past_key" in given:
        k = np.concatenate([given["past_key"], k], axis=-2)
        v = np.concatenate([given["past_value"], v], axis=-2)
    return q, k, v


def _aligned(call: Call, past: int) -> Call:
    """Let the first query stand right behind the past, however many new keys there are.

    "bottom-right" means the same where there are as many new keys as queries. Of more keys the
    last are seen by nobody; where there are fewer, hidden ones take their places.
    """
    keys, needed = call.k.shape[-2], past + call.q.shape[-2]
    if keys >= needed:
        lengths = np.full(call.q.shape[:-3], needed)
        return Call(q=call.q, k=call.k, v=call.v, options=call.options | {"key_lengths": lengths})
    missing = ((0, 0), (0, 0), (0, needed - keys), (0, 0))
    mask = call.options.get("mask", np.ones(keys, dtype=bool))
    return Call(
        q=call.q,
        k=np.pad(call.k, missing),
        v=np.pad(call.v, missing),
        options=call.options | {"mask": _widened(mask, needed)},
    )


def stage(call: Call, mode: int) -> Array:
    """Return scores of one stage, or weights, of every head."""
    if mode == WEIGHTS:
        return np.asarray(observe(call.q, call.k, call.v, want=[], **call.options).weights())
    problem = Problem.read(call.q, call.k, call.v, call.options)
    everything = (slice(0, problem.queries), slice(0, problem.keys))
    found = np.empty(problem.pairs)
    for at, head in problem.heads():
        found[at] = (head.scaled, head.capped, head.scores)[mode](*everything)
    return found


def _with_heads(array: Array, heads: int | None) -> Array:
    """Cut (batch, tokens, heads · dim) into heads; leave four axes as they are."""
    if array.ndim == 4 or heads is None:
        return array
    return np.swapaxes(array.reshape(*array.shape[:2], heads, -1), 1, 2)


def _widened(mask: Array | None, keys: int) -> Array | None:
    """Hide the keys that a mask is too short for."""
    if mask is None or mask.shape[-1] == keys:
        return mask
    missing = [(0, 0)] * (mask.ndim - 1) + [(0, keys - mask.shape[-1])]
    hidden = np.array(False if mask.dtype == bool else -np.inf).astype(mask.dtype)
    return np.pad(mask, missing, constant_values=hidden)

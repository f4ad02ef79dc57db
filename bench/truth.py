"""What the programs work on, and what is right: dense attention in float64."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping

Doubles: TypeAlias = npt.NDArray[np.float64]
Tensor: TypeAlias = Any

SEED = 11
SAMPLE = 64
"""How many queries are verified where there are too many for all."""

FAIR = 2.0
"""How many times the error of torch, in the same dtype, ours may have."""

SAME = {"float32": 1e-5, "bfloat16": 2e-2}
"""Share of the largest value by which a peer that computes the same thing may be off."""

STRIP = 256
"""Queries at a time, where all are verified."""

LOOKED = (
    "output",
    "lse",
    "entropy",
    "top_weights",
    "chosen",
    "picture_mean",
    "picture_max",
)


class Inputs(NamedTuple):
    """Queries, keys and values, each (1, heads, tokens, d)."""

    q: Tensor
    k: Tensor
    v: Tensor


def arrays(heads: int, queries: int, keys: int, d: int, *, seed: int = SEED) -> Inputs:
    """Return random queries, keys and values as NumPy arrays of float32."""
    random = np.random.default_rng(seed)
    sizes = (queries, keys, keys)
    return Inputs(*(random.standard_normal((1, heads, n, d), dtype=np.float32) for n in sizes))


def tensors(
    heads: int, queries: int, keys: int, d: int, *, dtype: str = "float32", seed: int = SEED
) -> Inputs:
    """Return the same numbers as torch tensors, rounded to *dtype*."""
    import torch  # noqa: PLC0415 - memory.py measures processes that do without

    given = arrays(heads, queries, keys, d, seed=seed)
    return Inputs(*(torch.from_numpy(array).to(getattr(torch, dtype)) for array in given))


def doubles(array: Tensor) -> Doubles:
    """Return a tensor or an array of any kind as float64."""
    if hasattr(array, "double"):  # NumPy cannot read torch's bfloat16
        array = array.double()
    return np.asarray(array).astype(np.float64)


def sample(queries: int) -> npt.NDArray[np.int64]:
    """Return which queries are verified: some from the first to the last."""
    return np.unique(np.linspace(0, queries - 1, min(SAMPLE, queries)).astype(np.int64))


def weights(
    inputs: Inputs, rows: npt.NDArray[np.int64], *, causal: bool
) -> tuple[Doubles, Doubles]:
    """Return the scores and the weights of some queries, (1, heads, rows, keys)."""
    q, k = doubles(inputs.q[:, :, rows]), doubles(inputs.k)
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if causal:
        scores = np.where(np.arange(k.shape[-2]) <= rows[:, None], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return scores, powers / powers.sum(axis=-1, keepdims=True)


def attended(inputs: Inputs, rows: npt.NDArray[np.int64], *, causal: bool) -> Doubles:
    """Return the output of some queries, (1, heads, rows, d)."""
    return weights(inputs, rows, causal=causal)[1] @ doubles(inputs.v)


def verify(
    outputs: Mapping[str, Tensor], inputs: Inputs, *, causal: bool, dtype: str = "float32"
) -> None:
    """Hold outputs (1, heads, queries, d) against float64 on a sample of queries.

    Every one is to be right for its dtype, and ours at most twice as far off as torch's.

    Raises:
        AssertionError: One is not.
    """
    rows = sample(inputs.q.shape[-2])
    right = attended(inputs, rows, causal=causal)
    errors = {name: off(output[:, :, rows], right) for name, output in outputs.items()}
    for name, error in errors.items():
        assert error <= SAME[dtype], f"{name} is off by {error:.1e}, {dtype}"
    if errors.keys() >= {"Limelight", "torch"}:
        fair = errors["Limelight"] <= FAIR * errors["torch"]
        assert fair, f"Limelight is more than {FAIR} times as far off as torch: {errors}"


def looked(one: Inputs, indices: Tensor, bins: int, *, causal: bool) -> dict[str, Doubles]:
    """Return what one head's queries looked at, (queries, …), a strip of queries at a time.

    Args:
        one: Inputs of one head.
        indices: The top keys that were found, (queries, k): their weights are returned as
            `chosen`, to be held against the largest weights.
        bins: Bins of the picture a side; they divide the number of tokens.
        causal: Whether no query sees a later key.
    """
    n, k, v = one.q.shape[-2], indices.shape[-1], doubles(one.v[0, 0])
    strips: list[tuple[Doubles, ...]] = []
    received = np.zeros(n)
    for start in range(0, n, STRIP):
        rows = np.arange(start, min(start + STRIP, n))
        scores, p = (array[0, 0] for array in weights(one, rows, causal=causal))
        top = np.sort(np.partition(p, -k, axis=-1)[:, -k:], axis=-1)[:, ::-1]
        chosen = np.take_along_axis(p, np.asarray(indices[start : start + STRIP]), axis=-1)
        cells = p.reshape(-1, n // bins, bins, n // bins)
        entropy = -(p * np.log(p, out=np.zeros_like(p), where=p > 0)).sum(axis=-1)
        most = scores.max(axis=-1)
        lse = most + np.log(np.exp(scores - most[:, None]).sum(axis=-1))
        received += p.sum(axis=0)
        pictures = cells.mean(axis=(1, 3)), cells.max(axis=(1, 3))
        strips.append((p @ v, lse, entropy, top, chosen, *pictures))
    columns = zip(LOOKED, zip(*strips, strict=True), strict=True)
    return {name: np.concatenate(column) for name, column in columns} | {"received": received}


def verify_looks(
    found: Mapping[str, Mapping[str, Tensor]], inputs: Inputs, *, causal: bool
) -> None:
    """Hold what programs saw, each array (heads, …), against float64; one head, all queries.

    Raises:
        AssertionError: A program saw something else.
    """
    head = inputs.q.shape[1] // 2
    one = Inputs(*(tensor[:, head : head + 1] for tensor in inputs))
    for program, seen in found.items():
        mine = {name: array[head] for name, array in seen.items()}
        indices = mine.pop("top_indices")
        right = looked(one, indices, mine["picture_mean"].shape[-1], causal=causal)
        mine["chosen"] = right["top_weights"]
        for name, expected in right.items():
            error = off(mine[name], expected)
            assert error <= SAME["float32"], f"{program}: {name} is off by {error:.1e}"


def off(found: Tensor, right: Doubles) -> float:
    """Return the largest error as a share of the largest value."""
    return float(np.abs(doubles(found) - right).max() / np.abs(right).max())

"""How exact kernels are: against torch's fused kernel, and every statistic against float64."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import pad, scaled_dot_product_attention

from limelight import attend
from limelight.stream.observe import EVERYTHING
from tests.stream.cases import assert_close, epsilon_of, fields_of, looked
from tests.stream.dense import Array, Dense, attend_dense

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)

ROWS = 4096
"""About how many queries there are in all, in ever more heads, so that chance evens out."""


class Spec(NamedTuple):
    """What a comparison is about."""

    dtype: torch.dtype
    queries: int = 200
    keys: int = 200
    d: int = 64
    d_v: int = 64
    kind: str = "1"
    causal: Any = None
    group: int = 1


@cache
def inputs(spec: Spec) -> list[torch.Tensor]:
    """Return q, k and v of one kind."""
    random = torch.Generator().manual_seed(130)
    heads = max(1, ROWS // max(spec.queries, spec.keys)) * spec.group
    shapes = [
        (1, heads, spec.queries, spec.d),
        (1, heads // spec.group, spec.keys, spec.d),
        (1, heads // spec.group, spec.keys, spec.d_v),
    ]
    q, k, v = (torch.randn(shape, generator=random, dtype=torch.float64) for shape in shapes)
    match spec.kind:
        case "ramps":
            q, k = (
                torch.linspace(-1, 1, len(x[0, 0]), dtype=x.dtype)[:, None] * x for x in (q, k)
            )
        case "ties":
            q, k = q.round(), k[..., :1, :].round().expand_as(k).contiguous()
        case _:
            q = q * float(spec.kind)
    return [each.to(spec.dtype) for each in (q, k, v)]


def dense_of(spec: Spec, heads: slice = slice(None)) -> Dense:
    """Return what is right: in long double for float64, otherwise in float64."""
    wide = np.longdouble if spec.dtype == torch.float64 else np.float64
    q, k, v = (each[:, heads].to(torch.float64).numpy() for each in inputs(spec))
    return attend_dense(q, k, v, causal=spec.causal, wide=wide)


@cache
def exact_output(spec: Spec) -> Array:
    """Return the output that is right."""
    return np.asarray(dense_of(spec).output, dtype=np.float64)


@cache
def errors_of_torch(spec: Spec) -> tuple[float, float]:
    """Return the errors of torch's fused kernel, which wants q, k and v of one width."""
    q, k, v = inputs(spec)
    width = max(spec.d, spec.d_v)
    q, k, v = (pad(each, (0, width - each.shape[-1])) for each in (q, k, v))
    k, v = (each.repeat_interleave(spec.group, dim=-3) for each in (k, v))
    later = 0 if spec.causal == "top-left" else spec.keys - spec.queries
    mask = torch.ones(spec.queries, spec.keys, dtype=torch.bool).tril(later)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        result = scaled_dot_product_attention(
            q, k, v, attn_mask=mask if spec.causal else None, scale=spec.d**-0.5
        )
    return errors(result[..., : spec.d_v], exact_output(spec))


def errors(result: torch.Tensor, exact: Array) -> tuple[float, float]:
    """Return the largest absolute error, and the root of the mean square."""
    apart = np.abs(result.to(torch.float64).numpy() - exact)
    return float(apart.max()), float(np.sqrt(np.square(apart).mean()))


def assert_as_exact_as_torch(spec: Spec) -> None:
    """Demand at most twice the error of torch's fused kernel, at most and in the mean square.

    Of 16 bits the largest error is that of one number, which chance puts next to the border
    between two numbers of the dtype: there a unit in the last place is allowed on top.
    """
    ours = attend(*inputs(spec), causal=spec.causal)
    largest, mean_square = errors(ours, exact_output(spec))
    largest_of_torch, mean_square_of_torch = errors_of_torch(spec)
    chance = 0.0
    if spec.dtype.itemsize == 2:
        exponent = np.floor(np.log2(np.abs(exact_output(spec)).max()))
        chance = float(2**exponent) * torch.finfo(spec.dtype).eps

    assert ours.dtype == spec.dtype
    assert mean_square <= 2 * mean_square_of_torch
    assert largest <= 2 * largest_of_torch + chance


def name_of(value: Any) -> str:  # noqa: ANN401 - a parameter
    """Name a dtype without its module."""
    return str(value).removeprefix("torch.")


LENGTHS = [1, 2, 15, 16, 17, 47, 48, 49, 63, 64, 65, 95, 97, 127, 129, 511, 513, 1000, 2049]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES, ids=name_of)
def test_any_length(dtype: torch.dtype, length: int) -> None:
    """Around every border of blocks, tiles and panels, and long ones."""
    if dtype == torch.float64 and length > 600:
        length = 600  # long double is slow
    assert_as_exact_as_torch(Spec(dtype, length, length))


@pytest.mark.parametrize("d", [1, 3, 8, 17, 64, 100, 128, 256, 512])
@pytest.mark.parametrize("dtype", DTYPES, ids=name_of)
def test_any_width(dtype: torch.dtype, d: int) -> None:
    """Heads of any width, those of no whole vector included."""
    assert_as_exact_as_torch(Spec(dtype, 129, 129, d, d))


@pytest.mark.parametrize("kind", ["6", "30", "60", "ramps", "ties"])
@pytest.mark.parametrize("causal", [None, "top-left", "bottom-right"])
@pytest.mark.parametrize("dtype", DTYPES, ids=name_of)
def test_any_inputs(dtype: torch.dtype, causal: str | None, kind: str) -> None:
    """Scores as large as real heads have, ramps and ties; with a cache of keys where causal."""
    assert_as_exact_as_torch(Spec(dtype, 190, 300 if causal else 190, kind=kind, causal=causal))


@pytest.mark.parametrize(
    "shape",
    [
        *((129, 65, 8, 64), (65, 257, 64, 8), (50, 700, 33, 17), (300, 40, 64, 100)),
        *((1, 500, 64, 64), (1, 9000, 64, 64), (20, 9000, 64, 64)),
    ],
    ids=str,
)
@pytest.mark.parametrize("group", [1, 4])
@pytest.mark.parametrize("dtype", DTYPES, ids=name_of)
def test_any_shape(dtype: torch.dtype, group: int, shape: tuple[int, int, int, int]) -> None:
    """Other numbers of keys than of queries, of values' columns than of keys', of heads."""
    assert_as_exact_as_torch(Spec(dtype, *shape, group=group))


STATISTICS = 30
"""Epsilons of float32, or of float64, times how large the terms of a score are."""


@pytest.mark.parametrize("length", [1, 17, 64, 65, 200, 513, 1000])
@pytest.mark.parametrize("kind", ["1", "6", "30", "60", "ramps", "ties"])
@pytest.mark.parametrize("dtype", DTYPES, ids=name_of)
def test_statistics(dtype: torch.dtype, kind: str, length: int) -> None:
    """Every statistic errs in proportion to its epsilon and to the terms of the scores."""
    if dtype == torch.float64:
        length = min(length, 400)
    spec = Spec(dtype, length, length, kind=kind, causal="top-left")
    q, k, v = (each[:, :2] for each in inputs(spec))
    want = [name for name in EVERYTHING if name != "output"]
    seen = fields_of(looked(q, k, v, want=want, causal="top-left", picture=bins_of(length)))
    epsilon = epsilon_of(np.float64 if dtype == torch.float64 else np.float32)
    terms = (q.abs().double() @ k.abs().double().mT / 8).max()

    for name, (exact, size) in exact_statistics(spec).items():
        unit = epsilon * max(1.0, float(terms))
        assert_close(seen[name].astype(np.float64), exact, STATISTICS, size, epsilon=unit)


def bins_of(length: int) -> int:
    """Return how many bins a picture has; the oracle takes long over many."""
    return 25 if length == 1000 else 5


@cache
def exact_statistics(spec: Spec) -> dict[str, tuple[Array, float]]:
    """Return what is right of two heads, and what errors are in proportion to."""
    dense, length = dense_of(spec, slice(0, 2)), spec.keys
    weights = np.asarray(dense.weights, dtype=np.float64)
    mean, largest = dense.pooled(bins_of(length), weights)
    received = weights.sum(axis=-2)
    found = {
        "lse": (dense.lse, 1),
        "entropy": (dense.entropy, 1 + np.log(length)),
        "max_logit": (dense.scores.max(axis=-1), 1),
        "sink_mass": (weights[..., 0], 1),
        "attention_distance": ((weights * np.abs(dense.distances)).sum(axis=-1), length),
        "received": (received, length**0.5),
        "received_mean": (received / dense.visible.sum(axis=-2), 1),
        "picture.mean": (mean, 1),
        "picture.max": (largest, 1),
    }
    return {
        name: (np.asarray(exact, dtype=np.float64), float(size))
        for name, (exact, size) in found.items()
    }

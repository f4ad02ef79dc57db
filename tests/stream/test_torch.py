"""torch as an outside oracle: its own samples, its fused kernels, and how exact they are."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from limelight import attend
from tests.stream.cases import looked
from tests.stream.dense import Array, attend_dense

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


@cache
def samples() -> list[Any]:
    """Return torch's own samples of calls, those without dropout."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import (  # noqa: PLC0415 - slow
            op_db,
        )
    operator = next(op for op in op_db if op.name == "nn.functional.scaled_dot_product_attention")
    found = operator.sample_inputs("cpu", torch.float64, requires_grad=False)
    return [sample for sample in found if not sample.kwargs.get("dropout_p")]


def spread(*arrays: torch.Tensor) -> list[torch.Tensor]:
    """Give all three the same batch axes, which torch would do by itself."""
    batch = torch.broadcast_shapes(*(each.shape[:-3] for each in arrays))
    return [each.expand(*batch, *each.shape[-3:]) for each in arrays]


def options_of(asked: dict[str, Any]) -> dict[str, Any]:
    """Turn torch's keywords into ours."""
    options: dict[str, Any] = {}
    if asked.get("is_causal"):
        options["causal"] = "top-left"
    if asked.get("attn_mask") is not None:
        options["mask"] = asked["attn_mask"]
    if asked.get("scale") is not None:
        options["scale"] = asked["scale"]
    known = {"is_causal", "attn_mask", "scale", "dropout_p", "enable_gqa"}
    assert set(asked) <= known
    return options


def test_samples_of_torch() -> None:
    """All 13 samples without dropout give what torch gives, as tensors of torch."""
    found = samples()

    assert len(found) == 13
    for sample in found:
        q, k, v = spread(sample.input, *sample.args)
        expected = scaled_dot_product_attention(q, k, v, **sample.kwargs)
        actual = attend(q, k, v, **options_of(sample.kwargs))
        torch.testing.assert_close(actual, expected, rtol=1e-12, atol=1e-12)


def inputs(kind: str) -> list[torch.Tensor]:
    """Return q, k and v (200 tokens, d = 64) of one kind."""
    random = torch.Generator().manual_seed(30)
    q, k, v = torch.randn((3, 1, 1, 200, 64), generator=random, dtype=torch.float64)
    match kind:
        case "ramps":
            q, k = (torch.linspace(-1, 1, 200, dtype=torch.float64)[:, None] * x for x in (q, k))
        case "ties":
            q, k = q.round(), k[..., :1, :].round().expand_as(k)
        case _:
            q = q * float(kind)
    return [q, k, v]


KINDS = ["1", "6", "30", "60", "ramps", "ties"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_error_is_at_most_twice_that_of_torch(
    kind: str, dtype: torch.dtype, *, causal: bool
) -> None:
    """Against long double, ours errs at most twice as far as torch's fused kernel does."""
    q, k, v = (each.to(dtype) for each in inputs(kind))
    option: Any = "top-left" if causal else None
    exact = exact_output(q, k, v, causal=option)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        theirs = scaled_dot_product_attention(q, k, v, is_causal=causal)
    ours = attend(q, k, v, causal=option)

    assert ours.dtype == dtype
    assert error(ours, exact) <= 2 * error(theirs, exact)


def exact_output(*arrays: torch.Tensor, causal: Any = None) -> Array:  # noqa: ANN401
    """Return the output in long double, rounded to float64."""
    wide = [each.to(torch.float64).numpy() for each in arrays]
    return np.asarray(attend_dense(*wide, causal=causal).output, dtype=np.float64)


def error(result: torch.Tensor, exact: Array) -> float:
    """Return the largest absolute error."""
    return float(np.abs(result.to(torch.float64).numpy() - exact).max())


def test_an_error_too_large_is_seen() -> None:
    """The comparison can fail: a float32 result that has been through bfloat16 errs more."""
    q, k, v = (each.to(torch.float32) for each in inputs("1"))
    exact = exact_output(q, k, v)
    coarse = attend(q, k, v).to(torch.bfloat16).to(torch.float32)

    assert error(coarse, exact) > 2 * error(scaled_dot_product_attention(q, k, v), exact)


def test_fused_log_sums_agree() -> None:
    """The lse is what torch's fused kernel keeps for its backward pass."""
    q, k, v = inputs("6")
    _, lse = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(q, k, v, is_causal=True)

    torch.testing.assert_close(
        looked(q, k, v, want=["lse"], causal="top-left").lse, lse, rtol=1e-13, atol=1e-13
    )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensors_come_back_as_tensors(dtype: torch.dtype) -> None:
    """Every dtype of torch gives the result of its own numbers, within 2 epsilons of it."""
    random = torch.Generator().manual_seed(31)
    q, k, v = torch.randn((3, 2, 5, 4), generator=random, dtype=torch.float64).to(dtype)
    result = attend(q, k, v)
    exact = exact_output(q, k, v)

    assert result.dtype == dtype
    assert error(result, exact) <= 2 * torch.finfo(dtype).eps * float(v.abs().max())


@pytest.mark.reference
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_reference_rounds_tensors_once(dtype: torch.dtype) -> None:
    """The reference gives the result of a tensor's numbers in float64, rounded to its dtype."""
    random = torch.Generator().manual_seed(31)
    q, k, v = torch.randn((3, 2, 5, 4), generator=random, dtype=torch.float64).to(dtype)
    wide = [each.to(torch.float64) for each in (q, k, v)]

    assert torch.equal(attend(q, k, v), attend(*wide).to(torch.float32).to(dtype)) or (
        dtype == torch.float64
    )


def test_transposed_tensors_are_read_where_they_lie() -> None:
    """Views with heads in the third place, as models make them, give the same."""
    x = torch.randn((2, 6, 3, 4), generator=torch.Generator().manual_seed(32))
    moved = x.transpose(1, 2)

    assert not moved.is_contiguous()
    assert torch.equal(attend(moved, moved, moved), attend(*[moved.contiguous()] * 3))


def test_tensors_that_want_a_gradient_are_read() -> None:
    """A parameter is read as it is; no gradient flows through a look."""
    x = torch.ones((1, 2, 3), requires_grad=True)

    assert not attend(x, x, x).requires_grad


class Marked(torch.Tensor):  # type: ignore[misc] # torch is not read by the type checker
    """A tensor of somebody's own kind."""


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_tensors_of_a_subclass_are_tensors(dtype: torch.dtype) -> None:
    """A subclass from another module goes in, and a tensor comes back."""
    x = torch.ones((1, 2, 3), dtype=dtype)
    marked = x.as_subclass(Marked)

    assert torch.equal(attend(marked, marked, marked), attend(x, x, x))


def test_out_of_torch_is_written() -> None:
    """`out` may be a tensor, bfloat16 as well, and is what comes back."""
    x = torch.randn((1, 4, 8), generator=torch.Generator().manual_seed(33)).to(torch.bfloat16)
    out = torch.empty_like(x)

    assert attend(x, x, x, out=out) is out
    assert torch.equal(out, attend(x, x, x))


def test_everything_observed_is_of_torch() -> None:
    """Every field of an observation is a tensor; statistics of bfloat16 are float32."""
    x = torch.randn((1, 4, 8), generator=torch.Generator().manual_seed(34)).to(torch.bfloat16)
    seen = looked(x, x, x, tokens=torch.arange(4))

    assert (seen.output.dtype, seen.lse.dtype) == (torch.bfloat16, torch.float32)
    assert (seen.top_keys.indices.dtype, seen.picture.mean.dtype) == (torch.int64, torch.float32)
    assert torch.allclose(seen.weights().sum(-1), torch.ones(1, 4))
    assert torch.equal(seen.picture.visible, torch.ones(1, 4, 4))
    assert isinstance(seen.detection.induction, torch.Tensor)

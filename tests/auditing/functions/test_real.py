"""Implementations of others: never accused of what they do not do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import jax
import pytest
import torch
from onnx.reference.ops.op_attention import _compute_attention as onnx_attention
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers.integrations.sdpa_attention import sdpa_attention_forward

import limelight
from limelight.auditing.trials.findings import FunctionFindings, Standing
from limelight.auditing.trials.function import audit_function

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = (
    "albert",
    "bart",
    "bert",
    "clip",
    "deepseek_v3",
    "gemma2",
    "gpt2",
    "gpt_neox",
    "gpt_oss",
    "llama",
    "mistral",
    "modernbert",
    "opt",
    "qwen3",
    "t5",
    "vit",
    "whisper",
)
"""Families of models of transformers that have an attention function of their own."""


def conventions(findings: FunctionFindings) -> set[str]:
    """Return the ids of the differences that are named."""
    return {each.mistake for each in findings.differences}


def lacking(findings: FunctionFindings) -> set[str]:
    """Return the configurations that a function cannot be asked for."""
    return {trial.case.name for trial in findings.trials if trial.standing is Standing.LACKS}


def wrong(findings: FunctionFindings) -> dict[str, set[str]]:
    """Return the configurations that a function is wrong in, and why."""
    return {trial.case.name: {cause.mistake for cause in trial.causes} for trial in findings.wrong}


def backed(backend: SDPBackend) -> Callable[..., Any]:
    """Return torch's function on one of its implementations."""

    def attention(
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        **options: Any,  # noqa: ANN401
    ) -> torch.Tensor:
        with sdpa_kernel(backend):
            return torch.nn.functional.scaled_dot_product_attention(
                query, key, value, attn_mask, **options
            )

    return attention


def test_limelight_is_right_and_lacks_nothing() -> None:
    """Our own is right everywhere, by its own conventions."""
    findings = audit_function(limelight.attend)

    assert {trial.standing for trial in findings.trials} == {Standing.RIGHT}


def test_torch_is_right() -> None:
    """Its alignment is named as a convention; what it has no option for is lacking."""
    findings = audit_function(torch.nn.functional.scaled_dot_product_attention)

    assert wrong(findings) == {}
    assert conventions(findings) == {"E12", "E19"}
    assert lacking(findings) == {"softcap", "sinks"}


@pytest.mark.parametrize("backend", [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION], ids=str)
def test_each_backend_of_torch_is_right(backend: SDPBackend) -> None:
    """As the one that torch chooses; what a kernel refuses, it lacks."""
    findings = audit_function(backed(backend))

    assert wrong(findings) == {}
    assert {"E12"} <= conventions(findings) <= {"E12", "E18", "E19"}
    assert lacking(findings) >= {"softcap", "sinks"}


def test_jax_is_right() -> None:
    """A row without a key gets the mean of all values, which is named as a convention."""
    findings = audit_function(jax.nn.dot_product_attention)

    assert wrong(findings) == {}
    assert conventions(findings) == {"E12", "E18", "E19"}
    assert lacking(findings) == {
        "narrow values",
        "softcap",
        "sinks",
        "float64",
        "not contiguous",
    }


def test_onnx_is_right() -> None:
    """The reference of the operator has Limelight's conventions, a hidden NaN aside."""
    findings = audit_function(onnx_attention)

    assert wrong(findings) == {}
    assert conventions(findings) == {"E19"}
    assert lacking(findings) == {"sinks", "no keys"}


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("training", [True, False])
def test_the_module_of_torch_is_right(
    batch_first: bool,  # noqa: FBT001
    bias: bool,  # noqa: FBT001
    dtype: torch.dtype,
    training: bool,  # noqa: FBT001
) -> None:
    """Its weights are read; that True hides and that an empty row is NaN are conventions."""
    torch.manual_seed(1)
    module = torch.nn.MultiheadAttention(24, 3, bias=bias, batch_first=batch_first, dtype=dtype)

    findings = audit_function(module.train(training))

    assert wrong(findings) == {}
    assert {"E10", "E18"} <= conventions(findings) <= {"E10", "E18", "E19"}
    assert findings["left padding"].standing is Standing.CONVENTION


@pytest.mark.parametrize("model", MODELS)
def test_attention_of_transformers_is_right(model: str) -> None:
    """Their own functions are right, save one thing that they do: overflow in float16.

    Products are stored in float16 before they are scaled, so that those beyond 65,504 become
    infinite and the output no number. E44 says so.
    """
    function = import_module(f"transformers.models.{model}.modeling_{model}")

    findings = audit_function(function.eager_attention_forward)

    assert wrong(findings) == {"float16 overflow": {"E44"}}
    assert {"E18", "E19"} <= conventions(findings) <= {"E18", "E19", "E44"}


def test_the_fused_attention_of_transformers_is_right() -> None:
    """As their own functions, and it does not overflow."""
    findings = audit_function(sdpa_attention_forward)

    assert wrong(findings) == {}
    assert conventions(findings) == {"E18", "E19"}


def test_a_real_function_with_a_fault_is_accused() -> None:
    """The claim can fail: torch's function with another scale is wrong."""

    def attention(
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        scale = query.shape[-1] ** -0.499
        return torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask, scale=scale
        )

    assert "plain" in wrong(audit_function(attention))

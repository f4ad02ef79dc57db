"""How functions are called: adapters are chosen, wishes followed, odd functions borne."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import pytest
import torch
from onnx.reference.ops.op_attention import _compute_attention as onnx_attention
from transformers.models.llama.modeling_llama import eager_attention_forward

import limelight
from limelight.auditing.adapters.known import adapter_of
from limelight.auditing.subject import audit
from limelight.auditing.trials.findings import Standing
from limelight.auditing.trials.function import audit_function
from limelight.errors import ArrayError, LimelightError, OptionError, UnknownNameError
from tests.auditing.functions import broken

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any


def attend_of_torch(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Attend in torch, without an option."""
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


@pytest.mark.parametrize(
    ("function", "adapter"),
    [
        (limelight.attend, "limelight"),
        (torch.nn.functional.scaled_dot_product_attention, "torch-sdpa"),
        (torch.nn.MultiheadAttention(6, 2), "torch-module"),
        (jax.nn.dot_product_attention, "jax"),
        (eager_attention_forward, "transformers"),
        (onnx_attention, "onnx"),
        (broken.mask_inverted, "torch-sdpa"),
        (broken.right, "plain"),
        (attend_of_torch, "plain"),
        (lambda *arrays: arrays[0], "plain"),
    ],
)
def test_the_adapter_follows_from_the_parameters(
    function: Callable[..., Any], adapter: str
) -> None:
    """Of what the libraries have, and of functions of one's own."""
    assert adapter_of(function).id == adapter


def tokens_first(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Attend over (batch, tokens, heads, features)."""
    arrays = (np.swapaxes(each, 1, 2) for each in (q, k, v))
    return np.swapaxes(broken.right(*arrays, mask=mask), 1, 2)


def one_head(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Attend over (tokens, features)."""
    scores = broken.masked(q @ k.T / q.shape[1] ** 0.5, mask)
    return broken.softmax(scores) @ v


def hiding(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Hide where the mask says True."""
    return broken.right(q, k, v, mask=None if mask is None else ~mask)


def adding(q: Array, k: Array, v: Array, mask: Array | None = None) -> Array:
    """Add the mask, whatever it is."""
    scores = q @ broken.turned(k) / q.shape[-1] ** 0.5
    return broken.softmax(scores if mask is None else scores + mask) @ v


def with_weights(q: Array, k: Array, v: Array) -> tuple[Array, Array]:
    """Return the weights as well."""
    weights = broken.softmax(q @ broken.turned(k) / q.shape[-1] ** 0.5)
    return weights @ v, weights


@pytest.mark.parametrize(
    ("function", "note"),
    [
        (broken.right, "It is called with (batch, heads, tokens, features)."),
        (tokens_first, "It is called with (batch, tokens, heads, features)."),
        (one_head, "It is called with (tokens, features), for one head after the other."),
        (adding, "Its masks are numbers to add, -∞ where a key is hidden."),
        (with_weights, "It is called with (batch, heads, tokens, features)."),
        (attend_of_torch, "It is called with (batch, heads, tokens, features)."),
    ],
)
def test_what_is_not_said_is_found_out(function: Callable[..., Any], note: str) -> None:
    """Layout, framework and masks: the function is right, and the note says how it is called."""
    findings = audit_function(function)

    assert (findings.is_right, note in findings.notes) == (True, True)


def test_that_true_hides_is_a_convention_of_a_plain_function() -> None:
    """Nothing of it says otherwise, and everything else agrees."""
    findings = audit_function(hiding)

    assert findings.is_right
    assert findings["bool mask"].standing is Standing.CONVENTION
    assert [each.mistake for each in findings["bool mask"].differences] == ["E10"]


def test_that_true_hides_is_wrong_where_it_is_wished_otherwise() -> None:
    """With the polarity named, the other one is a mistake."""
    findings = audit_function(hiding, polarity="attends", features=["bool mask"])

    assert [cause.mistake for cause in findings["bool mask"].causes] == ["E10"]


def test_weights_that_come_along_are_read() -> None:
    """Ties of the output alone are told apart by them."""

    def mistaken(q: Array, k: Array, v: Array) -> tuple[Array, Array]:
        weights = np.exp(q @ broken.turned(k) / q.shape[-1] ** 0.5)
        return weights @ v, weights

    findings = audit_function(mistaken, features=["plain"])

    assert [cause.mistake for cause in findings["plain"].causes] == ["L17"]


class Module(torch.nn.Module):  # type: ignore[misc] # torch is not read
    """Multi-head attention with layers of its own, and with a fault or none."""

    def __init__(self, fault: str = "") -> None:
        """Draw weights."""
        super().__init__()
        torch.manual_seed(4)
        self.num_heads = 2
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (
            torch.nn.Linear(12, 12) for _ in range(4)
        )
        self._fault = fault

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Attend to itself."""
        keys, values = self.k_proj(x), self.v_proj(x)
        if self._fault == "transposed":
            keys = x @ self.k_proj.weight + self.k_proj.bias
        if self._fault == "without a bias":  # that of the keys would not show in any weight
            values = x @ self.v_proj.weight.T
        parts = (self._split(each) for each in (self.q_proj(x), keys, values))
        mixed = attend_of_torch(*parts)
        if self._fault != "merged raw":
            mixed = mixed.transpose(1, 2)
        joined = mixed.reshape(*x.shape)
        return joined if self._fault == "not projected" else self.o_proj(joined)

    def _split(self, tokens: torch.Tensor) -> torch.Tensor:
        if self._fault == "cut raw":
            return tokens.reshape(len(tokens), self.num_heads, tokens.shape[1], -1)
        return tokens.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


def test_a_module_with_layers_of_its_own_is_right() -> None:
    """Its weights are read by their usual names."""
    findings = audit_function(Module())

    assert findings.is_right
    assert findings["plain"].standing is Standing.RIGHT


@pytest.mark.parametrize(
    ("fault", "mistake"),
    [
        ("transposed", "E40"),
        ("without a bias", "E38"),
        ("cut raw", "E23"),
        ("merged raw", "E24"),
        ("not projected", "E41"),
    ],
)
def test_mistakes_of_modules_are_named(fault: str, mistake: str) -> None:
    """Those with weights and with heads, as no function of q, k and v can have them."""
    (explanation,) = audit_function(Module(fault)).explanations

    assert mistake in {cause.mistake for cause in explanation.causes}


def test_a_module_that_does_more_is_refused() -> None:
    """Its rotary embedding would look like a mistake."""
    module = Module()
    module.rotary_emb = torch.nn.Identity()

    with pytest.raises(OptionError, match="it has rotary_emb"):
        audit_function(module)


def test_dropout_in_training_is_named() -> None:
    """And not in a module that is evaluated."""
    module = torch.nn.MultiheadAttention(12, 2, dropout=0.2)

    assert [cause.mistake for cause in audit_function(module)["plain"].causes] == ["E43"]
    assert audit_function(module.eval()).is_right


def test_writing_to_inputs_is_seen() -> None:
    """Queries that are scaled in place are, though every number is right."""

    def greedy(q: Array, k: Array, v: Array) -> Array:
        q *= q.shape[-1] ** -0.5
        return broken.softmax(q @ broken.turned(k)) @ v

    trial = audit_function(greedy)["inputs unchanged"]

    assert (trial.standing, trial.remark) == (Standing.WRONG, "it writes to q")


@pytest.mark.parametrize(
    "returned",
    [None, 3, "text", [], [[1.0]], {}, np.zeros(3), np.zeros((2, 3, 5, 8), dtype=complex)],
    ids=["None", "3", "text", "empty", "lists", "dict", "short", "complex"],
)
def test_whatever_is_returned_is_borne(returned: object) -> None:
    """What is no output is wrong, or cannot be audited; nothing else is raised."""

    def odd(q: Array, k: Array, v: Array) -> object:
        del q, k, v
        return returned

    try:
        findings = audit_function(odd)
    except LimelightError:
        return
    assert findings["plain"].is_wrong


def test_what_raises_when_it_is_looked_at_is_borne() -> None:
    """An object of somebody's own, whose shape cannot be asked for."""

    class Odd:
        @property
        def shape(self) -> tuple[int, ...]:
            msg = "not to be asked"
            raise RuntimeError(msg)

    assert audit_function(lambda q, k, v: (Odd(), q, k, v))["plain"].is_wrong
    with pytest.raises(ArrayError, match="not to be asked"):
        audit_function(lambda q, k, v: (broken.right(q, k, v), Odd()), layout="heads first")


def test_leaving_is_borne() -> None:
    """A function that exits does not end the audit."""

    def leaving(q: Array, k: Array, v: Array) -> Array:
        if q.shape[1] != k.shape[1]:
            sys.exit(3)
        return broken.right(q, k, v)

    assert audit_function(leaving)["multi-query"].remark == "raises SystemExit: 3"


def test_being_stopped_is_told_on() -> None:
    """Ctrl-C is the caller's own."""

    def stopped(q: Array, k: Array, v: Array) -> Array:
        del q, k, v
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit_function(stopped)


@pytest.mark.parametrize(
    ("wish", "value", "error"),
    [
        ("adapter", "pytorch", UnknownNameError),
        ("arrays", "tensorflow", UnknownNameError),
        ("layout", "heads last", UnknownNameError),
        ("masks", "floats", UnknownNameError),
        ("polarity", "both", UnknownNameError),
        ("seed", -1, OptionError),
        ("seed", "one", OptionError),
        ("features", ["gropued heads"], UnknownNameError),
    ],
)
def test_a_wish_that_is_none_is_refused(
    wish: str, value: object, error: type[LimelightError]
) -> None:
    """By name, with what is known."""
    with pytest.raises(error):
        audit_function(broken.right, **{wish: value})  # type: ignore[arg-type] # on purpose


def test_a_parameter_that_nobody_knows_is_refused() -> None:
    """With the way out."""

    def strange(q: Array, k: Array, v: Array, gain: float) -> Array:
        return broken.right(q, k, v * gain)

    with pytest.raises(OptionError, match=r"lambda q, k, v: f\(q, k, v, gain=…\)"):
        audit_function(strange)


def test_what_takes_no_three_arrays_is_refused() -> None:
    """With what is expected."""
    with pytest.raises(ArrayError, match="expected three arguments by position"):
        audit_function(lambda q: q)


def test_audit_takes_functions_and_tensors() -> None:
    """The front door tells them apart."""
    q = np.eye(3)[None]

    assert audit(broken.right, features=["plain"]).is_right
    assert audit({"q": q, "k": q, "scores": q @ q.mT}).is_right

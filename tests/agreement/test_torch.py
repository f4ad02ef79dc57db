"""Exact work against PyTorch's own layers, in double precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.recipe import EXACT
from tests.oracles import torch_attention
from tests.oracles.comparing import assert_close, is_moderate
from tests.strategies import (
    Case,
    cross_attention_cases,
    framework_cases,
    self_attention_cases,
)

if TYPE_CHECKING:
    from limelight.mechanism.trace import Trace
    from tests.oracles.numpy_attention import Array


def arrays(trace: Trace) -> dict[str, Array]:
    """Return the inputs of a trace as arrays."""
    return {given.name: np.asarray(trace[given.name]) for given in trace.plan.inputs}


def heads_of(trace: Trace) -> list[str]:
    """Return the suffix of every head: "" where there is one."""
    return [step.name[1:] for step in trace.plan.steps if step.name[0] == "A"]


def check_heads(trace: Trace) -> None:
    """Hold every head of a trace against scaled dot-product attention."""
    visible = np.asarray(trace["mask"]) if "mask" in set(trace) else None
    for head in heads_of(trace):
        queries, keys, values = (np.asarray(trace[f"{letter}{head}"]) for letter in "QKV")
        expected = torch_attention.scaled_dot_product(queries, keys, values, visible)

        assert_close(np.asarray(trace[f"Z{head}"]), expected, f"Z{head}")


ATTENTION = [name for name in gallery_names() if "attention" in name or "encoder" in name]


@pytest.mark.parametrize("name", ATTENTION)
def test_every_head_of_the_gallery_is_what_torch_gives(name: str) -> None:
    """Each head's Z is what scaled_dot_product_attention makes of its Q, K and V."""
    check_heads(work(gallery(name), EXACT))


@settings(max_examples=60)
@given(st.one_of(self_attention_cases(), cross_attention_cases()))
def test_every_head_is_what_torch_gives(case: Case) -> None:
    """Each head's Z is what scaled_dot_product_attention gives, under any mask."""
    trace = work(case.exercise, EXACT)
    assume("mask" not in case.inputs or every_query_sees(case))
    assume(is_moderate(trace))

    check_heads(trace)


def every_query_sees(case: Case) -> bool:
    """Tell whether every query sees a key; PyTorch promises nothing where one does not."""
    return all(any(column) for column in zip(*case.inputs["mask"], strict=True))


@pytest.mark.parametrize("name", ["multi-head-attention", "encoder-block"])
def test_multi_head_attention_of_the_gallery_is_what_torch_gives(name: str) -> None:
    """O and every head's A are what nn.MultiheadAttention gives, W_O included."""
    check_multihead(work(gallery(name), EXACT))


@settings(max_examples=60)
@given(framework_cases("self-attention") | framework_cases("cross-attention"))
def test_multi_head_attention_is_what_torch_gives(case: Case) -> None:
    """O and every head's A are what nn.MultiheadAttention gives, joined or not, under masks."""
    trace = work(case.exercise, EXACT)
    assume(is_moderate(trace))

    check_multihead(trace)


def check_multihead(trace: Trace) -> None:
    """Hold O and the weights of a trace against nn.MultiheadAttention."""
    heads = heads_of(trace)
    out, weights = torch_attention.multihead(arrays(trace), len(heads))
    assert_close(np.asarray(trace["O"]), out, "O")
    for head, expected in zip(heads, weights, strict=True):
        assert_close(np.asarray(trace[f"A{head}"]), expected, f"A{head}")


def test_the_encoder_block_of_the_gallery_is_what_torch_gives() -> None:
    """N_F is what nn.TransformerEncoderLayer gives, which normalises after adding."""
    trace = work(gallery("encoder-block"), EXACT)
    expected = torch_attention.encoder_layer(arrays(trace), len(heads_of(trace)))

    assert_close(np.asarray(trace["N_F"]), expected, "N_F")


@settings(max_examples=60)
@given(framework_cases("encoder-block"))
def test_encoder_blocks_are_what_torch_gives(case: Case) -> None:
    """N_F is what nn.TransformerEncoderLayer gives, with biases, gains and masks or without."""
    trace = work(case.exercise, EXACT)
    assume(is_moderate(trace))
    expected = torch_attention.encoder_layer(arrays(trace), case.heads)

    assert_close(np.asarray(trace["N_F"]), expected, "N_F")


@settings(max_examples=60)
@given(framework_cases("encoder-block"))
def test_normalisation_is_what_torch_gives(case: Case) -> None:
    """N_A is what nn.LayerNorm makes of R_A, with gain and shift or without."""
    trace = work(case.exercise, EXACT)
    given = arrays(trace)
    expected = torch_attention.layer_norm(
        np.asarray(trace["R_A"]), given.get("gamma_A"), given.get("beta_A")
    )

    assert_close(np.asarray(trace["N_A"]), expected, "N_A")


def test_a_wrong_weight_is_seen() -> None:
    """The comparison can fail: with W_O changed in one cell PyTorch gives another O."""
    trace = work(gallery("encoder-block"), EXACT)
    wrong = arrays(trace)
    wrong["W_O"][0, 0] += 1e-6
    out, _ = torch_attention.multihead(wrong, 2)

    with pytest.raises(AssertionError):
        assert_close(np.asarray(trace["O"]), out, "O")

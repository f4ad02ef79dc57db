"""Random exercises of every kind against plain NumPy and against pencil and paper."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from limelight.exercises.exercise import work
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from tests.oracles import by_hand, numpy_attention
from tests.oracles.comparing import assert_all_close, assert_all_equal, is_moderate
from tests.strategies import (
    CASES,
    ONE_FEATURE,
    ONE_NUMBER,
    ONE_TOKEN,
    Case,
    Grid,
    cross_attention_cases,
    encoder_block_cases,
    self_attention_cases,
)

if TYPE_CHECKING:
    from tests.oracles.numpy_attention import Array

SMALL = [ONE_TOKEN, ONE_FEATURE, ONE_NUMBER]
KINDS = sorted(CASES)


def in_numpy(case: Case) -> dict[str, Array]:
    """Work a case in NumPy."""
    return numpy_attention.worked(case.kind, case.arrays, heads=case.heads, causal=case.causal)


def on_paper(case: Case) -> dict[str, Grid]:
    """Work a case with a pencil."""
    return by_hand.worked(case.kind, case.inputs, heads=case.heads, causal=case.causal)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_exact_work_is_what_numpy_gives(kind: str, data: st.DataObject) -> None:
    """Every step of every kind, in any size, is what plain NumPy makes of the same matrices."""
    case = data.draw(CASES[kind])
    trace = work(case.exercise, EXACT)
    assume(is_moderate(trace))

    assert_all_close(trace, in_numpy(case))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_work_by_hand_is_what_a_pencil_gives(kind: str, data: st.DataObject) -> None:
    """Every step of every kind is exactly the fraction that the rules by hand give."""
    case = data.draw(CASES[kind])

    assert_all_equal(work(case.exercise, BY_HAND), on_paper(case))


@pytest.mark.parametrize("case", SMALL, ids=["one token", "one feature", "one number"])
def test_the_smallest_exercises_work(case: Case) -> None:
    """One token, one feature, or a single number in every matrix is an exercise like others."""
    assert_all_close(work(case.exercise, EXACT), in_numpy(case))
    assert_all_equal(work(case.exercise, BY_HAND), on_paper(case))


@given(self_attention_cases())
@example(ONE_TOKEN)
@example(ONE_FEATURE)
def test_no_token_of_causal_attention_hears_a_later_one(case: Case) -> None:
    """Under causal, the first column of Z is the first column of V, whatever follows."""
    causal = Case(
        kind=case.kind,
        inputs={name: grid for name, grid in case.inputs.items() if name != "mask"},
        heads=case.heads,
        causal=True,
    )
    trace = work(causal.exercise, BY_HAND)
    heads = [""] if case.heads == 1 else [str(head) for head in range(1, case.heads + 1)]

    assert [trace[f"Z{head}"].matrix.column(0) for head in heads] == [
        trace[f"V{head}"].matrix.column(0) for head in heads
    ]


@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
@given(case=st.one_of(self_attention_cases(), cross_attention_cases(), encoder_block_cases()))
def test_a_query_that_sees_no_key_gets_nothing(recipe: Recipe, case: Case) -> None:
    """A column of the mask without a 1 gives weights 0 and a column of zeros in Z."""
    assume("mask" in case.inputs)
    for row in case.inputs["mask"]:
        row[0] = Fraction(0)
    trace = work(case.exercise, recipe)
    seen = {number for name in trace if name[0] in "AZ" for number in trace[name].matrix.column(0)}

    assert seen == {0}

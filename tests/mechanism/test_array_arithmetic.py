"""Operations are generic: whoever supplies the arithmetic can run a plan on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from limelight.auditing.arrays import Arrays
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from tests.oracles.comparing import assert_close, is_moderate
from tests.strategies import CASES, DYADIC, self_attention_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.plan import Plan
    from limelight.mechanism.trace import Trace
    from tests.oracles.numpy_attention import Array
    from tests.strategies import Case

ON = Arrays()


def run(plan: Plan, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Run every step of a settled plan on arrays."""
    arrays = dict(inputs)
    for step in plan.steps:
        operands = [arrays[name] for name in step.operands]
        arrays[step.name] = step.operation.compute(ON, *operands)
    return arrays


def assert_same(trace: Trace, arrays: Mapping[str, Array]) -> None:
    """Demand that every step is what the trace has."""
    assert set(arrays) == set(trace)
    for name, array in arrays.items():
        assert_close(array, np.asarray(trace[name]), name)


def given_arrays(trace: Trace) -> dict[str, Array]:
    """Return the inputs of a trace as arrays."""
    return {given.name: np.asarray(trace[given.name]) for given in trace.plan.inputs}


@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("name", gallery_names())
def test_arrays_give_what_the_gallery_gives(name: str, recipe: Recipe) -> None:
    """Every plan of the gallery runs on arrays, step by step, to the same numbers."""
    trace = work(gallery(name), recipe)

    assert_same(trace, run(trace.plan, given_arrays(trace)))


@pytest.mark.parametrize("kind", sorted(CASES))
@settings(max_examples=20)
@given(data=st.data())
def test_arrays_give_what_exact_work_gives(kind: str, data: st.DataObject) -> None:
    """Every plan of every kind runs on arrays to what exact work gives."""
    trace = work(data.draw(CASES[kind]).exercise, EXACT)
    assume(is_moderate(trace))

    assert_same(trace, run(trace.plan, given_arrays(trace)))


@settings(max_examples=30)
@given(self_attention_cases(DYADIC, DYADIC[:7]))
def test_arrays_floor_as_a_pencil_does(case: Case) -> None:
    """By hand, too, arrays give the trace, where float64 holds the scores exactly."""
    trace = work(case.exercise, BY_HAND)
    assume(is_moderate(trace))

    assert_same(trace, run(trace.plan, given_arrays(trace)))


@pytest.mark.parametrize("name", gallery_names())
def test_a_batch_is_worked_at_once(name: str) -> None:
    """Inputs with two leading axes run through the same operations, each slice by itself."""
    trace = work(gallery(name), EXACT)
    factors = np.array([[1.0, -0.5, 2.0], [0.25, 3.0, -1.0]])[..., None, None]
    batch = {given: array * factors for given, array in given_arrays(trace).items()}
    together = run(trace.plan, batch)
    for at in np.ndindex(2, 3):
        alone = run(trace.plan, {given: array[at] for given, array in batch.items()})

        assert_close(together[trace.result.name][at], alone[trace.result.name], trace.result.name)


def test_a_wrong_arithmetic_is_seen() -> None:
    """The comparison can fail: arithmetic with a wrong sum gives another trace."""

    class Wrong(Arrays):
        def column_sums(self, matrix: Array) -> Array:
            return super().column_sums(matrix) + 1

    trace = work(gallery("softmax"), EXACT)
    step = trace.plan.step("sums")
    wrong = step.operation.compute(Wrong(), np.asarray(trace["E"]))

    with pytest.raises(AssertionError):
        assert_close(wrong, np.asarray(trace["sums"]), "sums")

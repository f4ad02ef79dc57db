"""The top keys on every kernel: the order of scores, ties by the lowest key, hidden keys never."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.stream import kernel
from tests.stream.cases import Case, assert_close, epsilon_of, looked, random_case

DTYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]

COUNTS = [0, 1, 3, 8, 20, 70]

WEIGHTS = 17
"""Epsilons of a weight."""

WEIGHT_OF_LARGE = 1e-5
"""The epsilon for scores in the hundreds, whose own rounding is that of as many weights."""


def whole_scores(seed: int, keys: int, spread: int = 4, **options: Any) -> Case:  # noqa: ANN401
    """Draw a case whose scores are small whole numbers, exact in any dtype, and full of ties."""
    random = np.random.default_rng(seed)
    q = np.ones((2, 60, 1)) * random.integers(-2, 3, size=(2, 60, 1))
    k = random.integers(-spread, spread + 1, size=(1, keys, 1)).astype(np.float64)
    return Case(q=q, k=k, v=k.copy(), options={"scale": 1.0} | options)


def assert_top(case: Case, top: int, epsilon: float) -> None:
    """Demand the indices of dense attention, to the last, and its weights."""
    found = looked(*case.arrays, want=["top_keys"], top=top, **case.options).top_keys
    indices, weights = case.dense.top(top)

    np.testing.assert_array_equal(found.indices, indices)
    assert_close(found.weights, weights, WEIGHTS, epsilon=epsilon)


def statistic_epsilon(dtype: Any) -> float:  # noqa: ANN401 - a dtype
    """Return the epsilon of what statistics of a dtype are computed in."""
    return min(epsilon_of(dtype), epsilon_of(np.float32))


@pytest.mark.parametrize("keys", [1, 7, 50, 64, 65, 300])
@pytest.mark.parametrize("top", COUNTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_ties_go_to_the_lowest_key(dtype: Any, top: int, keys: int) -> None:  # noqa: ANN401
    """In any dtype, for few and many keys, more of them wanted than there are included."""
    assert_top(whole_scores(top, keys).cast(dtype), top, statistic_epsilon(dtype))


@pytest.mark.parametrize("top", COUNTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_hidden_keys_are_never_listed(dtype: Any, top: int) -> None:  # noqa: ANN401
    """Whatever hides a key, and though there be too few others."""
    mask = np.random.default_rng(3).random((60, 150)) < np.linspace(0, 0.9, 60)[:, None]
    for options in ({"mask": mask}, {"causal": "top-left"}, {"window": (9, 5)}):
        case = whole_scores(4, 150, **options).cast(dtype)
        assert_top(case, top, statistic_epsilon(dtype))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([1, 3, 20]), st.sampled_from([1.0, 5.0, 40.0]))
def test_equal_keys_tie_wherever_they_are(seed: int, top: int, spread: float) -> None:
    """Copies of a few keys, far apart, tie: though the largest score grows between them."""
    random = np.random.default_rng(seed)
    keys = int(random.integers(60, 400))
    kinds = random.integers(-16, 17, size=(3, 4)) / 16
    k = kinds[random.integers(0, 3, size=keys)]
    for _ in range(3):
        k[random.integers(0, keys)] *= random.integers(2, 7)
    q = random.integers(-16, 17, size=(1, 30, 4)) / 16 * spread

    assert_top(Case(q=q, k=k[None], v=k[None]).cast(np.float32), top, WEIGHT_OF_LARGE)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("top", [3, 20, 70])
@pytest.mark.parametrize("keys", [90, 300])
def test_weights_too_small_to_tell_apart(dtype: Any, top: int, keys: int) -> None:  # noqa: ANN401
    """Where weights have vanished the scores still put the keys in order."""
    random = np.random.default_rng(top)
    steps = np.round(random.permutation(keys) * (200 / keys)) * 10
    case = Case(
        q=np.ones((1, 3, 1)),
        k=-steps[None, :, None],
        v=np.zeros((1, keys, 1)),
        options={"scale": 1.0},
    ).cast(dtype)
    found = looked(*case.arrays, want=["top_keys"], top=top, **case.options).top_keys
    indices, weights = case.dense.top(top)
    weights = np.asarray(weights, dtype=np.float64)

    np.testing.assert_array_equal(found.indices, indices)
    np.testing.assert_allclose(found.weights, weights, rtol=1e-4, atol=1e-38)


@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [0, 63, 64, 120])
def test_a_key_of_no_number_comes_first(dtype: Any, bad: float, at: int) -> None:  # noqa: ANN401
    """NaN counts as the largest score; hidden keys are not listed, though all weights be NaN."""
    case = random_case(5, tokens=(130, 130), causal="top-left").cast(dtype)
    case.k[0, at, 1] = bad
    found = looked(*case.arrays, want=["top_keys"], top=5, **case.options).top_keys
    with kernel.pinned(kernel.REFERENCE):
        expected = looked(*case.arrays, want=["top_keys"], top=5, **case.options).top_keys
    spoilt = np.isnan(expected.weights).any(axis=-1)

    assert (found.indices <= np.arange(130)[:, None]).all()
    assert (np.isnan(found.weights).any(axis=-1) == spoilt).all()
    np.testing.assert_array_equal(found.indices[spoilt], expected.indices[spoilt])


def test_the_weights_are_those_of_the_pairs() -> None:
    """A top key's weight is the one that `weights` recomputes."""
    case = random_case(6, tokens=(70, 200), spread=4.0).cast(np.float32)
    seen = looked(*case.arrays, top=8)
    chosen = np.take_along_axis(seen.weights(), seen.top_keys.indices, axis=-1)

    np.testing.assert_allclose(seen.top_keys.weights, chosen, rtol=2e-5)
    assert (np.diff(seen.top_keys.weights) <= 0).all()

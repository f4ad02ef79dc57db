"""Every option with every other, over several blocks of queries and tiles of keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limelight import attend
from tests.stream.cases import (
    Case,
    assert_close,
    epsilon_of,
    fields_of,
    large_cases,
    looked,
    random_case,
)

PRODUCTS = 60
"""Epsilons for what is computed from scores, whose own error grows with how large they are."""

fewer = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@fewer
@given(large_cases())
def test_the_output_is_dense_attention(case: Case) -> None:
    """Any options, sizes and dtype: the output is that of the written-down weights."""
    output = looked(*case.arrays, want=["output"], **case.options).output
    size = float(np.abs(case.v.astype(np.float64)).max(initial=1.0))
    arithmetic = PRODUCTS * case.magnitude * statistic_epsilon(case)
    rounded = 4 * epsilon_of(case.v.dtype)

    assert output.dtype == case.q.dtype
    assert_close(
        output.astype(np.float64), case.dense.output, 1, size, epsilon=arithmetic + rounded
    )


@fewer
@given(large_cases(), st.integers(0, 20), st.integers(1, 9))
def test_statistics_are_those_of_dense_attention(case: Case, top: int, picture: int) -> None:
    """Any options, sizes and dtype: so is every statistic."""
    seen = fields_of(looked(*case.arrays, top=top, picture=picture, **case.options))
    dense = case.dense
    weights = np.asarray(dense.weights, dtype=np.float64)
    queries, keys = weights.shape[-2:]
    mean, largest = dense.pooled(picture, weights)
    received = weights.sum(axis=-2)
    _, heaviest = dense.top(top)
    expected = {
        "lse": (dense.lse, 1),
        "entropy": (dense.entropy, 1 + np.log(keys)),
        "max_logit": (dense.scores.max(axis=-1), 1),
        "received": (received, queries),
        "received_mean": (received / np.maximum(dense.visible.sum(axis=-2), 1), 1),
        "picture.mean": (mean, 1),
        "picture.max": (largest, 1),
        "sink_mass": (weights[..., 0], 1),
        "attention_distance": ((weights * np.abs(dense.distances)).sum(-1), queries + keys),
        "top_keys.weights": (heaviest, 1),
    }
    for name, (exact, size) in expected.items():
        wide = np.asarray(exact, dtype=np.float64)
        unit = statistic_epsilon(case) * case.magnitude
        assert_close(seen[name].astype(np.float64), wide, PRODUCTS, size, epsilon=unit)


@fewer
@given(large_cases(), st.integers(0, 70))
def test_top_keys_are_among_the_heaviest(case: Case, top: int) -> None:
    """Each key is listed once, none that is hidden, as many as there are, weights falling."""
    found = looked(*case.arrays, want=["top_keys"], top=top, **case.options).top_keys
    visible = case.dense.visible
    listed = found.indices >= 0
    there = np.take_along_axis(visible, np.where(listed, found.indices, 0), axis=-1)
    once = np.sort(np.where(listed, found.indices, -1 - np.arange(top)), axis=-1)

    assert (listed.sum(axis=-1) == np.minimum(visible.sum(axis=-1), top)).all()
    assert there[listed].all()
    assert (np.diff(once, axis=-1) > 0).all()
    assert (np.diff(found.weights, axis=-1) <= 0).all()
    assert (found.weights[~listed] == 0).all()


def statistic_epsilon(case: Case) -> float:
    """Return the epsilon of the arithmetic that a case's dtype is computed in."""
    return epsilon_of(np.float64 if case.q.dtype == np.float64 else np.float32)


@pytest.mark.parametrize("far", [200, 2**31, 2**61, 2**62, 2**63 - 1, 2**63, 2**100])
@pytest.mark.parametrize("causal", [None, "top-left", "bottom-right"])
def test_a_window_wider_than_everything_hides_nothing(far: int, causal: Any) -> None:  # noqa: ANN401
    """However large the number, it is as if that side were open."""
    case = random_case(140, tokens=(70, 150))
    expected = attend(*case.arrays, causal=causal)

    assert (attend(*case.arrays, causal=causal, window=(far, far)) == expected).all()
    assert (attend(*case.arrays, causal=causal, window=(None, far)) == expected).all()
    assert (attend(*case.arrays, causal=causal, window=(far, None)) == expected).all()


@pytest.mark.parametrize("threads", [1000, 2**31, 2**100])
def test_more_threads_than_there_are(threads: int) -> None:
    """Any number of threads may be asked for; as many as are of use take part."""
    case = random_case(141, tokens=(70, 150))

    assert (attend(*case.arrays, threads=threads) == attend(*case.arrays)).all()


@pytest.mark.parametrize("softcap", [1e-30, 1e-50, 1e30, 1e40, 1e300])
def test_any_softcap_in_float32(softcap: float) -> None:
    """A bound far beyond the scores changes nothing, and one close to 0 leaves them equal."""
    case = random_case(142, tokens=(70, 150)).cast(np.float32)
    capped = looked(*case.arrays, want=["output", "entropy"], softcap=softcap)
    equal = looked(*case.arrays, want=["output", "entropy"], scale=0.0)
    plain = looked(*case.arrays, want=["output", "entropy"])
    expected = equal if softcap < 1 else plain

    np.testing.assert_allclose(capped.output, expected.output, atol=1e-5)
    np.testing.assert_allclose(capped.entropy, expected.entropy, atol=1e-5)

"""The two towers agree: an exercise worked by hand, step by step, and the same one streamed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limelight import EXACT, gallery, work
from tests.stream.cases import looked

TOLERANCE = 1e-12

EXERCISES = ["self-attention", "causal-self-attention", "cross-attention", "multi-head-attention"]


def step(trace: Any, name: str) -> np.ndarray:  # noqa: ANN401 - a Trace
    """Return a step with tokens as rows, as the streamed arrays have them."""
    return np.asarray(trace[name]).T


def heads_of(trace: Any) -> list[str]:  # noqa: ANN401
    """Return what the names of the heads' steps end in."""
    return [name[1:] for name in trace if name[0] == "A" and (name[1:].isdigit() or not name[1:])]


@pytest.mark.parametrize("name", EXERCISES)
def test_streamed_is_what_is_worked(name: str) -> None:
    """Under EXACT the worked Z and A are the streamed output and weights, within 1e-12."""
    exercise = gallery(name)
    trace = work(exercise, EXACT)
    heads = heads_of(trace)
    q, k, v = (np.stack([step(trace, letter + head) for head in heads]) for letter in "QKV")
    seen = looked(q, k, v, causal="top-left" if exercise.causal else None)

    assert heads
    for number, head in enumerate(heads):
        worked = step(trace, f"A{head}")
        np.testing.assert_allclose(seen.output[number], step(trace, f"Z{head}"), atol=TOLERANCE)
        np.testing.assert_allclose(seen.weights()[number], worked, atol=TOLERANCE)
        np.testing.assert_allclose(seen.received[number], worked.sum(axis=0), atol=TOLERANCE)
        np.testing.assert_allclose(
            np.exp(seen.lse[number]), np.asarray(trace[f"sums{head}"])[0], rtol=TOLERANCE
        )


def test_the_towers_are_told_apart() -> None:
    """The comparison can fail: by hand, with floor(x/2) and 3^x, the weights are others."""
    trace = work(gallery("self-attention"))
    seen = looked(*(step(trace, letter)[None] for letter in "QKV"))

    assert np.abs(seen.weights()[0] - step(trace, "A")).max() > 0.01

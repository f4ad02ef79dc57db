"""Hold a trace against what an oracle says: the same steps, and the same number in each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.trace import Trace, Worked
    from tests.oracles.by_hand import Grid
    from tests.oracles.numpy_attention import Array

TOLERANCE = 1e-12

NORMALISED_TWICE = 1e-9
"""For N_F: a layer normalisation may magnify rounding by 1/√ε = 316, and it is the second."""

LARGEST = 300
"""Scores up to here stay inside float64 when e is raised to them."""


def is_moderate(trace: Trace) -> bool:
    """Tell whether scaled scores are small enough for 1e-12 to be asked of their powers."""
    scaled = [trace[name] for name in trace if name.startswith("C")]
    return all(
        abs(float(number)) < LARGEST for worked in scaled for row in worked.rows for number in row
    )


def assert_all_close(trace: Trace, expected: Mapping[str, Array]) -> None:
    """Demand every step of *expected* and no other, each within 1e-12 of its magnitude."""
    assert {step.name for step in trace.steps} == set(expected)
    for name, array in expected.items():
        assert_close(np.asarray(trace[name]), array, name)


def assert_close(actual: Array, expected: Array, name: str) -> None:
    """Demand one shape, and cells within 1e-12 of the largest one, or of 1."""
    assert actual.shape == expected.shape, name
    finite = np.abs(expected[np.isfinite(expected)])
    tolerance = NORMALISED_TWICE if name == "N_F" else TOLERANCE
    size = max(1.0, float(finite.max(initial=0.0)))
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * size)


def assert_all_equal(trace: Trace, expected: Mapping[str, Grid]) -> None:
    """Demand every step of *expected* and no other, with exactly its numbers."""
    assert {step.name for step in trace.steps} == set(expected)
    for name, grid in expected.items():
        assert_equal(trace[name], grid, name)


def assert_equal(worked: Worked, expected: Grid, name: str) -> None:
    """Demand exactly these numbers."""
    assert worked.tolist() == expected, name

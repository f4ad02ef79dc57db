"""The k largest, in one total order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.stream.top import top_of
from tests.stream.cases import many

pytestmark = pytest.mark.reference


def plainly(scores: list[float], k: int) -> list[int]:
    """Sort by score down and index up, the hidden ones left out."""
    order = sorted(range(len(scores)), key=lambda key: (-scores[key], key))
    seen = [key for key in order if scores[key] != -np.inf]
    return (seen + [-1] * k)[:k]


@many
@given(
    st.lists(st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 1e30, np.inf]), max_size=12),
    st.integers(0, 14),
)
def test_top_is_a_sort(scores: list[float], k: int) -> None:
    """With ties and hidden keys, more asked for than there are, or nothing asked for."""
    found = top_of(np.array([scores]), np.arange(len(scores)), k)

    assert found.indices.tolist() == [plainly(scores, k)]


def test_ties_go_to_the_lowest_index() -> None:
    """Of a thousand equal scores the first four are named."""
    found = top_of(np.zeros((2, 1000)), np.arange(1000), 4)

    assert found.indices.tolist() == [[0, 1, 2, 3]] * 2


def test_nan_counts_as_the_largest() -> None:
    """A NaN score is not lost behind numbers."""
    found = top_of(np.array([[1.0, np.nan, 2.0]]), np.arange(3), 2)

    assert found.indices.tolist() == [[1, 2]]

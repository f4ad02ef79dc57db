"""The reference's memory is linear in the number of tokens: the weights are never all there."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from limelight import attend, observe

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.reference  # tracemalloc sees no memory of a compiled kernel

N = 8192

WEIGHTS = N * N * 4
"""Bytes of all weights in float32: what must not be there."""


def peak(call: Callable[[], object]) -> int:
    """Return the most memory in use at once during a call, in bytes."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def tokens() -> np.ndarray:
    """Return one head of 8,192 tokens, d = 8."""
    return np.random.default_rng(80).normal(size=(1, N, 8)).astype(np.float32)


def test_attending_stays_below_a_tenth_of_the_weights() -> None:
    """At 8,192 tokens `attend` needs less than a tenth of what the weights would take."""
    x = tokens()

    assert peak(lambda: attend(x, x, x, causal="top-left")) < WEIGHTS / 10


def test_observing_everything_stays_below_a_tenth_of_the_weights() -> None:
    """So does everything observed at once, a picture of 512 bins included."""
    x = tokens()

    assert peak(lambda: observe(x, x, x, causal="top-left")) < WEIGHTS / 10


def test_dense_weights_are_seen() -> None:
    """The measure can fail: writing all weights down is seen to take that much."""
    x = tokens()

    assert peak(lambda: x[0] @ x[0].T) >= WEIGHTS

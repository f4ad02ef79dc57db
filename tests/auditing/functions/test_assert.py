"""assert_attention: passes what is right, and fails with a message of use."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import limelight
from limelight.errors import ArrayError, UnknownNameError
from limelight.testing import assert_attention
from tests.auditing.functions import broken

Array = Any


def test_what_is_right_passes() -> None:
    """Without features, and with some of any spelling."""
    assert_attention(limelight.attend)
    assert_attention(limelight.attend, features=["grouped-heads", "Left_Padding"])
    assert_attention(broken.right, features=["softcap"])


def message_of(function: Any, **options: Any) -> str:  # noqa: ANN401
    """Return what is said against a function."""
    with pytest.raises(AssertionError) as raised:
        assert_attention(function, **options)
    return str(raised.value)


def test_the_message_can_be_acted_on() -> None:
    """It has the call, the inputs, the worst cell, the tolerance, cause and remedy."""
    message = message_of(broken.groups_tiled)

    for said in (
        "groups_tiled is not the attention that it ought to be: wrong in 1 of 41 configurations.",
        "First: grouped heads: 6 query heads share 2 of keys.",
        "  groups_tiled(q, k, v)\n  float32: q (2, 6, 5, 8), k (2, 2, 5, 8), v (2, 2, 5, 8)",
        "Worst at output[0, 4, 3, 7]: expected 0.20769",
        "is what the rounding of float32 at every step may come to there.",
        "E26, grouped heads tiled",
        "Repeat each head of keys and values for its group",
    ):
        assert said in message


def test_the_snippet_does_it_again() -> None:
    """What stands below "Do it again" is a program, and gives the same."""
    message = message_of(broken.window_too_wide, seed=3)
    snippet = re.search(r"Do it again:\n((?:  .*\n)+)", message)
    assert snippet is not None
    names: dict[str, Any] = {"window_too_wide": broken.window_too_wide}

    exec(re.sub("^  ", "", snippet[1], flags=re.MULTILINE), names)  # noqa: S102 - our own
    trial = names["trial"]

    assert trial.is_wrong
    assert f"{trial.worst.expected:.9g}, got {trial.worst.found:.9g}" in message
    assert set(trial.inputs) == {"q", "k", "v"}


def test_a_feature_that_is_lacking_fails_where_it_is_asked_for() -> None:
    """And only there."""
    assert_attention(broken.groups_tiled, features=["multi-query"])

    message = message_of(broken.nan_leaks, features=["softcap"])

    assert "First: softcap: scores are bounded by 2." in message
    assert "it has no option for a softcap" in message


def test_a_convention_of_its_own_passes() -> None:
    """A function that counts from the other end is no wrong one."""
    assert_attention(broken.right, features=["causal from the first key"])


def test_what_cannot_be_called_is_no_assertion() -> None:
    """A wrong name or a function that always raises is an error of the test's own."""

    def raising(q: Array, k: Array, v: Array) -> Array:
        del q, k, v
        msg = "not today"
        raise RuntimeError(msg)

    with pytest.raises(UnknownNameError, match="no feature named 'gropued heads'"):
        assert_attention(limelight.attend, features=["gropued heads"])
    with pytest.raises(ArrayError, match="RuntimeError: not today"):
        assert_attention(raising)
    with pytest.raises(ArrayError, match="must be callable"):
        assert_attention(np.zeros(3))  # type: ignore[arg-type] # no function

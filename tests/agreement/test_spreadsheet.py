"""The worked example against the spreadsheet that it was published in."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.mechanism.recipe import BY_HAND, EXACT

SPREADSHEET = Path(__file__).parent.parent / "golden" / "spreadsheet.json"
INPUTS = {"X": "X", "W_Q": "Wq", "W_K": "Wk", "W_V": "Wv"}
STEPS = {
    "Q": "Q",
    "K": "K",
    "V": "V",
    "K_T": "K_T",
    "S": "scores_K_T_Q",
    "C": "scaled",
    "E": "exp",
    "sums": "sum",
    "A": "A",
    "Z": "Z",
}


@cache
def spreadsheet() -> dict[str, Any]:
    """Return what the spreadsheet holds: inputs, and its own cached results."""
    content: dict[str, Any] = json.loads(SPREADSHEET.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize(("name", "theirs"), INPUTS.items())
def test_the_gallery_gives_what_the_spreadsheet_gives(name: str, theirs: str) -> None:
    """The gallery's self-attention starts from the spreadsheet's own matrices."""
    expected = spreadsheet()["inputs"][theirs]["values"]

    assert gallery("self-attention").inputs[name].tolist() == expected


@pytest.mark.parametrize(("step", "theirs"), STEPS.items())
def test_every_step_is_what_excel_cached(step: str, theirs: str) -> None:
    """Under exact rules every matrix is what Excel itself worked out, within 1e-12."""
    actual = np.asarray(work(gallery("self-attention"), EXACT)[step])
    expected = spreadsheet()["excel_cached_outputs"][theirs]["values"]

    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def test_the_spreadsheet_knows_every_step() -> None:
    """No step of the plan is left without a cached matrix."""
    assert [step.name for step in work(gallery("self-attention")).steps] == [
        "Q", "K", "V", "K_T", "S", "C", "E", "sums", "A", "Z"
    ]  # fmt: skip
    assert set(spreadsheet()["excel_cached_outputs"]) == set(STEPS.values())


def test_by_hand_the_results_are_these_fractions() -> None:
    """By hand the column sums are 46/3, 28/3, 22/3, 12, and Z begins 180/23, 50/23, 135/23."""
    trace = work(gallery("self-attention"), BY_HAND)

    assert trace["sums"].rows == (
        (Fraction(46, 3), Fraction(28, 3), Fraction(22, 3), Fraction(12)),
    )
    assert trace["Z"].matrix.column(0) == (
        Fraction(180, 23),
        Fraction(50, 23),
        Fraction(135, 23),
    )


def test_another_recipe_is_not_what_excel_cached() -> None:
    """The comparison can fail: by hand the weights are others than Excel's."""
    actual = np.asarray(work(gallery("self-attention"), BY_HAND)["A"])
    expected = spreadsheet()["excel_cached_outputs"]["A"]["values"]

    assert not np.allclose(actual, expected, rtol=0, atol=1e-2)

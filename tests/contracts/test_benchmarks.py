"""What the benchmarks hold their results against can tell right from wrong."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from limelight import observe
from limelight.classroom.class_marks import mark_class

BENCH = Path(__file__).parents[2] / "bench"
TRUTH = runpy.run_path(str(BENCH / "truth.py"))
INPUTS = TRUTH["arrays"](2, 64, 64, 8)
BINS = 16


def seen() -> dict[str, Any]:
    """Return what `verify_looks` asks for, without a batch axis."""
    found = observe(*INPUTS, top=4, picture=BINS)
    names = ("output", "lse", "entropy", "received")
    named = {name: getattr(found, name) for name in names}
    assert found.top_keys is not None
    assert found.picture is not None
    named |= {"top_indices": found.top_keys.indices, "top_weights": found.top_keys.weights}
    named |= {"picture_mean": found.picture.mean, "picture_max": found.picture.max}
    return {name: array[0] for name, array in named.items()}


def test_right_results_pass() -> None:
    """The reference passes, with and without torch's error to be compared with."""
    right = observe(*INPUTS, want="output").output

    TRUTH["verify"]({"Limelight": right, "torch": right}, INPUTS, causal=False)
    TRUTH["verify_looks"]({"Limelight": seen()}, INPUTS, causal=False)


@pytest.mark.parametrize(
    ("ours", "torchs"), [(np.nan, 0.0), (1e-3, 0.0), (0.0, 1e-3), (3e-6, 1e-6)]
)
def test_wrong_outputs_are_caught(ours: float, torchs: float) -> None:
    """NaN, an error too large for the dtype, and more than twice torch's error are caught."""
    right = observe(*INPUTS, want="output").output
    assert right is not None
    largest = np.abs(right).max()
    outputs = {"Limelight": right + ours * largest, "torch": right + torchs * largest}

    with pytest.raises(AssertionError, match="off"):
        TRUTH["verify"](outputs, INPUTS, causal=False)


def test_hidden_keys_count() -> None:
    """Full attention does not pass for causal attention."""
    right = observe(*INPUTS, want="output").output

    with pytest.raises(AssertionError, match="off"):
        TRUTH["verify"]({"Limelight": right}, INPUTS, causal=True)


@pytest.mark.parametrize("name", sorted(seen()))
def test_wrong_statistics_are_caught(name: str) -> None:
    """A fault in any of the statistics is caught."""
    found = seen()
    wrong = found[name].copy()
    wrong[1, 3] = (wrong[1, 3] + 1) % 64 if name == "top_indices" else wrong[1, 3] * 1.01
    planted = found | {name: wrong}

    with pytest.raises(AssertionError, match="off"):
        TRUTH["verify_looks"]({"Limelight": planted}, INPUTS, causal=False)


@pytest.mark.parametrize("way", ["to fill in", "key", "live"])
def test_wrong_workbooks_are_caught(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right workbooks pass; those of other exercises, or the same one twice, are caught."""
    monkeypatch.syspath_prepend(str(BENCH))
    program = runpy.run_path(str(BENCH / "workbooks.py"))
    given = program["exercises"](2)
    made = {name: [make(each) for each in given] for name, make in program["WAYS"].items()}
    first, second = made[way]
    program["verify"](given, made)

    wrong = [first, first] if way == "to fill in" else [second, first]
    with pytest.raises(AssertionError, match=r"off|different"):
        program["verify"](given, made | {way: wrong})


def test_wrong_marks_are_caught(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Right marks pass; a right sheet that is accused and a mistake that is missed are caught."""
    monkeypatch.syspath_prepend(str(BENCH))
    program = runpy.run_path(str(BENCH / "marking.py"))
    handed = list(program["handed_in"](2))
    for index, each in enumerate(handed):
        (tmp_path / f"{index}.json").write_bytes(program["as_json"](each))
    outcomes = mark_class(tmp_path)
    program["verify"](outcomes, handed)

    for wrong in (outcomes[::-1], (outcomes[0], outcomes[1]._replace(mistakes=()))):
        with pytest.raises(AssertionError, match=r"accused|off"):
            program["verify"](wrong, handed)

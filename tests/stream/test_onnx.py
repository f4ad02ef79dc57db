"""Conformance with the ONNX operator Attention, by cases that nobody here wrote."""

from __future__ import annotations

import numpy as np
import pytest

from tests.stream.faults import FAULTS
from tests.stream.onnx_cases import OnnxCase, generated_cases, stored_cases, tolerance
from tests.stream.onnx_operator import run

SETS = {"1.23.2": (generated_cases, 93), "1.22.0": (stored_cases, 64)}


def conforms(case: OnnxCase, outputs: dict[str, np.ndarray]) -> bool:
    """Tell whether outputs are those expected, as near as ONNX's own runner demands."""
    for name, expected in case.outputs.items():
        wide, actual = (np.asarray(each, dtype=np.float64) for each in (expected, outputs[name]))
        relative, absolute = tolerance(expected.dtype)
        if wide.shape != actual.shape or not np.allclose(
            actual, wide, rtol=relative, atol=absolute, equal_nan=True
        ):
            return False
    return True


@pytest.mark.parametrize("version", SETS)
def test_every_case_conforms(version: str) -> None:
    """All cases of a version, plain and expanded, give the outputs expected."""
    load, plain = SETS[version]
    cases = load()

    assert len(cases) == 2 * plain
    assert sum("_expanded" in case.name for case in cases) == plain
    assert [case.name for case in cases if not conforms(case, run(case))] == []


CATCHES = {
    "heads tiled": (13, 16),
    "scale ignored": (6, 6),
    "causal top-left for bottom-right": (2, 14),
    "causal bottom-right for top-left": (8, 16),
    "not causal": (10, 28),
    "mask inverted": (2, 11),
    "softcap after mask": (4, 5),
    "NaN on masked rows": (0, 8),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_caught(fault: str) -> None:
    """The cases can fail: this many plain ones of 1.22.0 and of 1.23.2 catch each fault."""
    caught = tuple(
        sum(
            not conforms(case, run(case, FAULTS[fault]))
            for case in load()
            if "_expanded" not in case.name
        )
        for load in (stored_cases, generated_cases)
    )

    assert caught == CATCHES[fault]

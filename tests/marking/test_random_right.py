"""Right answers are never accused: ten thousand right sheets, however they are written."""

from __future__ import annotations

import random

import pytest

from limelight.marking.check import check
from limelight.marking.marks import Verdict
from tests.marking.sheets import right_sheet

SHEETS = 10_000
PARTS = 20


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_right_sheet_is_accused(part: int) -> None:
    """Of random kinds, sizes, notations, digits, orientations and recipes: none is wrong."""
    rng = random.Random(part)  # noqa: S311 - exercises, no secrets
    accused = []
    for index in range(SHEETS // PARTS):
        sheet = right_sheet(rng, seed=part * SHEETS + index)
        marks = check(sheet.written, sheet.exercise)
        if any(step.verdict is not Verdict.RIGHT for step in marks.steps):
            accused.append((index, sheet.how, str(marks)))

    assert accused == []


def test_a_wrong_cell_is_accused() -> None:
    """The test above can fail: one cell in a hundred sheets is changed, and each is found."""
    rng = random.Random(7)  # noqa: S311
    for index in range(100):
        sheet = right_sheet(rng, seed=index)
        name = rng.choice([*sheet.written])
        row = rng.choice(sheet.written[name])
        row[rng.randrange(len(row))] = "977"

        assert check(sheet.written, sheet.exercise).first_wrong is not None, sheet.how

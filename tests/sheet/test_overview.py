"""The sheet of anything that shows itself."""

from __future__ import annotations

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.mechanism.compare import compare
from limelight.sheet.comparison import lay_out_comparison
from limelight.sheet.overview import sheet_of
from tests.sheet.looking import COLUMNS, NAMES, blocks_of, grids_of, trace_of


@pytest.mark.parametrize("name", NAMES)
def test_a_trace_shows_every_step(name: str) -> None:
    """The sheet of a trace has a block for every step."""
    trace = trace_of(name)

    assert list(blocks_of(sheet_of(trace))) == [step.name for step in trace.plan.steps]


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_shows_what_is_given(name: str) -> None:
    """The sheet of an exercise has its inputs, what it is about and its source, no step."""
    exercise = gallery(name)
    sheet = sheet_of(exercise)
    given = [given.name for given in exercise.plan.inputs]

    assert [grid.caption for grid in grids_of(sheet)] == given
    assert [section.title for section in sheet.sections] == ["Given"]
    assert sheet.about == exercise.about
    assert sheet.facts[-1].text == exercise.source


@pytest.mark.parametrize("name", NAMES)
def test_a_step_shows_its_block(name: str) -> None:
    """The sheet of a step has the block of the whole trace; that of an input its grid."""
    trace = trace_of(name)
    blocks = blocks_of(COLUMNS.trace(trace))
    for worked in (trace[step] for step in trace):
        sheet = sheet_of(worked)

        assert sheet.title == worked.name
        if worked.step is None:
            assert [grid.caption for grid in grids_of(sheet)] == [worked.name]
        else:
            assert blocks_of(sheet) == {worked.name: blocks[worked.name]}


def test_a_comparison_shows_what_differs() -> None:
    """The sheet of a comparison is the one that the command line shows."""
    comparison = compare(trace_of("softmax"), trace_of("softmax", "exact"))

    assert sheet_of(comparison) == lay_out_comparison(comparison, COLUMNS)


def test_a_trace_of_an_exercise_without_a_title_has_its_name() -> None:
    """Where there is no title, the name stands above the sheet."""
    exercise = gallery("softmax")
    nameless = type(exercise)(kind="softmax", inputs=exercise.inputs, name="mine")

    assert sheet_of(work(nameless)).title == "mine"


def test_anything_else_is_refused() -> None:
    """An object that is none of these has no sheet."""
    with pytest.raises(TypeError, match="int"):
        sheet_of(1)

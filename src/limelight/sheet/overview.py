"""The sheet of anything that shows itself: a trace, a step, an exercise, a comparison."""

from __future__ import annotations

from functools import singledispatch

from limelight.exercises.exercise import Exercise
from limelight.exercises.exercise import work as work_exercise
from limelight.mechanism.compare import Comparison
from limelight.mechanism.trace import Trace, Worked
from limelight.sheet.comparison import lay_out_comparison
from limelight.sheet.layout import Layout, given_section
from limelight.sheet.model import Section, Sheet

_LAYOUT = Layout()


@singledispatch
def sheet_of(shown: object) -> Sheet:
    """Return the sheet of an object."""
    raise TypeError(type(shown).__name__)


@sheet_of.register
def _(shown: Trace) -> Sheet:
    return _LAYOUT.trace(shown)


@sheet_of.register
def _(shown: Worked) -> Sheet:
    if shown.step is None:
        return Sheet(title=shown.name, sections=(given_section((_LAYOUT.grid(shown),)),))
    section = Section(title=shown.step.stage.title, blocks=(_LAYOUT.block(shown),))
    return Sheet(title=shown.name, sections=(section,))


@sheet_of.register
def _(shown: Exercise) -> Sheet:
    trace = work_exercise(shown)
    grids = tuple(_LAYOUT.grid(trace[given.name]) for given in trace.plan.inputs)
    return _LAYOUT.sheet(trace, (given_section(grids),), about=shown.about, source=shown.source)


@sheet_of.register
def _(shown: Comparison) -> Sheet:
    return lay_out_comparison(shown, _LAYOUT)

"""Read answers by one convention: what is right, what follows from earlier values, what not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import NumberError
from limelight.exercises.exercise import work
from limelight.marking.answers import fits, is_blank, turned
from limelight.marking.intervals import INTERVALS, Between
from limelight.marking.marks import Verdict
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.operations.operation import Misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from limelight.exercises.exercise import Exercise
    from limelight.marking.answers import Answers, Filled
    from limelight.marking.entry import Entry
    from limelight.mechanism.orientation import Orientation
    from limelight.mechanism.plan import Step
    from limelight.mechanism.recipe import Recipe
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number


class Convention(NamedTuple):
    """A way to work an exercise.

    Attributes:
        recipe: Its rules.
        orientation: Tokens as columns or as rows.
        says: How it differs from what the exercise asks for.
    """

    recipe: Recipe
    orientation: Orientation
    says: tuple[str, ...] = ()


class StepReading(NamedTuple):
    """One step, compared.

    Attributes:
        step: The step.
        filled: What was written, in the orientation that is worked; () where nothing was, or
            where its shape does not fit.
        follows: What follows from the person's own earlier values.
        own: The person's own values from here on: what was written, or what follows.
        cells: A verdict for each cell.
        misfit: What was written where its shape does not fit, else ().
    """

    step: Step
    filled: Filled
    follows: Between
    own: Between
    cells: tuple[tuple[Verdict, ...], ...]
    misfit: Filled = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its cells; MISSING where nothing was written."""
        if self.misfit:
            return Verdict.WRONG
        found = {verdict for row in self.cells for verdict in row}
        return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.MISSING)


_WORST_FIRST = (Verdict.WRONG, Verdict.MISSING, Verdict.CARRIED, Verdict.RIGHT)


class Reading(NamedTuple):
    """Answers, read by one convention.

    Attributes:
        convention: The way to work the exercise.
        trace: The exercise, worked that way.
        steps: What was found, by name.
    """

    convention: Convention
    trace: Trace
    steps: Mapping[str, StepReading]

    @classmethod
    def of(cls, exercise: Exercise, convention: Convention, answers: Answers) -> Reading:
        """Work the exercise by the convention and compare every step."""
        trace = work(exercise, convention.recipe)
        steps: dict[str, StepReading] = {}
        for worked in trace.steps:
            filled = answers.filled.get(worked.name, ())
            if filled and convention.orientation.is_turned:
                filled = turned(filled)
            if worked.step is not None:
                steps[worked.name] = _read(worked.step, filled, trace, steps)
        return cls(convention, trace, steps)

    @property
    def wrong(self) -> int:
        """How many steps are wrong."""
        return sum(step.verdict is Verdict.WRONG for step in self.steps.values())

    def own(self) -> dict[str, Between]:
        """Return the person's own values of inputs and steps, by name."""
        values = {
            name: Between.exactly(worked.matrix)
            for name, worked in self.trace.matrices.items()
            if worked.step is None
        }
        return values | {name: step.own for name, step in self.steps.items()}


def _read(
    step: Step, filled: Filled, trace: Trace, before: Mapping[str, StepReading]
) -> StepReading:
    true = trace[step.name].matrix
    follows = _following(step, trace, before)
    if not filled or is_blank(filled):
        return StepReading(step, (), follows, follows, ())
    # A mistake may have changed the shape: what follows from it has that shape, too.
    fitting = [values for values in (Between.exactly(true), follows) if fits(filled, values.shape)]
    if not fitting:
        cells = tuple(tuple(_unfit(entry) for entry in row) for row in filled)
        return StepReading(step, (), follows, _as_it_is(filled, follows), cells, misfit=filled)
    is_sound = all(_is_sound(name, before) for name in step.operands)
    otherwise = Verdict.RIGHT if is_sound else Verdict.CARRIED
    verdicts = [Verdict.RIGHT if values.low is true else otherwise for values in fitting]
    cells = tuple(
        tuple(
            _verdict(entry, (row, column), zip(fitting, verdicts, strict=True))
            for column, entry in enumerate(entries)
        )
        for row, entries in enumerate(filled)
    )
    return StepReading(step, filled, follows, _own(filled, fitting[-1]), cells)


def _as_it_is(filled: Filled, follows: Between) -> Between:
    """Go on with a matrix of another shape, if it has a number in every cell."""
    if any(entry.number is None for row in filled for entry in row):
        return follows
    return _own(filled, follows)


def _following(step: Step, trace: Trace, before: Mapping[str, StepReading]) -> Between:
    """Work a step from the person's own values; where that cannot be done, take the true ones."""
    operands = [
        before[name].own if name in before else Between.exactly(trace[name].matrix)
        for name in step.operands
    ]
    try:
        step.operation.shape(*(operand.shape for operand in operands))
        return step.operation.compute(INTERVALS, *operands)
    except (NumberError, Misfit, OverflowError):
        return Between.exactly(trace[step.name].matrix)


def _is_sound(name: str, before: Mapping[str, StepReading]) -> bool:
    """Tell whether nothing wrong has gone into a step: what was rounded is not wrong."""
    if name not in before:
        return True
    reading = before[name]
    if any(
        verdict in {Verdict.WRONG, Verdict.CARRIED} for row in reading.cells for verdict in row
    ):
        return False
    return bool(reading.cells) or all(
        _is_sound(earlier, before) for earlier in reading.step.operands
    )


def _verdict(
    entry: Entry, at: tuple[int, int], readings: Iterable[tuple[Between, Verdict]]
) -> Verdict:
    """Return the verdict of the first values that an entry can stand for."""
    if entry.is_blank:
        return Verdict.MISSING
    for values, verdict in readings:
        if entry.stands_for(values.low[at], values.high[at]):
            return verdict
    return Verdict.WRONG


def _unfit(entry: Entry) -> Verdict:
    return Verdict.MISSING if entry.is_blank else Verdict.WRONG


def _own(filled: Filled, follows: Between) -> Between:
    """Return the person's own values; where a cell has no number, what follows."""
    low, high = [], []
    for row, entries in enumerate(filled):
        ends = [_ends(entry, follows, (row, column)) for column, entry in enumerate(entries)]
        low.append(tuple(least for least, _ in ends))
        high.append(tuple(most for _, most in ends))
    lowest, highest = Matrix(tuple(low)), Matrix(tuple(high))
    return Between.exactly(lowest) if lowest == highest else Between(lowest, highest)


def _ends(entry: Entry, follows: Between, at: tuple[int, int]) -> tuple[Number, Number]:
    if entry.number is None:
        return follows.low[at], follows.high[at]
    if not entry.slack:
        return entry.number, entry.number
    return entry.number - entry.slack, entry.number + entry.slack

"""Mark a sheet: every step against the true values and against one's own earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.marking.answers import Answers, as_answers, shape_of
from limelight.marking.diagnosis import Diagnosis
from limelight.marking.marks import Marks, StepMark, Verdict
from limelight.marking.reading import Convention, Reading
from limelight.marking.scheme import Scheme, is_trivial
from limelight.mechanism.operations.softmax import Raise, Scale
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.exercises.exercise import Exercise
    from limelight.marking.reading import StepReading

_SCHEME = Scheme()


def check(
    answers: Answers | Mapping[str, object],
    exercise: Exercise | None = None,
    *,
    scheme: Scheme = _SCHEME,
) -> Marks:
    """Mark what somebody worked, and name the first wrong step and what causes it.

    Args:
        answers: What `read_answers` returned, or nested lists by the names of steps: numbers,
            text such as "27/46", or None for a cell that was left empty.
        exercise: What was to be worked; may be left out where the answers carry it.
        scheme: How points are given: one for each step unless said otherwise.

    Returns:
        Marks, with a verdict for each cell. A decimal is right where the true value rounds to
        it; a whole number and a fraction are meant exactly.

    Raises:
        ShapeError: The answers are no matrices by name.
        FileError: There is no exercise to check them against.

    >>> from limelight import gallery
    >>> marks = check({"S": [[3, 2, 2, 1], [4, 3, 1, 5], [-1, -1, -2, 1], [3, 2, 2, 1]],
    ...                "C": [[1, 1, 1, 0], [2, 1, 0, 2], [0, 0, -1, 0], [1, 1, 1, 0]]},
    ...               gallery("self-attention"))
    >>> marks.first_wrong.name, [cause.mistake for cause in marks.first_wrong.causes]
    ('C', ['L11'])
    """
    given = as_answers(answers)
    wanted = exercise or given.exercise
    if wanted is None:
        raise FileError(_NO_EXERCISE)
    return _marks(_likeliest(wanted, given), given, scheme)


def _likeliest(exercise: Exercise, answers: Answers) -> Reading:
    """Read by the exercise's own convention, or by another under which less is wrong."""
    best = Reading.of(exercise, Convention(exercise.recipe, Orientation.COLUMNS), answers)
    for convention in _other_conventions(exercise):
        if not best.wrong:
            break
        reading = Reading.of(exercise, convention, answers)
        best = reading if reading.wrong < best.wrong else best
    return best


def _other_conventions(exercise: Exercise) -> Iterator[Convention]:
    """Go through other ways to work an exercise."""
    own = exercise.recipe
    turned = ("tokens as rows",)
    yield Convention(own, Orientation.ROWS, turned)
    if {Scale.name, Raise.name} <= {step.operation.name for step in exercise.plan.steps}:
        # Where only one of the two shows, e for 3 is a mistake and no other recipe.
        other = BY_HAND if own.base == "e" else EXACT
        named = f"the recipe {other.name}"
        yield Convention(other, Orientation.COLUMNS, (named,))
        yield Convention(other, Orientation.ROWS, (*turned, named))


def _marks(reading: Reading, answers: Answers, scheme: Scheme) -> Marks:
    diagnosis = Diagnosis(reading)
    return Marks(
        answers=answers,
        trace=reading.trace,
        orientation=reading.convention.orientation,
        steps=tuple(_mark(step, reading, diagnosis, scheme) for step in reading.steps.values()),
        conventions=reading.convention.says,
        unknown=tuple(name for name in answers.filled if name not in reading.trace.matrices),
    )


def _mark(step: StepReading, reading: Reading, diagnosis: Diagnosis, scheme: Scheme) -> StepMark:
    name, orientation = step.step.name, reading.convention.orientation
    is_wrong = step.verdict is Verdict.WRONG
    causes = diagnosis.causes(name) if is_wrong else ()
    cells = step.cells
    return StepMark(
        name=name,
        verdict=step.verdict,
        cells=tuple(zip(*cells, strict=True)) if orientation.is_turned else cells,
        causes=causes,
        slips=diagnosis.slips(name) if is_wrong and not causes else (),
        remark=_remark(step, reading),
        points=scheme.earned(name, cells, is_trivial=_is_no_work(step, reading)),
        out_of=scheme.worth(name),
    )


def _is_no_work(step: StepReading, reading: Reading) -> bool:
    """Tell whether an earlier value was made trivial that ought not to be."""
    return any(
        is_trivial(reading.steps[name].own.low) and not is_trivial(reading.trace[name].matrix)
        for name in step.step.operands
        if name in reading.steps
    )


def _remark(step: StepReading, reading: Reading) -> str:
    name, orientation = step.step.name, reading.convention.orientation
    if step.misfit:
        rows, columns = shape_of(step.misfit)
        expected = orientation.matrix(reading.trace[name].matrix).shape
        got = (columns, rows) if orientation.is_turned else (rows, columns)
        return f"{name} must be {expected}: rows and columns; yours is {got}"
    unread = [entry.text for row in step.filled for entry in row if entry.problem]
    return f"cannot be read: {', '.join(map(repr, unread[:_MOST_QUOTED]))}" if unread else ""


_MOST_QUOTED = 3

_NO_EXERCISE = (
    "answers must be checked against an exercise; none was given.\n"
    "  A sheet carries its exercise, or an identity that stands for it.\n"
    "  Give the exercise: a name of the gallery, a file, or the identity on the sheet."
)

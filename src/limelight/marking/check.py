"""Mark a sheet: every step against the true values and against one's own earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.exercises.identity import read_identity
from limelight.marking.answers import Answers, as_answers, matches, shape_of, turned
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
        FileError: There is no exercise to check them against, or none of that identity.

    >>> from limelight import gallery
    >>> marks = check({"S": [[3, 2, 2, 1], [4, 3, 1, 5], [-1, -1, -2, 1], [3, 2, 2, 1]],
    ...                "C": [[1, 1, 1, 0], [2, 1, 0, 2], [0, 0, -1, 0], [1, 1, 1, 0]]},
    ...               gallery("self-attention"))
    >>> marks.first_wrong.name, [cause.mistake for cause in marks.first_wrong.causes]
    ('C', ['L11'])
    """
    given = as_answers(answers)
    wanted = exercise or given.exercise or _by_identity(given.identity)
    return _marks(_likeliest(wanted, given), given, scheme)


def _by_identity(identity: str) -> Exercise:
    if not identity:
        raise FileError(_NO_EXERCISE)
    return read_identity(identity)


def _likeliest(exercise: Exercise, answers: Answers) -> Reading:
    """Read by the exercise's own convention, or by another under which less is wrong."""
    best = Reading.of(exercise, Convention(exercise.recipe, Orientation.COLUMNS), answers)
    if best.wrong:
        for convention in _other_conventions(best, answers):
            reading = Reading.of(exercise, convention, answers)
            best = reading if reading.wrong < best.wrong else best
    return best


def _other_conventions(reading: Reading, answers: Answers) -> Iterator[Convention]:
    """Go through other ways to work an exercise that the answers may speak for."""
    own = reading.trace.recipe
    is_turned = _looks_turned(reading, answers)
    if is_turned:
        yield Convention(own, Orientation.ROWS, (TURNED,))
    if is_turned or _breaks_rules(reading):
        other = BY_HAND if own.base == "e" else EXACT
        named = f"the recipe {other.name}"
        yield Convention(other, Orientation.COLUMNS, (named,))
        yield Convention(other, Orientation.ROWS, (TURNED, named))


TURNED = "tokens as rows"


def _looks_turned(reading: Reading, answers: Answers) -> bool:
    """Tell whether more of the answers are right when they are transposed, or fit only then."""
    as_is = transposed = 0
    for worked in reading.trace.steps:
        filled = answers.filled.get(worked.name)
        if filled:
            as_is += matches(filled, worked.matrix)
            transposed += matches(turned(filled), worked.matrix)
    return transposed > as_is


def _breaks_rules(reading: Reading) -> bool:
    """Tell whether no step that a recipe decides was worked by the exercise's own.

    An exercise that shows only one of scaling and raising cannot tell another recipe from a
    mistake such as e for 3.
    """
    decided = {Scale.name, Raise.name}
    steps = [step for step in reading.steps.values() if step.step.operation.name in decided]
    return len({step.step.operation.name for step in steps}) == len(decided) and all(
        step.verdict in {Verdict.WRONG, Verdict.MISSING} for step in steps
    )


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
        expected=orientation.matrix(step.follows.low).rows,
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

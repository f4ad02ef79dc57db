"""Mark a sheet: every step against the true values and against one's own earlier ones."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from limelight.errors import LONGEST_QUOTE, FileError, ShapeError
from limelight.exercises.identity import identity_of, is_identity_of, read_identity
from limelight.marking.answers import Answers, as_answers, matches, shape_of, turned
from limelight.marking.diagnosis import Diagnosis
from limelight.marking.marks import Marks, StepMark, Verdict
from limelight.marking.read import read_answers
from limelight.marking.reading import Convention, Reading
from limelight.marking.scheme import Scheme, is_trivial
from limelight.mechanism.operations.softmax import Raise, Scale
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from limelight.exercises.exercise import Exercise
    from limelight.marking.reading import StepReading

MOST_EFFORT = 500_000
"""The most multiplications that an exercise may take that comes with somebody's answers."""

_SCHEME = Scheme()


def check(
    answers: Answers | Mapping[str, object] | str | os.PathLike[str],
    exercise: Exercise | None = None,
    *,
    scheme: Scheme = _SCHEME,
) -> Marks:
    """Mark what somebody worked, and name the first wrong step and what causes it.

    Args:
        answers: The path of a file: a workbook, JSON or a table. Or nested lists by the names of
            steps: numbers, text such as "27/46", or None for a cell that was left empty. Or what
            `read_answers` returned.
        exercise: What was to be worked; may be left out where the answers carry it.
        scheme: How points are given: one for each step unless said otherwise.

    Returns:
        Marks, with a verdict for each cell. A decimal is right where the true value rounds to
        it; a whole number and a fraction are meant exactly.

    Raises:
        ShapeError: The answers are no matrices by name.
        FileError: A file cannot be read, or there is no exercise to check it against.
        IdentityError: The identity that came with the answers leads to no exercise.

    >>> from limelight import gallery
    >>> marks = check({"S": [[3, 2, 2, 1], [4, 3, 1, 5], [-1, -1, -2, 1], [3, 2, 2, 1]],
    ...                "C": [[1, 1, 1, 0], [2, 1, 0, 2], [0, 0, -1, 0], [1, 1, 1, 0]]},
    ...               gallery("self-attention"))
    >>> marks.first_wrong.name, [cause.mistake for cause in marks.first_wrong.causes]
    ('C', ['L11'])
    """
    given = read_answers(answers) if isinstance(answers, str | PathLike) else as_answers(answers)
    wanted = wanted_exercise(given, exercise)
    return _marks(_likeliest(wanted, given), given, scheme)


def wanted_exercise(answers: Answers, given: Exercise | None = None) -> Exercise:
    """Return the exercise to check answers against: what is given, or what came with them.

    Raises:
        FileError: There is none, or it is not the one that the answers' identity stands for.
        IdentityError: The identity leads to no exercise.
        ShapeError: What came with the answers is too large to have been worked by a person.
    """
    if given is None:
        return _carried(answers)
    if answers.identity and not is_identity_of(answers.identity, given):
        msg = (
            "answers must be of the exercise that they are checked against.\n"
            f"  They are of {_short(answers.identity)}, which is not {identity_of(given)}.\n"
            "  Give the exercise of the sheet, or none where the sheet carries it."
        )
        raise FileError(msg)
    return given


def _short(identity: str) -> str:
    return identity if identity.isprintable() and len(identity) <= LONGEST_QUOTE else "another one"


def _carried(answers: Answers) -> Exercise:
    exercise, identity = answers.exercise, answers.identity
    if exercise is None:
        if not identity:
            raise FileError(_NO_EXERCISE)
        exercise = read_identity(identity)
    elif identity and not is_identity_of(identity, exercise):
        raise FileError(_CHANGED)
    if (effort := _effort(exercise)) > MOST_EFFORT:
        msg = (
            f"an exercise that comes with answers must take at most {MOST_EFFORT:,} "
            f"multiplications; this one takes {effort:,}.\n"
            f"  {exercise.title or exercise.name}: a person would not have worked it.\n"
            "  Give the exercise yourself; then any size is marked."
        )
        raise ShapeError(msg)
    return exercise


def _effort(exercise: Exercise) -> int:
    """Count the multiplications of its products; strangers may send one of any size."""
    plan = exercise.plan
    shapes = plan.shapes(exercise.inputs)
    return sum(
        shapes[step.name].rows * shapes[step.name].columns * shapes[step.operands[0]].columns
        for step in plan.steps
    )


def _likeliest(exercise: Exercise, answers: Answers) -> Reading:
    """Read by the sheet's own convention, or by another under which less is wrong."""
    orientation = answers.orientation or Orientation.COLUMNS
    best = Reading.of(exercise, Convention(exercise.recipe, orientation), answers)
    if best.wrong:
        for convention in _other_conventions(best, answers):
            reading = Reading.of(exercise, convention, answers)
            best = reading if reading.wrong < best.wrong else best
    return best


def _other_conventions(reading: Reading, answers: Answers) -> Iterator[Convention]:
    """Go through other ways to work an exercise that the answers may speak for."""
    own, orientation = reading.trace.recipe, reading.convention.orientation
    other_way, turned_how = (
        (Orientation.COLUMNS, STRAIGHT) if orientation.is_turned else (Orientation.ROWS, TURNED)
    )
    is_turned = _looks_turned(reading, answers)
    if is_turned:
        yield Convention(own, other_way, (turned_how,))
    if is_turned or _breaks_rules(reading):
        other = BY_HAND if own.base == "e" else EXACT
        named = f"the recipe {other.name}"
        yield Convention(other, orientation, (named,))
        yield Convention(other, other_way, (turned_how, named))


TURNED, STRAIGHT = "tokens as rows", "tokens as columns"


def _looks_turned(reading: Reading, answers: Answers) -> bool:
    """Tell whether more of the answers are right when they are transposed, or fit only then."""
    as_is = transposed = 0
    for worked in reading.trace.steps:
        filled = answers.filled.get(worked.name)
        if filled:
            shown = reading.convention.orientation.matrix(worked.matrix)
            as_is += matches(filled, shown)
            transposed += matches(turned(filled), shown)
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
        expected=orientation.matrix(step.follows.shown).rows,
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

_CHANGED = (
    "the exercise that comes with the answers must be the one that its identity stands for.\n"
    "  It is another: somebody has changed it, or the identity was copied from another sheet.\n"
    "  Give the exercise yourself: a name of the gallery, a file, or the identity on the sheet."
)

_NO_EXERCISE = (
    "answers must be checked against an exercise; none was given.\n"
    "  A sheet carries its exercise, or an identity that stands for it.\n"
    "  Give the exercise: a name of the gallery, a file, or the identity on the sheet."
)

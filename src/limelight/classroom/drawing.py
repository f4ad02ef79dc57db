"""One file of a class set, from its exercises to its bytes; what each process of a crew does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from limelight.exercises.generate import reveals
from limelight.exercises.identity import identity_of
from limelight.render.formats import format_named
from limelight.sheet.by_hand import Imprint, lay_out_by_hand
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from limelight.classroom.class_set import ClassSet, Piece
    from limelight.exercises.exercise import Exercise
    from limelight.sheet.worksheet import Worksheet


class Task(NamedTuple):
    """A file to be drawn, and the exercises that are in it."""

    piece: Piece
    exercises: tuple[Exercise, ...]


class Drawn(NamedTuple):
    """What a file is to hold, and what the manifest says of the sheets that are in it."""

    content: bytes
    sheets: tuple[dict[str, Any], ...]


def draw(class_set: ClassSet, task: Task) -> Drawn:
    """Draw a file.

    Raises:
        LimelightError: It cannot be drawn.
    """
    piece, exercises = task
    numbered = list(enumerate(exercises, piece.first))
    form = format_named(class_set.format)
    is_key = piece.is_key and not form.is_quiz
    worksheets = [_worksheet(class_set, number, each, is_key=is_key) for number, each in numbered]
    sheets = () if is_key else tuple(_entry(class_set, piece, *each) for each in numbered)
    return Drawn(form.draw(worksheets, class_set.look), sheets)


def _worksheet(class_set: ClassSet, number: int, exercise: Exercise, *, is_key: bool) -> Worksheet:
    template = class_set.template
    if is_key:
        template = template._replace(purpose=Purpose.KEY, blank=None)
    imprint = Imprint(
        identity=identity_of(exercise),
        seed=str(class_set.seed),
        number=f"{number} of {class_set.sheets}",
    )
    return lay_out_by_hand(exercise, template, imprint)


def _entry(class_set: ClassSet, piece: Piece, number: int, exercise: Exercise) -> dict[str, Any]:
    return {
        "number": number,
        "file": piece.file,
        "key": piece.key,
        "identity": identity_of(exercise),
        "seed": class_set.seed,
        "reveals": reveals(exercise),
    }

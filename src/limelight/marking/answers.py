"""Answers: what somebody handed in, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from limelight.errors import ShapeError
from limelight.marking.entry import Entry, read_entry
from limelight.mechanism.matrix import as_lists

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.matrix import Matrix, Shape
    from limelight.mechanism.orientation import Orientation

Filled: TypeAlias = tuple[tuple[Entry, ...], ...]
"""The entries of one matrix, row by row; never ragged."""

MOST_ENTRIES = 50_000
"""The most entries that are read."""


class Answers(NamedTuple):
    """What somebody handed in.

    Attributes:
        filled: Entries by the name of the input or step.
        name: What it is called in a report: a file, a person.
        identity: The sheet's identity, or "".
        exercise: The exercise that came with it, or None.
        orientation: Which way tokens run, where the sheet says it.
    """

    filled: Mapping[str, Filled]
    name: str = "answers"
    identity: str = ""
    exercise: Exercise | None = None
    orientation: Orientation | None = None


def as_answers(given: object) -> Answers:
    """Take answers as they were read, or as nested lists by the names of steps.

    Raises:
        ShapeError: It is neither, or there are more than `MOST_ENTRIES` entries.

    >>> as_answers({"S": [[1, "1/2"]]}).filled["S"][0][1].number
    Fraction(1, 2)
    """
    if isinstance(given, Answers):
        return given
    if not isinstance(given, Mapping):
        msg = (
            f"answers must be matrices by the names of steps; got a {type(given).__name__}.\n"
            "  Each is a list of rows of numbers, fractions or None for a cell left empty.\n"
            '  Write {"S": [[3, 2], [4, "1/2"]], …}, or read a file with read_answers.'
        )
        raise ShapeError(msg)
    filled: dict[str, Filled] = {}
    room = MOST_ENTRIES
    for name, rows in given.items():
        entries = filled_matrix(rows, _shown(name), room)
        if entries:
            filled[str(name)] = entries
            room -= len(entries) * len(entries[0])
    return Answers(filled)


def _shown(name: object) -> str:
    """Name a matrix in a message."""
    text = str(name)
    return (
        text if len(text) <= _LONGEST_NAME and text.isprintable() else repr(text[:_LONGEST_NAME])
    )


_LONGEST_NAME = 20


def filled_matrix(rows: object, name: str, room: int = MOST_ENTRIES) -> Filled:
    """Read the entries of one matrix; short rows are filled up with empty cells.

    Raises:
        ShapeError: It is no list of rows, or has more than *room* entries.
    """
    lists = as_lists(rows)
    if not isinstance(lists, list) or not all(isinstance(row, list) for row in lists):
        msg = (
            f"{name} must be a list of rows, each a list of entries; "
            f"got {type(rows).__name__}.\n"
            '  An entry is a number, text such as "27/46", or nothing.\n'
            "  Write one list for each row."
        )
        raise ShapeError(msg)
    width = max(map(len, lists), default=0)
    if max(width, 1) * len(lists) > room:
        msg = (
            f"answers must have at most {MOST_ENTRIES:,} entries; with {name} they have more.\n"
            "  A sheet is meant to be worked by people.\n"
            "  Check that it is the right file."
        )
        raise ShapeError(msg)
    read = [tuple(map(read_entry, row)) + (Entry(),) * (width - len(row)) for row in lists]
    return tuple(read) if width else ()


def shape_of(filled: Filled) -> tuple[int, int]:
    """Return (rows, columns)."""
    return len(filled), len(filled[0])


def turned(filled: Filled) -> Filled:
    """Return the transpose."""
    return tuple(zip(*filled, strict=True))


def fits(filled: Filled, shape: Shape) -> bool:
    """Tell whether the entries have the shape that a matrix ought to have."""
    return shape_of(filled) == tuple(shape)


def matches(filled: Filled, matrix: Matrix) -> int:
    """Count the entries that can stand for the number in their place."""
    if not fits(filled, matrix.shape):
        return 0
    pairs = zip(filled, matrix.rows, strict=True)
    return sum(
        entry.stands_for(number, number)
        for entries, numbers in pairs
        for entry, number in zip(entries, numbers, strict=True)
    )


def is_blank(filled: Filled) -> bool:
    """Tell whether nothing was written in any cell."""
    return all(entry.is_blank for row in filled for entry in row)

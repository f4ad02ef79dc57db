"""Answers from a workbook that somebody filled in, or that a program saved again.

What the hidden sheet `limelight` says is described in render/xlsx/record.py. Only values are
read: a formula is never worked, and no other file is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.exercises.document import parse_exercise
from limelight.marking.answers import MOST_ENTRIES, Answers, as_answers
from limelight.marking.workbook_cells import Range, Workbook
from limelight.marking.workbook_parts import Parts
from limelight.mechanism.orientation import Orientation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.exercises.exercise import Exercise
    from limelight.marking.workbook_cells import Cells

RECORD = "limelight"
FORMAT = "limelight-workbook-1"
_STEP = "step_"
_LONGEST_EXERCISE = 2_000_000


def parse_workbook(content: bytes, origin: str) -> Answers:
    """Read answers from the bytes of an .xlsx file.

    Args:
        content: The file.
        origin: What to call it in an error.

    Raises:
        FileError: It is no workbook, is beyond a limit, or was not made by Limelight.
    """
    parts = Parts(content, origin)
    book = Workbook(parts)
    about, table = _record(book)
    if about.get("format", FORMAT) != FORMAT:
        raise parts.refused(f"its format is {about['format'][:40]!r}, not {FORMAT}")
    ranges = _ranges(book, table)
    if not ranges:
        raise parts.refused("no cells in it have the name of a step, such as step_S")
    if sum(each.rows * each.columns for each in ranges.values()) > MOST_ENTRIES:
        raise parts.refused(f"its steps have more than {MOST_ENTRIES:,} cells")
    filled = {name: _texts(book.cells(each.sheet), each) for name, each in ranges.items()}
    return as_answers(filled)._replace(
        name=origin,
        identity=about.get("identity", "")[:200],
        exercise=_exercise(about.get("exercise", ""), origin),
        orientation=_orientation(about.get("orientation")),
    )


def _record(book: Workbook) -> tuple[dict[str, str], list[list[str]]]:
    """Return the named values of the hidden sheet, and the table below them."""
    lines: dict[int, dict[int, str]] = {}
    for (row, column), text in book.cells(RECORD).items():
        lines.setdefault(row, {})[column] = text
    rows = [[text for _, text in sorted(line.items())] for _, line in sorted(lines.items())]
    heading = next((at for at, row in enumerate(rows) if row[0] == "matrix"), len(rows))
    return {name: "".join(rest) for name, *rest in rows[:heading]}, rows[heading + 1 :]


def _ranges(book: Workbook, table: list[list[str]]) -> dict[str, Range]:
    """Find the cells of each step: by the workbook's names, which follow cells that move."""
    listed = dict(_listed(table))
    for name, text in book.names.items():
        found = Range.read(text)
        if name.startswith(_STEP) and found is not None and found.sheet in book.sheets:
            listed[name.removeprefix(_STEP)] = found
    return listed


def _listed(table: list[list[str]]) -> Iterator[tuple[str, Range]]:
    for row in table:
        match row:
            case [name, "step", sheet, cells]:
                found = Range.read(cells, sheet)
                if found is not None:
                    yield name, found
            case _:
                continue


def _texts(cells: Cells, place: Range) -> list[list[str]]:
    """Return the first line of each cell: a key shows a decimal below a fraction."""
    (top, left), (bottom, right) = place.first, place.last
    return [
        [cells.get((row, column), "").strip().split("\n")[0] for column in range(left, right + 1)]
        for row in range(top, bottom + 1)
    ]


def _exercise(text: str, origin: str) -> Exercise | None:
    if not text:
        return None
    if len(text) > _LONGEST_EXERCISE:
        msg = (
            f"{origin} must carry an exercise of at most {_LONGEST_EXERCISE:,} characters; "
            f"it has {len(text):,}.\n"
            "  It stands on the hidden sheet of the workbook.\n"
            "  Give the exercise with --exercise, and use a workbook as it was handed out."
        )
        raise FileError(msg)
    return parse_exercise(text, origin)


def _orientation(given: str | None) -> Orientation | None:
    return next((each for each in Orientation if each.value == given), None)

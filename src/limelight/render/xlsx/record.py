"""What a workbook carries along, on a hidden sheet, so that answers can be found again.

The format, limelight-workbook-1. The sheet `limelight` has rows of a name and a value:

    format       limelight-workbook-1
    workbook     to fill, or live
    purpose      blank, hints or key
    identity     a short text from which the exercise can be found again
    seed         what it was made from
    number       which sheet of a set
    orientation  columns, or rows where every matrix is transposed
    exercise     the exercise file (docs/FORMAT.md), ASCII, cut into cells of at most 30,000
                 characters that follow each other in the row

then an empty row, the heading `matrix, role, sheet, range`, and a row for each matrix: its name,
`input` or `step`, the sheet and the range of its own cells (not of copies), as shown. The range
has the name `input_X` or `step_Q1` in the workbook as well. A cell holds a number, or text: a
number ("0.587"), a fraction ("27/46"), "-∞" or "-inf"; where it was printed for the person, in a
key or a hint, the decimal may follow on a second line. Readers MUST take a number and its text
for the same, and MUST NOT rely on the order of the rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from limelight.render.lines import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.xlsx.drawing import Drawing
    from limelight.sheet.worksheet import Worksheet

FORMAT = "limelight-workbook-1"
SHEET = "Worksheet"
RECORD = "limelight"

_MOST_CHARACTERS = 30_000
"""A cell of a spreadsheet holds 32,767."""


def record(worksheet: Worksheet, drawing: Drawing, kind: str) -> Iterator[tuple[str, ...]]:
    """Return the rows of the hidden sheet."""
    yield "format", FORMAT
    yield "workbook", kind
    yield "purpose", worksheet.purpose.value
    yield "identity", printable(worksheet.identity)
    yield "seed", printable(worksheet.seed)
    yield "number", printable(worksheet.number)
    yield "orientation", "rows" if worksheet.is_turned else "columns"
    yield "exercise", *_cells(worksheet.exercise)
    yield ()
    yield "matrix", "role", "sheet", "range"
    for name, spot in drawing.originals.items():
        role = "step" if spot.box.making else "input"
        yield name, role, SHEET, spot.place.fixed.replace("$", "")


def names(drawing: Drawing) -> Iterator[tuple[str, str]]:
    """Return the workbook's names and what each stands for."""
    for name, spot in drawing.originals.items():
        role = "step" if spot.box.making else "input"
        yield f"{role}_{name}", f"={SHEET}!{spot.place.fixed}"


def _cells(text: str) -> list[str]:
    """Cut a JSON text for cells: ASCII, and nothing that a spreadsheet reads as an escape."""
    # Excel reads _x0041_ in a text as the letter A.
    plain = json.dumps(json.loads(text)).replace("_x", "\\u005fx") if text else ""
    starts = range(0, len(plain), _MOST_CHARACTERS)
    return [plain[start : start + _MOST_CHARACTERS] for start in starts]

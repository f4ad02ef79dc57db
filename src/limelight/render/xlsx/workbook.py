"""A worksheet as a workbook: to be filled in, or live."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from limelight.errors import MissingExtraError
from limelight.render.lines import printable
from limelight.render.xlsx import paper, record
from limelight.render.xlsx.fill import fill_in
from limelight.render.xlsx.ink import Ink
from limelight.render.xlsx.live import work_live
from limelight.render.xlsx.pencil import draw
from limelight.render.xlsx.place import address
from limelight.render.xlsx.styles import FONT
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet as Cells

    from limelight.render.xlsx.drawing import Drawing, Spot
    from limelight.sheet.worksheet import Worksheet

TO_FILL, LIVE = "to fill", "live"

NAME_COLUMNS = 4
"""Columns to write a name in."""

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Always the same day, so that the same worksheet gives the same bytes."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_format_properties": {"font_name": FONT, "font_size": 10},
}

_HOW = {
    Purpose.BLANK: "Fill in the framed cells: a number, or a fraction such as 27/46.",
    Purpose.HINTS: "Fill in the framed cells; the first of each step is worked.",
    Purpose.KEY: "Key",
}
_HOW_LIVE = "Change the tinted cells: everything else is worked anew."


def workbook_to_fill(worksheet: Worksheet) -> bytes:
    """Make a workbook to fill in: blank, with hints, or the key, as the worksheet says.

    Only blank cells can be changed; they take numbers and fractions. What a person writes stays
    text, so that 9/46 becomes no date. `record` says how the answers are found again.

    Returns:
        The bytes of an .xlsx file; the same worksheet gives the same bytes.

    Raises:
        MissingExtraError: XlsxWriter is not installed.

    >>> from limelight import gallery
    >>> from limelight.sheet.by_hand import lay_out_by_hand
    >>> workbook_to_fill(lay_out_by_hand(gallery("softmax")))[:2]
    b'PK'
    """
    drawing = draw(worksheet, _HOW[worksheet.purpose])
    return _made(worksheet, drawing, TO_FILL, lambda spot, ink: fill_in(spot, drawing, ink))


def live_workbook(worksheet: Worksheet) -> bytes:
    """Make a workbook in which every worked cell is a formula.

    The inputs can be changed, and everything follows, by the recipe that the exercise was
    worked by. Cells hold the numbers of the exercise until then.

    Returns:
        The bytes of an .xlsx file; the same worksheet gives the same bytes.

    Raises:
        MissingExtraError: XlsxWriter is not installed.
        NumberError: A number is too large for float64, which spreadsheets work in.

    >>> from limelight import gallery
    >>> from limelight.sheet.by_hand import lay_out_by_hand
    >>> live_workbook(lay_out_by_hand(gallery("softmax")))[:2]
    b'PK'
    """
    drawing = draw(worksheet, _HOW_LIVE, is_live=True)
    return _made(worksheet, drawing, LIVE, lambda spot, ink: work_live(spot, drawing, ink))


def _made(
    worksheet: Worksheet, drawing: Drawing, kind: str, write: Callable[[Spot, Ink], None]
) -> bytes:
    """Write everything but the numbers of the boxes, which *write* knows how to."""
    file = io.BytesIO()
    with _opened(file) as book:
        book.set_properties({"title": printable(worksheet.title), "created": _MADE})
        cells = book.add_worksheet(record.SHEET)
        ink = Ink(book, cells)
        for row, height in drawing.heights.items():
            cells.set_row(row, height)
        cells.set_column(0, drawing.columns - 1, drawing.width)
        for text in drawing.texts:
            ink.words(text)
        if drawing.name_row is not None:
            ink.line((drawing.name_row, 1), NAME_COLUMNS, "answer")
        for spot in drawing.spots:
            _frame(spot, ink)
            write(spot, ink)
        if kind == LIVE:
            _show_decimals(worksheet.digits, drawing, book, cells)
        _set_up(worksheet, drawing, cells)
        _add_record(worksheet, drawing, kind, book)
    return file.getvalue()


def _opened(file: io.BytesIO) -> Workbook:
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra, imported where it is used
    except ImportError:
        raise MissingExtraError.of("xlsxwriter", "excel", "A workbook") from None
    return Workbook(file, deepcopy(_OPTIONS))  # or the second workbook would find them changed


def _frame(spot: Spot, ink: Ink) -> None:
    """Write the name in the corner, and the labels."""
    place = spot.place
    ink.text(place.shown(-1, -1), spot.name, "name")
    for row, label in enumerate(spot.row_labels):
        ink.text(place.shown(row, -1), label, "row label")
    for column, label in enumerate(spot.column_labels):
        ink.text(place.shown(-1, column), label, "column label")


def _show_decimals(digits: int, drawing: Drawing, book: Workbook, cells: Cells) -> None:
    """Show as many decimals as the sheet has, where there is room and something to see.

    Elsewhere a spreadsheet chooses by itself: 3 without decimals, 1.2E+19, 4E-07.
    """
    least, most = (f"1E{power}" for power in (-digits, drawing.width - digits - 2))
    cells.conditional_format(
        0,
        0,
        drawing.last_row,
        drawing.columns - 1,
        {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER(A1),ABS(A1)>={least},ABS(A1)<{most},A1<>INT(A1))",
            "format": book.add_format({"num_format": f"0.{'0' * digits}".rstrip(".")}),
        },
    )


def _set_up(worksheet: Worksheet, drawing: Drawing, cells: Cells) -> None:
    """Protect the sheet, and set how it looks on a screen and on paper."""
    last = drawing.last_row
    cells.protect()
    cells.hide_gridlines(2)
    cells.ignore_errors({"number_stored_as_text": f"A1:{address(last, drawing.columns - 1)}"})
    cells.set_paper(paper.A4)
    cells.set_margins(paper.ASIDE, paper.ASIDE, paper.ABOVE, paper.BELOW)
    if drawing.paper.lies:
        cells.set_landscape()
    cells.print_area(0, 0, last, drawing.columns - 1)
    cells.fit_to_pages(drawing.paper.across, 0)
    cells.set_h_pagebreaks(list(drawing.paper.breaks(drawing)))
    cells.set_header(paper.header(worksheet), {"margin": 0.2})
    cells.set_footer(paper.footer(worksheet), {"margin": 0.3})


def _add_record(worksheet: Worksheet, drawing: Drawing, kind: str, book: Workbook) -> None:
    """Add the hidden sheet and the names."""
    hidden = book.add_worksheet(record.RECORD)
    for row, values in enumerate(record.record(worksheet, drawing, kind)):
        for column, value in enumerate(values):
            hidden.write_string(row, column, value)
    hidden.hide()
    hidden.protect()
    for name, cells in record.names(drawing):
        book.define_name(name, cells)

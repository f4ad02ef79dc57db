"""Writes into the cells of a workbook; the only module that knows how XlsxWriter is called.

Every text is written as text: nothing that a stranger wrote becomes a formula or a link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limelight.render.xlsx.styles import STYLES

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet as Cells

    from limelight.render.written import Written
    from limelight.render.xlsx.drawing import Text
    from limelight.render.xlsx.place import At, Place


class Ink:
    """A sheet of a workbook, and styles that are made when they are first used.

    Args:
        workbook: Where the styles belong.
        cells: The sheet.
    """

    def __init__(self, workbook: Workbook, cells: Cells) -> None:  # noqa: D107 - see the class
        self._workbook = workbook
        self._cells = cells
        self._formats: dict[str, Format] = {}

    def number(self, at: At, number: float, style: str) -> None:
        """Write a number."""
        self._cells.write_number(*at, number, self._format(style))

    def text(self, at: At, text: str, style: str) -> None:
        """Write text, whatever it looks like."""
        self._cells.write_string(*at, text, self._format(style))

    def two_lines(self, at: At, lines: Written, style: str) -> None:
        """Write an exact number and, smaller and below it, the decimal."""
        pieces = f"{lines.text}\n", self._format("decimal"), lines.decimal
        self._cells.write_rich_string(*at, *pieces, self._format(f"{style}, two lines"))

    def blank(self, at: At, style: str) -> None:
        """Leave a cell empty, in its style."""
        self._cells.write_blank(*at, None, self._format(style))

    def formula(self, at: At, formula: str, style: str, *, value: float | str) -> None:
        """Write a formula and what it gives."""
        self._cells.write_formula(*at, formula, self._format(style), value)

    def array(
        self, place: Place, formula: str, style: str, *, values: list[list[float | str]]
    ) -> None:
        """Write one formula for several cells, and what it gives in each."""
        look, first = self._format(style), values[0][0]
        self._cells.write_array_formula(*place.first, *place.last, formula, look, first)
        for down, row in enumerate(values):
            for across, value in enumerate(row):
                if down or across:
                    self._cells.write_number(place.row + down, place.column + across, value, look)

    def accept(self, cells: str, formula: str, words: str) -> None:
        """Accept in these cells only what makes the formula true; else say the words."""
        self._cells.data_validation(
            cells,
            {
                "validate": "custom",
                "value": f"={formula}",
                "error_title": "A number, please",
                "error_message": words,
            },
        )

    def line(self, at: At, columns: int, style: str) -> None:
        """Leave several columns of a row empty, as one cell."""
        row, column = at
        self._cells.merge_range(row, column, row, column + columns - 1, "", self._format(style))

    def words(self, text: Text) -> None:
        """Write words across a region of a row, the strong ones first."""
        row, column = text.row, text.column
        # Strong words alone are the whole cell; with others they are a piece of it.
        more = {} if text.words or not text.strong else {"bold": True}
        look = self._format(text.style, **more, text_wrap=text.lines > 1)
        if text.lines > 1 and text.columns > 1:
            self._cells.merge_range(row, column, row, column + text.columns - 1, "", look)
        if text.strong and text.words:
            pieces: list[Any] = [self._format("strong"), text.strong]
            pieces += [self._format("plain"), f"  {text.words}"]
            self._cells.write_rich_string(row, column, *pieces, look)
        else:
            self._cells.write_string(row, column, text.strong or text.words, look)

    def _format(self, style: str, **more: object) -> Format:
        key = f"{style}{more}"
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(STYLES[style] | more)
        return self._formats[key]

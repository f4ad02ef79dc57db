"""Render a sheet as lines for a terminal, a file or an e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.plain import Plain, symbol_text
from limelight.render.lines import Box, Line, Span, beside, clipped, right, width_of
from limelight.render.prose import INDENT, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.model import Block, Grid, Section, Sheet

_GAP = 2
_BESIDE_ROW = 4
"""Columns that a row takes besides its label and numbers: a space, two brackets, one to spare."""


class Terminal(NamedTuple):
    """Draws a sheet.

    Attributes:
        sheet: What is drawn.
        width: Columns that no line is wider than.
        encoding: What the output is written in; letters that it has not are replaced before
            anything is measured, so that columns stay straight.
    """

    sheet: Sheet
    width: int = 80
    encoding: str = "utf-8"

    def lines(self) -> Iterator[Line]:
        """Draw the sheet, line by line."""
        yield from self._head()
        for section in self.sheet.sections:
            yield ()
            yield from self._section(section)
        if self.sheet.notes:
            yield ()
        for note in self.sheet.notes:
            yield from self._prose.lines(note, style="quiet")

    @property
    def writer(self) -> Plain:
        """How numbers and formulas are written."""
        return Plain(self.sheet.digits, self.sheet.fractions)

    @property
    def _prose(self) -> Prose:
        return Prose(self.width, self.encoding)

    def _head(self) -> Iterator[Line]:
        yield from self._prose.lines(self.sheet.title, style="title")
        if self.sheet.about:
            yield from self._prose.lines(self.sheet.about)
        yield from self._prose.facts(self.sheet.facts)

    def _section(self, section: Section) -> Iterator[Line]:
        yield from self._prose.heading(f"{section.number} {section.title}".strip())
        if section.purpose:
            yield from self._prose.lines(section.purpose, indent=INDENT, style="quiet")
        for block in section.blocks:
            yield ()
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Line]:
        statement = list(self._statement(block))
        yield from statement
        if block.grids and statement:
            yield ()
        if block.grids:
            yield from self._flow(block)
        if block.grids and block.equations:
            yield ()
        for equation in block.equations:
            yield from self._prose.lines(
                self.writer.equation(equation), indent=INDENT, hang=INDENT, style="sum"
            )

    def _statement(self, block: Block) -> Iterator[Line]:
        if block.formula is None:
            yield from self._prose.lines(block.saying, indent=INDENT)
            return
        yield from self._prose.statement(self.writer, block.formula, block.saying)

    def _flow(self, block: Block) -> Iterator[Line]:
        """Put grids and signs side by side, going on below where the line is full."""
        room = self._prose.room - INDENT
        row: list[tuple[str, Box]] = []
        used = 0
        for sign, grid in zip(("", *block.signs), block.grids, strict=True):
            for index, box in enumerate(self._boxes(grid, room - 2 * _GAP)):
                mark = "" if index else self._prose.clean(sign)
                needed = box.width + (width_of(mark) + _GAP if mark else 0)
                if row and used + _GAP + needed > room:
                    yield from _drawn(row)
                    yield ()
                    row, used = [], 0
                row.append((mark, box))
                used += needed + (_GAP if used else 0)
        yield from _drawn(row)

    def _boxes(self, grid: Grid, room: int) -> Iterator[Box]:
        """Draw a grid, in parts where it is wider than the line."""
        written = self._written(grid)
        room -= max(map(width_of, written.rows)) + _BESIDE_ROW
        widths = written.widths(room // 2)
        for part in _parts(widths, room):
            caption = clipped(self._caption(grid, part), room, self._prose.clean("…"))
            yield self._box(written, widths, part, caption)

    def _written(self, grid: Grid) -> _Written:
        prose = self._prose
        return _Written(
            rows=[prose.short(label) for label in grid.row_labels],
            columns=[prose.short(label) for label in grid.column_labels],
            numbers=[
                [prose.clean(self.writer.number(number)) for number in row] for row in grid.numbers
            ],
            style="result" if grid.is_result else "",
        )

    def _box(
        self, written: _Written, widths: list[int], part: tuple[int, int], caption: str
    ) -> Box:
        columns, clean = range(*part), self._prose.clean
        stub = max(map(width_of, written.rows))
        heads = " ".join(right(written.columns[at], widths[at]) for at in columns)
        lines: list[Line] = [
            (Span(" " * (stub + 2)), Span(caption, "symbol")),
            (Span(" " * (stub + 2)), Span(heads, "quiet")),
        ]
        for index, (label, row) in enumerate(zip(written.rows, written.numbers, strict=True)):
            opening, closing = map(clean, _bracket(index, len(written.rows)))
            body = " ".join(right(row[at], widths[at]) for at in columns)
            lines.append(
                (
                    Span(f"{right(label, stub)} {opening}", "quiet"),
                    Span(body, written.style),
                    Span(closing, "quiet"),
                )
            )
        return Box.of(lines)

    def _caption(self, grid: Grid, part: tuple[int, int]) -> str:
        name = symbol_text(grid.caption) if grid.is_named else grid.caption
        if grid.is_named and grid.is_result:
            name = f"{name} ({grid.row_axis} × {grid.column_axis})"
        first, last = part
        whole = last - first == len(grid.column_labels)
        return self._prose.clean(name if whole else f"{name}, columns {first + 1}–{last}")


class _Written(NamedTuple):
    """A grid as text, before it is measured."""

    rows: list[str]
    columns: list[str]
    numbers: list[list[str]]
    style: str

    def widths(self, roomy: int) -> list[int]:
        """Return the width of each column: all alike where that takes no more than *roomy*."""
        widths = [
            max(width_of(label), *(len(row[at]) for row in self.numbers))
            for at, label in enumerate(self.columns)
        ]
        even = [max(widths)] * len(widths)
        return even if sum(even) + len(even) - 1 <= roomy else widths


def _drawn(row: list[tuple[str, Box]]) -> Iterator[Line]:
    """Draw boxes beside each other, their middles and the signs on one line."""
    height = max(len(box.lines) for _, box in row)
    boxes = []
    for sign, box in row:
        if sign:
            lines: list[Line] = [(Span(" " * width_of(sign)),)] * height
            lines[2 + (height - 3) // 2] = (Span(sign, "symbol"),)
            boxes.append(Box.of(lines))
        boxes.append(box.lowered((height - len(box.lines)) // 2, height))
    indent = Span(" " * INDENT)
    for line in beside(boxes, _GAP):
        yield (indent, *line)


def _parts(widths: list[int], room: int) -> Iterator[tuple[int, int]]:
    """Cut columns into runs that fit, each at least one column."""
    first = used = 0
    for column, width in enumerate(widths):
        if column > first and used + 1 + width > room:
            yield first, column
            first, used = column, 0
        used += width + (1 if used else 0)
    yield first, len(widths)


def _bracket(index: int, height: int) -> tuple[str, str]:
    if height == 1:
        return "[", "]"
    if index == 0:
        return "⎡", "⎤"
    return ("⎣", "⎦") if index == height - 1 else ("⎢", "⎥")

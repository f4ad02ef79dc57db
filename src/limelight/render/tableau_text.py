"""A tableau in letters: boxes with frames, in which rows and columns meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.plain import symbol_text
from limelight.render.lines import Box, Line, Span, beside, right, width_of, wrapped
from limelight.render.tableaux import Captions, Measure, Size, Sizes, across
from limelight.render.written import written
from limelight.sheet.flow import Room
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from limelight.render.prose import Prose
    from limelight.sheet import worksheet as model

_INDENT = 2
_GAP = 2
_FRAME = 3
"""Columns that a cell takes besides its letters: a space on each side, and a line."""

_STYLES = {State.GIVEN: "", State.WORKED: "result", State.BLANK: "quiet"}
_NO_END = 1_000_000
"""Rows of a piece: text has no pages."""


def room_of(worksheet: model.Worksheet, prose: Prose) -> Room:
    """Return how much fits on a line, in columns."""
    sizes = _measure(worksheet, prose).largest()
    return Room(
        across=prose.room - _INDENT + _GAP,
        column=lambda box: sizes[box.name].column + _FRAME,
        labels=lambda box: sizes[box.name].label + 2 + _GAP,
        most_rows=_NO_END,
    )


def _measure(worksheet: model.Worksheet, prose: Prose) -> Measure:
    return Measure(
        worksheet,
        letters=lambda text: width_of(prose.clean(text)),
        label_letters=lambda label: width_of(prose.short(label)),
    )


class Drawn(NamedTuple):
    """How large the boxes of a tableau are drawn.

    Attributes:
        sizes: The letters that they have room for.
        left: Columns that what stands beside the main boxes takes.
    """

    sizes: Sizes
    left: int

    def width(self, box: model.Box) -> int:
        """Count the columns of a box."""
        size = self.sizes[box]
        return size.label + 2 + len(box.column_labels) * (size.column + _FRAME)


class Drawer:
    """Draws the tableaux of a worksheet, cut to fit."""

    def __init__(self, worksheet: model.Worksheet, prose: Prose) -> None:
        """Take the worksheet whole: a caption says which part of a box a piece is."""
        self._worksheet = worksheet
        self._prose = prose
        self._captions = Captions(worksheet)
        self._measure = _measure(worksheet, prose)

    def measured(self, tableau: model.Tableau) -> Drawn:
        """Measure a tableau."""
        drawn = Drawn(self._measure.sizes(tableau), 0)
        return drawn._replace(
            left=max(sum(drawn.width(box) + _GAP for box in line.beside) for line in tableau.lines)
            if tableau.lines
            else 0
        )

    def line(self, others: tuple[model.Box, ...], main: model.Box, drawn: Drawn) -> Iterator[Line]:
        """Draw what stands beside a box, and the box in the columns that it shares."""
        boxes = [self._box(box, drawn) for box in others]
        free = self._prose.room - _INDENT - drawn.left
        boxes.append(self._box(main, drawn, room=free))
        used = sum(box.width + _GAP for box in boxes[:-1])
        yield from _side_by_side(boxes, _INDENT + drawn.left - used)

    def turned(self, tableau: model.Tableau) -> Iterator[Line]:
        """Draw lines side by side, what stands beside a box above it."""
        drawn = self.measured(tableau)
        groups = list(across(tableau))
        columns = []
        for group in groups:
            boxes = [self._box(box, drawn) for box in group]
            columns.append(Box.of([line for box in boxes for line in box.lines]))
        yield from _side_by_side(columns, _INDENT)

    def _box(self, box: model.Box, drawn: Drawn, room: int = 0) -> Box:
        """Draw a box under its caption, which may take *room*, or else as much as the box."""
        size = drawn.sizes[box]
        stub = " " * (size.label + 2)
        labels = "".join(
            f" {right(self._prose.short(label), size.column + 1)} " for label in box.column_labels
        )
        lines = [*self._caption(box, max(room, drawn.width(box)), size.label + 1)]
        lines.append((Span(f"{stub}{labels.rstrip()}", "quiet"),))
        lines += self._framed(box, size)
        return Box.of(lines)

    def _caption(self, box: model.Box, room: int, indent: int) -> Iterator[Line]:
        name = self._prose.clean(symbol_text(box.name))
        words = self._prose.clean(self._captions.words(box))
        start = " " * indent
        if indent + width_of(name) + 2 + width_of(words) <= room:
            yield (Span(f"{start}{name}", "symbol"), Span(f"  {words}", "quiet"))
            return
        yield (Span(f"{start}{name}", "symbol"),)
        yield from ((Span(line, "quiet"),) for line in wrapped(words, room, indent))

    def _framed(self, box: model.Box, size: Size) -> Iterator[Line]:
        bar, upright = self._prose.clean("╌" if box.is_copy else "─"), "╎" if box.is_copy else "│"
        cells = [bar * (size.column + 2)] * len(box.column_labels)
        stub = " " * (size.label + 1)

        def rule(left: str, between: str, end: str) -> Line:
            marks = [self._prose.clean(mark) for mark in (left, between, end)]
            return (Span(f"{stub}{marks[0]}{marks[1].join(cells)}{marks[2]}", "quiet"),)

        yield rule("┌", "┬", "┐")
        for row, label in enumerate(box.row_labels):
            if row and size.is_tall:
                yield rule("├", "┼", "┤")
            stubs = [right(self._prose.short(label), size.label), " " * size.label]
            texts = zip(*self._cells(box, row, size), strict=True)
            for start, spans in zip(stubs, texts, strict=False):
                yield _ruled(start, spans, self._prose.clean(upright))
        yield rule("└", "┴", "┘")

    def _cells(self, box: model.Box, row: int, size: Size) -> Iterator[tuple[Span, ...]]:
        """Write the cells of a row: one line each, or two in a tall box."""
        blank = ["", "_" * size.column] if size.is_tall else ["_" * size.column]
        for number, state in zip(box.numbers[row], box.states[row], strict=True):
            cell = map(self._prose.clean, written(self._worksheet, number, state))
            texts = blank if state is State.BLANK else [*cell][: len(blank)]
            style = "" if box.is_copy and state is State.WORKED else _STYLES[state]
            yield tuple(
                Span(f" {right(text, size.column)} ", style)
                for text, style in zip(texts, (style, "quiet"), strict=False)
            )


def _ruled(start: str, spans: Iterable[Span], upright: str) -> Line:
    line = [Span(f"{start} {upright}", "quiet")]
    for span in spans:
        line += [span, Span(upright, "quiet")]
    return tuple(line)


def _side_by_side(boxes: list[Box], indent: int) -> Iterator[Line]:
    """Put boxes side by side, their last lines level."""
    height = max(len(box.lines) for box in boxes)
    level = [box.lowered(height - len(box.lines), height) for box in boxes]
    for line in beside(level, _GAP):
        yield (Span(" " * indent), *line)

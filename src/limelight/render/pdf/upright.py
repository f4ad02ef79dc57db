"""Draw a tableau whose boxes stand one below the other and share their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.pdf.boxes import Draughtsman, Placed
from limelight.render.pdf.drawing import Drawing, Note, Text
from limelight.render.pdf.estimates import note_height, paragraph_breadth
from limelight.render.pdf.measures import (
    CAPTION,
    GAP,
    LABELS,
    NOTE,
    NOTES_AT_LEAST,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.pdf.drawing import Item
    from limelight.render.pdf.words import Paragraph
    from limelight.sheet.worksheet import Box, Line, Tableau


_MOSTLY = 0.88
"""A caption is given this share of its estimate, which is generous; it is seldom set smaller."""


class _Grid(NamedTuple):
    """The widths that the lines of a tableau share.

    Attributes:
        left: What stands at the left of the boxes, with the space to them.
        labels: The row labels of the boxes.
        column: A column of the boxes.
        width: Everything.
    """

    left: float
    labels: float
    column: float
    width: float

    @property
    def x(self) -> float:
        """Where the first column begins."""
        return self.left + self.labels

    @property
    def has_notes(self) -> bool:
        """Tell whether there is room for notes at the left."""
        return self.left >= NOTES_AT_LEAST


class Upright:
    """Draws one tableau, or as many of its lines as it is given."""

    def __init__(self, draughtsman: Draughtsman, across: float) -> None:
        """Prepare to draw on paper of a width."""
        self._pen = draughtsman
        self._across = across

    def draw(self, tableau: Tableau) -> Drawing:
        """Draw every line."""
        grid = self._grid(tableau)
        items: list[Item] = []
        y, above = 0.0, None
        in_corner = False
        if tableau.head is not None:
            corner = self._corner(tableau, grid)
            in_corner = bool(tableau.lines and grid.has_notes)
            items += corner
            bottom, above = self._head(tableau.head, grid, items), tableau.head
            y = max(bottom, *(note.height for note in corner), 0.0)
        aside: tuple[Box, ...] = ()
        for line in tableau.lines:
            y = self._line(line, _Above(y, above, aside, in_corner), grid, items)
            above, aside, in_corner = line.box, line.beside or aside, False
        return Drawing(grid.width, y, tuple(items))

    def _grid(self, tableau: Tableau) -> _Grid:
        head = () if tableau.head is None else (tableau.head,)
        spine = (*head, *(line.box for line in tableau.lines))
        column = max(map(self._pen.measured.column, spine))
        labels = max(map(self._pen.measured.labels, spine))
        main = labels + column * len(spine[0].column_labels)
        left = max(
            (sum(self._width(box) + GAP for box in line.beside) for line in tableau.lines),
            default=0.0,
        )
        wants_notes = bool(tableau.lines) and main + NOTES_AT_LEAST <= self._across
        left = max(left, NOTES_AT_LEAST) if wants_notes else left
        captions = (self._pen.words.formula(box) for box in spine)
        widest = labels + _MOSTLY * max(map(paragraph_breadth, captions))
        width = left + max(main, min(widest, self._across - left))
        return _Grid(left, labels, column, width)

    def _width(self, box: Box) -> float:
        measured = self._pen.measured
        return measured.labels(box) + measured.column(box) * len(box.column_labels)

    def _head(self, head: Box, grid: _Grid, items: list[Item]) -> float:
        y = CAPTION + LABELS
        caption = self._pen.words.symbol(head)
        placed = Placed(head, grid.x, y, grid.column, caption, grid.width - grid.x)
        items += self._pen.items(placed)
        return y + self._pen.row * len(head.row_labels)

    def _corner(self, tableau: Tableau, grid: _Grid) -> list[Note]:
        """Write what begins in the first line into the corner at the left of the head."""
        if not (tableau.lines and grid.has_notes):
            return []
        line = tableau.lines[0]
        return self._notes(0, grid, self._pen.words.heading(line), self._pen.words.purpose(line))

    @staticmethod
    def _notes(y: float, grid: _Grid, *paragraphs: Paragraph) -> list[Note]:
        """Write what there is to write at the left, as high as it takes."""
        written = tuple(paragraph for paragraph in paragraphs if paragraph)
        width = grid.left - GAP
        return [Note(0, y, width, note_height(written, width), written)] if written else []

    def _line(self, line: Line, above: _Above, grid: _Grid, items: list[Item]) -> float:
        is_aside = grid.has_notes and not line.beside
        y = above.y + GAP if items else above.y
        if not is_aside and not above.in_corner:
            y += self._band(line, y, grid, items)
        top = y
        y += CAPTION + (LABELS if self._has_labels(line, above) else 0.0)
        bottom = y + self._pen.row * len(line.box.row_labels)
        notes = self._aside(line, above, top, grid) if is_aside else []
        items += notes
        items += self._beside(line, above, y, grid)
        items += self._pen.items(self._main(line, above, y, grid))
        paragraph = () if is_aside else self._pen.words.arithmetic(line.box)
        if paragraph:
            items.append(Note(0, bottom + 1, grid.width, NOTE, (paragraph,)))
            return bottom + 1 + NOTE
        return max(bottom, *(top + note.height for note in notes), 0.0)

    def _band(self, line: Line, y: float, grid: _Grid, items: list[Item]) -> float:
        """Write the stage and its purpose above a line; return the height that it takes."""
        heading, purpose = self._pen.words.heading(line), self._pen.words.purpose(line)
        if not heading:
            return 0.0
        row = (*heading, Text("  "), *purpose)
        height = note_height((row,), grid.width) + 0.6
        items.append(Note(0, y, grid.width, height, (row,)))
        return height

    def _aside(self, line: Line, above: _Above, y: float, grid: _Grid) -> list[Note]:
        words = self._pen.words
        stage = () if above.in_corner else (words.heading(line), words.purpose(line))
        return self._notes(y, grid, *stage, words.arithmetic(line.box))

    def _beside(self, line: Line, above: _Above, y: float, grid: _Grid) -> Iterator[Item]:
        """Draw the operands, the last of them next to the box."""
        x = grid.left - sum(self._width(box) + GAP for box in line.beside)
        for box in line.beside:
            x += self._pen.measured.labels(box)
            column = self._pen.measured.column(box)
            room = column * len(box.column_labels)
            has_columns = not above.names_columns(box)
            caption = self._pen.words.symbol(box)
            yield from self._pen.items(
                Placed(box, x, y, column, caption, room, has_columns=has_columns)
            )
            x += room + GAP

    def _main(self, line: Line, above: _Above, y: float, grid: _Grid) -> Placed:
        box = line.box
        return Placed(
            box,
            grid.x,
            y,
            grid.column,
            self._pen.words.formula(box),
            grid.width - grid.x,
            has_rows=not line.beside or line.beside[-1].row_labels != box.row_labels,
            has_columns=above.lacks_columns(box),
            is_main=True,
        )

    @staticmethod
    def _has_labels(line: Line, above: _Above) -> bool:
        return above.lacks_columns(line.box) or any(
            not above.names_columns(box) for box in line.beside
        )


class _Above(NamedTuple):
    """What stands above a line.

    Attributes:
        y: Where it ends.
        box: The box whose columns go on.
        aside: What stands at the left there.
        in_corner: The stage has been named at the left of the head.
    """

    y: float
    box: Box | None
    aside: tuple[Box, ...]
    in_corner: bool

    def lacks_columns(self, box: Box) -> bool:
        """Tell whether the box needs column labels of its own."""
        return self.box is None or self.box.column_labels != box.column_labels

    def names_columns(self, box: Box) -> bool:
        """Tell whether what stands at the left above has the same columns."""
        return any(
            other.column_labels == box.column_labels and other.column_axis == box.column_axis
            for other in self.aside
        )

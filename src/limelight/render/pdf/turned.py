"""Draw a tableau whose boxes stand side by side and share their rows: tokens as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.render.pdf.boxes import Draughtsman, Placed
from limelight.render.pdf.drawing import Drawing, Formula, Note, Text
from limelight.render.pdf.estimates import note_height
from limelight.render.pdf.measures import CAPTION, GAP, LABELS, NAME_AT_LEAST, PARAGRAPH

if TYPE_CHECKING:
    from limelight.render.pdf.drawing import Item
    from limelight.render.pdf.words import Paragraph
    from limelight.sheet.worksheet import Box, Line, Tableau


class Turned:
    """Draws one tableau; what is said of its lines is a list below it."""

    def __init__(self, draughtsman: Draughtsman, across: float) -> None:
        """Prepare to draw on paper of a width."""
        self._pen = draughtsman
        self._across = across

    def draw(self, tableau: Tableau) -> Drawing:
        """Draw the boxes from left to right."""
        top = max((self._height_above(line) for line in tableau.lines), default=0.0)
        y = top + CAPTION + LABELS
        items: list[Item] = []
        x, before = 0.0, None
        if tableau.head is not None:
            x, before = self._head(tableau.head, y, items), tableau.head
        aside: Box | None = None
        for line in tableau.lines:
            x = self._line(line, (x, y), (before, aside), items)
            before, aside = line.box, line.beside[-1] if line.beside else None
        rows = max(len(box.row_labels) for box in _spine(tableau))
        return Drawing(x - GAP, y + self._pen.row * rows, tuple(items))

    def legend(self, tableau: Tableau) -> Drawing:
        """Write below each other what there is to say of each line."""
        items: list[Item] = []
        y = 0.0
        for paragraph in map(self._explained, tableau.lines):
            if paragraph:
                height = note_height((paragraph,), self._across)
                items.append(Note(0, y, self._across, height, (paragraph,)))
                y += height + PARAGRAPH
        return Drawing(self._across, y, tuple(items))

    def _explained(self, line: Line) -> Paragraph:
        words = self._pen.words
        arithmetic = words.arithmetic(line.box)
        formula = words.formula(line.box) if arithmetic else ()
        smaller = tuple(
            run._replace(style="formula") if isinstance(run, Formula) else run for run in formula
        )
        said = (words.heading(line), words.purpose(line), smaller, arithmetic)
        return _spaced(tuple(paragraph for paragraph in said if paragraph))

    def _height_above(self, line: Line) -> float:
        rows = [len(box.row_labels) for box in line.beside]
        return sum(CAPTION + LABELS + self._pen.row * count + GAP for count in rows)

    def _head(self, head: Box, y: float, items: list[Item]) -> float:
        measured = self._pen.measured
        x, column = measured.labels(head), measured.column(head)
        right = x + column * len(head.column_labels)
        caption = self._pen.words.symbol(head)
        items += self._pen.items(Placed(head, x, y, column, caption, right - x))
        return right + GAP

    def _line(
        self,
        line: Line,
        place: tuple[float, float],
        left: tuple[Box | None, Box | None],
        items: list[Item],
    ) -> float:
        """Draw what stands above, then the box; return where the next line begins."""
        (x, y), (before, aside) = place, left
        measured, words = self._pen.measured, self._pen.words
        column = max(map(measured.column, line.boxes))
        x += max(map(measured.labels, line.boxes))
        number = (Text(f"{line.number} ", "heading"),) if line.number else ()
        caption = (*number, *words.symbol(line.box))
        cells = column * len(line.box.column_labels)
        width = max(cells, NAME_AT_LEAST)
        top = y - CAPTION - LABELS
        labelled = False
        for box in reversed(line.beside):
            above = top - GAP - self._pen.row * len(box.row_labels)
            items += self._pen.items(
                Placed(
                    box,
                    x,
                    above,
                    column,
                    words.symbol(box),
                    width,
                    has_rows=aside is None or aside.row_labels != box.row_labels,
                )
            )
            labelled = labelled or box.column_labels == line.box.column_labels
            top = above - CAPTION - LABELS
        items += self._pen.items(
            Placed(
                line.box,
                x,
                y,
                column,
                caption,
                width,
                has_rows=before is None or before.row_labels != line.box.row_labels,
                has_columns=not labelled,
                is_main=True,
            )
        )
        return x + width + GAP


def _spine(tableau: Tableau) -> tuple[Box, ...]:
    head = () if tableau.head is None else (tableau.head,)
    return (*head, *(line.box for line in tableau.lines))


def _spaced(paragraphs: tuple[Paragraph, ...]) -> Paragraph:
    """Put paragraphs behind each other."""
    runs = [run for paragraph in paragraphs for run in (Text("   "), *paragraph)]
    return tuple(runs[1:])

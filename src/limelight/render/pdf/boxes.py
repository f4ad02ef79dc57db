"""Draw one box: its cells, its labels, its caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.pdf.drawing import Formula, Matrix, Note
from limelight.render.pdf.estimates import paragraph_breadth
from limelight.render.pdf.measures import CAPTION, LABELS

if TYPE_CHECKING:
    from limelight.render.pdf.drawing import Item
    from limelight.render.pdf.measures import Measured
    from limelight.render.pdf.words import Paragraph, Words
    from limelight.sheet.worksheet import Box


_LOWER = 0.4
"""So much lower a caption stands where no labels are between it and its box."""


class Placed(NamedTuple):
    """A box, the place of its first cell, and how much of it is said.

    Attributes:
        x, y: The corner of the first cell.
        column: The width of a column.
        caption: What stands above it.
        room: The width of the caption.
        has_rows: Row labels are written.
        has_columns: Column labels are written.
        is_main: It is what its line is about.
    """

    box: Box
    x: float
    y: float
    column: float
    caption: Paragraph
    room: float
    has_rows: bool = True
    has_columns: bool = True
    is_main: bool = False


class Draughtsman(NamedTuple):
    """What drawing any box of one worksheet needs."""

    measured: Measured
    words: Words
    row: float

    def items(self, placed: Placed) -> tuple[Item, ...]:
        """Draw the caption, then the box."""
        labels = LABELS if placed.has_columns else -_LOWER
        top = placed.y - labels - CAPTION
        words = placed.caption
        if paragraph_breadth(words) > placed.room:
            words = _named(words)
        caption = Note(placed.x, top, placed.room, CAPTION, (words,))
        matrix = Matrix(
            x=placed.x,
            y=placed.y,
            box=placed.box,
            column=placed.column,
            row=self.row,
            labels=self.measured.labels(placed.box) if placed.has_rows else 0.0,
            has_columns=placed.has_columns,
            is_main=placed.is_main,
        )
        return caption, matrix


def _named(caption: Paragraph) -> Paragraph:
    """Return a caption up to the name: without axes, or where a copy comes from."""
    kinds = [isinstance(run, Formula) for run in caption]
    return caption[: kinds.index(True) + 1]

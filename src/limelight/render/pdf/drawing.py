"""What is drawn on a page: matrices and notes with their places, in millimetres."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.sheet.worksheet import Box


class Text(NamedTuple):
    """Words in one style; the styles are names that the template knows."""

    text: str
    style: str = "small"


class Formula(NamedTuple):
    """Mathematics, and the same in plain text for whoever cannot see it."""

    formula: str
    alternative: str
    style: str = "formula"


Run: TypeAlias = Text | Formula


class Note(NamedTuple):
    """Paragraphs in a rectangle that they never leave: what is too much is set smaller.

    Attributes:
        x, y, width, height: The rectangle.
        paragraphs: Each a row of runs.
        align: "left" or "right".
        level: 1 for the title of a worksheet, 2 for what is below it; 0 for no heading.
    """

    x: float
    y: float
    width: float
    height: float
    paragraphs: tuple[tuple[Run, ...], ...]
    align: str = "left"
    level: int = 0


class Matrix(NamedTuple):
    """A box of cells.

    Attributes:
        x, y: The corner of its first cell; labels stand outside.
        box: What is in it.
        column, row: The width and height of a cell.
        labels: The width of the row labels; 0 where they are not written.
        has_columns: Column labels are written.
        is_main: It is what its line is about: an example may be spelled out next to it.
    """

    x: float
    y: float
    box: Box
    column: float
    row: float
    labels: float
    has_columns: bool
    is_main: bool


class Rule(NamedTuple):
    """A line to write on, or one that divides."""

    x: float
    y: float
    width: float


Item: TypeAlias = Note | Matrix | Rule


class Drawing(NamedTuple):
    """Items that stay together."""

    width: float
    height: float
    items: tuple[Item, ...]

    def at(self, x: float, y: float) -> Iterable[Item]:
        """Return the items where the drawing stands at a place."""
        return (item._replace(x=item.x + x, y=item.y + y) for item in self.items)

"""A worksheet on the squared paper of a spreadsheet: which cell holds what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from limelight.render.xlsx.measure import Shown
    from limelight.render.xlsx.paper import Paper
    from limelight.render.xlsx.place import Place
    from limelight.sheet.worksheet import Box


class Text(NamedTuple):
    """Words across several columns of a row; *strong* stands before them in bold type."""

    row: int
    column: int
    columns: int
    words: str
    style: str
    strong: str = ""
    lines: int = 1


class Spot(NamedTuple):
    """A box, where its numbers stand, and the words around them."""

    box: Box
    place: Place
    name: str
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]


class Drawing(NamedTuple):
    """Everything on a sheet and where it stands.

    Attributes:
        spots: The boxes.
        texts: The words.
        heights: Points of height by row, for every row.
        breaks: Rows before which a page may end.
        columns: How many columns are used.
        width: Characters that each column has room for.
        paper: What it is printed on.
        shown: What stands in a cell, by number and state.
        originals: The boxes that are no copies, by name.
        name_row: Where a person writes their name; None on a sheet that is not to be filled in.
    """

    spots: tuple[Spot, ...]
    texts: tuple[Text, ...]
    heights: dict[int, float]
    breaks: tuple[int, ...]
    columns: int
    width: int
    paper: Paper
    shown: Shown
    originals: dict[str, Spot]
    name_row: int | None = None

    @property
    def last_row(self) -> int:
        """The last row that is used."""
        return max(self.heights)

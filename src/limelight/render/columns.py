"""A table as lines of text: columns as wide as they need, the last one cut where a line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.render.lines import clipped, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limelight.render.prose import Prose

GAP = 2
"""Columns before each cell."""

WIDEST = 36
"""A cell that is not the last one of its row is cut here."""


def columns(prose: Prose, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write rows of as many cells, each with its columns straight below each other.

    >>> from limelight.render.prose import Prose
    >>> print(*columns(Prose(), [("S", "right"), ("C", "wrong")]), sep="|")
      S  right|  C  wrong
    """
    mark, gap = prose.clean("…"), " " * GAP
    cleaned = [[prose.clean(cell) for cell in row] for row in rows]
    shown = [[clipped(cell, WIDEST, mark) for cell in row[:-1]] for row in cleaned]
    widths = [max(map(width_of, column)) for column in zip(*shown, strict=True)]
    for cells, row in zip(shown, cleaned, strict=True):
        padded = (
            f"{gap}{cell}{' ' * (width - width_of(cell))}"
            for cell, width in zip(cells, widths, strict=True)
        )
        begin = f"{''.join(padded)}{gap}"
        room = max(prose.room - width_of(begin), 1)
        yield f"{begin}{clipped(row[-1], room, mark)}".rstrip()

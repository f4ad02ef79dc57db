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


LEAST = 6
"""A column is not made narrower than this for want of room."""

LEAST_LAST = 12
"""So much of the last cell is shown, at the expense of the others."""


def columns(prose: Prose, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write rows of as many cells, each with its columns straight below each other.

    >>> from limelight.render.prose import Prose
    >>> print(*columns(Prose(), [("S", "right"), ("C", "wrong")]), sep="|")
      S  right|  C  wrong
    """
    mark, gap = prose.clean("…"), " " * GAP
    cleaned = [[prose.clean(cell) for cell in row] for row in rows]
    *widths, last = (max(map(width_of, column)) for column in zip(*cleaned, strict=True))
    room = prose.room - GAP * (len(widths) + 1) - min(last, LEAST_LAST)
    widths = _narrowed([min(width, WIDEST) for width in widths], room)
    for row in cleaned:
        shown = (clipped(cell, width, mark) for cell, width in zip(row, widths, strict=False))
        padded = (
            f"{gap}{cell}{' ' * (width - width_of(cell))}"
            for cell, width in zip(shown, widths, strict=True)
        )
        begin = f"{''.join(padded)}{gap}"
        yield f"{begin}{clipped(row[-1], prose.room - width_of(begin), mark)}".rstrip()


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Take from the widest columns until they fit."""
    while sum(widths) > room and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths

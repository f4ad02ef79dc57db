"""What a sheet is printed on: how the paper lies, at what scale, and where pages end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from limelight.render.lines import clipped, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.xlsx.drawing import Drawing
    from limelight.sheet.worksheet import Worksheet

A4 = 9
"""As spreadsheets number the sizes of paper."""

ASIDE, ABOVE, BELOW = 0.5, 0.45, 0.6
"""Inches at the sides, at the top, and at the bottom, where the footer stands."""

_SHORT, _LONG = 8.27, 11.69
_POINTS, _PIXELS = 72, 96

_LEAST_UPRIGHT, _LEAST_SCALE = 0.8, 0.45
"""Below the first the paper lies, below the second a sheet goes on at the right."""

_LONGEST_IN_MARGIN = 70


class Paper(NamedTuple):
    """The pages of a sheet.

    Attributes:
        lies: Wider than high.
        across: How many pages stand side by side.
        scale: How large it is printed, at most 1.
    """

    lies: bool
    across: int
    scale: float

    @classmethod
    def of(cls, columns: int, width: int) -> Paper:
        """Choose for so many columns with room for so many characters each."""
        wide = columns * _pixels(width) / _PIXELS
        upright, lying = ((side - 2 * ASIDE) / wide for side in (_SHORT, _LONG))
        if upright >= _LEAST_UPRIGHT:
            return cls(lies=False, across=1, scale=min(upright, 1.0))
        across = max(math.ceil(_LEAST_SCALE / lying), 1)
        return cls(lies=True, across=across, scale=min(lying * across, 1.0))

    def breaks(self, drawing: Drawing) -> Iterator[int]:
        """Yield the rows that must begin a page, so that what belongs together stays so."""
        room = self._high() * _POINTS / self.scale
        starts = [0, *drawing.breaks]
        used = 0.0
        for start, end in zip(starts, [*drawing.breaks, drawing.last_row + 1], strict=True):
            needed = sum(drawing.heights[row] for row in range(start, end))
            if used and used + needed > room:
                yield start
                used = 0.0
            used += needed

    def _high(self) -> float:
        return (_SHORT if self.lies else _LONG) - ABOVE - BELOW


def footer(worksheet: Worksheet) -> str:
    """Say which sheet it is, and which page of how many."""
    seed = f"seed {worksheet.seed}" if worksheet.seed else ""
    named = " · ".join(filter(None, (worksheet.identity, seed, worksheet.number)))
    return f"&L&8 {_plain(named)}&R&8 &P / &N"


def header(worksheet: Worksheet) -> str:
    """Repeat the title, small."""
    return f"&R&8 {_plain(worksheet.title)}"


def _pixels(width: int) -> int:
    """Convert characters of a column's width, as spreadsheets do for digits of 7 pixels."""
    return width * 7 + 5


def _plain(text: str) -> str:
    """Double what would begin a code."""
    return clipped(printable(text), _LONGEST_IN_MARGIN).replace("&", "&&")

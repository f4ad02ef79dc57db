"""Fill pages with drawings: side by side like words, and from the top down like lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.render.pdf.drawing import Drawing, Item

BETWEEN = 5.5
"""Between a drawing and the next, side by side."""

BELOW = 4.5
"""Between drawings, one below the other."""


class Pages:
    """Pages that fill up.

    Attributes:
        filled: The items of each page.
        drawings: How many drawings they hold.
    """

    def __init__(self, across: float, tops: tuple[float, float], bottom: float) -> None:
        """Begin with an empty page.

        Args:
            across: The width there is.
            tops: Where the first page begins, and where every other does.
            bottom: Where a page ends.
        """
        self.filled: list[list[Item]] = [[]]
        self.drawings = 0
        self._across, self._bottom = across, bottom
        self._top, self._next_top = tops
        self._below = self._top
        self._x = 0.0

    @property
    def cost(self) -> tuple[int, int]:
        """Pages first; of as many pages, those are better where less had to be cut."""
        return len(self.filled), self.drawings

    def put(self, drawing: Drawing) -> None:
        """Place a drawing at the right of the one before, or below, or on the next page."""
        has_width = self._x + drawing.width <= self._across
        if not self._x or not has_width or self._top + drawing.height > self._bottom:
            self._begin_shelf(drawing.height)
        self._place(drawing)
        self._x += drawing.width + BETWEEN

    def put_alone(self, drawing: Drawing, keep: float = 0.0) -> None:
        """Place a drawing below everything, on a page where as much as *keep* can follow."""
        self._begin_shelf(drawing.height + (BELOW + keep if keep else 0.0))
        self._place(drawing)
        self._x = self._across

    def _begin_shelf(self, height: float) -> None:
        top = self._below + (BELOW if self._x else 0.0)
        if self._x and top + height > self._bottom:
            self.filled.append([])
            top = self._next_top
        self._x, self._top, self._below = 0.0, top, top

    def _place(self, drawing: Drawing) -> None:
        self.filled[-1] += drawing.at(self._x, self._top)
        self.drawings += 1
        self._below = max(self._below, self._top + drawing.height)

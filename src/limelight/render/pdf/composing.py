"""Compose the pages of a worksheet: its head, its tableaux, its notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.render.lines import printable
from limelight.render.pdf.boxes import Draughtsman
from limelight.render.pdf.data import item_data
from limelight.render.pdf.drawing import Drawing, Note, Text
from limelight.render.pdf.heads import AGAIN, Heads
from limelight.render.pdf.measures import (
    CAPTION,
    EDGE,
    GAP,
    LABELS,
    NAME_AT_LEAST,
    NOTE,
    ROWS,
    Measured,
    Paper,
)
from limelight.render.pdf.pages import BELOW, Pages
from limelight.render.pdf.turned import Turned
from limelight.render.pdf.upright import Upright
from limelight.render.pdf.words import Words
from limelight.sheet.flow import Room, flowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.pdf.data import Data
    from limelight.render.pdf.drawing import Item
    from limelight.sheet.worksheet import Box, Part, Tableau, Worksheet

_PART = 5.5
"""The height of a part's title."""


def compose(worksheet: Worksheet, paper: Paper) -> list[list[Data]]:
    """Return what the template draws on every page, as roomy as costs no page.

    Raises:
        ShapeError: A column is wider than the paper.
    """
    composer = _Composer(worksheet, paper)
    tightest = composer.pages(ROWS[-1])
    for row in ROWS[:-1]:
        roomy = composer.pages(row)
        if roomy.cost <= tightest.cost:
            return composer.framed(roomy)
    return composer.framed(tightest)


class _Composer:
    def __init__(self, worksheet: Worksheet, paper: Paper) -> None:
        self._worksheet = worksheet
        self._paper = paper
        self._measured = Measured(worksheet)
        self._words = Words(worksheet)
        self._heads = Heads(worksheet, paper)
        self._title = self._heads.title()
        self._height = paper.down - max(self._title.height, AGAIN)
        if any(part.title for part in worksheet.parts):
            self._height -= _PART + BELOW

    def framed(self, pages: Pages) -> list[list[Data]]:
        """Return the pages with their heads and feet."""
        count = len(pages.filled)
        return [self._page(items, index + 1, count) for index, items in enumerate(pages.filled)]

    def pages(self, row: float) -> Pages:
        """Lay the worksheet out with rows of one height."""
        tops = (EDGE + self._title.height, EDGE + AGAIN)
        pages = Pages(self._paper.across, tops, EDGE + self._paper.down)
        pen = self._pen(row)
        for part in flowed(self._worksheet, self._room(row)).parts:
            self._part(part, pen, pages)
        if self._worksheet.notes:
            pages.put_alone(self._heads.paragraph(" ".join(self._worksheet.notes), "about"))
        return pages

    def _page(self, items: list[Item], number: int, count: int) -> list[Data]:
        head = self._title if number == 1 else self._heads.again()
        framed = [*head.at(0, EDGE), *items, *self._heads.foot(number, count)]
        pen = self._pen(ROWS[0])
        return [item_data(item, pen) for item in framed]

    def _pen(self, row: float) -> Draughtsman:
        return Draughtsman(self._measured, self._words, row)

    def _room(self, row: float) -> Room:
        """Say how much fits: turned, what stands above takes half of the height."""
        measured, is_turned = self._measured, self._worksheet.is_turned

        def column(box: Box) -> float:
            name = NAME_AT_LEAST / len(box.column_labels) if is_turned else 0.0
            return max(measured.column(box), name)

        height = self._height - 2 * (CAPTION + LABELS + GAP + NOTE)
        share = 2 if is_turned else 1
        return Room(
            across=self._paper.across,
            column=column,
            labels=lambda box: measured.labels(box) + GAP,
            most_rows=int(height / row / share),
        )

    def _part(self, part: Part, pen: Draughtsman, pages: Pages) -> None:
        title = printable(part.title)
        for tableau in part.tableaux:
            for drawings in self._drawn(tableau, pen):
                if title:
                    pages.put_alone(_part_title(title, self._paper), drawings[0].height)
                    title = ""
                if len(drawings) == 1:
                    pages.put(drawings[0])
                    continue
                boxes, legend = drawings
                fits = boxes.height + BELOW + legend.height <= self._height
                pages.put_alone(boxes, legend.height if fits else 0.0)
                pages.put_alone(legend)

    def _drawn(self, tableau: Tableau, pen: Draughtsman) -> Iterator[list[Drawing]]:
        """Return a tableau in pieces that fit a page; turned, with its legend."""
        if tableau.is_turned:
            turned = Turned(pen, self._paper.across)
            legend = turned.legend(tableau)
            yield [turned.draw(tableau), *([legend] if legend.items else [])]
            return
        upright = Upright(pen, self._paper.across)
        for piece in self._pieces(tableau, upright):
            yield [upright.draw(piece)]

    def _pieces(self, tableau: Tableau, upright: Upright) -> Iterator[Tableau]:
        """Cut a tableau that is taller than a page between its lines."""
        lines = tableau.lines
        while upright.draw(tableau).height > self._height:
            count = self._lines_that_fit(tableau, upright)
            yield tableau._replace(lines=lines[:count])
            carried = _carried(tableau, count)
            lines = lines[count:]
            tableau = tableau._replace(head=carried, lines=lines)
            if carried and not self._lines_that_fit(tableau, upright):
                tableau = tableau._replace(head=None)
        yield tableau

    def _lines_that_fit(self, tableau: Tableau, upright: Upright) -> int:
        fewest = 0 if tableau.head else 1
        for count in range(len(tableau.lines) - 1, fewest, -1):
            part = tableau._replace(lines=tableau.lines[:count])
            if upright.draw(part).height <= self._height:
                return count
        return fewest


def _carried(tableau: Tableau, count: int) -> Box | None:
    """Return a copy of what the first line of the next piece needs above it."""
    line = tableau.lines[count]
    if not line.beside or line.box.making is None:
        return None
    above = [
        *([tableau.head] if tableau.head else []),
        *(line.box for line in tableau.lines[:count]),
    ]
    aside = {box.name for box in line.beside}
    needed = [box for box in above if box.name in set(line.box.making.operands) - aside]
    return needed[-1]._replace(is_copy=True) if needed and count else None


def _part_title(title: str, paper: Paper) -> Drawing:
    note = Note(0, 0, paper.across, _PART, ((Text(title, "part"),),), level=2)
    return Drawing(paper.across, _PART, (note,))

"""What stands at the head and at the foot of the pages of a worksheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.render.pdf.drawing import Drawing, Note, Rule, Text
from limelight.render.pdf.estimates import note_height
from limelight.render.pdf.measures import EDGE, NOTE, PARAGRAPH, SIZES, SMALL, Paper, shortened
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from limelight.render.pdf.drawing import Item
    from limelight.sheet.worksheet import Worksheet

AGAIN = 8.0
"""The height of the line above every further page."""

_TITLE = 8.5

_MOST_OF_TITLE = 2.2
"""A title may be so many times as long as its line: it is set smaller then, in two lines."""

_NAME, _DATE, _WORD = 62.0, 30.0, 11.0
"""The lines to write a name and a date on, and the words before them."""

_MOST_LINES = 4
"""So many lines say what the exercise is about, and as many its sizes, rules and source."""

_PURPOSES = {Purpose.BLANK: "", Purpose.HINTS: "with hints", Purpose.KEY: "key"}


class Heads:
    """Writes heads and feet."""

    def __init__(self, worksheet: Worksheet, paper: Paper) -> None:
        """Prepare for the pages of one worksheet."""
        self._worksheet = worksheet
        self._paper = paper

    def title(self) -> Drawing:
        """Return the head of the first page."""
        aside, width = self._aside()
        across = self._paper.across - width
        text = Text(shortened(self._titled(), SIZES["title"], across, _MOST_OF_TITLE), "title")
        items = [Note(0, 0, across, _TITLE, ((text,),), level=1), *aside]
        y = _TITLE
        facts = " · ".join(f"{fact.label}: {fact.text}" for fact in self._worksheet.facts)
        for words, style in ((self._worksheet.about, "about"), (facts, "small")):
            if words:
                note = self.paragraph(words, style)
                items += note.at(0, y)
                y += note.height
        return Drawing(self._paper.across, y + 2.5, tuple(items))

    def again(self) -> Drawing:
        """Return the head of every further page."""
        aside, width = self._aside()
        across = self._paper.across - width
        title = shortened(f"{self._titled()}, continued", SMALL, across)
        note = Note(0, 0, across, AGAIN, ((Text(title, "small"),),))
        return Drawing(self._paper.across, AGAIN, (note, *aside))

    def paragraph(self, words: str, style: str) -> Drawing:
        """Return small type across the page, as many lines as it takes."""
        across = self._paper.across
        words = shortened(words, SMALL, across, 0.9 * _MOST_LINES)
        paragraph = (Text(words, style),)
        height = note_height((paragraph,), across) + PARAGRAPH
        note = Note(0, 0, across, height, (paragraph,))
        return Drawing(across, height, (note,))

    def foot(self, page: int, pages: int) -> tuple[Item, ...]:
        """Return the line at the foot of a page, counted from 1."""
        sheet = self._worksheet
        parts = (
            f"Sheet {sheet.number}" if sheet.number else "",
            sheet.identity,
            f"seed {sheet.seed}" if sheet.seed else "",
        )
        width = self._paper.across - 30
        known = shortened(" · ".join(part for part in parts if part), SMALL, width)
        y = self._paper.height - EDGE - NOTE
        counted = (Text(f"page {page} of {pages}", "small"),)
        right = Note(width, y, 30, NOTE, (counted,), align="right")
        if not known:
            return (right,)
        return (Note(0, y, width, NOTE, ((Text(known, "small"),),)), right)

    def _titled(self) -> str:
        purpose = _PURPOSES[self._worksheet.purpose]
        title = self._worksheet.title
        return f"{title}: {purpose}" if purpose else title

    def _aside(self) -> tuple[tuple[Item, ...], float]:
        """Return the lines for name and date at the right, and their width; a key has none."""
        if self._worksheet.purpose is Purpose.KEY:
            return (), 0.0
        width = _NAME + _DATE + 3
        x = self._paper.across - width
        items: list[Item] = []
        for word, room in (("Name", _NAME), ("Date", _DATE)):
            items.append(Note(x, 1.6, _WORD, NOTE, ((Text(word, "small"),),)))
            items.append(Rule(x + _WORD - 2, 5.2, room - _WORD + 2))
            x += room + 3
        return tuple(items), width + 4

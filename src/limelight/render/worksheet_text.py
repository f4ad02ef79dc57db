"""Render a worksheet as lines of text: for a terminal, an e-mail, or a printer without pages."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.plain import Plain
from limelight.render.lines import Line, Span
from limelight.render.prose import INDENT, Prose
from limelight.render.tableau_text import Drawer, room_of
from limelight.render.tableaux import KINDS, goes_on, heading, imprint
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet import worksheet as model

_LONGEST_RULE = 64
"""Columns that the lines for name and date take together."""


class WorksheetText(NamedTuple):
    """Draws a worksheet.

    Attributes:
        worksheet: What is drawn.
        width: Columns that no line is wider than.
        encoding: What the output is written in.

    >>> from limelight.render.lines import plain_text
    >>> from limelight.sheet.worksheet import Purpose, Worksheet
    >>> worksheet = Worksheet(title="Softmax", parts=(), purpose=Purpose.KEY)
    >>> [plain_text(line) for line in WorksheetText(worksheet).lines()]
    ['Softmax · key']
    """

    worksheet: model.Worksheet
    width: int = 80
    encoding: str = "utf-8"

    def lines(self) -> Iterator[Line]:
        """Draw the worksheet, line by line.

        Raises:
            ShapeError: A column is wider than the line.
        """
        yield from self._head()
        cut = flowed(self.worksheet, room_of(self.worksheet, self._prose))
        for part in cut.parts:
            yield from self._part(part)
        if self.worksheet.notes:
            yield ()
        for note in self.worksheet.notes:
            yield from self._prose.lines(note, style="quiet")
        said = [f"{label} {text}" for label, text in imprint(self.worksheet)]
        if said:
            yield ()
            yield from self._prose.lines(" · ".join(said), style="quiet")

    @property
    def _prose(self) -> Prose:
        return Prose(self.width, self.encoding)

    def _head(self) -> Iterator[Line]:
        title = [self.worksheet.title, KINDS[self.worksheet.purpose]]
        yield from self._prose.lines(" · ".join(filter(None, title)), style="title")
        if self.worksheet.purpose is not Purpose.KEY:
            room = min(self._prose.room, _LONGEST_RULE) - len("Name   Date ")
            date = "_" * (room // 3)
            yield ()
            yield (Span(f"Name {'_' * (room - room // 3)}  Date {date}", "quiet"),)
            yield ()
        if self.worksheet.about:
            yield from self._prose.lines(self.worksheet.about)
        yield from self._prose.facts(self.worksheet.facts)

    def _part(self, part: model.Part) -> Iterator[Line]:
        drawer = Drawer(self.worksheet, self._prose)
        if part.title:
            yield ()
            yield from self._prose.lines(part.title, style="title")
        for tableau in part.tableaux:
            if tableau.is_turned:
                yield from chain.from_iterable(map(self._words, tableau.lines))
                yield ()
                yield from drawer.turned(tableau)
            else:
                yield from self._upright(tableau, drawer)

    def _upright(self, tableau: model.Tableau, drawer: Drawer) -> Iterator[Line]:
        """Draw lines one below the other, each under its words, the head above the first."""
        drawn = drawer.measured(tableau)
        head, lines = tableau.head, tableau.lines
        if head is not None:
            yield from self._begins(lines[0]) if lines else ()
            yield ()
            yield from drawer.line((), head, drawn)
        for line in lines:
            if head is None or line is not lines[0]:
                yield from self._begins(line)
            yield from self._says(line)
            yield ()
            yield from drawer.line(line.beside, line.box, drawn)

    def _words(self, line: model.Line) -> Iterator[Line]:
        yield from self._begins(line)
        yield from self._says(line)

    def _begins(self, line: model.Line) -> Iterator[Line]:
        title = heading(line)
        if not title:
            return
        yield ()
        yield from self._prose.heading(title)
        if line.purpose and not goes_on(line):
            yield from self._prose.lines(line.purpose, indent=INDENT, style="quiet")

    def _says(self, line: model.Line) -> Iterator[Line]:
        """Say how a box is worked, and spell out the arithmetic of an example."""
        making = line.box.making
        if making is None or goes_on(line):
            return
        writer = Plain(self.worksheet.digits, self.worksheet.fractions)
        yield ()
        yield from self._prose.statement(writer, making.formula, making.saying)
        for equation in making.equations:
            yield from self._prose.lines(
                writer.equation(equation), indent=INDENT, hang=INDENT, style="sum"
            )

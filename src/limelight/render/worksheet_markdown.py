"""Render a worksheet as Markdown with LaTeX, for a notebook, a README or an e-mail.

A tableau is one formula: an array of arrays, so that boxes stand above and beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.notation.latex import Latex
from limelight.render.markdown import display, escaped, listed, statement, sums
from limelight.render.tableau_latex import Drawer, room_of
from limelight.render.tableaux import KINDS, goes_on, heading, imprint
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.worksheet import Line, Part, Tableau, Worksheet

_PERSON = f"Name: {'_' * 30} Date: {'_' * 15}"


@dataclass(frozen=True, slots=True)
class WorksheetMarkdown:
    """Draws a worksheet as Markdown.

    >>> from limelight.sheet.worksheet import Purpose, Worksheet
    >>> worksheet = Worksheet(title="Softmax", parts=(), purpose=Purpose.KEY)
    >>> list(WorksheetMarkdown(worksheet).lines())
    ['# Softmax · key', '']
    """

    worksheet: Worksheet

    def lines(self) -> Iterator[str]:
        """Draw the worksheet, line by line.

        Raises:
            ShapeError: A column is wider than a page.
        """
        title = [self.worksheet.title, KINDS[self.worksheet.purpose]]
        yield from (f"# {escaped(' · '.join(filter(None, title)))}", "")
        if self.worksheet.purpose is not Purpose.KEY:
            yield from (_PERSON, "")
        if self.worksheet.about:
            yield from (escaped(self.worksheet.about), "")
        yield from listed(self.worksheet.facts)
        for part in flowed(self.worksheet, room_of(self.worksheet)).parts:
            yield from self._part(part)
        for note in self.worksheet.notes:
            yield from ("", f"*{escaped(note)}*")
        said = [f"{label} {text}" for label, text in imprint(self.worksheet)]
        if said:
            yield from ("", escaped(" · ".join(said)))

    def _part(self, part: Part) -> Iterator[str]:
        drawer = Drawer(self.worksheet)
        if part.title:
            yield from ("", f"## {escaped(part.title)}")
        mark = "###" if part.title else "##"
        for tableau in part.tableaux:
            yield from self._words(tableau, mark)
            yield from display(drawer.tableau(tableau))

    def _words(self, tableau: Tableau, mark: str) -> Iterator[str]:
        """Say what is to be done in a tableau, line after line."""
        for line in tableau.lines:
            title = heading(line)
            if title:
                yield from ("", f"{mark} {escaped(title)}")
            if goes_on(line):
                continue
            if title and line.purpose:
                yield from ("", escaped(line.purpose))
            yield from self._says(line)

    def _says(self, line: Line) -> Iterator[str]:
        making = line.box.making
        if making is not None:
            writer = Latex(self.worksheet.digits, self.worksheet.fractions)
            yield from statement(writer, making.formula, making.saying)
            yield from sums(writer, making.equations)

"""Words on lines of a width: titles, headings, facts, sentences, formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.letters import writable
from limelight.render.lines import Line, Span, clipped, line_width, printable, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.notation.expressions import Expression
    from limelight.notation.plain import Plain
    from limelight.sheet.model import Fact

NARROWEST = 40
"""Lines are never laid out for fewer columns than this."""

WIDEST_PROSE = 96
"""Sentences are wrapped here, however wide the terminal is."""

LONGEST_LABEL = 8
"""Columns of a label before it is cut."""

INDENT = 4
"""How far what belongs to a heading stands behind it."""


class Prose(NamedTuple):
    """Writes words.

    Attributes:
        width: Columns that no line is wider than.
        encoding: What the output is written in; letters that it has not are replaced before
            anything is measured, so that columns stay straight.
    """

    width: int = 80
    encoding: str = "utf-8"

    @property
    def room(self) -> int:
        """The columns that there are."""
        return max(self.width, NARROWEST)

    @property
    def room_for_words(self) -> int:
        """The columns that a sentence may take."""
        return min(self.room, WIDEST_PROSE)

    def clean(self, text: str) -> str:
        """Return text that steers nothing and that the output can be written in."""
        return writable(printable(text), self.encoding)

    def short(self, label: str) -> str:
        """Cut a label to what a column can bear."""
        return clipped(self.clean(label), LONGEST_LABEL, self.clean("…"))

    def lines(
        self, text: str, *, indent: int = 0, hang: int = 0, style: str = ""
    ) -> Iterator[Line]:
        """Wrap a sentence."""
        for line in wrapped(self.clean(text), self.room_for_words, indent, hang):
            yield (Span(line, style),)

    def facts(self, facts: tuple[Fact, ...]) -> Iterator[Line]:
        """Write labelled lines, what is said of each below each other."""
        label_width = max((len(fact.label) for fact in facts), default=0) + 2
        for fact in facts:
            label = Span(fact.label.ljust(label_width), "quiet")
            yield from self._hanging(label, fact.text)

    def heading(self, text: str) -> Iterator[Line]:
        """Write a heading with a rule behind it, where one fits."""
        heading = self.clean(text) + " "
        room = self.room_for_words - width_of(heading)
        if room >= 0:
            yield (Span(heading, "heading"), Span(self.clean("─") * room, "quiet"))
        else:
            yield from self.lines(heading, hang=INDENT, style="heading")

    def statement(
        self, writer: Plain, formula: tuple[Expression, Expression], saying: str
    ) -> Iterator[Line]:
        """Write a formula and its words, on one line where they fit."""
        left, right = formula
        written = self.clean(f"{writer(left)} = {writer(right)}")
        words = self.clean(saying)
        if INDENT + width_of(written) + 3 + width_of(words) <= self.room_for_words:
            yield (Span(" " * INDENT), Span(written, "formula"), Span(f"   {words}"))
            return
        yield from self.lines(written, indent=INDENT, hang=INDENT, style="formula")
        yield from self.lines(saying, indent=INDENT)

    def _hanging(self, label: Span, text: str) -> Iterator[Line]:
        start = line_width((label,))
        for index, line in enumerate(self.lines(text, indent=start, style="quiet")):
            yield (label, Span(line[0].text[start:], "quiet")) if index == 0 else line

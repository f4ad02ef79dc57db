"""Render the report on a class as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.columns import columns
from limelight.render.lines import Span
from limelight.render.prose import INDENT, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.lines import Line
    from limelight.sheet.class_report import ClassReport

_HEADS = ("File", "Points", "First wrong", "Mistakes")


class ClassText(NamedTuple):
    """Draws the report on a class.

    Attributes:
        report: What is drawn.
        width: Columns that no line is wider than.
        encoding: What the output is written in.
    """

    report: ClassReport
    width: int = 80
    encoding: str = "utf-8"

    def lines(self) -> Iterator[Line]:
        """Draw it, line by line."""
        prose = Prose(self.width, self.encoding)
        yield from prose.lines(self.report.title, style="title")
        yield from prose.facts(self.report.facts)
        if self.report.lines:
            yield ()
            rows = [_HEADS, *self.report.lines]
            for index, text in enumerate(columns(prose, rows)):
                yield (Span(text, self._style(index)),)
        if self.report.findings:
            yield ()
            yield from prose.heading("What went wrong most")
        for finding in self.report.findings:
            yield from prose.lines(finding.title, indent=2, hang=2)
            yield from prose.lines(finding.remedy, indent=INDENT + 2, style="quiet")
        if self.report.unmarked:
            yield ()
            yield from prose.heading("Could not be marked")
        for fact in self.report.unmarked:
            yield from prose.lines(f"{fact.label}: {fact.text}", indent=2, hang=2)

    def _style(self, index: int) -> str:
        if index == 0:
            return "quiet"
        return "" if self.report.lines[index - 1].mistakes == "" else "result"

"""Render a report on a marked sheet or an audited dump as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.columns import columns
from limelight.render.lines import Span
from limelight.render.prose import INDENT, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.lines import Line
    from limelight.sheet.report import Report

_STYLES = {"right": "", "wrong": "result", "missing": "quiet", "given": "quiet"}


class ReportText(NamedTuple):
    """Draws a report.

    Attributes:
        report: What is drawn.
        width: Columns that no line is wider than.
        encoding: What the output is written in.
    """

    report: Report
    width: int = 80
    encoding: str = "utf-8"

    def lines(self) -> Iterator[Line]:
        """Draw it, line by line."""
        prose = Prose(self.width, self.encoding)
        yield from prose.lines(self.report.title, style="title")
        yield from prose.facts(self.report.facts)
        yield ()
        yield from self._table(prose)
        for finding in self.report.findings:
            yield ()
            yield from prose.lines(finding.title, style="heading")
            for sentence in finding.sentences:
                yield from prose.lines(sentence, indent=INDENT)
            for worked in finding.sums:
                yield from prose.lines(worked, indent=INDENT, hang=INDENT, style="sum")
        yield ()
        for note in self.report.notes:
            yield from prose.lines(note, style="quiet")

    def _table(self, prose: Prose) -> Iterator[Line]:
        for line, text in zip(self.report.steps, columns(prose, self.report.steps), strict=True):
            yield (Span(text, _STYLES.get(line.verdict, "")),)

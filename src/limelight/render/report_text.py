"""Render a report on a marked sheet as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.lines import Span, clipped, width_of
from limelight.render.prose import INDENT, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.lines import Line
    from limelight.sheet.report import Report

_STYLES = {"right": "", "wrong": "result", "missing": "quiet"}


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
        rows = [[prose.clean(cell) for cell in line] for line in self.report.steps]
        widths = [max((width_of(row[column]) for row in rows), default=0) for column in range(3)]
        indent = " " * 2
        for row in rows:
            cells = [
                f"{cell}{' ' * (width - width_of(cell))}{indent}"
                for cell, width in zip(row, widths, strict=False)
            ]
            begin = f"{indent}{''.join(cells)}"
            room = max(prose.room - width_of(begin), 1)
            style = _STYLES.get(row[1], "")
            yield (Span(f"{begin}{clipped(row[3], room, prose.clean('…'))}".rstrip(), style),)

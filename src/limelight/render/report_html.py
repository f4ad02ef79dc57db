"""Render a report on a marked sheet as one HTML file, the marked sheet below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.markup import definitions, escaped, paragraph
from limelight.render.page import document
from limelight.render.worksheet_html import tableaux
from limelight.render.worksheet_style import PAGE_STYLE, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.report import Finding, Report
    from limelight.sheet.worksheet import Worksheet

_STYLE = """
.limelight-worksheet .report{width:auto;table-layout:auto;margin:1em 0}
.limelight-worksheet .report :is(td,th){text-align:left;padding:.15em .9em .15em 0;border:0;
height:auto;white-space:normal;overflow-wrap:normal;vertical-align:baseline;font-size:1em;
background:none;outline:0}
.limelight-worksheet .report .off :is(td,th){font-weight:600}
.limelight-worksheet .report td:nth-child(3){white-space:nowrap}
.limelight-worksheet .report caption{font-weight:600;padding-bottom:.3em}
.limelight-worksheet .report tbody th{color:inherit}
.limelight-worksheet .finding{border-left:3px solid;padding-left:.9em;margin:1em 0;
max-width:46em;break-inside:avoid}
.limelight-worksheet .finding h2{font-size:1.05em}
""".strip()


class ReportPage(NamedTuple):
    """Draws a report as a whole page: the table, what happened, and the sheet with its marks.

    Attributes:
        report: What is said.
        worksheet: The sheet, with a comment in each cell.
    """

    report: Report
    worksheet: Worksheet

    def text(self) -> str:
        """Return the whole document.

        Raises:
            ShapeError: A column of the sheet is wider than a page.
        """
        return document(self.report.title, (PAGE_STYLE, STYLE, _STYLE), self._body())

    def _body(self) -> Iterator[str]:
        yield f'<header><h1 class="title">{escaped(self.report.title)}</h1>'
        yield f"{definitions(self.report.facts)}</header>\n<main>"
        yield from map(_finding, self.report.findings)
        yield self._table()
        yield from tableaux(self.worksheet, level=2)
        for note in (*self.report.notes, *self.worksheet.notes):
            yield paragraph(note, "end")
        yield "</main>"

    def _table(self) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
        rows = "\n".join(
            f'<tr class="{"off" if line.verdict == "wrong" else "on"}">'
            f'<th scope="row">{escaped(line.name)}</th>'
            f"{''.join(f'<td>{escaped(cell)}</td>' for cell in line[1:])}</tr>"
            for line in self.report.steps
        )
        return (
            '<table class="report"><caption>What is said of each step</caption>'
            f"<thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>"
        )


_HEADS = ("Step", "Verdict", "Points", "Remark")


def _finding(finding: Finding) -> str:
    sentences = "".join(map(paragraph, finding.sentences))
    sums = "".join(paragraph(worked, "sum") for worked in finding.sums)
    return f'<section class="finding"><h2>{escaped(finding.title)}</h2>{sentences}{sums}</section>'

"""Render a worksheet as HTML: a whole page to print, or a piece of one for a notebook.

Nothing is fetched, nothing runs, and nothing of a stranger's is left unescaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from limelight.render.lines import printable
from limelight.render.markup import definitions, escaped, paragraph
from limelight.render.page import document
from limelight.render.tableau_html import Drawer, room_of
from limelight.render.tableaux import KINDS, imprint
from limelight.render.worksheet_style import PAGE_STYLE, STYLE
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.worksheet import Worksheet

_PERSON = '<p class="person"><span class="name">Name<i></i></span><span>Date<i></i></span></p>'


@dataclass(frozen=True, slots=True)
class WorksheetPiece:
    """Draws a worksheet as one `<section>`, for a notebook or within a page.

    >>> from limelight.sheet.worksheet import Worksheet
    >>> WorksheetPiece(Worksheet(title="Softmax", parts=())).text()[:36]
    '<section class="limelight-worksheet"'
    """

    worksheet: Worksheet

    def text(self) -> str:
        """Return the whole piece, its style included.

        Raises:
            ShapeError: A column is wider than a page.
        """
        parts = [
            f'<section class="limelight-worksheet" aria-label="{escaped(self.worksheet.title)}">',
            f"<style>{STYLE}</style>",
            *_Body(self.worksheet, level=3).sections("div"),
            "</section>",
        ]
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class WorksheetPage:
    """Draws a worksheet as a whole page in one file, to be read on a screen or printed.

    >>> from limelight.sheet.worksheet import Worksheet
    >>> WorksheetPage(Worksheet(title="Softmax", parts=())).text()[:15]
    '<!DOCTYPE html>'
    """

    worksheet: Worksheet

    def text(self) -> str:
        """Return the whole document.

        Raises:
            ShapeError: A column is wider than a page.
        """
        styles = (f"{PAGE_STYLE}\n{_running_foot(self.worksheet)}", STYLE)
        body = _Body(self.worksheet, level=1).sections("main")
        return document(_full_title(self.worksheet), styles, body)


class _Body(NamedTuple):
    """Draws what a page and a piece of one have alike, its title a heading of a level."""

    worksheet: Worksheet
    level: int

    def sections(self, main: str) -> Iterator[str]:
        """Draw head, body and foot; the body within an element of a name."""
        yield "<header>"
        yield from filter(None, self._header())
        yield f"</header>\n<{main}>"
        yield from tableaux(self.worksheet, self.level + 1)
        yield from (paragraph(note, "end") for note in self.worksheet.notes)
        yield f"</{main}>"
        said = (f"<span>{label} {escaped(text)}</span>" for label, text in imprint(self.worksheet))
        if foot := "".join(said):
            yield f"<footer>{foot}</footer>"

    def _header(self) -> Iterator[str]:
        """Return title, lines for name and date, and what the exercise is."""
        kind = KINDS[self.worksheet.purpose]
        mark = f' <span class="kind">{kind}</span>' if kind else ""
        title = f"{escaped(self.worksheet.title)}{mark}"
        yield f'<h{self.level} class="title">{title}</h{self.level}>'
        yield "" if self.worksheet.purpose is Purpose.KEY else _PERSON
        yield paragraph(self.worksheet.about)
        yield definitions(self.worksheet.facts)


def tableaux(worksheet: Worksheet, level: int) -> Iterator[str]:
    """Draw the body of a worksheet, its parts headings of a level."""
    cut = flowed(worksheet, room_of(worksheet))
    for part in cut.parts:
        if part.title:
            yield f'<h{level} class="part">{escaped(part.title)}</h{level}>'
        drawer = Drawer(worksheet, level + bool(part.title))
        yield from map(drawer.tableau, part.tableaux)


def _full_title(worksheet: Worksheet) -> str:
    """Return what a browser's tab says."""
    kind = KINDS[worksheet.purpose]
    return " · ".join(filter(None, [worksheet.title, kind, worksheet.number]))


def _running_foot(worksheet: Worksheet) -> str:
    """Return the style of what stands at the foot of every printed page."""
    said = [worksheet.title, KINDS[worksheet.purpose]]
    said += [f"{label} {text}" for label, text in imprint(worksheet)]
    left = _style_text(" · ".join(filter(None, said)))
    font = "font:8pt system-ui,sans-serif;color:#444"
    return (
        f"@page{{@bottom-left{{content:{left};{font}}}"
        f'@bottom-right{{content:counter(page) " / " counter(pages);{font}}}}}'
    )


def _style_text(text: str) -> str:
    r"""Write a stranger's text in a style: every letter that is not plain by its number.

    >>> _style_text('a"</style>')
    '"a\\000022\\00003c\\00002fstyle\\00003e"'
    """
    numbered = re.sub(
        r"[^A-Za-z0-9 .,:·-]", lambda found: f"\\{ord(found[0]):06x}", printable(text)
    )
    return f'"{numbered}"'

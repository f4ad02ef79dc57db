"""The formats of a worksheet: how each is called, how its files end, and who draws it.

A new format is one entry of `FORMATS`. What draws is imported when it is used.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from limelight.render.pdf import Pdf
    from limelight.sheet.worksheet import Worksheet


class Look(NamedTuple):
    """What a reader may choose about the looks of a format.

    Attributes:
        paper: "a4" or "letter", where it is printed.
        live: Cells hold formulas that work themselves, where the format has such.
    """

    paper: str = "a4"
    live: bool = False


class Format(NamedTuple):
    """A format that worksheets are drawn in.

    Attributes:
        name: As on the command line.
        endings: How the names of its files end; the first one is what ours end in.
        draw: Turns worksheets into the content of one file.
        most: The most worksheets of one file.
        is_text: It can be read as it stands, so it goes to standard output unless told otherwise.
        is_quiz: Questions and their answers are in the same file.
        heeds: Names of the fields of `Look` that make a difference to it.
    """

    name: str
    endings: tuple[str, ...]
    draw: Callable[[Sequence[Worksheet], Look], bytes]
    most: int = 1
    is_text: bool = False
    is_quiz: bool = False
    heeds: frozenset[str] = frozenset()

    @property
    def ending(self) -> str:
        """How the names of files end that are written."""
        return self.endings[0]


PAPERS = ("a4", "letter")


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in FORMATS:
        raise UnknownNameError.among("format", name, FORMATS)
    return FORMATS[name]


def format_of_file(name: str) -> Format | None:
    """Return the format whose files end as *name* does, if there is one.

    >>> format_of_file("class/sheet.PDF").name
    'pdf'
    """
    for each in FORMATS.values():
        if name.lower().endswith(each.endings):
            return each
    return None


def _pdf(worksheets: Sequence[Worksheet], look: Look) -> bytes:
    return _press(look.paper).render(worksheets)


@cache
def _press(paper: str) -> Pdf:
    """Return what prints on a paper; it reads its fonts once for any number of documents."""
    from limelight.render.pdf import Pdf  # noqa: PLC0415 - one format is needed

    return Pdf(paper)


def _xlsx(worksheets: Sequence[Worksheet], look: Look) -> bytes:
    from limelight.render.xlsx.workbook import (  # noqa: PLC0415
        live_workbook,
        workbook_to_fill,
    )

    (worksheet,) = worksheets
    return live_workbook(worksheet) if look.live else workbook_to_fill(worksheet)


def _html(worksheets: Sequence[Worksheet], _look: Look) -> bytes:
    from limelight.render.worksheet_html import WorksheetPage  # noqa: PLC0415

    (worksheet,) = worksheets
    return WorksheetPage(worksheet).text().encode()


def _moodle(worksheets: Sequence[Worksheet], _look: Look) -> bytes:
    from limelight.render.moodle import Moodle  # noqa: PLC0415

    return Moodle(worksheets).text().encode()


def _qti(worksheets: Sequence[Worksheet], _look: Look) -> bytes:
    from limelight.render.qti import Qti  # noqa: PLC0415

    return Qti(worksheets).package()


def _text(worksheets: Sequence[Worksheet], _look: Look) -> bytes:
    from limelight.render.lines import plain_text  # noqa: PLC0415
    from limelight.render.worksheet_text import WorksheetText  # noqa: PLC0415

    texts = [map(plain_text, WorksheetText(worksheet).lines()) for worksheet in worksheets]
    return _joined(texts, "\f")  # a printer begins a new page there


def _markdown(worksheets: Sequence[Worksheet], _look: Look) -> bytes:
    from limelight.render.worksheet_markdown import WorksheetMarkdown  # noqa: PLC0415

    return _joined([WorksheetMarkdown(each).lines() for each in worksheets], "\n---\n\n")


def _joined(texts: Iterable[Iterable[str]], between: str) -> bytes:
    return between.join("".join(f"{line}\n" for line in text) for text in texts).encode()


_SEVERAL = 50
"""Worksheets of one file, where a file can hold any number: a volume to leaf through."""

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("pdf", (".pdf",), _pdf, most=_SEVERAL, heeds=frozenset({"paper"})),
        Format("xlsx", (".xlsx",), _xlsx, heeds=frozenset({"live"})),
        Format("html", (".html", ".htm"), _html),
        Format("moodle", (".xml",), _moodle, most=_SEVERAL, is_quiz=True),
        Format("qti", (".zip",), _qti, most=_SEVERAL, is_quiz=True),
        Format("text", (".txt",), _text, most=_SEVERAL, is_text=True),
        Format("markdown", (".md",), _markdown, most=_SEVERAL, is_text=True),
    )
}

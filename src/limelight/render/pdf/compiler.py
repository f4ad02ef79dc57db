"""Render worksheets as PDF. Typst sets the pages; what stands where is decided before that."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from limelight.errors import MissingExtraError, ShapeError, UnknownNameError
from limelight.render.lines import printable
from limelight.render.pdf.composing import compose
from limelight.render.pdf.measures import (
    DECIMALS,
    LABELS,
    LEADING,
    NUMBERS,
    PAPERS,
    PARAGRAPH,
    SIDE,
    SIZES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from limelight.render.pdf.data import Data
    from limelight.sheet.worksheet import Worksheet

Compiler: TypeAlias = Any
"""What Typst calls a Compiler; it is an extra, and may not be there."""

MOST_SHEETS = 50
"""The most worksheets of one document.

Typst takes some 3 MB for each key of a page while it works, and no less time a sheet the more
there are: 50 are some 200 MB.
"""

MOST_CELLS = 15_000
"""So many cells are enough for a document of several worksheets: they are what takes memory."""

_ACCESSIBLE = "ua-1"
"""PDF/UA: tagged, with tables, headings, a language, and words for what is a formula."""

_REMEMBERED = 10
"""Typst keeps what it made for so many documents, in case the next one has it again."""

_MUCH = 20
"""Pages from which on what Typst keeps is worth the time that forgetting takes."""


class Pdf:
    """Renders worksheets, one document after the other.

    The same worksheets give the same bytes: a document has no date. Letters that the fonts of
    Typst lack are taken from the fonts of the machine; where it has none, a crossed box stands
    in their place.

    Args:
        paper: "a4" or "letter".

    Raises:
        UnknownNameError: There is no such paper.
        MissingExtraError: Typst is not installed.

    >>> from limelight import gallery
    >>> from limelight.sheet.by_hand import lay_out_by_hand
    >>> document = Pdf("letter").render([lay_out_by_hand(gallery("softmax"))])
    >>> document[:5]
    b'%PDF-'
    """

    def __init__(self, paper: str = "a4") -> None:
        """Prepare for a size of paper."""
        if paper not in PAPERS:
            raise UnknownNameError.among("paper", paper, PAPERS)
        self._paper = PAPERS[paper]
        self._typst = _typst()
        self._template = files(__package__).joinpath("page.typ").read_bytes()
        self._compiler = self._typst.Compiler(ignore_system_fonts=True)
        self._pages_kept = 0

    def render(self, worksheets: Sequence[Worksheet]) -> bytes:
        """Return one document; each worksheet begins on a new page, its first.

        Raises:
            ShapeError: There is none, or more than `MOST_SHEETS`; or a worksheet has a column
                that is wider than the paper.
        """
        _refuse_number(len(worksheets))
        pages = [page for worksheet in worksheets for page in compose(worksheet, self._paper)]
        inputs = {"data": _json(self._data(worksheets, pages))}
        document = self._set(inputs)
        self._forget(len(pages))
        return document

    def _data(self, worksheets: Sequence[Worksheet], pages: list[list[Data]]) -> Data:
        identities = dict.fromkeys(printable(sheet.identity) for sheet in worksheets)
        return {
            "title": printable(worksheets[0].title).strip() or "Worksheet",
            "keywords": [identity for identity in identities if identity],
            "width": self._paper.width,
            "height": self._paper.height,
            "side": SIDE,
            "sizes": SIZES,
            "numbers": NUMBERS,
            "decimals": DECIMALS,
            "labels": LABELS,
            "leading": LEADING,
            "paragraph": PARAGRAPH,
            "pages": pages,
        }

    def _set(self, inputs: dict[str, str]) -> bytes:
        """Set the pages, with the fonts of the machine where those of Typst lack a letter."""
        try:
            return self._compile(self._compiler, inputs, _ACCESSIBLE)
        except self._typst.TypstError as error:
            _raise_unless_letters_lack(error)
        try:
            return self._compile(self._with_fonts_of_machine, inputs, _ACCESSIBLE)
        except self._typst.TypstError as error:
            _raise_unless_letters_lack(error)
        return self._compile(self._with_fonts_of_machine, inputs, [])

    @cached_property
    def _with_fonts_of_machine(self) -> Compiler:
        return self._typst.Compiler(ignore_system_fonts=False)

    def _compile(
        self, compiler: Compiler, inputs: dict[str, str], standard: str | list[str]
    ) -> bytes:
        document: bytes = compiler.compile(
            self._template, format="pdf", sys_inputs=inputs, pdf_standards=standard
        )
        return document

    def _forget(self, pages: int) -> None:
        """Let Typst drop what it keeps of former documents, once it is much."""
        self._pages_kept += pages
        if self._pages_kept >= _MUCH:
            for _ in range(_REMEMBERED + 1):
                self._compiler.compile(b"", format="pdf", sys_inputs={})
            self._pages_kept = 0


def volumes(worksheets: Iterable[Worksheet]) -> Iterator[tuple[Worksheet, ...]]:
    """Divide worksheets, in their order, into what one document should hold.

    Each volume has at most `MOST_SHEETS` worksheets, and `MOST_CELLS` cells unless it is a
    single worksheet: so memory is bounded, however many there are.
    """
    volume: list[Worksheet] = []
    cells = 0
    for worksheet in worksheets:
        more = sum(len(row) for box in worksheet.boxes for row in box.numbers)
        if volume and (len(volume) == MOST_SHEETS or cells + more > MOST_CELLS):
            yield tuple(volume)
            volume, cells = [], 0
        volume.append(worksheet)
        cells += more
    if volume:
        yield tuple(volume)


def _typst() -> ModuleType:
    try:
        import typst  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MissingExtraError.of("typst", "pdf", "A worksheet as PDF") from None
    return typst


def _json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _refuse_number(count: int) -> None:
    if not 1 <= count <= MOST_SHEETS:
        msg = (
            f"a document must have 1 to {MOST_SHEETS} worksheets; this one has {count}.\n"
            "  While it is made, every sheet of it is in memory.\n"
            "  Divide them into several documents: `volumes` does."
        )
        raise ShapeError(msg)


def _raise_unless_letters_lack(error: RuntimeError) -> None:
    if "could not be displayed" not in str(error):
        raise error

"""Render worksheets as PDF. Typst sets the pages; what stands where is decided before that."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from limelight.errors import MissingExtraError, ShapeError, UnknownNameError
from limelight.render.lines import printable
from limelight.render.pdf.composing import compose
from limelight.render.pdf.measures import DECIMALS, LABELS, LEADING, NUMBERS, PAPERS, PARAGRAPH, SIDE, SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.sheet.worksheet import Worksheet

MOST_SHEETS = 100
"""The most worksheets of one document."""


class Pdf:
    """Renders worksheets, one document after the other.

    Args:
        paper: "a4" or "letter".

    Raises:
        UnknownNameError: There is no such paper.
        MissingExtraError: Typst is not installed.
    """

    def __init__(self, paper: str = "a4") -> None:
        if paper not in PAPERS:
            raise UnknownNameError.among("paper", paper, PAPERS)
        try:
            import typst  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            raise MissingExtraError.of("typst", "pdf", "A worksheet as PDF") from None
        self._paper = PAPERS[paper]
        self._template = files(__package__).joinpath("page.typ").read_bytes()
        self._compiler = typst.Compiler(ignore_system_fonts=True)

    def render(self, worksheets: Sequence[Worksheet]) -> bytes:
        """Return one document; each worksheet begins on a new page."""
        pages = [page for worksheet in worksheets for page in compose(worksheet, self._paper)]
        first = worksheets[0]
        data = {
            "title": printable(first.title),
            "keywords": [printable(w.identity) for w in worksheets if w.identity],
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
        return self._compiler.compile(
            self._template, format="pdf", pdf_standards="ua-1", sys_inputs={"data": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}
        )

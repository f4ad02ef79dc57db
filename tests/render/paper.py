"""Worksheets as PDF, and what stands on their pages, read back from the file."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pypdf import PdfReader

from limelight.exercises.gallery import gallery
from limelight.mechanism.orientation import Orientation
from limelight.render.pdf import Pdf
from limelight.render.pdf.measures import DECIMALS, NUMBERS
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PageObject

    from limelight.exercises.exercise import Exercise
    from limelight.sheet.worksheet import Worksheet

FIRST = Imprint("k7q2-m4zd", "2024", "1 of 30")

Object: TypeAlias = Any
"""What pypdf reads from a file: anything."""

_RISES, _FALLS = 0.66, 0.19
"""How far letters rise above the line and fall below it, in ems."""


class Ink(NamedTuple):
    """A run of letters, in points from the lower left corner of the page."""

    text: str
    x: float
    y: float
    width: float
    size: float
    font: str

    @property
    def is_mathematics(self) -> bool:
        """Tell whether a formula is part of it."""
        return "Math" in self.font

    def overlaps(self, other: Ink, slack: float = 0.4) -> bool:
        """Tell whether the letters of two runs stand on each other."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        tops = (self.y + _RISES * self.size, other.y + _RISES * other.size)
        feet = (self.y - _FALLS * self.size, other.y - _FALLS * other.size)
        return across > slack and min(tops) - max(feet) > slack


def worksheet(
    exercise: Exercise | str,
    purpose: Purpose = Purpose.BLANK,
    orientation: Orientation = Orientation.COLUMNS,
    imprint: Imprint = FIRST,
) -> Worksheet:
    """Lay out an exercise, of one's own or of the gallery."""
    if isinstance(exercise, str):
        exercise = gallery(exercise)
    template = Template(purpose, None, Layout(orientation=orientation))
    return lay_out_by_hand(exercise, template, imprint)


@cache
def pdf(paper: str = "a4") -> Pdf:
    """Return the renderer that the tests share."""
    return Pdf(paper)


def read(document: bytes) -> PdfReader:
    """Open a document, strictly."""
    return PdfReader(io.BytesIO(document), strict=True)


def ink(page: PageObject) -> list[Ink]:
    """Return the runs of letters of a page, in the order in which they are read."""
    runs: list[Ink] = []
    fonts: Object = page["/Resources"]
    widths: dict[int, dict[int, float]] = {}
    state: dict[str, Any] = {}

    def before(operator: bytes, operands: list[Any], cm: list[float], _: object) -> None:
        if operator == b"Tf":
            state["font"], state["size"] = fonts["/Font"][operands[0]], operands[1]
        if operator in {b"Tj", b"TJ"}:
            state["scale"], state["place"] = abs(cm[0]), (cm[4], cm[5])
            state["advance"] = _advance(operands[0], state["font"], widths)

    def after(text: str, cm: list[float], _: object, font: Object, size: float) -> None:
        if not text.strip() or font is None:
            return
        scaled = float(size) * abs(cm[0])
        width = state["advance"] * scaled
        name = str(font["/BaseFont"])
        runs.append(Ink(text.strip(), float(cm[4]), float(cm[5]), width, scaled, name))

    page.extract_text(visitor_operand_before=before, visitor_text=after)
    return runs


def _advance(shown: Object, font: Object, known: dict[int, dict[int, float]]) -> float:
    """Return how wide letters are that are shown, in ems."""
    parts = shown if isinstance(shown, list) else [shown]
    if id(font) not in known:
        known[id(font)] = dict(_widths(font["/DescendantFonts"][0].get_object()))
    total = 0.0
    for part in parts:
        if isinstance(part, int | float):
            total -= float(part) / 1000
            continue
        data = part if isinstance(part, bytes) else part.original_bytes
        for index in range(0, len(data), 2):
            code = int.from_bytes(data[index : index + 2], "big")
            total += known[id(font)].get(code, 1000.0) / 1000
    return total


def _widths(font: Object) -> Iterator[tuple[int, float]]:
    entries = list(font["/W"])
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, list):
            yield from ((first + index, float(width)) for index, width in enumerate(second))
            continue
        width = float(entries.pop(0))
        yield from ((code, width) for code in range(first, int(second) + 1))


def numbers(runs: list[Ink]) -> list[str]:
    """Return what stands in cells, in order: exact numbers, and decimals behind fractions."""
    return [
        run.text
        for run in runs
        if round(run.size, 2) in {NUMBERS, DECIMALS} and "Bold" not in run.font
    ]

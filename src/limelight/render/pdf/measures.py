"""How large things are on paper: pages, cells, type. Lengths are millimetres, type is points."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from limelight.render.lines import clipped, printable
from limelight.render.written import written
from limelight.sheet.worksheet import Box, State, Worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.notation.numbers import Number


class Paper(NamedTuple):
    """A size of paper."""

    width: float
    height: float

    @property
    def across(self) -> float:
        """The width between the margins."""
        return self.width - 2 * SIDE

    @property
    def down(self) -> float:
        """The height between the margins, the foot of the page left out."""
        return self.height - 2 * EDGE - FOOT


PAPERS = {"a4": Paper(210, 297), "letter": Paper(215.9, 279.4)}

SIDE = 14.0
"""The margins at the left and at the right."""

EDGE = 9.5
"""The margins above and below."""

FOOT = 5.5
"""What the line at the foot of a page takes, with the space above it."""

ROWS = (8.6, 7.75, 7.0)
"""Heights of a row, the roomiest first: no cell to write in is lower than the last."""

WRITTEN_IN, READ = 9.0, 7.2
"""The least width of a column: to write a fraction in with a pencil, or to read."""

CAPTION = 4.5
"""The line above a box."""

LABELS = 3.0
"""The line of labels above a box."""

GAP = 2.2
"""Between a line of a tableau and the next, and between a box and the next."""

NOTE = 4.0
"""A line of small type."""

NOTES_AT_LEAST = 26.0
"""What stands at the left of a box is at least so wide that notes fit there."""

NAME_AT_LEAST = 13.0
"""Where tokens are rows, a box is at least so wide that its number and name fit above it."""

NUMBERS = 10.5
DECIMALS = 6.2
SMALL = 7.0
"""Sizes of type: numbers of cells, the decimals below them, labels and notes."""

SIZES = {
    "title": 15.0,
    "part": 10.5,
    "caption": 9.5,
    "heading": 8.2,
    "formula": 8.4,
    "about": SMALL,
    "purpose": SMALL,
    "small": SMALL,
    "quiet": 6.0,
}
"""Sizes of type of the words around the boxes, by style."""

_LONGEST_TEXT = 2000
"""No text fits a page's head that has more letters."""

_MILLIMETRES = 25.4 / 72
_LONGEST_LABEL = 12
_MARGIN_IN_CELL = 2.2
_FRACTION_DIGIT = 0.31
"""A figure of a fraction, which the type sets small, in ems."""

LEADING = 0.1
"""The space between lines, in ems."""

PARAGRAPH = 0.8
"""The space between paragraphs, in millimetres."""

# The widths of Libertinus Serif in ems, rounded up to groups.
_GROUPS = (
    (0.34, " !\"'()*,-./:;I[]\\fijlt{|}·J"),
    (0.47, "0123456789#$?`aceorsz~"),
    (0.56, "+<=>EFLSPbdghknpqouvxy^_≈×−–ᵀ√"),
    (0.72, "&%ABCDGHKNOQRTUVXYZΣ∞"),
    (0.96, "@MWmw…"),
)
_EMS = {letter: ems for ems, letters in _GROUPS for letter in letters}
_WIDEST = 1.15


def breadth(text: str, points: float) -> float:
    """Return how wide a text is at most, in millimetres; bold type is a little wider."""
    return sum(map(_ems, text)) * points * _MILLIMETRES


@lru_cache(maxsize=4096)
def _ems(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    return _EMS.get(letter, _WIDEST)


@lru_cache(maxsize=1024)
def label_text(label: str) -> str:
    """Return a label as it is written: short, and nothing in it that steers."""
    return clipped(printable(label), _LONGEST_LABEL)


class Cell(NamedTuple):
    """What is written in a cell, with a true minus sign, and how wide that is."""

    text: str
    decimal: str
    width: float


class Measured:
    """A worksheet's numbers as they are written, and how much room its boxes take.

    What a column takes depends on the whole matrix, blank or not: so it is as wide on a key as on
    the sheet that it solves, and in every piece.
    """

    def __init__(self, worksheet: Worksheet) -> None:
        """Measure every box."""
        self._worksheet = worksheet
        self._cells: dict[Number, Cell] = {}
        boxes = {box.name: box for box in worksheet.boxes}
        self._columns = {name: self._column(box) for name, box in boxes.items()}
        self._labels = {name: _broadest(box.row_labels) + 1.5 for name, box in boxes.items()}

    def cell(self, number: Number) -> Cell:
        """Write a number as a cell of the key shows it."""
        if (cell := self._cells.get(number)) is None:
            texts = written(self._worksheet, number, State.WORKED)
            text, decimal = (part.replace("-", "−") for part in texts)
            width = max(_number_breadth(text), breadth(decimal, DECIMALS))
            cell = self._cells[number] = Cell(text, decimal, width)
        return cell

    def column(self, box: Box) -> float:
        """Return how wide a column of a box must be."""
        return self._columns[box.name]

    def labels(self, box: Box) -> float:
        """Return how wide the row labels of a box are, with the space to its cells."""
        return self._labels[box.name]

    def _column(self, box: Box) -> float:
        least = READ if box.making is None else WRITTEN_IN
        numbers = max(self.cell(number).width for row in box.numbers for number in row)
        return max(least, numbers + _MARGIN_IN_CELL, _broadest(box.column_labels) + 1)


def _broadest(labels: tuple[str, ...]) -> float:
    return max(breadth(label_text(label), SMALL) for label in labels)


def _number_breadth(text: str) -> float:
    if "/" not in text:
        return breadth(text, NUMBERS)
    figures = sum(character.isdigit() for character in text)
    ems = 0.1 + figures * _FRACTION_DIGIT + (0.56 if text.startswith("−") else 0)
    return ems * NUMBERS * _MILLIMETRES


def shortened(text: str, points: float, across: float, lines: float = 1) -> str:
    """Return the beginning of a text that fits into so many lines; endless words are broken."""
    words = printable(text[:_LONGEST_TEXT]).split(" ")
    text = " ".join(piece for word in words for piece in _pieces(word, points, across))
    cut = text
    while breadth(cut, points) > lines * across:
        text = text[: int(0.95 * len(text))]
        cut = f"{text}…"
    return cut


def _pieces(word: str, points: float, across: float) -> Iterator[str]:
    """Cut a word that is longer than a line."""
    while (width := breadth(word, points)) > across:
        count = max(1, int(len(word) * 0.9 * across / width))
        while breadth(word[:count], points) > across:
            count -= 1
        yield word[:count]
        word = word[count:]
    yield word

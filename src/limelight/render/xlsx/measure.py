"""How much room things take: columns of one width, boxes, and words.

All columns have one width, so that boxes that share their columns stand one below the other
wherever they begin. A box is its numbers, a row of labels above them and a column of labels at
their left; its name stands in the corner.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from limelight.notation.plain import Plain, symbol_text
from limelight.render.lines import clipped, printable, width_of
from limelight.render.written import Written, written
from limelight.render.xlsx.paper import Paper
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Box, Line, State, Tableau, Worksheet

    Shown: TypeAlias = dict[tuple[Number, State], Written]

LONGEST_LABEL = 12
"""A label is shown up to this many characters; a word of forty would make every column wide."""

_LEAST_WIDTH, _LEAST_TO_CHANGE, _MOST_WIDTH = 7, 8, 12
"""Characters that a column has room for."""

_LEAST_ACROSS, _MOST_ACROSS, _MOST_TURNED = 84, 260, 190
"""Characters across. A sheet has at least the first, for its words. What is beside a box stands
there up to the second, which is a page lying, at a little more than half the size; a turned
tableau goes on below after the third, since it loses nothing by that."""

_CELL, _CELL_WITH_DECIMAL, _MOST_CELL = 20.0, 26.0, 36.0
"""Points of height. 20 are 7.1 mm: enough for a pencil."""

_SIZES = {"title": 16, "part": 13, "stage": 9.5, "equation": 9, "caption": 9, "fact": 9, "note": 9}
"""Points of type; what is not named here has 10."""

_LEADING = 1.35

_BREADTHS = (
    dict.fromkeys("fijltI.,:;!|'[]/ ", 0.5)
    | dict.fromkeys("r()-", 0.6)
    | dict.fromkeys("mwMW@%", 1.6)
    | dict.fromkeys("acksvxyz", 0.92)
)
"""How wide a letter is, as a part of a digit; others are as wide as a digit, or capitals."""

_CAPITAL = 1.25

_DIGIT = 7.4
"""Pixels of a digit of 10 points; a column has 7 for each of its characters and 5 more."""


class Band(NamedTuple):
    """What stands side by side of a turned tableau."""

    head: Box | None
    lines: tuple[Line, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        """Where each line begins, and where the last ends."""
        begins = columns_of(self.head) if self.head else 0
        return tuple(accumulate(map(_turned_columns, self.lines), initial=begins))


class Measures(NamedTuple):
    """The sizes of a sheet.

    Attributes:
        width: Characters that each column has room for.
        margin: Columns at the left of the boxes that share their columns, for what is beside.
        columns: How many columns are used.
        cell: Points of height of a row of numbers.
        paper: What it is printed on.
        shown: What stands in a cell, by number and state.
    """

    width: int
    margin: int
    columns: int
    cell: float
    paper: Paper
    shown: Shown

    @classmethod
    def of(cls, worksheet: Worksheet, *, is_live: bool) -> Measures:
        """Measure a worksheet."""
        shown = _shown(worksheet, is_live=is_live)
        width = _column_width(worksheet, shown, is_live=is_live)
        margin = 0 if worksheet.is_turned else _margin(worksheet, width)
        across = _turned_across(worksheet, width) if worksheet.is_turned else _widest(worksheet)
        columns = max(margin + across, math.ceil(_LEAST_ACROSS / width))
        paper = Paper.of(columns, width)
        cell = _CELL if is_live else _cell_height(worksheet, paper, shown)
        return cls(width, margin, columns, cell, paper, shown)

    def stands_beside(self, line: Line) -> bool:
        """Tell whether there is room at the left for what is beside; else it stands above."""
        return beside_of(line) <= self.margin

    def bands(self, tableau: Tableau) -> list[Band]:
        """Divide the lines of a turned tableau: those that find room side by side."""
        return _bands(tableau, self.width)

    def lines(self, text: str, columns: int, style: str) -> int:
        """Count the lines that a text takes across so many columns."""
        room, needed = self.room(columns, style), _breadth(text)
        return 1 if needed <= room else math.ceil(needed / (room * _FILLED))

    def room(self, columns: int, style: str) -> float:
        """Count the digits of a style that find room side by side in so many columns."""
        return columns * (7 * self.width + 5) / _DIGIT * 10 / _size(style)


_FILLED = 0.88
"""How much of a line words fill before the next one does not fit."""


def height_of(lines: int, style: str) -> float:
    """Return the points of height that so many lines take."""
    return lines * _LEADING * _size(style) + 2


def columns_of(box: Box) -> int:
    """Count the columns of a box, that of the labels included."""
    return 1 + len(box.numbers[0])


def beside_of(line: Line) -> int:
    """Count the columns that stand beside a box."""
    return sum(map(columns_of, line.beside))


@lru_cache(maxsize=4096)
def label(words: str) -> str:
    """Shorten a label to what a column has room for."""
    return clipped(printable(words), LONGEST_LABEL)


def _size(style: str) -> float:
    return _SIZES.get(style, 10)


def _tableaux(worksheet: Worksheet) -> list[Tableau]:
    return [tableau for part in worksheet.parts for tableau in part.tableaux]


def _widest(worksheet: Worksheet) -> int:
    """Count the columns of the widest box among those that share their columns."""
    heads = (tableau.head for tableau in _tableaux(worksheet) if tableau.head)
    return max(map(columns_of, chain(heads, (line.box for line in worksheet.lines))))


def _margin(worksheet: Worksheet, width: int) -> int:
    room = _MOST_ACROSS // width - _widest(worksheet)
    return max((at for at in map(beside_of, worksheet.lines) if at <= room), default=0)


def _turned_columns(line: Line) -> int:
    return max(map(columns_of, line.boxes))


def _turned_across(worksheet: Worksheet, width: int) -> int:
    bands = chain.from_iterable(_bands(tableau, width) for tableau in _tableaux(worksheet))
    return max(band.columns[-1] for band in bands)


def _bands(tableau: Tableau, width: int) -> list[Band]:
    bands = [Band(tableau.head, ())]
    for line in tableau.lines:
        grown = bands[-1]._replace(lines=(*bands[-1].lines, line))
        if bands[-1].lines and grown.columns[-1] * width > _MOST_TURNED:
            bands.append(Band(None, (line,)))
        else:
            bands[-1] = grown
    return bands


def _cell_height(worksheet: Worksheet, paper: Paper, shown: Shown) -> float:
    """Choose a height that a pencil finds room in, however small the sheet is printed."""
    has_decimals = any(cell.decimal for cell in shown.values())
    needed = _CELL_WITH_DECIMAL if has_decimals else _CELL
    if worksheet.purpose is Purpose.KEY:
        return needed
    return max(needed, min(_CELL / paper.scale, _MOST_CELL))


def _column_width(worksheet: Worksheet, shown: Shown, *, is_live: bool) -> int:
    """Choose a width that the longest number, label and name find room in."""
    boxes = worksheet.boxes
    texts = {cell.text for cell in shown.values()} | {symbol_text(box.name) for box in boxes}
    for box in boxes:
        texts.update(map(label, box.row_labels), map(label, box.column_labels))
    is_key = worksheet.purpose is Purpose.KEY and not is_live
    least = _LEAST_WIDTH if is_key else _LEAST_TO_CHANGE
    return min(max(least, 2 + max(map(width_of, texts))), _MOST_WIDTH)


def _shown(worksheet: Worksheet, *, is_live: bool) -> Shown:
    """Write each number once: as it is printed, or as a spreadsheet shows it by itself."""
    cells = {cell[2:] for box in worksheet.boxes for cell in box.cells()}
    if is_live:
        plain = Plain(worksheet.digits, fractions=False)
        return {cell: Written(plain.number(cell[0])) for cell in cells}
    return {cell: written(worksheet, *cell) for cell in cells}


@lru_cache(maxsize=4096)
def _breadth(text: str) -> float:
    """Measure a text in digits of the same type: capitals are wider, small letters narrower."""
    return sum(
        _BREADTHS.get(character, _CAPITAL if character.isupper() else width_of(character))
        for character in text
    )

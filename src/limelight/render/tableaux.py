"""What every drawing of a worksheet needs: how wide boxes are, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from limelight.render.written import Written, written
from limelight.sheet.worksheet import Purpose, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from limelight.sheet.worksheet import Box, Line, Tableau, Worksheet

KINDS = {Purpose.BLANK: "", Purpose.HINTS: "with hints", Purpose.KEY: "key"}
"""What is said of a worksheet behind its title."""


_LEAST_TO_FILL = 2
"""Letters that a cell to be filled has room for, though its number be one figure."""


class Size(NamedTuple):
    """How many letters a box needs in each column, and for the label of a row."""

    column: int = 1
    label: int = 1

    def with_room_for(self, other: Size) -> Size:
        """Return what both fit into."""
        return Size(max(self.column, other.column), max(self.label, other.label))


class Measure(NamedTuple):
    """Measures boxes by their letters, blank cells as if they were filled.

    So a worksheet and its key have their cells in the same places.

    Attributes:
        worksheet: What is drawn.
        letters: Counts the letters of a number.
        label_letters: Counts the letters of a label, no more than a drawing gives it.
    """

    worksheet: Worksheet
    letters: Callable[[str], int]
    label_letters: Callable[[str], int]

    def size(self, box: Box) -> Size:
        """Measure a box that stands by itself."""
        texts = (text for cell in filled(self.worksheet, box) for text in cell)
        return Size(
            column=max(*map(self.letters, texts), *map(self.label_letters, box.column_labels), 1),
            label=max(map(self.label_letters, box.row_labels)),
        )

    def sizes(self, tableau: Tableau) -> dict[str, Size]:
        """Measure the boxes of a tableau by their names: those that share columns are alike."""
        found = defaultdict[str, Size](Size)
        for mates in column_mates(tableau):
            size = Size()
            for box in mates:
                size = size.with_room_for(self.size(box))
            for box in mates:
                found[box.name] = found[box.name].with_room_for(size)
        return dict(found)

    def largest(self) -> Mapping[str, Size]:
        """Measure every box of the worksheet in the tableau where it is largest."""
        found = defaultdict[str, Size](Size)
        for part in self.worksheet.parts:
            for tableau in part.tableaux:
                for name, size in self.sizes(tableau).items():
                    found[name] = found[name].with_room_for(size)
        return found


def spine(tableau: Tableau) -> tuple[Box, ...]:
    """Return the boxes one below the other; of a turned tableau, those side by side."""
    head = () if tableau.head is None else (tableau.head,)
    return (*head, *(line.box for line in tableau.lines))


def _along(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the spine, and each box beside it alone."""
    yield spine(tableau)
    yield from ((box,) for line in tableau.lines for box in line.beside)


def _across(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the head alone, and the boxes of each line."""
    if tableau.head is not None:
        yield (tableau.head,)
    yield from (line.boxes for line in tableau.lines)


def column_mates(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the boxes that stand in the same columns, group by group."""
    return _across(tableau) if tableau.is_turned else _along(tableau)


def row_mates(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the boxes that stand in the same rows, group by group."""
    return _along(tableau) if tableau.is_turned else _across(tableau)


def filled(worksheet: Worksheet, box: Box) -> Iterator[Written]:
    """Write every cell of a box as a key has it."""
    return (written(worksheet, number, State.WORKED) for *_, number, _ in box.cells())


def is_tall(worksheet: Worksheet, boxes: Iterable[Box]) -> bool:
    """Tell whether a cell needs two lines: a fraction, and its decimal below."""
    return any(cell.decimal for box in boxes for cell in filled(worksheet, box))


class Captions:
    """Says what stands beside the name of a box: its axes, or which copy or piece it is."""

    def __init__(self, worksheet: Worksheet) -> None:
        """Take down where each box of a whole worksheet, before it is cut, is worked."""
        self._shapes = {
            box.name: (len(box.row_labels), len(box.column_labels)) for box in worksheet.boxes
        }
        self._origins: dict[str, str] = {}
        number = ""
        for line in worksheet.lines:
            number = line.number or number
            self._origins.setdefault(line.box.name, f"from {number}")

    def words(self, box: Box) -> str:
        """Return the words of a caption."""
        kind = f"{box.row_axis} × {box.column_axis}"
        if box.is_copy:
            kind = self._origins.get(box.name, "as given")
        rows, columns = self._shapes[box.name]
        down, across = box.first
        parts = [
            _part("row", down, len(box.row_labels), rows),
            _part("column", across, len(box.column_labels), columns),
        ]
        return ", ".join(filter(None, [kind, *parts]))


def _part(word: str, first: int, size: int, whole: int) -> str:
    """Say which rows a piece has, where they are not all."""
    if size == whole:
        return ""
    if size == 1:
        return f"{word} {first + 1}"
    return f"{word}s {first + 1}–{first + size}"


def heading(line: Line) -> str:
    """Return what a stage is called where it begins: "[2] Scores"; else nothing."""
    title = f"{line.number} {line.title}".strip()
    return f"{title}, continued" if title and goes_on(line) else title


def goes_on(line: Line) -> bool:
    """Tell whether a line is a piece that is not the first: what is said of it was said."""
    return line.box.first != (0, 0)


def imprint(worksheet: Worksheet) -> tuple[tuple[str, str], ...]:
    """Return what tells this sheet from others, with a label for each."""
    known = (
        ("Exercise", worksheet.identity),
        ("Seed", worksheet.seed),
        ("Sheet", worksheet.number),
    )
    return tuple((label, text) for label, text in known if text)

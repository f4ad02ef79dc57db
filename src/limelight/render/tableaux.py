"""What every drawing of a worksheet needs: how wide boxes are, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from limelight.render.written import Written, answer, is_off, written
from limelight.sheet.worksheet import Purpose, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from limelight.sheet.worksheet import Box, Line, Tableau, Worksheet

KINDS = {
    Purpose.BLANK: "",
    Purpose.HINTS: "with hints",
    Purpose.KEY: "key",
}
"""What is said of a worksheet behind its title."""


_LEAST_TO_FILL = 2
"""Letters that a cell to be filled has room for, though its number be one figure."""


class Size(NamedTuple):
    """How large a box is drawn.

    Attributes:
        column: Letters that each of its columns has room for.
        label: Letters that the labels of its rows have room for.
        is_tall: Its cells have two lines, for a fraction and its decimal.
    """

    column: int = 1
    label: int = 1
    is_tall: bool = False

    def with_room_for(self, other: Size) -> Size:
        """Return what both fit into."""
        return Size(
            column=max(self.column, other.column),
            label=max(self.label, other.label),
            is_tall=self.is_tall or other.is_tall,
        )


class Sizes:
    """The sizes of the boxes of one tableau.

    They are told apart by identity: a matrix may stand in a tableau twice, once among those that
    share its columns, and once more beside a box.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._sizes: dict[int, Size] = {}

    def __getitem__(self, box: Box) -> Size:
        """Return the size of a box of the tableau."""
        return self._sizes[id(box)]

    def give(self, boxes: tuple[Box, ...], needs: Iterable[Size]) -> None:
        """Give boxes room for what each of them needs."""
        largest = reduce(Size.with_room_for, needs, Size())
        for box in boxes:
            self._sizes[id(box)] = largest.with_room_for(self._sizes.get(id(box), largest))


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
        cells = list(self._cells(box))
        least = 1 if box.making is None else _LEAST_TO_FILL
        labels = map(self.label_letters, box.column_labels)
        numbers = (self.letters(text) for cell in cells for text in cell)
        return Size(
            column=max(*numbers, *labels, least),
            label=max(map(self.label_letters, box.row_labels)),
            is_tall=bool(box.comments) or any(cell.decimal for cell in cells),
        )

    def _cells(self, box: Box) -> Iterator[Written]:
        """Go through what stands in the cells, or is to stand there."""
        if not box.comments:
            yield from (
                written(self.worksheet, number, State.WORKED) for *_, number, _ in box.cells()
            )
        for numbers, comments in zip(box.numbers, box.comments, strict=False):
            for number, comment in zip(numbers, comments, strict=True):
                yield Written(answer(comment))
                if is_off(comment):
                    yield Written(written(self.worksheet, number, State.WORKED).text)

    def sizes(self, tableau: Tableau) -> Sizes:
        """Measure the boxes of a tableau: what shares columns or rows is alike in them."""
        own = {id(box): self.size(box) for box in tableau.boxes}
        sizes = Sizes()
        for mates in column_mates(tableau):
            sizes.give(mates, (own[id(box)]._replace(is_tall=False) for box in mates))
        for mates in row_mates(tableau):
            is_tall = any(own[id(box)].is_tall for box in mates)
            for box in mates:
                sizes.give((box,), [Size(is_tall=is_tall)])
        return sizes

    def largest(self) -> dict[str, Size]:
        """Measure every box, by its name, where it is largest."""
        found = defaultdict[str, Size](Size)
        for part in self.worksheet.parts:
            for tableau in part.tableaux:
                sizes = self.sizes(tableau)
                for box in tableau.boxes:
                    found[box.name] = found[box.name].with_room_for(sizes[box])
        return dict(found)


def spine(tableau: Tableau) -> tuple[Box, ...]:
    """Return the boxes one below the other; of a turned tableau, those side by side."""
    head = () if tableau.head is None else (tableau.head,)
    return (*head, *(line.box for line in tableau.lines))


def along(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the spine, and each box beside it alone."""
    yield spine(tableau)
    yield from ((box,) for line in tableau.lines for box in line.beside)


def across(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the head alone, and the boxes of each line."""
    if tableau.head is not None:
        yield (tableau.head,)
    yield from (line.boxes for line in tableau.lines)


def column_mates(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the boxes that stand in the same columns, group by group."""
    return across(tableau) if tableau.is_turned else along(tableau)


def row_mates(tableau: Tableau) -> Iterator[tuple[Box, ...]]:
    """Return the boxes that stand in the same rows, group by group."""
    return along(tableau) if tableau.is_turned else across(tableau)


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
            for box in line.boxes:
                if box.making is not None:
                    self._origins.setdefault(box.name, f"from {number}")

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

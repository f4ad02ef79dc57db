"""Cut a worksheet so that it fits: wide tableaux into bands, tall boxes into pieces.

A renderer says how much room it has, in whatever unit it measures; what comes back is a
worksheet again, whose every piece carries its own labels. Tokens as rows are cut the same
way: lines that run off to the right go on in a tableau below.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import ShapeError
from limelight.sheet.worksheet import Box, Line, Tableau

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limelight.sheet.worksheet import Worksheet

BESIDE_AT_MOST = 0.6
"""What stands beside a box may take this share of the room; a wider one stands by itself."""


class Room(NamedTuple):
    """How much fits.

    Attributes:
        across: The width that a tableau may have.
        column: How wide a column of a box is.
        labels: How wide a box's row labels are, with the gap to its neighbour.
        most_rows: The most rows of a piece.
    """

    across: float
    column: Callable[[Box], float]
    labels: Callable[[Box], float]
    most_rows: int

    def width(self, box: Box) -> float:
        """Measure a whole box."""
        return self.labels(box) + self.column(box) * len(box.column_labels)

    def columns_in(self, box: Box, across: float) -> int:
        """Count the columns of a box that fit into a width.

        Raises:
            ShapeError: Not even one fits.
        """
        columns = int((across - self.labels(box)) / self.column(box))
        if columns < 1:
            msg = (
                f"a column of {box.name} must fit the width there is; "
                f"it takes {self.column(box) + self.labels(box):.0f} of {across:.0f}.\n"
                "  Long labels and long numbers make columns wide.\n"
                "  Shorten the labels, take fewer digits, or a wider page."
            )
            raise ShapeError(msg)
        return columns


def flowed(worksheet: Worksheet, room: Room) -> Worksheet:
    """Return the worksheet cut so that every tableau fits.

    Raises:
        ShapeError: A single column is wider than the room.
    """
    return worksheet._replace(
        parts=tuple(
            part._replace(
                tableaux=tuple(
                    piece for tableau in part.tableaux for piece in _pieces(tableau, room)
                )
            )
            for part in worksheet.parts
        )
    )


def cut(box: Box, rows: range, columns: range) -> Box:
    """Return a piece of a box, counted within the box."""
    down, across = box.first
    return box._replace(
        numbers=tuple(box.numbers[row][columns.start : columns.stop] for row in rows),
        states=tuple(box.states[row][columns.start : columns.stop] for row in rows),
        comments=tuple(
            box.comments[row][columns.start : columns.stop] for row in rows if box.comments
        ),
        row_labels=box.row_labels[rows.start : rows.stop],
        column_labels=box.column_labels[columns.start : columns.stop],
        first=(down + rows.start, across + columns.start),
    )


def _pieces(tableau: Tableau, room: Room) -> Iterator[Tableau]:
    bands = _turned_bands if tableau.is_turned else _bands
    apart, rest = _without_large(tableau, room)
    for box in apart:
        yield from _alone(box, room, is_turned=tableau.is_turned)
    if _spine(rest):
        yield from bands(rest, room)


def _alone(box: Box, room: Room, *, is_turned: bool) -> Iterator[Tableau]:
    """Return a box by itself, in as many pieces as it needs."""
    for columns in runs(len(box.column_labels), room.columns_in(box, room.across)):
        for rows in runs(len(box.row_labels), room.most_rows):
            yield Tableau(cut(box, rows, columns), is_turned=is_turned)


def _without_large(tableau: Tableau, room: Room) -> tuple[list[Box], Tableau]:
    """Take out what is too large for its place: operands, mostly, that stand by themselves."""
    head, apart = tableau.head, list[Box]()
    if head is not None and _is_large_head(head, room, is_turned=tableau.is_turned):
        apart.append(head)
        head = None
    lines = []
    for line in tableau.lines:
        is_large = _is_large_beside(tableau, line, room)
        apart += line.beside if is_large else ()
        lines.append(line._replace(beside=()) if is_large else line)
    return apart, tableau._replace(head=head, lines=tuple(lines))


def _is_large_head(head: Box, room: Room, *, is_turned: bool) -> bool:
    if is_turned:
        return room.width(head) > BESIDE_AT_MOST * room.across
    return len(head.row_labels) > room.most_rows


def _is_large_beside(tableau: Tableau, line: Line, room: Room) -> bool:
    if tableau.is_turned:
        return any(len(box.row_labels) > room.most_rows for box in line.beside)
    if sum(map(room.width, line.beside)) <= BESIDE_AT_MOST * room.across:
        return False
    return _beside(tableau, room) + max(map(room.width, _spine(tableau))) > room.across


def _beside(tableau: Tableau, room: Room) -> float:
    return max((sum(map(room.width, line.beside)) for line in tableau.lines), default=0.0)


def _spine(tableau: Tableau) -> tuple[Box, ...]:
    """Return the boxes that share their columns; turned, those that share their rows."""
    head = () if tableau.head is None else (tableau.head,)
    return (*head, *(line.box for line in tableau.lines))


def _bands(tableau: Tableau, room: Room) -> Iterator[Tableau]:
    """Cut across the shared columns: each band has the operands beside it again."""
    spine = _spine(tableau)
    across = room.across - _beside(tableau, room)
    most = min(room.columns_in(box, across) for box in spine)
    for band, columns in enumerate(runs(len(spine[0].column_labels), most)):
        yield _shortened(_banded(tableau, band, partial(_columns_of, columns=columns)), room)


def _banded(tableau: Tableau, band: int, piece_of: Callable[[Box], Box]) -> Tableau:
    """Return one band; what stands beside it is a copy from the second band on."""
    return tableau._replace(
        head=None if tableau.head is None else piece_of(tableau.head),
        lines=tuple(
            line._replace(
                box=piece_of(line.box),
                beside=tuple(_again(box) for box in line.beside) if band else line.beside,
            )
            for line in tableau.lines
        ),
    )


def _again(box: Box) -> Box:
    return box._replace(is_copy=True)


def _columns_of(box: Box, columns: range) -> Box:
    return cut(box, range(len(box.row_labels)), columns)


def _rows_of(box: Box, rows: range) -> Box:
    return cut(box, rows, range(len(box.column_labels)))


def _shortened(tableau: Tableau, room: Room) -> Tableau:
    """Cut lines that are too tall, and with them what stands beside."""
    lines: list[Line] = []
    for line in tableau.lines:
        for index, rows in enumerate(runs(len(line.box.row_labels), room.most_rows)):
            box, beside = _rows_of(line.box, rows), tuple(_rows_of(b, rows) for b in line.beside)
            lines.append(Line(box, beside) if index else line._replace(box=box, beside=beside))
    return tableau._replace(lines=tuple(lines))


def _turned_bands(tableau: Tableau, room: Room) -> Iterator[Tableau]:
    """Go on in a tableau below where a line would run off to the right; cut shared rows."""
    for piece in _turned_groups(tableau, room):
        for band, rows in enumerate(runs(len(_spine(piece)[0].row_labels), room.most_rows)):
            yield _banded(piece, band, partial(_rows_of, rows=rows))


def _turned_groups(tableau: Tableau, room: Room) -> Iterator[Tableau]:
    head, lines, used = tableau.head, list[Line](), 0.0
    for line in tableau.lines:
        left = room.across - used - (room.width(head) if head else 0.0)
        if _breadth(line, room) > left and (lines or head):
            if lines or head is tableau.head:
                yield Tableau(head, tuple(lines), is_turned=True)
            last = lines[-1].box if lines else head
            head, lines, used = _carried(last, line, room), [], 0.0
        if _breadth(line, room) > room.across:
            yield from _column_pieces(line, room)
            head = None
            continue
        lines.append(line)
        used += _breadth(line, room)
    if lines or not tableau.lines:
        yield Tableau(head, tuple(lines), is_turned=True)


def _carried(box: Box | None, line: Line, room: Room) -> Box | None:
    """Return a copy of the box that the next line reads, where both fit."""
    if box is None or room.width(box) + _breadth(line, room) > room.across:
        return None
    return _again(box)


def _breadth(line: Line, room: Room) -> float:
    """Measure a line whose operands stand above its box."""
    return max(map(room.width, line.boxes))


def _column_pieces(line: Line, room: Room) -> Iterator[Tableau]:
    """Cut a single line that is wider than the room, and with it what stands above."""
    most = min(room.columns_in(box, room.across) for box in line.boxes)
    for index, columns in enumerate(runs(len(line.box.column_labels), most)):
        box = _columns_of(line.box, columns)
        beside = tuple(_columns_of(above, columns) for above in line.beside)
        piece = Line(box, beside) if index else line._replace(box=box, beside=beside)
        yield Tableau(None, (piece,), is_turned=True)


def runs(size: int, most: int) -> list[range]:
    """Divide a size into runs of at most *most*, as even as can be."""
    count = -(-size // most)
    ends = [size * index // count for index in range(count + 1)]
    return [range(start, stop) for start, stop in pairwise(ends)]

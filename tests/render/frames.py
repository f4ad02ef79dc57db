"""Boxes read back from the letters that draw them: where they stand, what is in their cells."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from limelight.render.lines import width_of


class Frame(NamedTuple):
    """A box as it is drawn.

    Attributes:
        top: The line of its upper edge.
        bottom: The line of its lower edge.
        uprights: The columns of a terminal in which its upright lines stand.
        cells: What stands between them, row by row, the two lines of a cell in one text.
    """

    top: int
    bottom: int
    uprights: tuple[int, ...]
    cells: list[list[str]]


def frames_in(text: str) -> list[Frame]:
    """Find every frame, ordered by its lower edge and then from left to right.

    Raises:
        ValueError: A frame does not close, or an upright has a gap.
    """
    lines = [_spread(line) for line in text.split("\n")]
    corners = [
        (row, column)
        for row, line in enumerate(lines)
        for column, letter in enumerate(line)
        if letter == "┌"
    ]
    found = [_frame(lines, *corner) for corner in corners]
    return sorted(found, key=lambda frame: (frame.bottom, frame.uprights))


def _spread(line: str) -> str:
    """Give each letter as many places as a terminal does."""
    return "".join(letter + "#" * (width_of(letter) - 1) for letter in line if width_of(letter))


def _frame(lines: list[str], top: int, left: int) -> Frame:
    right = lines[top].index("┐", left)
    edge = lines[top][left : right + 1]
    uprights = tuple(left + at for at, letter in enumerate(edge) if letter in "┌┬┐")
    rows: list[list[str]] = []
    for bottom in range(top + 1, len(lines)):
        line = lines[bottom].ljust(right + 1)
        if line[left] == "└" and line[right] == "┘":
            return Frame(top, bottom, uprights, [[*map(_joined, row)] for row in rows])
        if line[left] == "├" and line[right] == "┤":
            continue
        if any(line[at] not in "│╎" for at in uprights):
            break
        if line[left - 2] != " ":  # its label: here a row begins
            rows.append([""] * (len(uprights) - 1))
        for column, (start, stop) in enumerate(pairwise(uprights)):
            rows[-1][column] += line[start + 1 : stop]
    msg = f"a frame does not close: {lines[bottom]}"
    raise ValueError(msg)


def _joined(cell: str) -> str:
    """Return what a cell shows; underscores are a blank one."""
    return " ".join(cell.replace("_", " ").split())

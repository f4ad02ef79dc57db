"""Answers as CSV, as spreadsheets save it: blocks of rows, or one cell a line.

Blocks: a line with the name of a step, then its rows, until an empty line or the next name.
A cell a line: the heading step,row,column,value, counted from 1.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.marking.answers import MOST_ENTRIES, Answers, as_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = ("step", "row", "column", "value")
_NAME = re.compile(r"[A-Za-z][A-Za-z_0-9ᵀ]{0,15}")
_ABOUT = ("identity", "name")
MOST_LINES = 1_000
"""The most rows and columns that a cell of a line may name."""


def parse_table(text: str, origin: str) -> Answers:
    """Read answers from CSV text; commas, semicolons and tabs separate.

    Raises:
        FileError: There is no step in it, or a line of a cell says no place.
    """
    lines = list(_lines(text, origin))
    about = {line[0].lower(): line[1] for line in lines if _is_about(line)}
    lines = [line for line in lines if not _is_about(line)]
    if lines and tuple(cell.lower() for cell in lines[0][:4]) == _HEADING:
        steps = _cells(lines[1:], origin)
    else:
        steps = _blocks(lines)
    if not steps:
        msg = (
            f"{origin} must hold answers: the name of a step, then its rows.\n"
            f"  It has {len(lines)} lines, and none is the name of a step.\n"
            "  Write S on a line by itself, and below it a line for each row: 3,2,1/2."
        )
        raise FileError(msg)
    answers = as_answers(steps)
    return answers._replace(
        name=about.get("name", origin)[:200], identity=about.get("identity", "")[:200]
    )


def _lines(text: str, origin: str) -> Iterator[list[str]]:
    """Go through the lines as lists of cells, without empty ones at their ends."""
    # A decimal comma stands where semicolons or tabs separate.
    separator = next((sign for sign in ";\t" if sign in text), ",")
    entries = 0
    try:
        for line in csv.reader(StringIO(text), delimiter=separator):
            cells = [cell.strip() for cell in line]
            while cells and not cells[-1]:
                cells.pop()
            entries += len(cells)
            if entries > MOST_ENTRIES:
                break
            yield cells
    except csv.Error as error:
        msg = (
            f"{origin} must be CSV; it stops being so: {error}.\n"
            "  A line is a row of cells, separated by commas, semicolons or tabs.\n"
            "  Save it again as CSV in UTF-8."
        )
        raise FileError(msg) from None
    if entries > MOST_ENTRIES:
        raise FileError(_too_many(origin))


def _is_about(line: list[str]) -> bool:
    return len(line) == len(_ABOUT) and line[0].lower() in _ABOUT


def _blocks(lines: list[list[str]]) -> dict[str, list[list[str]]]:
    steps: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in lines:
        if not line:
            rows = None
        elif _NAME.fullmatch(line[0]) and len(line) == 1:
            rows = steps.setdefault(line[0], [])
        elif rows is not None:
            rows.append(line)
    return {name: block for name, block in steps.items() if block}


def _cells(lines: list[list[str]], origin: str) -> dict[str, list[list[str]]]:
    places: dict[str, dict[tuple[int, int], str]] = {}
    for line in filter(None, lines):
        name, row, column, value = (*line, "", "", "", "")[:4]
        if not (_is_place(row) and _is_place(column)):
            msg = (
                f"{origin}: a line must be step,row,column,value; "
                f"got {','.join(line)[:60]!r}.\n"
                f"  Rows and columns are counted from 1, up to {MOST_LINES}.\n"
                "  Write S,1,2,3/4."
            )
            raise FileError(msg)
        places.setdefault(name, {})[int(row), int(column)] = value
    sizes = {name: _size(cells) for name, cells in places.items()}
    if sum(rows * columns for rows, columns in sizes.values()) > MOST_ENTRIES:
        raise FileError(_too_many(origin))
    return {name: _matrix(cells, *sizes[name]) for name, cells in places.items()}


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST_LINES  # noqa: PLR2004 - no long numbers


def _size(cells: dict[tuple[int, int], str]) -> tuple[int, int]:
    return max(row for row, _ in cells), max(column for _, column in cells)


def _matrix(cells: dict[tuple[int, int], str], rows: int, columns: int) -> list[list[str]]:
    return [
        [cells.get((row, column), "") for column in range(1, columns + 1)]
        for row in range(1, rows + 1)
    ]


def _too_many(origin: str) -> str:
    return (
        f"{origin} must have at most {MOST_ENTRIES:,} cells; it has more.\n"
        "  A sheet is meant to be worked by people.\n"
        "  Check that it is the right file."
    )

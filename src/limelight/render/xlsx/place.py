"""Where a matrix stands on a sheet, and how a formula calls its cells."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

At: TypeAlias = tuple[int, int]
"""Row and column of a cell, counted from 0 on the sheet."""

_LETTERS = 26


class Place(NamedTuple):
    """The cells of a matrix, counted from 0 on the sheet.

    Formulas are written for tokens as columns; a place that is turned knows where such a cell
    stands when tokens are rows.

    Attributes:
        row: The first row.
        column: The first column.
        rows: How many rows are shown.
        columns: How many columns are shown.
        is_turned: Tokens are rows.
    """

    row: int
    column: int
    rows: int
    columns: int
    is_turned: bool = False

    @property
    def first(self) -> At:
        """The first cell."""
        return self.row, self.column

    @property
    def last(self) -> At:
        """The last cell."""
        return self.shown(self.rows - 1, self.columns - 1)

    @property
    def range(self) -> str:
        """Every cell: "C5:F7"."""
        return _between(self.first, self.last)

    @property
    def fixed(self) -> str:
        """The same for a name, which must not move: "$C$5:$F$7"."""
        corners = (f"${letters(column)}${row + 1}" for row, column in (self.first, self.last))
        return ":".join(dict.fromkeys(corners))

    @property
    def worked_columns(self) -> int:
        """How many columns there are when tokens are columns."""
        return self.rows if self.is_turned else self.columns

    @property
    def worked_rows(self) -> int:
        """How many rows there are when tokens are columns."""
        return self.columns if self.is_turned else self.rows

    def at(self, row: int, column: int) -> str:
        """Call one cell, counted with tokens as columns: "C5"."""
        return address(*self._turned(row, column))

    def down(self, column: int) -> str:
        """Call a whole column, counted with tokens as columns: "C5:C7", or turned "C5:E5"."""
        last = self.worked_rows - 1
        return _between(self._turned(0, column), self._turned(last, column))

    def shown(self, row: int, column: int) -> At:
        """Find a cell by its row and column as they are shown."""
        return self.row + row, self.column + column

    def _turned(self, row: int, column: int) -> At:
        return self.shown(column, row) if self.is_turned else self.shown(row, column)


def address(row: int, column: int) -> str:
    """Write a cell as spreadsheets do.

    >>> address(4, 2), address(0, 27)
    ('C5', 'AB1')
    """
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Write the number of a column, counted from 0, in letters."""
    text, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, _LETTERS)
        text = chr(ord("A") + letter) + text
    return text


def _between(first: At, last: At) -> str:
    """Call the cells between two corners; one cell is called by itself."""
    return ":".join(dict.fromkeys((address(*first), address(*last))))

"""A matrix of exact or float64 numbers, small enough to read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeGuard, cast

from limelight.errors import NumberError, ShapeError
from limelight.notation.numbers import Number, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row: TypeAlias = tuple[Number, ...]

MAX_CELLS = 1_000_000
"""The most cells that one matrix of an exercise may have."""


class Shape(NamedTuple):
    """Rows and columns of a matrix."""

    rows: int
    columns: int

    def __str__(self) -> str:
        """Write (rows, columns)."""
        return f"({self.rows}, {self.columns})"


class Cell(NamedTuple):
    """A place in a matrix, counted from 0."""

    row: int
    column: int


class Matrix:
    """Rows of numbers; immutable, never empty, never ragged.

    >>> Matrix.read([[1, "1/2"], [0.5, -1]])[0, 1]
    Fraction(1, 2)
    """

    __slots__ = ("rows", "shape")

    def __init__(self, rows: tuple[Row, ...]) -> None:
        """Take rows that are known to be good; `read` takes anything."""
        self.rows = rows
        self.shape = Shape(len(rows), len(rows[0]))

    @classmethod
    def read(cls, entries: object, name: str = "the matrix") -> Matrix:
        """Read nested lists, a NumPy array or anything else with `tolist`.

        Args:
            entries: (rows, columns) of entries as `read_number` takes them.
            name: What to call it in an error.

        Raises:
            ShapeError: Not two-dimensional, empty or ragged.
            NumberError: An entry is not a finite number; the message has its place.
        """
        if isinstance(entries, Matrix):
            return entries
        rows = as_lists(entries)
        if problem := shape_problem(rows):
            raise ShapeError(f"{name} {problem}\n{_WAY_OUT}")
        checked = cast("list[list[object]]", rows)
        return cls(tuple(_read_row(row, name, index) for index, row in enumerate(checked)))

    @property
    def T(self) -> Matrix:  # noqa: N802 - the field's own name
        """The transpose."""
        return Matrix(tuple(zip(*self.rows, strict=True)))

    def column(self, index: int) -> Row:
        """Return one column."""
        return tuple(row[index] for row in self.rows)

    def cells(self) -> Iterator[tuple[Cell, Number]]:
        """Go through the cells, row by row."""
        for row, numbers in enumerate(self.rows):
            for column, number in enumerate(numbers):
                yield Cell(row, column), number

    def tolist(self) -> list[list[Number]]:
        """Return nested lists."""
        return [list(row) for row in self.rows]

    def __getitem__(self, cell: tuple[int, int]) -> Number:
        """Return the number at (row, column), counted from 0."""
        row, column = cell
        return self.rows[row][column]

    def __eq__(self, other: object) -> bool:
        """Equal when every number is."""
        return isinstance(other, Matrix) and self.rows == other.rows

    def __hash__(self) -> int:
        """Hash the numbers."""
        return hash(self.rows)

    def __repr__(self) -> str:
        """Show the shape and the first row."""
        first = ", ".join(str(number) for number in self.rows[0][:6])
        return f"<Matrix {self.shape}: {first}{', …' if self.shape.columns > 6 else ''}>"  # noqa: PLR2004


_WAY_OUT = "  A matrix is a list of rows, each a list of as many numbers."


def shape_problem(rows: object) -> str:
    """Say why *rows* is not a matrix; "" when it is one."""
    if not is_list_of_rows(rows):
        return "must be a list of rows, and every row a list of numbers."
    if not rows or not rows[0]:
        return f"is empty: it has {'no rows' if not rows else 'no columns'}."
    width = len(rows[0])
    for index, row in enumerate(rows, 1):
        if len(row) != width:
            return (
                f"is ragged: expected {width} numbers in every row, as in row 1; "
                f"row {index} has {len(row)}."
            )
    if len(rows) * width > MAX_CELLS:
        return f"is too large: {len(rows)} × {width} is more than {MAX_CELLS:,} cells."
    return ""


def is_list_of_rows(rows: object) -> TypeGuard[list[list[object]]]:
    """Tell whether *rows* is a list of lists, and no array of three dimensions."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return False
    first = rows[0] if rows else []
    return not first or not all(isinstance(entry, list | tuple) for entry in first)


def as_lists(entries: object) -> object:
    """Turn arrays and tuples into lists; leave anything else for the check."""
    to_list = getattr(entries, "tolist", None)
    plain = to_list() if callable(to_list) else entries
    if isinstance(plain, list | tuple):
        return [_row_as_list(row) for row in plain]
    return plain


def _row_as_list(row: object) -> object:
    to_list = getattr(row, "tolist", None)
    plain = to_list() if callable(to_list) else row
    return list(plain) if isinstance(plain, list | tuple) else plain


def _read_row(row: Sequence[object], name: str, index: int) -> Row:
    return tuple(_read_entry(entry, name, index, column) for column, entry in enumerate(row))


def _read_entry(entry: object, name: str, row: int, column: int) -> Fraction:
    if type(entry) is int:
        return Fraction(entry)
    try:
        return read_number(entry)
    except NumberError as error:
        msg = f"{name}[{row + 1},{column + 1}]: {error}"
        raise NumberError(msg) from None

"""Matrices: read exactly, never empty, never ragged."""

from __future__ import annotations

from array import array
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import NumberError, ShapeError
from limelight.mechanism.matrix import MAX_CELLS, Cell, Matrix, Shape
from tests.oracles.limits import within
from tests.strategies import SIZES, Grid, grids

HALF = Fraction(1, 2)


@st.composite
def any_grid(draw: st.DrawFn) -> Grid:
    """Draw a matrix of any small size."""
    return draw(grids(draw(SIZES), draw(SIZES)))


@pytest.mark.parametrize(
    "entries",
    [
        [[1, 0.5], [-2, 0]],
        ((1, "1/2"), (-2, 0)),
        [(1, "0.5"), ["-2", 0.0]],
        np.array([[1, 0.5], [-2, 0]]),
        np.array([[1, 0.5], [-2, 0]], dtype=np.float32),
        [np.array([1, 0.5]), np.array([-2.0, 0])],
        [array("d", [1, 0.5]), array("d", [-2, 0])],
        list(np.array([[1, 0.5], [-2, 0]])),
        [[np.float64(1), np.float64(0.5)], [np.int64(-2), np.int64(0)]],
    ],
    ids=lambda entries: type(entries).__name__,
)
def test_everything_that_looks_like_a_matrix_is_read(entries: object) -> None:
    """Nested lists and tuples, arrays, and lists of arrays or of NumPy's numbers are read."""
    assert Matrix.read(entries).tolist() == [[1, HALF], [-2, 0]]


def test_float32_keeps_its_value() -> None:
    """A float32 array is read as the numbers that it holds."""
    third = np.array([[1 / 3]], dtype=np.float32)

    assert float(Matrix.read(third)[0, 0]) == float(third[0, 0])


def test_a_matrix_is_returned_as_it_is() -> None:
    """What is a matrix already is not read again."""
    matrix = Matrix(((0.5, HALF),))

    assert Matrix.read(matrix) is matrix


@given(any_grid())
def test_a_matrix_has_what_was_given(grid: Grid) -> None:
    """Shape, cells, columns and nested lists are those of the rows that went in."""
    matrix = Matrix.read(grid)
    rows, columns = len(grid), len(grid[0])

    assert matrix.shape == Shape(rows, columns)
    assert matrix.tolist() == grid
    assert list(matrix.cells()) == [
        (Cell(row, column), grid[row][column]) for row in range(rows) for column in range(columns)
    ]
    assert [list(matrix.column(index)) for index in range(columns)] == [
        list(column) for column in zip(*grid, strict=True)
    ]


@given(any_grid())
def test_transposed_twice_is_as_before(grid: Grid) -> None:
    """The transpose exchanges rows and columns; its transpose is the matrix itself."""
    matrix = Matrix.read(grid)

    assert matrix.T.shape == (matrix.shape.columns, matrix.shape.rows)
    assert all(matrix.T[cell.column, cell.row] == number for cell, number in matrix.cells())
    assert matrix == matrix.T.T


def test_equal_numbers_make_equal_matrices() -> None:
    """Matrices are equal, and hash alike, when their numbers are; a list is no matrix."""
    first, second = Matrix.read([[1, 0.5]]), Matrix.read([["1", "1/2"]])

    assert first == second
    assert hash(first) == hash(second)
    assert first != Matrix.read([[1, 1]])
    assert first != [[1, HALF]]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([], "is empty: it has no rows"),
        ([[]], "is empty: it has no columns"),
        (np.zeros((0, 3)), "is empty: it has no rows"),
        (np.zeros((3, 0)), "is empty: it has no columns"),
        ([[1, 2], [3]], "is ragged: expected 2 numbers in every row, as in row 1; row 2 has 1"),
        ([[1], []], "is ragged: expected 1 numbers in every row, as in row 1; row 2 has 0"),
        ([1, 2], "must be a list of rows"),
        (np.zeros(3), "must be a list of rows"),
        ([[1], 2], "must be a list of rows"),
        ("12", "must be a list of rows"),
        (["12", "34"], "must be a list of rows"),
        ({"a": [1]}, "must be a list of rows"),
        (7, "must be a list of rows"),
        (None, "must be a list of rows"),
    ],
    ids=repr,
)
def test_what_is_no_matrix_is_refused(entries: object, problem: str) -> None:
    """Empty, ragged and other shapes are refused under the matrix's name."""
    with pytest.raises(ShapeError) as caught:
        Matrix.read(entries, "W_Q")

    assert str(caught.value).startswith(f"W_Q {problem}")


@pytest.mark.parametrize("entry", ["x", float("nan"), float("inf"), None, True, [1]], ids=repr)
def test_an_entry_that_is_no_number_has_its_place(entry: object) -> None:
    """An error about an entry says where it stands, counted from 1."""
    with pytest.raises(NumberError, match=r"^X\[2,3\]: expected a "):
        Matrix.read([[1, 2, 3], [4, 5, entry]], "X")


@pytest.mark.parametrize("shape", [(2, 2, 2), (1, 1, 1), (2, 2, 0)])
def test_three_dimensions_are_no_matrix(shape: tuple[int, int, int]) -> None:
    """An array of three dimensions has the wrong shape, not wrong numbers."""
    with pytest.raises(ShapeError, match="must be a list of rows"):
        Matrix.read(np.ones(shape), "X")


def test_a_matrix_of_too_many_cells_is_refused() -> None:
    """More than a million cells are refused before they are read."""
    with within(5), pytest.raises(ShapeError, match="is more than 1,000,000 cells"):
        Matrix.read([[0] * (MAX_CELLS // 2)] * 3)


def test_a_matrix_shows_its_shape() -> None:
    """What a debugger shows has the shape and the first numbers."""
    assert repr(Matrix.read([[1, "1/2"]])) == "<Matrix (1, 2): 1, 1/2>"
    assert repr(Matrix.read([list(range(9))])) == "<Matrix (1, 9): 0, 1, 2, 3, 4, 5, …>"

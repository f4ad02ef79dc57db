"""Tokens as rows: the same truth, transposed."""

from __future__ import annotations

import pytest

from limelight.notation.plain import Plain
from tests.sheet.looking import NAMES, blocks_of, grids_of, sheet_of_trace

PRODUCTS = {
    "Q": ("Q = X W_Q", ["X", "W_Q", "Q"]),
    "S": ("S = Q Kᵀ", ["Q", "K_T", "S"]),
    "Z": ("Z = A V", ["A", "V", "Z"]),
}
KEPT = {
    "K_T": ("Kᵀ = transpose(K)", ["K", "K_T"]),
    "C": ("C = floor(S/2)", ["S", "C"]),
    "A": ("A = E / sums", ["E", "sums", "A"]),
}
WORDS = {
    "sums": ("each column of E added up", "each row of E added up"),
    "S": (
        "each cell is a row of Kᵀ times a column of Q",
        "each cell is a row of Q times a column of Kᵀ",
    ),
    "A": (
        "each column of E divided by its own sum, so that it adds up to 1",
        "each row of E divided by its own sum, so that it adds up to 1",
    ),
}


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_every_grid_is_the_transpose(name: str, recipe: str) -> None:
    """Numbers, labels and axes of every grid change places."""
    columns = {grid.caption: grid for grid in grids_of(sheet_of_trace(name, recipe))}
    rows = {grid.caption: grid for grid in grids_of(sheet_of_trace(name, recipe, "rows"))}

    assert rows.keys() == columns.keys()
    for caption, grid in rows.items():
        other = columns[caption]
        assert grid.numbers == tuple(zip(*other.numbers, strict=True))
        assert (grid.row_labels, grid.column_labels) == (other.column_labels, other.row_labels)
        assert (grid.row_axis, grid.column_axis) == (other.column_axis, other.row_axis)


@pytest.mark.parametrize("step", PRODUCTS | KEPT)
def test_products_change_places_and_nothing_else_does(step: str) -> None:
    """The factors of a product change places; a division keeps its order."""
    block = blocks_of(sheet_of_trace("self-attention", view="rows"))[step]
    left, right = block.formula or pytest.fail(f"{step} has no formula")
    found = f"{Plain()(left)} = {Plain()(right)}", [grid.caption for grid in block.grids]

    assert found == (PRODUCTS | KEPT)[step]


@pytest.mark.parametrize("step", WORDS)
def test_words_say_row_for_column(step: str) -> None:
    """What runs down a column runs along a row, and the words say so."""
    columns = blocks_of(sheet_of_trace("self-attention"))[step].saying
    rows = blocks_of(sheet_of_trace("self-attention", view="rows"))[step].saying

    assert (columns, rows) == WORDS[step]


@pytest.mark.parametrize("view", ["columns", "rows"])
@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left(name: str, view: str) -> None:
    """Every {row} and {column} has become a word."""
    sheet = sheet_of_trace(name, "by-hand", view)
    said = [block.saying for block in blocks_of(sheet).values()]
    said += [equation.note for block in blocks_of(sheet).values() for equation in block.equations]

    assert [words for words in said if "{" in words] == []


def test_equations_change_their_numbers() -> None:
    """The row of a cell becomes its column, and the factors change places."""
    equations = {
        view: Plain().equation(
            blocks_of(sheet_of_trace("self-attention", view=view))["K"].equations[0]
        )
        for view in ("columns", "rows")
    }

    assert equations == {
        "columns": "K[3,1] = 1·2 + 0·0 + 0·0 + 0·0 + 0·2 + (-1)·1 = 1",
        "rows": "K[1,3] = 2·1 + 0·0 + 0·0 + 0·0 + 2·0 + 1·(-1) = 1",
    }


def test_the_view_is_named() -> None:
    """The facts say which way tokens run."""
    facts = {fact.label: fact.text for fact in sheet_of_trace("softmax", view="rows").facts}

    assert facts["View"] == "tokens as rows: every matrix is transposed"

"""The sheet of a cell: what it is made from, all the way back, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.errors import UnknownNameError
from limelight.exercises.exercise import Exercise, work
from limelight.mechanism.matrix import Cell
from limelight.mechanism.orientation import Orientation
from limelight.notation.expressions import Entry
from tests.sheet.looking import COLUMNS, NAMES, VIEWS, trace_of
from tests.sheet.provenance import made_of

if TYPE_CHECKING:
    from limelight.mechanism.trace import Trace, Worked
    from limelight.sheet.layout import Layout
    from limelight.sheet.model import Sheet
    from tests.sheet.provenance import Made


def telling_cells(trace: Trace) -> list[tuple[Worked, Cell]]:
    """Every cell of the result, and the last cell of every other matrix."""
    cells = [(trace.result, cell) for cell, _ in trace.result.matrix.cells()]
    corners = [Cell(trace[name].shape.rows - 1, trace[name].shape.columns - 1) for name in trace]
    return cells + [(trace[name], corner) for name, corner in zip(trace, corners, strict=True)]


def written(worked: Worked, cell: Cell, layout: Layout) -> str:
    """Write a cell as people do in a view."""
    shown = layout.orientation.cell(cell)
    return f"{worked.name}[{shown.row + 1},{shown.column + 1}]"


def spelled(sheet: Sheet, orientation: Orientation) -> list[tuple[str, Cell]]:
    """Return the cells whose arithmetic a sheet spells out, in order."""
    found = []
    for section in sheet.sections:
        for block in section.blocks:
            for equation in block.equations:
                first = equation.sides[0]
                assert isinstance(first, Entry)
                cell = orientation.cell(Cell(first.row - 1, first.column - 1))
                found.append((first.name, cell))
    return found


def surplus_and_missing(trace: Trace, sheet: Sheet, layout: Layout, made: Made) -> list[object]:
    """Hold a sheet against what a cell is made of; an empty list when it has exactly that."""
    inputs = {given.name for given in trace.plan.inputs}
    wanted = {(name, cell) for name, cell in made if name not in inputs}
    shown = spelled(sheet, layout.orientation)
    grids = [grid.caption for grid in sheet.sections[-1].blocks[0].grids]
    given = [name for name in trace if name in inputs and name in {name for name, _ in made}]
    return [
        *sorted(set(shown) ^ wanted),
        *({"twice"} if len(shown) != len(set(shown)) else ()),
        *sorted(set(grids) ^ set(given)),
    ]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_a_cell_shows_exactly_what_it_is_made_of(name: str, view: str) -> None:
    """Every cell that counts is spelled out once, every input that counts is given, no other."""
    trace, layout = trace_of(name), VIEWS[view]
    made = made_of(trace)
    wrong = {
        written(worked, cell, layout): found
        for worked, cell in telling_cells(trace)
        if (
            found := surplus_and_missing(
                trace,
                layout.cell(trace, written(worked, cell, layout)),
                layout,
                made[worked.name][cell.row][cell.column],
            )
        )
    }

    assert wrong == {}


def test_the_comparison_sees_a_cell_too_few() -> None:
    """The check can fail: the sheet of another cell is seen to be wrong."""
    trace = trace_of("self-attention")
    made = made_of(trace)["Z"][0][0]

    assert surplus_and_missing(trace, COLUMNS.cell(trace, "Z[1,1]"), COLUMNS, made) == []
    assert surplus_and_missing(trace, COLUMNS.cell(trace, "Z[1,2]"), COLUMNS, made) != []
    assert surplus_and_missing(trace, COLUMNS.cell(trace, "A[1,1]"), COLUMNS, made) != []


def test_a_cell_is_traced_from_the_result_to_what_is_given() -> None:
    """Sections go from the cell back to the inputs, which come last, whole."""
    trace = trace_of("self-attention")
    sheet = COLUMNS.cell(trace, "Z[1,2]")
    titles = [section.title for section in sheet.sections]
    grids = [grid.caption for grid in sheet.sections[-1].blocks[0].grids]

    assert titles == ["Z", "A", "sums", "E", "C", "S", "Kᵀ", "V", "K", "Q", "Given"]
    assert grids == ["X", "W_Q", "W_K", "W_V"]


def test_a_cell_counts_what_it_needs() -> None:
    """Z[1,2] is made of one column of Q and A, one row of V, and all of K."""
    trace = trace_of("self-attention")
    names = [name for name, _ in spelled(COLUMNS.cell(trace, "Z[1,2]"), Orientation.COLUMNS)]
    counts = {name: names.count(name) for name in dict.fromkeys(names)}
    columns = {"Z": 1, "A": 4, "sums": 1, "E": 4, "C": 4, "S": 4, "K_T": 12, "V": 4, "K": 12}

    assert counts == columns | {"Q": 3}


def test_a_given_cell_shows_its_matrix() -> None:
    """The sheet of a cell that is given has nothing but the matrix it stands in."""
    (section,) = COLUMNS.cell(trace_of("self-attention"), "X[1,1]").sections

    assert section.title == "Given"
    assert [grid.caption for grid in section.blocks[0].grids] == ["X"]


def test_a_power_that_was_shifted_shows_the_score_taken_off() -> None:
    """Where the largest score of a column is taken off first, it is part of every power."""
    exercise = Exercise.self_attention(
        x=[[1, 0]], w_q=[[1000]], w_k=[[1]], w_v=[[1]], recipe="exact"
    )
    trace = work(exercise)
    shown = spelled(COLUMNS.cell(trace, "E[2,1]"), Orientation.COLUMNS)

    assert [cell for name, cell in shown if name == "C"] == [Cell(0, 0), Cell(1, 0)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_cell_is_counted_as_it_is_seen(view: str) -> None:
    """Z has three rows and four columns by columns, and the other way round by rows."""
    outside = {"columns": "Z[4,3]", "rows": "Z[3,4]"}[view]
    inside = {"columns": "Z[3,4]", "rows": "Z[4,3]"}[view]
    trace = trace_of("self-attention")

    assert VIEWS[view].cell(trace, inside).sections
    with pytest.raises(UnknownNameError, match="has no cell"):
        VIEWS[view].cell(trace, outside)

"""Traces as JSON values: every number exact, in either orientation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.mechanism.orientation import Orientation
from limelight.notation.numbers import exact_text
from limelight.notation.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.mechanism.compare import Comparison, StepComparison
    from limelight.mechanism.matrix import Cell, Matrix
    from limelight.mechanism.trace import Trace, Worked


def trace_json(
    trace: Trace,
    orientation: Orientation = Orientation.COLUMNS,
    names: Iterable[str] | None = None,
) -> dict[str, object]:
    """Return a trace, or the steps called *names*, inputs first, then steps in order.

    Each step has its name, operation ("given" for an input), operands, the number of rows
    and columns, what they stand for, and its values: rows of exact text.
    """
    chosen = list(trace if names is None else names)
    return {
        **_heading(trace, orientation),
        "recipe": trace.recipe.name,
        "steps": [_step_json(trace[name], orientation) for name in chosen],
    }


def cell_json(
    trace: Trace, worked: Worked, at: Cell, orientation: Orientation
) -> dict[str, object]:
    """Return one cell with everything it is made from, back to the inputs."""
    wanted = worked.back_to_inputs(at)
    return {
        **_heading(trace, orientation),
        "recipe": trace.recipe.name,
        "cell": _cell_text(worked, at, orientation),
        "value": exact_text(worked.matrix[at]),
        "arithmetic": [
            {
                "cell": _cell_text(trace[name], cell, orientation),
                "value": exact_text(trace[name].matrix[cell]),
                "words": Plain().equation(orientation.equation(trace[name].equation(cell))),
            }
            for name in reversed(list(trace))
            for cell in sorted(wanted.get(name, ()))
        ],
    }


def comparison_json(
    comparison: Comparison, orientation: Orientation, names: Iterable[str] | None = None
) -> dict[str, object]:
    """Return two traces side by side, with the difference of every cell."""
    chosen = [comparison[name] for name in names] if names is not None else comparison.steps
    return {
        **_heading(comparison.first, orientation),
        "recipes": [comparison.first.recipe.name, comparison.second.recipe.name],
        "steps": [_comparison_step(step, orientation) for step in chosen],
    }


def _heading(trace: Trace, orientation: Orientation) -> dict[str, object]:
    return {"exercise": trace.exercise, "title": trace.title, "orientation": orientation.value}


def _step_json(worked: Worked, orientation: Orientation) -> dict[str, object]:
    matrix, axes = orientation.matrix(worked.matrix), orientation.axes(worked.axes)
    step = worked.step
    operands = [operand.name for operand in worked.operands]
    if step and orientation.swaps(step.operation.joiner):
        operands.reverse()
    return {
        "name": worked.name,
        "operation": step.operation.name if step else "given",
        "operands": operands,
        "settings": step.operation.settings() if step else {},
        "rows": matrix.shape.rows,
        "columns": matrix.shape.columns,
        "row_axis": axes.rows,
        "column_axis": axes.columns,
        "values": _values(matrix),
    }


def _comparison_step(step: StepComparison, orientation: Orientation) -> dict[str, object]:
    shown = orientation.cell(step.furthest)
    return {
        "name": step.name,
        "first": _values(orientation.matrix(step.first.matrix)),
        "second": _values(orientation.matrix(step.second.matrix)),
        "difference": _values(orientation.matrix(step.difference)),
        "furthest": [shown.row + 1, shown.column + 1],
        "distance": exact_text(step.distance),
    }


def _values(matrix: Matrix) -> list[list[str]]:
    return [[exact_text(number) for number in row] for row in matrix.rows]


def _cell_text(worked: Worked, at: Cell, orientation: Orientation) -> str:
    shown = orientation.cell(at)
    return f"{worked.name}[{shown.row + 1},{shown.column + 1}]"

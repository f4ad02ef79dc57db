"""Workbooks of many exercises, and workbooks read back by the names that they carry."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl

from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from limelight.render.xlsx.workbook import live_workbook, workbook_to_fill
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Purpose, Worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

HIDDEN = "-∞"
IMPRINT = Imprint(identity="sa-4x6-3f9c", seed="42", number="3 of 30")

Rows = list[list[Any]]


class Sheet(NamedTuple):
    """An exercise in one of the two views."""

    exercise: Exercise
    orientation: Orientation = Orientation.COLUMNS

    def laid_out(self, purpose: Purpose = Purpose.BLANK, **template: Any) -> Worksheet:  # noqa: ANN401 - handed on
        """Lay it out."""
        layout = Layout(orientation=self.orientation)
        return lay_out_by_hand(
            self.exercise, Template(purpose, layout=layout, **template), IMPRINT
        )

    def to_fill(self, purpose: Purpose = Purpose.BLANK, **template: Any) -> bytes:  # noqa: ANN401 - handed on
        """Make a workbook to fill in, or a key."""
        return workbook_to_fill(self.laid_out(purpose, **template))

    def live(self) -> bytes:
        """Make a live workbook."""
        return live_workbook(self.laid_out())

    def expected(self) -> dict[str, Rows]:
        """Return every input and step as it is to be shown."""
        trace = work(self.exercise)
        return {
            name: [list(row) for row in self.orientation.matrix(trace[name].matrix).rows]
            for name in trace
        }


def of_gallery() -> Iterator[tuple[str, Sheet]]:
    """Go through the gallery by each recipe in each view."""
    for name in gallery_names():
        for recipe in (BY_HAND, EXACT):
            for orientation in Orientation:
                sheet = Sheet(gallery(name).under(recipe), orientation)
                yield f"{name}-{recipe.name}-{orientation.value}", sheet


def opened(workbook: bytes | Path, *, formulas: bool = False) -> Any:  # noqa: ANN401 - openpyxl has no types
    """Open a workbook: its values, or its formulas."""
    source = io.BytesIO(workbook) if isinstance(workbook, bytes) else workbook
    return openpyxl.load_workbook(source, data_only=not formulas)


def cells_of(book: Any, name: str) -> list[list[Any]]:  # noqa: ANN401 - openpyxl has no types
    """Return the cells that a name stands for, as rows."""
    ((sheet, place),) = book.defined_names[name].destinations
    found = book[sheet][place.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [list(row) for row in rows]


def matrices_of(book: Any) -> dict[str, Rows]:  # noqa: ANN401 - openpyxl has no types
    """Return what stands in the cells of every input and step, by their names."""
    return {
        name.split("_", 1)[1]: [[cell.value for cell in row] for row in cells_of(book, name)]
        for name in book.defined_names
    }


def record_of(book: Any) -> dict[str, str]:  # noqa: ANN401 - openpyxl has no types
    """Return the named values of the hidden sheet; those of several cells are joined."""
    rows = [[cell or "" for cell in row] for row in book["limelight"].iter_rows(values_only=True)]
    end = next(index for index, row in enumerate(rows) if not any(row))
    return {name: "".join(rest) for name, *rest in rows[:end]}


def differences(found: dict[str, Rows], expected: dict[str, Rows]) -> list[str]:
    """Name every cell that is not the expected number, to twelve digits."""
    return [
        f"{name}[{row + 1},{column + 1}] is {cell}, not {number}"
        for name, rows in expected.items()
        for row, numbers in enumerate(rows)
        for column, number in enumerate(numbers)
        if not _is_same(cell := found[name][row][column], number, _size(rows))
    ]


def _size(rows: Rows) -> float:
    """Return the largest number: differences of large ones lose digits."""
    finite = [abs(float(number)) for row in rows for number in row if number != -math.inf]
    return max(finite, default=0.0)


def _is_same(cell: object, number: float | Fraction, size: float) -> bool:
    if number == -math.inf:
        return cell == HIDDEN
    if not isinstance(cell, int | float):
        return False
    return math.isclose(cell, float(number), rel_tol=1e-12, abs_tol=1e-12 * max(size, 1))


def under(exercise: Exercise, recipe: Recipe) -> Sheet:
    """Return an exercise worked by another recipe."""
    return Sheet(exercise.under(recipe))

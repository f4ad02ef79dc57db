"""Workbooks filled in by a program that is not ours: openpyxl writes into the blank cells."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl

from limelight.exercises.identity import identity_of
from limelight.mechanism.orientation import Orientation
from limelight.render.xlsx.workbook import workbook_to_fill
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from tests.render.workbooks import cells_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.exercises.exercise import Exercise
    from tests.marking.making import Written


def blank(
    exercise: Exercise, orientation: Orientation = Orientation.COLUMNS, **template: object
) -> bytes:
    """Make the workbook that is handed out."""
    layout = Layout(orientation=orientation)
    imprint = Imprint(identity=identity_of(exercise))
    made = Template(layout=layout, **template)  # type: ignore[arg-type]
    return workbook_to_fill(lay_out_by_hand(exercise, made, imprint))


def filled(
    exercise: Exercise,
    sheet: Mapping[str, list[list[str]]],
    orientation: Orientation = Orientation.COLUMNS,
) -> bytes:
    """Fill in a workbook, as the sheet is written."""
    book = openpyxl.load_workbook(io.BytesIO(blank(exercise, orientation)))
    for name, rows in sheet.items():
        for cells, texts in zip(cells_of(book, f"step_{name}"), rows, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                cell.value = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def shown(sheet: Written, orientation: Orientation) -> Written:
    """Return a sheet as it is written in an orientation."""
    if not orientation.is_turned:
        return sheet
    return {name: [list(row) for row in zip(*rows, strict=True)] for name, rows in sheet.items()}

"""Turn what is drawn into the JSON that the template reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from limelight.render.pdf.drawing import Matrix, Note, Text
from limelight.render.pdf.estimates import note_height, paragraph_breadth
from limelight.render.pdf.measures import label_text
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from limelight.render.pdf.boxes import Draughtsman
    from limelight.render.pdf.drawing import Item, Run
    from limelight.sheet.worksheet import Box

Data: TypeAlias = dict[str, Any]


def item_data(item: Item, pen: Draughtsman) -> Data:
    """Return what the template draws."""
    place = {"x": round(item.x, 2), "y": round(item.y, 2)}
    if isinstance(item, Matrix):
        return place | _matrix(item, pen)
    if isinstance(item, Note):
        return place | _note(item)
    return place | {"kind": "rule", "width": round(item.width, 2)}


def _note(note: Note) -> Data:
    paragraphs = [[_run(run) for run in paragraph] for paragraph in note.paragraphs]
    if _is_snug(note):
        return {"kind": "runs", "runs": paragraphs[0]}
    return {
        "kind": "note",
        "fits": not note.level and note_height(note.paragraphs, note.width) <= note.height,
        "width": round(note.width, 2),
        "height": round(note.height, 2),
        "paragraphs": paragraphs,
        "align": note.align,
        "level": note.level,
    }


def _is_snug(note: Note) -> bool:
    """Tell whether it is one line that surely fits: the template need not measure it."""
    if note.level or note.align != "left" or len(note.paragraphs) != 1:
        return False
    return paragraph_breadth(note.paragraphs[0]) <= note.width


def _run(run: Run) -> Data:
    if isinstance(run, Text):
        return {"text": run.text, "style": run.style}
    return {"formula": run.formula, "alternative": run.alternative, "style": run.style}


def _matrix(matrix: Matrix, pen: Draughtsman) -> Data:
    box = matrix.box
    return {
        "kind": "matrix",
        "column": round(matrix.column, 2),
        "row": matrix.row,
        "cells": _cells(box, pen),
        "rows": _labels(box.row_labels) if matrix.labels else [],
        "columns": _labels(box.column_labels) if matrix.has_columns else [],
        "labels": round(matrix.labels, 2),
        "frame": pen.words.frame(box),
        "shaded": pen.words.shaded(box) if matrix.is_main else [],
    }


def _cells(box: Box, pen: Draughtsman) -> list[list[str | tuple[str, str]]]:
    """Write the cells: a text, a text with its decimal, or "" where it is blank."""
    rows: list[list[str | tuple[str, str]]] = []
    for numbers, states in zip(box.numbers, box.states, strict=True):
        row: list[str | tuple[str, str]] = []
        for number, state in zip(numbers, states, strict=True):
            text, decimal, _ = pen.measured.cell(number)
            shown: str | tuple[str, str] = (text, decimal) if decimal else text
            row.append("" if state is State.BLANK else shown)
        rows.append(row)
    return rows


def _labels(labels: tuple[str, ...]) -> list[str]:
    return [label_text(label) for label in labels]

"""Marks for programs: JSON values, and rows of a table that no spreadsheet takes for formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limelight.notation.numbers import decimal_text, exact_text

if TYPE_CHECKING:
    from limelight.marking.marks import Cause, Marks, Slip, StepMark

HEADING = ("file", "name", "identity", "points", "out_of", "first_wrong", "causes", "remark")
"""The columns of a class's table."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_MAY_START_A_FORMULA = re.compile(r"(^|[;,|])([\s\"]*)(?=[-=+@＝＋－＠])")  # noqa: RUF001 - wide ones do, too


def marks_json(marks: Marks) -> dict[str, object]:
    """Return everything that was found as JSON values; points are exact text."""
    wrong = marks.first_wrong
    return {
        "name": marks.answers.name,
        "identity": marks.answers.identity,
        "exercise": marks.trace.exercise,
        "recipe": marks.trace.recipe.name,
        "orientation": marks.orientation.value,
        "conventions": list(marks.conventions),
        "points": exact_text(marks.points),
        "out_of": exact_text(marks.out_of),
        "first_wrong": wrong.name if wrong else None,
        "steps": [_step_json(step) for step in marks.steps],
        "unknown": list(marks.unknown),
    }


def marks_row(marks: Marks, file: str) -> tuple[str, ...]:
    """Return a sheet's line in the table of its class."""
    wrong = marks.first_wrong
    causes, slips = (wrong.causes, wrong.slips) if wrong else ((), ())
    said = [f"{cause.mistake} {cause.name}" for cause in causes]
    said += [f"{slip.arithmetic}, not {slip.written}" for slip in slips]
    cells = (
        file,
        marks.answers.name,
        marks.answers.identity,
        decimal_text(marks.points, 2),
        decimal_text(marks.out_of, 2),
        wrong.name if wrong else "",
        "; ".join(dict.fromkeys(said)),
        "; ".join([*marks.conventions, *([wrong.remark] if wrong and wrong.remark else [])]),
    )
    return tuple(map(harmless, cells))


def unmarked_row(file: str, problem: str) -> tuple[str, ...]:
    """Return the line of a file that could not be marked."""
    return (harmless(file), *("",) * (len(HEADING) - 2), harmless(problem))


def harmless(cell: str) -> str:
    """Return text that a spreadsheet shows and does not work out.

    >>> harmless("=HYPERLINK(0)"), harmless("-1"), harmless("Ada")
    ("'=HYPERLINK(0)", '-1', 'Ada')
    """
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())
    if _NUMBER.fullmatch(plain):
        return plain
    # Behind a semicolon as well: where that separates, a spreadsheet would begin a new cell.
    return _MAY_START_A_FORMULA.sub(r"\1\2'", plain)


def _step_json(step: StepMark) -> dict[str, object]:
    return {
        "name": step.name,
        "verdict": step.verdict.name.lower(),
        "points": exact_text(step.points),
        "out_of": exact_text(step.out_of),
        "cells": [[verdict.name.lower() for verdict in row] for row in step.cells],
        "causes": [_cause_json(cause) for cause in step.causes],
        "slips": [_slip_json(slip) for slip in step.slips],
        "remark": step.remark,
    }


def _cause_json(cause: Cause) -> dict[str, object]:
    return {
        "mistake": cause.mistake,
        "name": cause.name,
        "step": cause.step,
        "says": cause.says,
        "sentence": cause.sentence,
        "remedy": cause.remedy,
        "whole": cause.is_whole,
    }


def _slip_json(slip: Slip) -> dict[str, object]:
    return {
        "cell": [slip.cell.row + 1, slip.cell.column + 1],
        "written": slip.written,
        "arithmetic": slip.arithmetic,
        "guess": slip.guess,
    }

"""Mark what limelight check is given, and put what is said of it where it is to go."""

from __future__ import annotations

import csv
import json
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from limelight.classroom.class_marks import mark_class
from limelight.cli.progress import bar, processors
from limelight.files import write_whole
from limelight.marking.check import check, wanted_exercise
from limelight.marking.export import HEADING, marks_json, marks_row
from limelight.marking.outcome import tally
from limelight.marking.read import read_answers
from limelight.render.class_text import ClassText
from limelight.render.letters import writable
from limelight.render.lines import plain_text
from limelight.render.paint import USUAL_WIDTH, columns_of, encoding_of, paint
from limelight.render.report_text import ReportText
from limelight.sheet.class_report import lay_out_class
from limelight.sheet.report import lay_out_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from limelight.cli.check import Request
    from limelight.exercises.exercise import Exercise
    from limelight.marking.marks import Marks
    from limelight.marking.outcome import Outcome
    from limelight.render.lines import Line

ALL_RIGHT, MISTAKE_FOUND, UNUSABLE = range(3)

Draw: TypeAlias = "Callable[[int, str], Iterable[Line]]"
"""Draws lines for a width and an encoding."""


def mark_one(request: Request) -> int:
    """Mark one sheet; return the exit status.

    Raises:
        LimelightError: It cannot be marked.
    """
    answers = read_answers(request.answers)
    exercise = wanted_exercise(answers, request.given_exercise())
    marks = check(answers, exercise, scheme=request.given_scheme())
    if request.format == "text":
        report = lay_out_report(marks)
        _put_lines(lambda width, letters: ReportText(report, width, letters).lines(), request)
    else:
        _put(_one_as_text(request, exercise, marks), request)
    return ALL_RIGHT if marks.first_wrong is None else MISTAKE_FOUND


def mark_several(request: Request) -> int:
    """Mark the sheets of a folder; return the exit status.

    Raises:
        LimelightError: There is nothing in it that may hold answers.
    """
    exercise, scheme = request.given_exercise(), request.given_scheme()
    with bar("Sheets") as progress:
        outcomes = mark_class(
            request.answers, exercise, scheme=scheme, processes=processors(), progress=progress
        )
    if request.format == "text":
        name = Path(request.answers).resolve().name
        report = lay_out_class(f"Class: {name}" if name else "Class", outcomes)
        _put_lines(lambda width, letters: ClassText(report, width, letters).lines(), request)
    elif request.format == "csv":
        _put(_csv([HEADING, *(outcome.row for outcome in outcomes)]), request)
    else:
        _put(_json(_class_json(outcomes)), request)
    if all(outcome.problem for outcome in outcomes):
        return UNUSABLE
    is_clean = not any(outcome.problem or outcome.first_wrong for outcome in outcomes)
    return ALL_RIGHT if is_clean else MISTAKE_FOUND


def _one_as_text(request: Request, exercise: Exercise, marks: Marks) -> str:
    if request.format == "json":
        return _json(marks_json(marks))
    if request.format == "csv":
        return _csv([HEADING, marks_row(marks, Path(request.answers).name)])
    from limelight.render.report_html import ReportPage  # noqa: PLC0415 - one format is needed
    from limelight.sheet.marked import lay_out_marked  # noqa: PLC0415

    return ReportPage(lay_out_report(marks), lay_out_marked(exercise, marks)).text()


def _class_json(outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "sheets": [outcome.document for outcome in outcomes],
        "mistakes": [found._asdict() for found in tally(outcomes)],
    }


def _json(document: dict[str, object]) -> str:
    return f"{json.dumps(document, indent=1)}\n"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    table = StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue()


def _put(text: str, request: Request) -> None:
    if request.out is None:
        sys.stdout.write(writable(text, encoding_of(sys.stdout)))
        return
    write_whole(Path(request.out), text, replace=request.force)
    click.echo(f"{request.out} is written.")


def _put_lines(draw: Draw, request: Request) -> None:
    """Draw as wide and as colourful as the terminal is; in a file plainly."""
    if request.out is None:
        paint(draw(columns_of(sys.stdout), encoding_of(sys.stdout)), sys.stdout)
        return
    lines = map(plain_text, draw(USUAL_WIDTH, "utf-8"))
    _put("".join(f"{line}\n" for line in lines), request)

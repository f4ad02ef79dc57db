"""Workbooks that somebody filled in: what was typed is what is read, whoever saved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.exercises.generate import generate
from limelight.exercises.identity import identity_of
from limelight.marking.answers_workbook import parse_workbook
from limelight.marking.check import check
from limelight.mechanism.orientation import Orientation
from limelight.render.xlsx.workbook import live_workbook
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose
from tests.marking.filling import blank, filled, shown
from tests.marking.making import NAMES, mistakes, right, worked, written
from tests.render.libreoffice import recalculated

if TYPE_CHECKING:
    from limelight.marking.answers import Answers

VIEWS = {"columns": Orientation.COLUMNS, "rows": Orientation.ROWS}
EVERY = [(name, view) for name in NAMES for view in VIEWS]


def texts(answers: Answers) -> dict[str, list[list[str]]]:
    """Return what was read of each step."""
    return {
        name: [[entry.text for entry in row] for row in rows]
        for name, rows in answers.filled.items()
    }


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_what_was_typed_is_read(name: str, view: str) -> None:
    """Fractions, cell by cell, with the exercise, its identity and the orientation."""
    exercise, orientation = gallery(name), VIEWS[view]
    sheet = shown(right(worked(name)), orientation)
    answers = parse_workbook(filled(exercise, sheet, orientation), "x.xlsx")

    assert texts(answers) == sheet
    assert (answers.identity, answers.orientation) == (identity_of(exercise), orientation)
    assert answers.exercise == exercise
    assert check(answers).is_right
    assert check(answers).conventions == ()


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_a_blank_workbook_has_no_answers(name: str, view: str) -> None:
    """Nothing is right and nothing is wrong; copies and hints of others are not taken for it."""
    marks = check(parse_workbook(blank(gallery(name), VIEWS[view]), "x.xlsx"))

    assert marks.first_wrong is None
    assert marks.points == 0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("purpose", [Purpose.KEY, Purpose.HINTS])
def test_printed_cells_are_read_without_their_decimals(purpose: Purpose, view: str) -> None:
    """A key is right all over, and hints are right where they stand."""
    exercise = gallery("encoder-block")
    marks = check(parse_workbook(blank(exercise, VIEWS[view], purpose=purpose), "x.xlsx"))

    assert marks.first_wrong is None
    assert marks.is_right == (purpose is Purpose.KEY)


@pytest.mark.parametrize("name", NAMES)
def test_what_formulas_last_gave_is_read(name: str) -> None:
    """A live workbook holds float64: noise in the last digits is no mistake."""
    worksheet = lay_out_by_hand(gallery(name), Template(), Imprint())

    assert check(parse_workbook(live_workbook(worksheet), "x.xlsx")).is_right


@pytest.mark.slow
def test_workbooks_that_another_program_has_saved_are_read_alike() -> None:
    """Filled by openpyxl, opened and saved by LibreOffice: every entry, identity, orientation."""
    sheets = {f"{name}-{view}": shown(right(worked(name)), VIEWS[view]) for name, view in EVERY}
    made = {
        f"{name}-{view}": filled(gallery(name), sheets[f"{name}-{view}"], VIEWS[view])
        for name, view in EVERY
    }
    worksheet = lay_out_by_hand(gallery("self-attention"), Template(), Imprint())
    saved = recalculated(made | {"live": live_workbook(worksheet)})
    for key, sheet in sheets.items():
        answers = parse_workbook(saved[key].read_bytes(), key)
        before = parse_workbook(made[key], key)

        assert texts(answers) == sheet
        assert answers == before

    assert check(parse_workbook(saved["live"].read_bytes(), "live")).is_right


def test_a_mistake_in_a_workbook_is_named() -> None:
    """The same marks as for the same answers as nested lists, in either orientation."""
    exercise = generate("self-attention", seed=4)
    for alternative, made in list(mistakes(work(exercise)))[::6]:
        sheet = written(made)
        for orientation in Orientation:
            book = filled(exercise, shown(sheet, orientation), orientation)
            marks = check(parse_workbook(book, "x.xlsx"))

            assert marks.first_wrong is not None
            assert marks.first_wrong.name == alternative.step
            assert alternative.mistake in {cause.mistake for cause in marks.first_wrong.causes}


def test_the_other_orientation_is_recognised_in_a_workbook_as_well() -> None:
    """Somebody works a sheet of columns with tokens as rows, where matrices are square."""
    exercise = generate("self-attention", seed=2, sizes={"tokens": 3, "d_k": 3, "d_v": 3})
    sheet = right(work(exercise))
    del sheet["sums"]
    marks = check(parse_workbook(filled(exercise, shown(sheet, Orientation.ROWS)), "x.xlsx"))

    assert marks.first_wrong is None
    assert marks.conventions == ("tokens as rows",)
    assert marks.orientation is Orientation.ROWS

"""Workbooks to fill in: what can be written where, what follows, and what a key shows."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from limelight.errors import MissingExtraError
from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import EXACT
from limelight.notation.numbers import read_number
from limelight.render.xlsx.fill import ACCEPTED, acceptable
from limelight.render.xlsx.workbook import workbook_to_fill
from limelight.sheet.worksheet import Purpose
from tests.render.libreoffice import recalculated
from tests.render.workbooks import Rows, Sheet, cells_of, matrices_of, opened, record_of

if TYPE_CHECKING:
    from pathlib import Path

VIEWS = {"columns": Orientation.COLUMNS, "rows": Orientation.ROWS}
EVERY = [(name, view) for name in gallery_names() for view in VIEWS]


def sheet_of(name: str, view: str) -> Sheet:
    """Return an exercise of the gallery in a view."""
    return Sheet(gallery(name), VIEWS[view])


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_only_blank_cells_can_be_changed(name: str, view: str) -> None:
    """The unlocked cells are those of steps, as text, and the line for a name."""
    book = opened(sheet_of(name, view).to_fill())
    page = book["Worksheet"]
    unlocked = [cell for row in page.iter_rows() for cell in row if not cell.protection.locked]
    blank = {
        cell.coordinate
        for key in book.defined_names
        if key.startswith("step_")
        for row in cells_of(book, key)
        for cell in row
    }
    named = {cell.coordinate for cell in unlocked if cell.row == 2}

    assert {cell.coordinate for cell in unlocked} == blank | named
    assert {page[place].number_format for place in blank} == {"@"}
    assert len(named) == 4
    assert (page.protection.sheet, page.protection.password) == (True, None)


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_a_blank_workbook_gives_nothing_away(name: str, view: str) -> None:
    """Every cell of a step is empty, and every cell of an input is the input."""
    sheet = sheet_of(name, view)
    found, expected = matrices_of(opened(sheet.to_fill())), sheet.expected()
    steps = found.keys() - sheet.exercise.inputs.keys()

    assert found.keys() == expected.keys()
    assert {cell for step in steps for row in found[step] for cell in row} == {None}
    for given in sheet.exercise.inputs:
        assert numbers(found[given]) == expected[given]


def numbers(rows: Rows) -> list[list[Fraction]]:
    """Read cells as the record says: a number, or the first line of a text."""
    return [[read_number(str(cell).split("\n")[0]) for cell in row] for row in rows]


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_a_key_shows_the_exact_numbers(name: str, view: str) -> None:
    """Short fractions stand in a key exactly, with the decimal on a second line."""
    sheet = sheet_of(name, view)
    found = matrices_of(opened(sheet.to_fill(Purpose.KEY)))
    for step, rows in sheet.expected().items():
        for cells, row in zip(found[step], rows, strict=True):
            for cell, number in zip(cells, row, strict=True):
                if number == float("-inf"):
                    assert cell == "-∞"
                    continue
                text, _, decimal = str(cell).partition("\n")
                assert Fraction(text) == number
                assert bool(decimal) == (Fraction(number).denominator > 1)
                assert abs(Fraction(decimal or text) - Fraction(number)) <= Fraction(1, 2000)


def test_exact_numbers_of_a_key_are_decimals() -> None:
    """What is no fraction stands in a key with its three decimals, as text."""
    found = matrices_of(opened(Sheet(gallery("softmax").under(EXACT)).to_fill(Purpose.KEY)))

    assert [row[0] for row in found["A"]] == ["0.644", "0.237", "0.087", "0.032"]


def test_hints_work_the_first_cell_of_each_step() -> None:
    """With hints the first cell of each step stands there, locked, and the others are blank."""
    book = opened(Sheet(gallery("self-attention")).to_fill(Purpose.HINTS))
    scores = cells_of(book, "step_S")
    flat = [cell for row in scores for cell in row]

    assert [cell.value for cell in flat] == [3] + [None] * 15
    assert [cell.protection.locked for cell in flat] == [True] + [False] * 15
    words = [cell.value for row in book["Worksheet"].iter_rows() for cell in row]
    assert "S: each cell is a row of Kᵀ times a column of Q." in words
    assert "S[1,1] = 0·2 + 0·0 + 1·3 = 3" in words


def test_only_the_steps_that_are_asked_for_are_blank() -> None:
    """Steps that are not left blank are printed."""
    book = opened(Sheet(gallery("self-attention")).to_fill(blank=frozenset({"S"})))
    found = matrices_of(book)

    assert found["Q"][0] == [2, 1, 0, 2]
    assert {cell for row in found["S"] for cell in row} == {None}


NUMBERS = ["3", "-1", "0.587", "0,587", "27/46", "-1/3", "+2", "1e-3", " 5 ", "27 / 46", "-∞"]
NUMBERS += ["-inf", ".5", "12345/67890"]
NO_NUMBERS = ["a", "27/", "/46", "1/0", "27/46/2", "1/2x", "one", "=1+1", "--1", "1 1/2/3", "∞∞"]


@cache
def judged() -> dict[str, object]:
    """Let LibreOffice say of every text whether it is accepted, typed as text and as number."""
    import openpyxl  # noqa: PLC0415 - the test makes a workbook of its own

    book = openpyxl.Workbook()
    page = book.active
    texts: list[Any] = [*NUMBERS, *NO_NUMBERS, 0.25, -7]
    for row, text in enumerate(texts, 1):
        page.cell(row, 1).number_format = "@" if isinstance(text, str) else "General"
        page.cell(row, 1).value = text
        page.cell(row, 1).data_type = "s" if isinstance(text, str) else "n"
        page.cell(row, 2).value = f"={acceptable(f'A{row}')}"
    file = io.BytesIO()
    book.save(file)
    page = opened(recalculated({"judged": file.getvalue()})["judged"]).active
    return {str(text): page.cell(row, 2).value for row, text in enumerate(texts, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("text", [*NUMBERS, "0.25", "-7"])
def test_numbers_and_fractions_are_accepted(text: str) -> None:
    """The rule of the blank cells accepts what is a number."""
    assert judged()[text] is True


@pytest.mark.slow
@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused(text: str) -> None:
    """The rule of the blank cells can fail: it refuses words, halves of fractions, and n/0."""
    assert judged()[text] is False


def test_every_blank_cell_has_the_rule() -> None:
    """Each step has the rule for all its cells, relative to its first, and a kind message."""
    book = opened(Sheet(gallery("multi-head-attention")).to_fill())
    rules = book["Worksheet"].data_validations.dataValidation
    by_range = {str(rule.sqref): rule for rule in rules}
    steps = [key for key in book.defined_names if key.startswith("step_")]
    for step in steps:
        cells = cells_of(book, step)
        first, last = cells[0][0].coordinate, cells[-1][-1].coordinate
        rule = by_range[first if first == last else f"{first}:{last}"]
        assert rule.formula1 == acceptable(first)
        assert len(rule.formula1) <= 255
        assert (rule.type, rule.showErrorMessage, rule.allowBlank) == ("custom", True, True)
        assert rule.error == ACCEPTED

    assert len(rules) == len(steps)


@cache
def filled() -> Path:
    """Fill in Q and K of a blank workbook as a person would, and save it with LibreOffice."""
    book = opened(Sheet(gallery("self-attention")).to_fill(), formulas=True)
    for step, text in {"Q": "9/46", "K": "-1", "V": "0.5"}.items():
        for row in cells_of(book, f"step_{step}"):
            for cell in row:
                cell.value = text
    cells_of(book, "step_Q")[0][1].value = None
    file = io.BytesIO()
    book.save(file)
    return recalculated({"filled": file.getvalue()})["filled"]


@pytest.mark.slow
def test_a_filled_workbook_is_read_back() -> None:
    """What was written into the cells is found by the names, as text: 9/46 became no date."""
    found = matrices_of(opened(filled()))

    assert found["Q"] == [["9/46", None, "9/46", "9/46"]] + [["9/46"] * 4] * 2
    assert found["K"] == [["-1"] * 4] * 3
    assert {cell for row in found["S"] for cell in row} == {None}


@pytest.mark.slow
def test_copies_follow_what_was_written() -> None:
    """The copies of Q and V, where they are met again, show what a person wrote, and no more."""
    page = opened(filled())["Worksheet"]
    original = opened(Sheet(gallery("self-attention")).to_fill(), formulas=True)
    copies = {
        cell.coordinate: cell.value
        for row in original["Worksheet"].iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    shown = [page[place].value for place in copies]

    assert len(copies) == 24
    assert sorted(map(str, shown)) == sorted(["0.5"] * 12 + ["9/46"] * 11 + ["None"])


@pytest.mark.slow
def test_the_record_survives_another_program() -> None:
    """After LibreOffice saved it, a workbook still says which exercise it is."""
    record = record_of(opened(filled()))

    assert record == record_of(opened(Sheet(gallery("self-attention")).to_fill()))


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_the_record_says_which_exercise_it_is(name: str, view: str) -> None:
    """The hidden sheet has identity, seed, number, view, and the exercise itself."""
    sheet = sheet_of(name, view)
    book = opened(sheet.to_fill())
    record = record_of(book)
    exercise = parse_exercise(record.pop("exercise"), "the record")

    assert record == {
        "format": "limelight-workbook-1",
        "workbook": "to fill",
        "purpose": "blank",
        "identity": "sa-4x6-3f9c",
        "seed": "42",
        "number": "3 of 30",
        "orientation": view,
    }
    assert exercise_document(exercise) == exercise_document(sheet.exercise)
    assert book["limelight"].sheet_state == "hidden"


def test_the_record_lists_every_matrix() -> None:
    """The table of the hidden sheet has each input and step with the range of its name."""
    book = opened(Sheet(gallery("encoder-block")).to_fill())
    rows = [row[:4] for row in book["limelight"].iter_rows(values_only=True)]
    table = rows[rows.index(("matrix", "role", "sheet", "range")) + 1 :]
    named = {
        f"{role}_{name}": f"{sheet}!{place}".replace("$", "") for name, role, sheet, place in table
    }

    assert named == {
        name: str(entry.attr_text).replace("$", "") for name, entry in book.defined_names.items()
    }


def test_a_long_exercise_is_cut_into_cells() -> None:
    """A record longer than a cell may be stands in several, and is read back whole."""
    wide = [[123456789012345] * 40 for _ in range(60)]
    weight = [[0] * 60]
    exercise = Exercise.self_attention(x=wide, w_q=weight, w_k=weight, w_v=weight)
    book = opened(Sheet(exercise).to_fill())
    text = record_of(book)["exercise"]
    longest = max(len(str(cell)) for row in book["limelight"].values for cell in row)

    assert len(text) > 40_000
    assert longest <= 30_000
    assert json.loads(text) == exercise_document(exercise)


def test_a_worksheet_without_an_exercise_has_none_in_its_record() -> None:
    """A worksheet that carries no exercise along makes a workbook that carries none either."""
    worksheet = Sheet(gallery("softmax")).laid_out()._replace(exercise="")

    assert record_of(opened(workbook_to_fill(worksheet)))["exercise"] == ""


@pytest.mark.parametrize("purpose", Purpose)
def test_the_same_worksheet_gives_the_same_bytes(purpose: Purpose) -> None:
    """A workbook does not depend on the day on which it was made."""
    sheet = Sheet(gallery("causal-self-attention"))

    assert sheet.to_fill(purpose) == sheet.to_fill(purpose)
    assert sheet.live() == sheet.live()
    assert sheet.to_fill(purpose) != sheet.live()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without XlsxWriter the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'limelight\[excel\]'"):
        Sheet(gallery("softmax")).to_fill()

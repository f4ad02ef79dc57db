"""What a stranger wrote stays text: no formula, no link, no code, nothing that steers."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from limelight.exercises.document import exercise_document, parse_exercise
from limelight.render.xlsx.workbook import live_workbook, workbook_to_fill
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose
from tests.render.drawing import written_by
from tests.render.hostile import EVERYTHING, unseen
from tests.render.workbooks import opened, record_of

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

FORMULAS = {
    "command": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "array": "{=1+1}",
    "web": "http://example.invalid/x",
    "inner link": "internal:Sheet2!A1",
    "escape": "_x0041_ _x000D_",
    "codes": '&P&N &"Arial" && &L',
    "tab": "\t=1+1",
    "quote": "'=1+1",
    "number": "12345",
    "fraction": "9/46",
    "long": "W" * 60,
    "right to left": "שלום עולם",
    "chinese": "注意力機構",
}
TEXTS = EVERYTHING | FORMULAS


@cache
def workbooks(stranger: str) -> tuple[Exercise, list[bytes]]:
    """Make a workbook of each kind of a file with a text wherever one may stand."""
    exercise = written_by(stranger)
    imprint = Imprint(stranger[:20], stranger[:20], stranger[:20])
    key = lay_out_by_hand(exercise, Template(Purpose.KEY), imprint)
    blank = lay_out_by_hand(exercise, Template(Purpose.BLANK), imprint)
    return exercise, [workbook_to_fill(key), workbook_to_fill(blank), live_workbook(blank)]


def formulas_of(workbook: bytes) -> set[str]:
    """Return what the XML of every sheet has as formulas."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        roots = [ET.fromstring(archive.read(name)) for name in sheets]  # noqa: S314 - our own
    return {
        element.text or ""
        for root in roots
        for element in root.iter()
        if element.tag.endswith("}f")
    }


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_stays_a_text(name: str) -> None:
    """Wherever a stranger's text stands, it is a string; only our own formulas are formulas."""
    plain = [formulas_of(book) for book in workbooks("a plain word")[1]]
    found = [formulas_of(book) for book in workbooks(TEXTS[name])[1]]

    assert found == plain


@pytest.mark.parametrize("name", TEXTS)
def test_no_cell_opens_anything(name: str) -> None:
    """There are no links, macros or outside references in the file, and nothing steers a cell."""
    _, books = workbooks(TEXTS[name])
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            names = archive.namelist()
            relations = b"".join(archive.read(each) for each in names if each.endswith(".rels"))
        page = opened(book)["Worksheet"]
        words = [cell.value for row in page.iter_rows() for cell in row]
        texts = "\n".join(word for word in words if isinstance(word, str))

        assert b"TargetMode" not in relations
        assert not [each for each in names if re.search("vba|external|hyperlink", each)]
        assert unseen(texts) == []


@pytest.mark.parametrize("name", TEXTS)
def test_the_exercise_is_read_back_as_it_was(name: str) -> None:
    """The record carries even such texts so that nothing is lost."""
    exercise, books = workbooks(TEXTS[name])
    for book in books:
        read = parse_exercise(record_of(opened(book))["exercise"], "the record")

        assert exercise_document(read) == exercise_document(exercise)


def test_a_formula_of_a_stranger_is_seen() -> None:
    """The check can fail: a workbook in which a title became a formula has one formula more."""
    import xlsxwriter  # noqa: PLC0415 - the test makes a workbook of its own

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, FORMULAS["command"])

    assert formulas_of(file.getvalue()) == {FORMULAS["command"][1:]}

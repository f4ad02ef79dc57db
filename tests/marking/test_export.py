"""Marks for programs: JSON that says everything, tables that no spreadsheet works out."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import FileError
from limelight.exercises.gallery import gallery
from limelight.marking.answers import as_answers
from limelight.marking.check import check
from limelight.marking.export import HEADING, harmless, marks_json, marks_row, unmarked_row
from limelight.marking.scheme_file import parse_scheme
from tests.marking.making import right, worked

FORMULAS = {
    "=1": "'=1",
    "=HYPERLINK(0)": "'=HYPERLINK(0)",
    "+cmd": "'+cmd",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'=1",
    "\r\n=1": "'=1",
    "＝1": "'＝1",  # noqa: RUF001 - wide ones begin a formula in some places
    "a;=1": "a;'=1",
    "a; =1": "a; '=1",
    "a\n=1": "a =1",
    "-1": "-1",
    "+2.50": "+2.50",
    "Ada": "Ada",
    "": "",
}
STEERING = st.text(alphabet="=+-@;,|\t\r\n '\"aA1.＝＠", max_size=12)  # noqa: RUF001


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_can_start_a_formula(text: str) -> None:
    """A quote goes before what could be one; numbers stay numbers."""
    assert harmless(text) == FORMULAS[text]


@given(STEERING)
def test_no_text_can_start_a_formula_whatever_separates(text: str) -> None:
    """Also where a spreadsheet takes another sign than the comma for the end of a cell."""
    table = io.StringIO()
    csv.writer(table).writerow([harmless(text), "x"])
    for separator in ",;\t|":
        (row,) = csv.reader([table.getvalue().strip("\r\n")], delimiter=separator)
        for cell in row:
            bare = cell.strip().strip('"')
            is_number = bare[1:].replace(".", "", 1).isdecimal()
            assert is_number or bare[:1] not in {"=", "+", "-", "@", "＝", "＠"} or not bare  # noqa: RUF001


def test_json_is_json() -> None:
    """Every number is text or whole, so that nothing is lost, and there is no NaN."""
    sheet = right(worked("causal-self-attention"))
    sheet["M"][0][0] = "nan"
    document = marks_json(check(sheet, gallery("causal-self-attention")))

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["first_wrong"] == "M"


def test_rows_have_the_columns_of_the_heading() -> None:
    """Also that of a file that was not marked."""
    marks = check(as_answers(right(worked("softmax"))), gallery("softmax"))

    assert len(marks_row(marks, "a")) == len(unmarked_row("a", "b")) == len(HEADING)


BAD_SCHEMES = {
    "[]": "the file",
    "{": "the file",
    "{}": "format",
    '{"format": "limelight-scheme-1", "points": 3}': "points",
    '{"format": "limelight-scheme-1", "points": {"S": "x"}}': "points.S",
    '{"format": "limelight-scheme-1", "points": {"S": -1}}': "points.S",
    '{"format": "limelight-scheme-1", "points": {"S": 1e9}}': "points.S",
    '{"format": "limelight-scheme-1", "points": {"Softmax": 1}}': "points.Softmax",
    '{"format": "limelight-scheme-1", "otherwise": null}': "otherwise",
    '{"format": "limelight-scheme-1", "carried": "3/2"}': "carried",
    '{"format": "limelight-scheme-1", "by_cell": 1}': "by_cell",
    '{"format": "limelight-scheme-1", "point": {}}': "point",
}


@pytest.mark.parametrize("text", BAD_SCHEMES)
def test_a_scheme_that_is_none_is_refused_with_the_place(text: str) -> None:
    """The field is named, and where the rules stand."""
    with pytest.raises(FileError) as caught:
        parse_scheme(text, "mine.json")

    assert f"  {BAD_SCHEMES[text]}: " in str(caught.value)
    assert "docs/checking.md" in str(caught.value)


def test_a_scheme_is_read() -> None:
    """Names and families of steps, fractions, and everything else as it is usual."""
    text = (
        '{"format": "limelight-scheme-1", "points": {"A": 3, "A2": "1/2"}, '
        '"otherwise": 0.5, "carried": "1/2", "by_cell": false}'
    )
    scheme = parse_scheme(text, "mine.json")

    assert [str(scheme.worth(name)) for name in ("A", "A1", "A2", "S")] == ["3", "3", "1/2", "1/2"]
    assert (str(scheme.carried), scheme.by_cell) == ("1/2", False)

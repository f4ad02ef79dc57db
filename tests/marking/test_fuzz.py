"""Every reader on anything at all: answers, or a LimelightError; nothing else, ever."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import LimelightError
from limelight.exercises.gallery import gallery
from limelight.marking.answers_csv import parse_table
from limelight.marking.answers_json import parse_answers
from limelight.marking.answers_workbook import parse_workbook
from limelight.marking.check import check
from limelight.marking.export import marks_json, marks_row
from limelight.marking.read import read_answers
from limelight.marking.scheme_file import parse_scheme
from tests.marking.filling import filled
from tests.marking.making import right, worked

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.marking.answers import Answers

MORE = settings(max_examples=200)
ENTRIES = st.one_of(
    st.none(),
    st.integers(-9, 9),
    st.floats(),
    st.sampled_from(["1/2", "0,5", "-∞", "½", "1e99", "-1 1/2", "=1+1", "27/0", "", "99%"]),
    st.text(max_size=12),
)
GRIDS = st.lists(st.lists(ENTRIES, max_size=5), max_size=5)
STEPS = ["Q", "K", "V", "K_T", "S", "C", "E", "sums", "A", "Z", "X", "", "step"]
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from([*STEPS, "steps", "exercise", "identity", "points", "format"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)
LETTERS = st.text(alphabet='ESCZA,;\t\n" 0123456789./-+=−∞steprowcolumnvalu', max_size=80)


def answers_or_refusal(read: Callable[[], Answers]) -> Answers | None:
    """Read; a LimelightError is an answer as well."""
    try:
        return read()
    except LimelightError:
        return None


def marked_or_refused(answers: Answers | None) -> None:
    """Mark what was read, and write what is said of it."""
    if answers is None:
        return
    try:
        marks = check(answers._replace(identity="", exercise=None), gallery("self-attention"))
    except LimelightError:
        return
    json.dumps(marks_json(marks), allow_nan=False)
    assert not any(cell[:1] in "=+@" for cell in marks_row(marks, "x") if cell)


@MORE
@given(st.dictionaries(st.sampled_from(STEPS), GRIDS, max_size=6))
def test_any_matrices(steps: dict[str, list[list[object]]]) -> None:
    """Whatever stands in the cells is marked, or refused."""
    marked_or_refused(answers_or_refusal(lambda: parse_answers(json.dumps(steps), "x.json")))


@MORE
@given(VALUES)
def test_any_json(value: object) -> None:
    """Any JSON at all, for answers and for schemes."""
    text = json.dumps(value)
    marked_or_refused(answers_or_refusal(lambda: parse_answers(text, "x.json")))
    with suppress(LimelightError):
        parse_scheme(text, "x.json")


@MORE
@given(LETTERS)
def test_any_table(text: str) -> None:
    """Any letters that tables are made of."""
    marked_or_refused(answers_or_refusal(lambda: parse_table(text, "x.csv")))
    marked_or_refused(answers_or_refusal(lambda: parse_table(f"S\n{text}", "x.csv")))


@pytest.mark.parametrize("ending", [".xlsx", ".json", ".csv", ".txt", ""])
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_file(tmp_path_factory: pytest.TempPathFactory, ending: str, content: bytes) -> None:
    """Any bytes under any name."""
    path = Path(tmp_path_factory.getbasetemp(), f"any{ending}")
    path.write_bytes(content)
    marked_or_refused(answers_or_refusal(lambda: read_answers(path)))


@cache
def workbook() -> bytes:
    """Return a workbook that can be read."""
    return filled(gallery("softmax"), right(worked("softmax")))


@cache
def parts() -> dict[str, bytes]:
    """Return its parts."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@MORE
@given(st.data())
def test_any_change_of_a_workbook(data: st.DataObject) -> None:
    """Bytes of the archive are changed, cut out or put in."""
    content = bytearray(workbook())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    answers = answers_or_refusal(lambda: parse_workbook(b"PK\x03\x04" + content[4:], "x.xlsx"))
    marked_or_refused(answers)


PIECES = [b"<c", b'r="A1"', b't="s"', b"<v>", b"</v>", b"9999999", b"<row>", b"-1", b'"', b">"]
PIECES += [b"<f>1</f>", b"&lt;", b"<is><t>", b"&#0;", b"$A$1:$B$9", b"step_", b"\xff", b"<!--"]


@MORE
@given(st.data())
def test_any_change_of_a_part(data: st.DataObject) -> None:
    """The XML of a part is changed before it is packed again, so that it is reached."""
    changed = dict(parts())
    name = data.draw(st.sampled_from(sorted(changed)))
    content = bytearray(changed[name])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        gone = data.draw(st.integers(0, 12))
        content[at : at + gone] = data.draw(st.sampled_from(PIECES))
    changed[name] = bytes(content)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for key, each in changed.items():
            archive.writestr(key, each)
    marked_or_refused(answers_or_refusal(lambda: parse_workbook(file.getvalue(), "x.xlsx")))


def test_a_fault_would_be_seen() -> None:
    """The tests above can fail: only a LimelightError is let through."""

    def faulty() -> Answers:
        raise KeyError

    with pytest.raises(KeyError):
        answers_or_refusal(faulty)

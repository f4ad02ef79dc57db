"""limelight check: what it writes in each format, where to, and its exit status."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.exercises.identity import identity_of
from tests.classroom.test_class_marks import class_of
from tests.cli.running import faults, inside, limelight
from tests.kept import difference
from tests.marking.filling import filled
from tests.marking.making import right, worked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.marking.making import Written


def sheet_of(name: str = "self-attention") -> Written:
    """Return a right sheet of the gallery."""
    return right(work(gallery(name)))


def put(folder: Path, sheet: Written, name: str = "ada.json") -> Path:
    """Write a sheet of the published exercise."""
    path = folder / name
    document = {
        "name": "Ada",
        "identity": identity_of(gallery("self-attention")),
        "steps": sheet,
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def with_mistake() -> Written:
    """Return a sheet on which floor went toward zero, and a cell of Z is off."""
    sheet = sheet_of()
    sheet["C"][2] = ["0", "0", "-1", "0"]
    sheet["Z"][0][0] = "9"
    return sheet


def test_a_right_sheet_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0."""
    ran = inside(capsys, "check", put(tmp_path, sheet_of()))

    assert (ran.status, ran.err) == (0, "")
    assert "10 of 10" in ran.out


def test_a_sheet_that_is_not_complete_has_no_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 0, and it says what is missing."""
    sheet = sheet_of()
    del sheet["Z"]
    ran = inside(capsys, "check", put(tmp_path, sheet))

    assert ran.status == 0
    assert "missing" in ran.out


def test_a_mistake_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, and what is said is what is kept."""
    ran = inside(capsys, "check", put(tmp_path, with_mistake()))

    assert (ran.status, ran.err) == (1, "")
    assert difference("check-self-attention.txt", ran.out) == ""


def test_json_says_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first wrong step, causes with ids, each cell's verdict, the slip's arithmetic."""
    ran = inside(capsys, "check", put(tmp_path, with_mistake()), "--format", "json")
    found = json.loads(ran.out)
    steps = {step["name"]: step for step in found["steps"]}

    assert (ran.status, found["first_wrong"], found["name"]) == (1, "C", "Ada")
    assert [cause["mistake"] for cause in steps["C"]["causes"]] == ["L11"]
    assert steps["C"]["cells"][2] == ["wrong", "wrong", "right", "right"]
    assert steps["Z"]["slips"][0]["cell"] == [1, 1]


def test_csv_is_a_line_with_its_heading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For a spreadsheet of the teacher's own."""
    ran = inside(capsys, "check", put(tmp_path, with_mistake()), "--format", "csv")
    heading, line = csv.reader(ran.out.splitlines())
    row = dict(zip(heading, line, strict=True))

    assert (row["file"], row["name"], row["first_wrong"]) == ("ada.json", "Ada", "C")
    assert row["causes"].startswith("L11 ")


def test_a_page_has_the_report_and_the_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The format follows from the name of the file, which is not replaced unasked."""
    page = tmp_path / "ada.html"
    sheet = put(tmp_path, with_mistake())
    ran = inside(capsys, "check", sheet, "--out", page)
    text = page.read_text(encoding="utf-8")

    assert (ran.status, ran.out) == (1, f"{page} is written.\n")
    assert text.startswith("<!DOCTYPE html>")
    assert '<td class="wrong"' in text
    assert inside(capsys, "check", sheet, "--out", page).status == 2
    assert inside(capsys, "check", sheet, "--out", page, "--force").status == 1


def test_a_workbook_needs_nothing_but_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It carries its exercise."""
    path = tmp_path / "ada.xlsx"
    path.write_bytes(filled(gallery("softmax"), right(worked("softmax"))))

    assert inside(capsys, "check", path).status == 0


def test_a_table_needs_its_exercise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named as for limelight work: of the gallery, a file, or an identity."""
    path = tmp_path / "ada.csv"
    path.write_text("S\n3,2,2,1\n4,3,1,5\n-1,-1,-2,1\n3,2,2,1\n", encoding="utf-8")

    assert faults(inside(capsys, "check", path)) == []
    assert inside(capsys, "check", path, "--exercise", "self-attention").status == 0
    identity = identity_of(gallery("self-attention"))
    assert inside(capsys, "check", path, "--exercise", identity).status == 0


def test_a_scheme_says_what_steps_are_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of its own; every problem of it is named."""
    scheme = tmp_path / "scheme.json"
    scheme.write_text(
        '{"format": "limelight-scheme-1", "points": {"Z": 4}, "otherwise": 0}', encoding="utf-8"
    )
    sheet = put(tmp_path, sheet_of())

    assert "4 of 4" in inside(capsys, "check", sheet, "--scheme", scheme).out
    scheme.write_text('{"points": {"Q7": 1, "W": -1}, "carried": 2, "by": 1}', encoding="utf-8")
    ran = inside(capsys, "check", sheet, "--scheme", scheme)
    assert faults(ran) == []
    assert all(name in ran.err for name in ("format", "points.W", "carried", "by"))


def test_a_class_gets_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As text, CSV and JSON; exit status 1 where a mistake was found."""
    folder = tmp_path / "class"
    folder.mkdir()
    class_of(folder)
    ran = inside(capsys, "check", folder)

    assert (ran.status, ran.err) == (1, "")
    assert difference("check-class.txt", ran.out) == ""
    rows = list(
        csv.DictReader(inside(capsys, "check", folder, "--format", "csv").out.splitlines())
    )
    assert [row["first_wrong"] for row in rows] == ["", "", "C", "", "C", "", "S", ""]
    found = json.loads(inside(capsys, "check", folder, "--format", "json").out)
    assert found["mistakes"][0]["mistake"] == "L11"
    assert [sheet["file"] for sheet in found["sheets"] if "problem" in sheet] == [
        "alone.csv",
        "broken.json",
        "cut.xlsx",
    ]


def test_a_class_of_which_nothing_can_be_marked_is_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, and the table says why of each."""
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    ran = inside(capsys, "check", tmp_path)

    assert ran.status == 2
    assert "a.json: must be JSON" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        "check missing.json",
        "check ada.json --scheme missing.json",
        "check ada.json --exercise sotfmax",
        "check ada.json --out ada.png",
        "check ada.json --exercise softmax",
        "check . --format html",
        "gallery softmax",
        "gallery --mistakes L99",
    ],
)
def test_what_cannot_be_used_is_refused(
    arguments: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one message, with exit status 2."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, sheet_of())

    assert faults(inside(capsys, *arguments.split())) == []


def test_hostile_text_steers_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and entries of a stranger: in a terminal, on a page, in a table."""
    sheet = with_mistake()
    sheet["S"][0][0] = "\x1b[31m<script>alert(1)</script>"
    document = {
        "name": "=HYPERLINK(0)\x1b[2J<script>",
        "identity": "",
        "exercise": None,
        "steps": sheet,
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    every = ["--exercise", "self-attention", "--format"]
    text = inside(capsys, "check", path, *every, "text").out
    page = inside(capsys, "check", path, *every, "html").out
    (row,) = csv.DictReader(inside(capsys, "check", path, *every, "csv").out.splitlines())

    assert "\x1b" not in text + page
    assert "<script" not in page
    assert row["name"].startswith("'=HYPERLINK")


def test_the_catalogue_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Both halves of it, or one entry with what is known of it."""
    listed = inside(capsys, "gallery", "--mistakes").out
    one = inside(capsys, "gallery", "--mistakes", "l1")
    other = inside(capsys, "gallery", "--mistakes", "E12")
    by_hand, in_code = listed.split("\nIn code\n")

    assert "\nBy hand\n" in by_hand
    assert all(f"\nL{number} " in by_hand for number in range(1, 28))
    assert all(f"\nE{number} " in in_code for number in range(1, 46) if number != 14)
    assert "\nIn code\n" in other.out
    assert "limelight audit finds it" in other.out
    assert one.status == 0
    assert difference("gallery-mistakes-L1.txt", one.out) == ""


def test_a_class_is_marked_by_the_command_itself(tmp_path: Path) -> None:
    """As a process of its own, that starts others."""
    class_of(tmp_path)
    ran = limelight("check", tmp_path, "--format", "csv")

    assert (ran.status, ran.err) == (1, "")
    assert len(ran.out.splitlines()) == 9

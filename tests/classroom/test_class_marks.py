"""A class is marked: every file by itself, in the order of names, whatever one of them holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limelight.classroom.class_marks import mark_class
from limelight.errors import FileError
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.exercises.generate import exercise_set
from limelight.exercises.identity import identity_of
from limelight.marking.check import check
from limelight.marking.outcome import Outcome, tally
from limelight.sheet.class_report import lay_out_class
from tests.marking.filling import filled
from tests.marking.making import mistakes, right, worked, written


def class_of(folder: Path) -> None:
    """Write the sheets of a class: two right ones, three with mistakes, three unusable."""
    sheets = list(exercise_set("self-attention", 4, seed=3))
    traces = [work(each) for each in sheets]
    second = next(made for each, made in mistakes(traces[1]) if each.mistake == "L11")
    third = next(made for each, made in mistakes(traces[2]) if each.mistake == "L11")
    slip = right(traces[3])
    slip["S"][1][1] = "77"
    for name, exercise, sheet in (
        ("ada", sheets[0], right(traces[0])),
        ("blaise", sheets[1], written(second)),
        ("carl", sheets[2], written(third)),
        ("dora", sheets[3], slip),
    ):
        document = {"name": name.title(), "identity": identity_of(exercise), "steps": sheet}
        Path(folder, f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    book = filled(gallery("softmax"), right(worked("softmax")))
    Path(folder, "emmy.xlsx").write_bytes(book)
    Path(folder, "broken.json").write_text("{", encoding="utf-8")
    Path(folder, "cut.xlsx").write_bytes(book[:99])
    Path(folder, "alone.csv").write_text("S\n1,2\n", encoding="utf-8")
    Path(folder, "manifest.json").write_text("{}", encoding="utf-8")
    Path(folder, "~$emmy.xlsx").write_bytes(b"")
    Path(folder, "notes.pdf").write_bytes(b"")
    Path(folder, "more").mkdir()


def test_every_file_is_marked_or_says_why_not(tmp_path: Path) -> None:
    """In the order of their names; what is no sheet is left alone."""
    class_of(tmp_path)
    outcomes = mark_class(tmp_path)

    assert [
        (outcome.file, outcome.first_wrong, bool(outcome.problem)) for outcome in outcomes
    ] == [
        ("ada.json", "", False),
        ("alone.csv", "", True),
        ("blaise.json", "C", False),
        ("broken.json", "", True),
        ("carl.json", "C", False),
        ("cut.xlsx", "", True),
        ("dora.json", "S", False),
        ("emmy.xlsx", "", False),
    ]
    assert all(str(tmp_path) not in outcome.problem for outcome in outcomes)


def test_two_processes_say_the_same(tmp_path: Path) -> None:
    """In the same order, and what is done is told on the way."""
    class_of(tmp_path)
    told: list[tuple[int, int]] = []
    side_by_side = mark_class(tmp_path, processes=2, progress=lambda *done: told.append(done))

    assert side_by_side == mark_class(tmp_path)
    assert told == [(done, 8) for done in range(9)]


def test_mistakes_of_a_class_are_counted(tmp_path: Path) -> None:
    """The most frequent first, with those that nothing else explains."""
    class_of(tmp_path)
    found = tally(mark_class(tmp_path))

    assert (found[0].mistake, found[0].sheets) == ("L11", 2)
    assert {each.mistake: each.sheets for each in found}["L7"] == 1


def test_ties_are_counted_as_ties() -> None:
    """A sheet counts once for each mistake that explains it, and alone for none of them."""
    outcomes = [
        Outcome("a", (), {}, mistakes=(("L8", "L9"),)),
        Outcome("b", (), {}, mistakes=(("L9",), ("L9", "L1"))),
    ]

    assert [(each.mistake, each.sheets, each.alone) for each in tally(outcomes)] == [
        ("L9", 2, 1),
        ("L1", 1, 0),
        ("L8", 1, 0),
    ]


def test_a_fault_of_ours_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in Limelight itself is said of that one file."""
    class_of(tmp_path)

    def faulty(path: Path, *rest: object, **options: object) -> object:
        if path.name == "carl.json":
            raise ZeroDivisionError
        return check(path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("limelight.classroom.class_marks.check", faulty)
    outcomes = {outcome.file: outcome for outcome in mark_class(tmp_path)}

    assert "ZeroDivisionError" in outcomes["carl.json"].problem
    assert outcomes["blaise.json"].first_wrong == "C"


def test_an_exercise_that_is_given_is_for_all(tmp_path: Path) -> None:
    """Sheets of other exercises are refused, not called wrong."""
    class_of(tmp_path)
    outcomes = {each.file: each for each in mark_class(tmp_path, gallery("softmax"))}

    assert outcomes["emmy.xlsx"].problem == ""
    assert "must be of the exercise" in outcomes["ada.json"].problem


def test_a_folder_without_sheets_is_refused(tmp_path: Path) -> None:
    """As is one that is not there."""
    Path(tmp_path, "a.pdf").write_bytes(b"")
    for folder in (tmp_path, tmp_path / "no"):
        with pytest.raises(FileError) as caught:
            mark_class(folder)
        assert len(str(caught.value).splitlines()) == 3


def test_the_report_of_a_class_says_how_many(tmp_path: Path) -> None:
    """Sheets, those all right, points on average, and why a file was not marked."""
    class_of(tmp_path)
    report = lay_out_class("Class", mark_class(tmp_path))

    assert [fact.text for fact in report.facts][:2] == ["8, 3 could not be marked", "2 of 5"]
    assert report.unmarked[1].text.startswith("must be JSON")
    assert report.findings[0].title.startswith("L11, ")

"""Reports on sheets and classes: for a terminal and as a page, whoever wrote what is in them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.gallery import gallery
from limelight.marking.answers import Answers, as_answers
from limelight.marking.check import check
from limelight.marking.marks import Marks, Verdict
from limelight.marking.outcome import Outcome
from limelight.mechanism.orientation import Orientation
from limelight.render.class_text import ClassText
from limelight.render.lines import line_width, plain_text
from limelight.render.report_html import ReportPage
from limelight.render.report_text import ReportText
from limelight.sheet.class_report import lay_out_class
from limelight.sheet.marked import lay_out_marked
from limelight.sheet.report import lay_out_report
from tests.marking.filling import shown
from tests.marking.making import NAMES, Written, mistakes, right, worked, written
from tests.render.hostile import EVERYTHING, STEERING, unseen
from tests.render.test_html import FETCHING, mute
from tests.render.test_worksheet_html import read_strictly

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

WIDTHS = (40, 60, 80, 120)


def page_of(exercise: Exercise, marks: Marks) -> str:
    """Draw a marked sheet as a page."""
    return ReportPage(lay_out_report(marks), lay_out_marked(exercise, marks)).text()


@cache
def marked(name: str, orientation: Orientation = Orientation.COLUMNS) -> tuple[Exercise, Marks]:
    """Mark a sheet that has a right, a carried, a wrong and a missing step."""
    exercise, sheet = gallery(name), right(worked(name))
    first, *_, last = sheet
    sheet[first] = [["77", *row[1:]] for row in sheet[first]]
    if last != first:
        sheet[last] = [["" for _ in row] for row in sheet[last]]
    answers = as_answers(shown(sheet, orientation))._replace(orientation=orientation)
    return exercise, check(answers, exercise)


def of_stranger(text: str) -> Answers:
    """Return answers by somebody who writes *text* wherever something can be written."""
    sheet: Written = right(worked("softmax"))
    for rows in sheet.values():
        rows[0][0] = text
    answers = as_answers({**sheet, text: [["1"]]})
    return answers._replace(name=text, identity="")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    """Neither of a report nor of that of a class."""
    _, marks = marked(name)
    lines = list(ReportText(lay_out_report(marks), width).lines())
    outcomes = [Outcome.of("a" * 99, marks), Outcome.unmarked("b", "no " * 99)]
    lines += ClassText(lay_out_class("Class", outcomes), width).lines()

    assert max(map(line_width, lines)) <= width


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("orientation", Orientation)
def test_a_page_is_html_and_fetches_nothing(name: str, orientation: Orientation) -> None:
    """Strictly parsed; no script, no link, no picture, no style but its own."""
    source = page_of(*marked(name, orientation))
    tree = read_strictly(source)

    styles = [element.text or "" for element in tree.iter("style")]
    tags = {str(element.tag) for element in tree.iter()}

    assert mute(tree) == []
    assert [FETCHING.findall(style) for style in styles] == [[]] * 3
    assert tags & {"script", "link", "img", "iframe", "a", "form"} == set()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("orientation", Orientation)
def test_every_cell_says_its_verdict(name: str, orientation: Orientation) -> None:
    """As many cells of each verdict as the marks have, copies of a box left out."""
    exercise, marks = marked(name, orientation)
    worksheet = lay_out_marked(exercise, marks)
    drawn = [
        comment.verdict
        for box in worksheet.boxes
        if not box.is_copy
        for row in box.comments
        for comment in row
    ]
    said = [verdict for step in marks.steps for row in step.cells for verdict in row]

    assert sorted(drawn) == sorted(verdict.name.lower() for verdict in said)
    assert Verdict.WRONG in said


def test_a_cell_is_told_by_more_than_its_colour() -> None:
    """A sign, and words for whoever does not see it."""
    source = page_of(*marked("softmax"))

    assert 'class="wrong" aria-label="77: wrong, right is' in source
    assert '<i aria-hidden="true">✗</i>' in source
    assert "<s>77</s>" in source


@pytest.mark.parametrize("stranger", EVERYTHING.values(), ids=EVERYTHING)
def test_a_strangers_text_adds_nothing_to_a_page(stranger: str) -> None:
    """The page has the elements that it has with a plain word."""
    exercise = gallery("softmax")
    pages = [page_of(exercise, check(of_stranger(text), exercise)) for text in (stranger, "word")]
    tags = [[str(element.tag) for element in read_strictly(page).iter()] for page in pages]

    assert tags[0] == tags[1]


@pytest.mark.parametrize("stranger", STEERING.values(), ids=STEERING)
def test_nothing_that_steers_comes_through(stranger: str) -> None:
    """Neither to a terminal nor onto a page, for a sheet as for a class."""
    exercise = gallery("softmax")
    marks = check(of_stranger(stranger), exercise)
    outcomes = [Outcome.of(stranger, marks), Outcome.unmarked(stranger, stranger)]
    lines = [
        *ReportText(lay_out_report(marks)).lines(),
        *ClassText(lay_out_class(stranger, outcomes)).lines(),
    ]
    output = "\n".join([*map(plain_text, lines), page_of(exercise, marks)])

    assert unseen(output) == []
    assert output.encode()
    assert json.dumps(outcomes[0].document)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_letters_that_an_output_lacks_are_replaced(encoding: str) -> None:
    """And nothing becomes wider by it."""
    _, marks = marked("self-attention")
    lines = list(ReportText(lay_out_report(marks), 80, encoding).lines())

    assert "\n".join(map(plain_text, lines)).encode(encoding)
    assert max(map(line_width, lines)) <= 80


def test_ties_are_said_as_ties() -> None:
    """With the result alone several mistakes look alike; none is ranked before the others."""
    trace = worked("self-attention")
    made = next(made for each, made in mistakes(trace) if each.mistake == "L19")
    marks = check(written({"Z": made["Z"]}), gallery("self-attention"))
    causes = {cause.mistake for cause in marks["Z"].causes}
    titles = [finding.title for finding in lay_out_report(marks).findings]

    assert causes == {"L19", "L20"}
    assert [title.split(",")[0] for title in titles] == ["Z: possibly L20", "Z: possibly L19"]

"""Worksheets as text: every cell in its frame, rows and columns meet, lines fit."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from limelight.errors import ShapeError
from limelight.exercises.exercise import Exercise
from limelight.mechanism.matrix import Matrix
from limelight.render.lines import width_of
from limelight.render.paint import paint
from limelight.render.prose import Prose
from limelight.render.tableau_text import room_of
from limelight.render.worksheet_text import WorksheetText
from limelight.sheet.by_hand import lay_out_by_hand
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose
from tests.kept import RENEWING, difference
from tests.render.frames import frames_in
from tests.render.worksheets import CASES, NAMES, alone, tableaux_of, text, texts_of, worksheet_of
from tests.sheet.looking import VIEWS

if TYPE_CHECKING:
    from limelight.sheet.worksheet import Box, Worksheet

WIDTHS = [60, 80, 100, 160]
EVERY = [(*case, WIDTHS[index % len(WIDTHS)]) for index, case in enumerate(CASES)]
KEPT = {
    "worksheet-softmax.txt": ("softmax", Purpose.BLANK),
    "worksheet-softmax-key.txt": ("softmax", Purpose.KEY),
    "worksheet-cross-attention-hints.txt": ("cross-attention", Purpose.HINTS),
}


def cut(worksheet: Worksheet, width: int) -> Worksheet:
    """Return the worksheet as it is cut for a width."""
    return flowed(worksheet, room_of(worksheet, Prose(width)))


def wanted(worksheet: Worksheet, boxes: tuple[Box, ...]) -> Counter[str]:
    """Count what the frames of boxes must hold."""
    return Counter(str(texts_of(worksheet, box)) for box in boxes)


def drawn(shown: str) -> Counter[str]:
    """Count what the frames of a text hold."""
    return Counter(str(frame.cells) for frame in frames_in(shown))


@pytest.mark.parametrize(("name", "purpose", "view", "width"), EVERY)
def test_every_cell_is_drawn(name: str, purpose: Purpose, view: str, width: int) -> None:
    """Each box, read back from its frame, has the cells that it should: numbers and blanks."""
    worksheet = worksheet_of(name, purpose, view)

    assert drawn(text(worksheet, width)) == wanted(worksheet, cut(worksheet, width).boxes)


@pytest.mark.parametrize(("name", "purpose", "view", "width"), EVERY)
def test_no_line_is_too_long(name: str, purpose: Purpose, view: str, width: int) -> None:
    """No line is wider than asked for, in all of Unicode and in ASCII."""
    worksheet = worksheet_of(name, purpose, view)
    for encoding in ("utf-8", "ascii"):
        lines = text(worksheet, width, encoding).split("\n")

        assert [line for line in lines if width_of(line) > width] == []
        assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("name", NAMES)
def test_rows_and_columns_meet(name: str, width: int) -> None:
    """Main boxes share their upright lines; what stands beside one shares its rows."""
    worksheet = worksheet_of(name, Purpose.HINTS)
    for tableau in tableaux_of(cut(worksheet, width)):
        frames = iter(frames_in(text(alone(worksheet, tableau), width)))
        main = [] if tableau.head is None else [next(frames)]
        for line in tableau.lines:
            row = [next(frames) for _ in line.boxes]
            main.append(row[-1])

            assert len({(frame.top, frame.bottom) for frame in row}) == 1
            assert all(
                left.uprights[-1] < right.uprights[0] for left, right in itertools.pairwise(row)
            )
        assert len({frame.uprights for frame in main}) <= 1


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("name", NAMES)
def test_turned_rows_and_columns_meet(name: str, width: int) -> None:
    """Tokens as rows: main boxes share their rows; what stands above one shares its columns."""
    worksheet = worksheet_of(name, Purpose.HINTS, "rows")
    for tableau in tableaux_of(cut(worksheet, width)):
        frames = frames_in(text(alone(worksheet, tableau), width))
        lowest = frames[-1]
        main = [frame for frame in frames if frame.bottom == lowest.bottom]
        columns = {frame.uprights for frame in main}

        assert len(main) == len(tableau.lines) + (tableau.head is not None)
        assert {frame.top for frame in main} == {lowest.top}
        assert {frame.uprights for frame in frames} == columns


def test_a_crooked_frame_is_seen() -> None:
    """The reader can fail: an upright that is moved or lost, a number that is another."""
    shown = text(worksheet_of("softmax", Purpose.KEY))
    moved, lost = shown.replace("│      2 │", "│       2 │"), shown.replace("└", " ", 1)

    assert drawn(shown) != drawn(shown.replace("│      2 │", "│      3 │"))
    for broken in (moved, lost):
        with pytest.raises(ValueError, match="does not close"):
            frames_in(broken)


def test_blank_and_key_have_their_cells_in_the_same_places() -> None:
    """A key can be laid over the sheet: frames stand in the same columns."""
    frames = {
        purpose: [
            (frame.uprights, frame.bottom - frame.top)
            for frame in frames_in(text(worksheet_of("self-attention", purpose)))
        ]
        for purpose in Purpose
    }

    assert frames[Purpose.BLANK] == frames[Purpose.HINTS] == frames[Purpose.KEY]


def test_copies_are_dashed() -> None:
    """What stands elsewhere already has a dashed frame and says where it comes from."""
    shown = text(worksheet_of("self-attention"))

    assert shown.count("╌┐") == 2
    assert re.findall(r"(\S+) +from (\[\d\])", shown) == [("Q", "[1]"), ("V", "[1]")]
    assert "X1" not in shown


def test_stages_are_numbered_and_explained_once() -> None:
    """Each stage of the method has its heading, with what it is for."""
    shown = text(worksheet_of("self-attention"), 160)
    stages = [line.number for line in worksheet_of("self-attention").lines if line.number]

    assert re.findall(r"^(\[\d\]) .* ─", shown, re.MULTILINE) == stages
    assert shown.count("Every key meets every query.") == 1


def test_pieces_say_which_part_they_are() -> None:
    """What is cut names its columns, and a stage that goes on says so."""
    shown = text(worksheet_of("many tokens"), 60)

    assert re.findall(r"columns 1–\d+", shown)
    assert re.findall(r"columns \d+–40", shown)
    assert "[2] Scores, continued" in shown


def test_what_is_to_be_handed_in_has_a_line_for_the_name() -> None:
    """A sheet has lines for name and date, a key has none; both say which sheet they are."""
    shown = {purpose: text(worksheet_of("softmax", purpose)) for purpose in Purpose}

    assert {purpose: "Name ____" in sheet for purpose, sheet in shown.items()} == {
        Purpose.BLANK: True,
        Purpose.HINTS: True,
        Purpose.KEY: False,
    }
    for sheet in shown.values():
        assert sheet.endswith("Exercise SA-4x6 · Seed 7 · Sheet 3 of 30")


def test_colour_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In colour the text is the same, and NO_COLOR is honoured."""
    lines = list(WorksheetText(worksheet_of("self-attention", Purpose.KEY)).lines())

    def painted() -> str:
        stream = io.StringIO()
        paint(lines, stream)
        return stream.getvalue()

    plain = painted()
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = painted()
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain == painted()


def test_ascii_draws_the_same_boxes() -> None:
    """Where letters are lacking frames are + - | and copies have colons; nothing is lost."""
    for view in VIEWS:
        shown = text(worksheet_of("self-attention", Purpose.KEY, view), 80, "ascii")

        assert shown.isascii()
        assert "?" not in shown
        assert re.search(r"^ +\d : +\d", shown, re.MULTILINE)


def test_numbers_that_fit_no_line_are_refused() -> None:
    """A column wider than the line says which, and what to do."""
    long = Matrix.read([["0." + "1234567890" * 4]])
    exercise = Exercise(kind="softmax", inputs={"C": long})
    worksheet = lay_out_by_hand(exercise)._replace(digits=40)

    with pytest.raises(ShapeError, match=r"(?s)a column of C must fit.*take fewer digits"):
        text(worksheet, 40)


@pytest.mark.parametrize("name", KEPT)
def test_text_is_the_one_kept(name: str) -> None:
    """Small worksheets look exactly as they stand in their files."""
    exercise, purpose = KEPT[name]

    assert difference(name, text(worksheet_of(exercise, purpose)) + "\n") == ""


@pytest.mark.skipif(RENEWING, reason="renewing would keep what is changed here on purpose")
def test_a_changed_letter_of_a_worksheet_is_seen() -> None:
    """The comparison can fail: a blank that is another is a difference."""
    (name, *_) = KEPT
    shown = text(worksheet_of(*KEPT[name])) + "\n"

    assert difference(name, shown.replace("_____", "____ ", 1)) != ""

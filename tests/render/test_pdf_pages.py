"""Everything on a page has its place: nothing stands on something else or outside the margins."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, takewhile
from random import Random
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.render.pdf.composing import compose
from limelight.render.pdf.measures import EDGE, PAPERS, ROWS, SIDE
from limelight.sheet.by_hand import Imprint
from limelight.sheet.model import Fact
from limelight.sheet.worksheet import Purpose
from tests.render.paper import Ink, ink, pdf, read, worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.pdf.data import Data
    from limelight.sheet.worksheet import Worksheet

A4 = PAPERS["a4"]

POINTS = 72 / 25.4

FAR = 16
"""Letters whose lines are so many points apart cannot meet."""


def self_attention(tokens: int, features: int, heads: int, most: int = 1) -> Exercise:
    """Return an exercise of any size."""
    random = Random(tokens)  # noqa: S311 - nothing to keep secret

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[random.randint(-1, most) for _ in range(columns)] for _ in range(rows)]

    weights = [matrix(3, features) for _ in range(heads)]
    return Exercise.self_attention(
        x=matrix(features, tokens), w_q=weights, w_k=weights, w_v=weights
    )


LONG_NUMBERS = Exercise.self_attention(
    x=[["0.123456", "12345678"], ["-0.98765", "1"]],
    w_q=[[0, "0.000001"]],
    w_k=[[0, 1]],
    w_v=[["0.123456", "-1234.56"]],
)

ONE_BY_ONE = Exercise.self_attention(x=[[1]], w_q=[[1]], w_k=[[2]], w_v=[[3]])

EXERCISES: dict[str, Exercise | str] = {
    "one by one": ONE_BY_ONE,
    "12 tokens, 6 features, 3 heads": self_attention(12, 6, 3),
    "24 tokens": self_attention(24, 2, 1, most=0),
    "eight characters": LONG_NUMBERS,
} | {name: name for name in gallery_names()}


def overlapping(runs: list[Ink]) -> list[tuple[str, str]]:
    """Return the letters that stand on each other; those of one formula may."""
    lines = sorted(runs, key=lambda run: -run.y)
    pairs = (
        (one, other)
        for index, one in enumerate(lines)
        for other in _near(one, lines[index + 1 :])
        if one.overlaps(other) and not (one.is_mathematics and other.is_mathematics)
    )
    return [(one.text, other.text) for one, other in pairs]


def _near(run: Ink, below: list[Ink]) -> Iterator[Ink]:
    return takewhile(lambda other: run.y - other.y < FAR, below)


def outside(runs: list[Ink], paper: str) -> list[str]:
    """Return what does not stand between the margins."""
    width, height = (length * POINTS for length in PAPERS[paper])
    side, edge = (SIDE - 0.5) * POINTS, (EDGE - 0.5) * POINTS
    return [
        run.text
        for run in runs
        if run.x < side
        or run.x + run.width > width - side
        or run.y < edge
        or run.y + 0.6 * run.size > height - edge
    ]


def frames(page: list[Data]) -> list[tuple[float, float, float, float]]:
    """Return left, top, right and bottom of the cells of every box."""
    return [
        (
            item["x"],
            item["y"],
            item["x"] + item["column"] * len(item["cells"][0]),
            item["y"] + item["row"] * len(item["cells"]),
        )
        for item in page
        if item["kind"] == "matrix"
    ]


def crossing(page: list[Data], runs: list[Ink], height: float) -> list[str]:
    """Return the letters that a frame runs through, and boxes that run into each other."""
    boxes = frames(page)
    met = [
        f"{one} {other}"
        for one, other in combinations(boxes, 2)
        if min(one[2], other[2]) - max(one[0], other[0]) > 0
        and min(one[3], other[3]) - max(one[1], other[1]) > 0
    ]
    for run in runs:
        left, right = run.x / POINTS - SIDE, (run.x + run.width) / POINTS - SIDE
        foot = height - run.y / POINTS
        top = foot - 0.6 * run.size / POINTS
        met += [
            run.text
            for box in boxes
            for edge in (box[0], box[2])
            if left + 0.1 < edge < right - 0.1 and max(top, box[1]) < min(foot, box[3]) - 0.1
        ]
        met += [
            run.text
            for box in boxes
            for edge in (box[1], box[3])
            if top + 0.1 < edge < foot - 0.1 and max(left, box[0]) < min(right, box[2]) - 0.1
        ]
    return met


def faults(sheet: Worksheet, paper: str) -> list[object]:
    """Return everything that is wrong with the pages of a worksheet."""
    pages = compose(sheet, PAPERS[paper])
    printed = read(pdf(paper).render([sheet])).pages
    assert len(pages) == len(printed)
    found: list[object] = []
    for page, drawn in zip(printed, pages, strict=True):
        runs = ink(page)
        found += overlapping(runs)
        found += outside(runs, paper)
        found += crossing(drawn, runs, PAPERS[paper].height)
    return found


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("purpose", [Purpose.BLANK, Purpose.KEY])
@pytest.mark.parametrize("name", EXERCISES)
def test_everything_has_its_place(name: str, purpose: Purpose, orientation: Orientation) -> None:
    """No letter stands on another, on a frame, or outside the margins, and no box on another."""
    paper = "a4" if purpose is Purpose.KEY else "letter"

    assert faults(worksheet(EXERCISES[name], purpose, orientation), paper) == []


def test_faults_are_seen() -> None:
    """The checks can fail: letters moved by a little stand where they must not."""
    sheet = worksheet("self-attention", Purpose.KEY)
    runs = ink(read(pdf().render([sheet])).pages[0])
    page, height = compose(sheet, A4)[0], A4.height
    nearer = [run._replace(x=0.9 * run.x) for run in runs[::2]] + runs[1::2]
    lower = [run._replace(y=run.y - 9) for run in runs]

    assert overlapping(nearer)
    assert outside([run._replace(x=run.x + 60) for run in runs], "a4")
    assert crossing(page, lower, height)
    assert crossing([*page, page[-5] | frames_moved(page)], runs, height)


def frames_moved(page: list[Data]) -> Data:
    """Return a box of the page, moved by a little."""
    box = next(item for item in page if item["kind"] == "matrix")
    return box | {"x": box["x"] + 3}


@pytest.mark.parametrize("name", EXERCISES)
def test_cells_are_large_enough_to_write_in(name: str) -> None:
    """A row is at least 7 mm high, a column to be filled at least 9 mm wide."""
    pages = compose(worksheet(EXERCISES[name]), PAPERS["letter"])
    boxes = [item for page in pages for item in page if item["kind"] == "matrix"]

    assert min(box["row"] for box in boxes) >= 7
    assert min(box["column"] for box in boxes if box["frame"] == "fill") >= 9
    assert {box["row"] for box in boxes} <= set(ROWS)


def test_boxes_of_a_tableau_share_their_columns() -> None:
    """Scores, powers, sums and weights stand one below the other, column by column."""
    (page,) = compose(worksheet("self-attention"), A4)
    boxes = [item for item in page if item["kind"] == "matrix"]
    right = [box for box in boxes if box["x"] > A4.across * 0.7]

    assert len(right) == len(["Q", "S", "C", "E", "sums", "A", "Z"])
    assert len({(box["x"], box["column"]) for box in right}) == 1


@pytest.mark.parametrize("orientation", Orientation)
def test_the_widest_fit(orientation: Orientation) -> None:
    """Labels of sixty letters are shortened, and numbers of 25 figures have wide columns."""
    exercise = Exercise.self_attention(
        x=[["123456789.123456789012345", 2], [1, 1]], w_q=[[0, 1]], w_k=[[0, 1]], w_v=[[-1, 1]]
    )
    named = replace(exercise, labels={"X": ("W" * 60, "i" * 60)})
    sheet = worksheet(named, Purpose.KEY, orientation)._replace(digits=15, fractions=False)

    assert faults(sheet, "a4") == []


@pytest.mark.parametrize("words", ["W" * 1000, "word " * 1000], ids=["W", "word"])
def test_long_words_stay_in_their_place(words: str) -> None:
    """A title of a thousand letters, with or without spaces, is cut and set smaller."""
    named = replace(ONE_BY_ONE, labels={"X": (words,)})
    sheet = worksheet(named, Purpose.HINTS, imprint=Imprint(words, words, words))
    facts = (Fact(label="Source", text=words),)

    assert faults(sheet._replace(title=words, about=words, facts=facts), "a4") == []


@pytest.mark.parametrize("orientation", Orientation)
def test_a_key_lies_on_its_sheet(orientation: Orientation) -> None:
    """The boxes of the published exercise stand at the same places, blank or worked."""
    places = [
        [frames(page) for page in compose(worksheet("self-attention", purpose, orientation), A4)]
        for purpose in Purpose
    ]

    assert places[0] == places[1] == places[2]

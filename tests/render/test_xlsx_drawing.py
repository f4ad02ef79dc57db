"""Where things stand on a sheet: side by side, in their columns, none upon another."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.render.xlsx.measure import LONGEST_LABEL
from limelight.render.xlsx.paper import Paper, footer, header
from limelight.render.xlsx.pencil import draw
from limelight.render.xlsx.place import Place, address, letters
from limelight.sheet.worksheet import Purpose, Worksheet
from tests.render.libreoffice import printed, text_of_pages
from tests.render.workbooks import Sheet, opened

if TYPE_CHECKING:
    from limelight.render.xlsx.drawing import Drawing

BLANK, HINTS, KEY = Purpose.BLANK, Purpose.HINTS, Purpose.KEY
WORD = "Donaudampfschifffahrtsgesellschaftskapit"


def random_exercise(tokens: int, features: int, heads: int) -> Exercise:
    """Return small numbers in matrices of any size."""
    rng = random.Random(5)  # noqa: S311 - numbers to work with, no secret

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[rng.choice((0, 1, -1, 2)) for _ in range(columns)] for _ in range(rows)]

    w_q, w_k, w_v = ([matrix(2, features) for _ in range(heads)] for _ in range(3))
    return Exercise.self_attention(x=matrix(features, tokens), w_q=w_q, w_k=w_k, w_v=w_v)


EIGHT = Exercise.self_attention(
    x=[[1234567.8, 2], [-999999.9, 4]],
    w_q=[[1, 0], [0, 1]],
    w_k=[[1, 0], [0, 1]],
    w_v=[[1, 0], [0, 1]],
    recipe="exact",
)
NAMED = Exercise(
    kind="self-attention",
    inputs=random_exercise(2, 2, 1).inputs,
    title=f"A title of {WORD}",
    about=" ".join(["Many words about it."] * 100),
    source=WORD * 10,
    labels={"X": (WORD, "注意力機構")},
)
EXERCISES = {name: gallery(name) for name in gallery_names()} | {
    "one": Exercise.self_attention(x=[[2]], w_q=[[1]], w_k=[[1]], w_v=[[1]]),
    "twelve tokens": random_exercise(12, 6, 3),
    "forty tokens": random_exercise(40, 3, 1),
    "eight characters": EIGHT,
    "long words": NAMED,
}
EVERY = [(name, view) for name in EXERCISES for view in Orientation]
WAYS = {"blank": (BLANK, False), "hints": (HINTS, False), "key": (KEY, False)}
WAYS["live"] = (BLANK, True)


@cache
def drawing_of(name: str, view: Orientation, way: str) -> Drawing:
    """Draw an exercise."""
    purpose, is_live = WAYS[way]
    worksheet = Sheet(EXERCISES[name], view).laid_out(purpose)
    return draw(worksheet, "Fill in.", is_live=is_live)


def taken(drawing: Drawing) -> Counter[tuple[int, int]]:
    """Count how often each cell of the sheet is used."""
    used: Counter[tuple[int, int]] = Counter()
    for spot in drawing.spots:
        place = spot.place
        used.update(
            place.shown(row, column)
            for row in range(-1, place.rows)
            for column in range(-1, place.columns)
        )
    for text in drawing.texts:
        used.update((text.row, text.column + along) for along in range(text.columns))
    return used


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "view"), EVERY)
def test_nothing_stands_upon_anything(name: str, view: Orientation, way: str) -> None:
    """No cell is used twice, and none outside of the columns that are printed."""
    drawing = drawing_of(name, view, way)
    used = taken(drawing)

    assert {cell for cell, count in used.items() if count > 1} == set()
    assert max(column for _, column in used) < drawing.columns
    assert min(min(cell) for cell in used) == 0
    assert set(drawing.heights) == set(range(drawing.last_row + 1))


def test_a_cell_that_is_used_twice_is_seen() -> None:
    """The check can fail: a box that is moved onto another is counted twice."""
    drawing = drawing_of("self-attention", Orientation.COLUMNS, "blank")
    first, second, *rest = drawing.spots
    moved = drawing._replace(spots=(first, second._replace(place=first.place), *rest))

    assert max(taken(moved).values()) > 1


@pytest.mark.parametrize("name", EXERCISES)
def test_boxes_of_a_tableau_share_their_columns(name: str) -> None:
    """With tokens as columns, heads and results stand in the same columns, one below the other."""
    drawing = drawing_of(name, Orientation.COLUMNS, "blank")
    worksheet = Sheet(EXERCISES[name]).laid_out()
    tableaux = [tableau for part in worksheet.parts for tableau in part.tableaux]
    mains = {line.box.name for line in worksheet.lines} | {t.head.name for t in tableaux if t.head}
    originals = [s for s in drawing.spots if s.box.name in mains and not s.box.is_copy]
    begins = {spot.place.column for spot in originals if spot.box.name != "K_T"}

    assert len(begins) == 1


def test_rows_and_columns_meet() -> None:
    """What is beside a box has its rows, what is above it has its columns; turned, likewise."""
    for view in Orientation:
        spots = drawing_of("self-attention", view, "blank").originals
        x, weight, queries = (spots[name].place for name in ("X", "W_Q", "Q"))
        if view.is_turned:
            assert (x.row, weight.column) == (queries.row, queries.column)
            assert x.column < queries.column
            assert weight.row < queries.row
        else:
            assert (x.column, weight.row) == (queries.column, queries.row)
            assert x.row < queries.row
            assert weight.column < queries.column


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_blank_cells_have_room_for_a_pencil(name: str, view: Orientation) -> None:
    """Printed, a blank cell is at least 7 mm high, unless the sheet is printed very small."""
    drawing = drawing_of(name, view, "blank")
    spot = next(spot for spot in drawing.spots if spot.box.making)
    height = drawing.heights[spot.place.row] * drawing.paper.scale * 25.4 / 72

    assert height >= 7 or drawing.paper.scale < 0.58


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "view"), EVERY)
def test_pages_end_between_lines(name: str, view: Orientation, way: str) -> None:
    """A page begins where a line of the method or a part begins, and not within a box."""
    drawing = drawing_of(name, view, way)
    within = {spot.place.row + row for spot in drawing.spots for row in range(-2, spot.place.rows)}
    begins = {spot.place.row - 2 for spot in drawing.spots} | {t.row for t in drawing.texts}
    breaks = set(drawing.paper.breaks(drawing))

    assert breaks <= set(drawing.breaks)
    assert breaks & (within - begins) == set()


def test_paper_lies_where_a_sheet_is_wide() -> None:
    """A narrow sheet stands upright in full size, a wide one lies, a very wide one goes on."""
    assert Paper.of(8, 7) == Paper(lies=False, across=1, scale=1.0)
    assert Paper.of(20, 8).lies
    assert Paper.of(130, 8).across > 1


def test_long_labels_are_shortened() -> None:
    """A label of forty letters is shown by its first twelve at most."""
    spot = drawing_of("long words", Orientation.COLUMNS, "blank").originals["X"]

    assert spot.column_labels == ("Donaudampfs…", "注意力機構")
    assert len(spot.column_labels[0]) == LONGEST_LABEL


def test_long_texts_stand_in_several_cells() -> None:
    """A text of 2,000 characters is written whole, and no row is higher than a sheet allows."""
    drawing = drawing_of("long words", Orientation.COLUMNS, "blank")
    about = " ".join(text.words for text in drawing.texts if text.style == "about")

    assert about == NAMED.about
    assert max(drawing.heights.values()) <= 409


def test_places_are_called_as_spreadsheets_call_them() -> None:
    """Cells, ranges and turned ranges have the names that formulas need."""
    place, turned = Place(4, 2, 2, 3), Place(4, 2, 3, 2, is_turned=True)

    assert (address(0, 0), letters(25), letters(26), letters(702)) == ("A1", "Z", "AA", "AAA")
    assert (place.range, place.fixed, place.at(1, 2)) == ("C5:E6", "$C$5:$E$6", "E6")
    assert (place.down(1), turned.down(1), turned.at(1, 2)) == ("D5:D6", "C6:D6", "D7")
    assert (Place(0, 0, 1, 1).range, Place(0, 0, 1, 1).fixed) == ("A1", "$A$1")


def test_margins_say_which_sheet_it_is() -> None:
    """Identity, seed and number stand at the foot of each page, codes doubled."""
    worksheet = Worksheet(title="Salt & pepper &P", parts=(), identity="a", seed="7", number="b")

    assert footer(worksheet) == "&L&8 a · seed 7 · b&R&8 &P / &N"
    assert header(worksheet) == "&R&8 Salt && pepper &&P"
    assert opened(Sheet(gallery("softmax")).to_fill())["Worksheet"].oddFooter.left.text == (
        "sa-4x6-3f9c · seed 42 · 3 of 30"
    )


PRINTED = [
    (name, view, way) for name, view in EVERY for way in ("key", "live") if name != "forty tokens"
]


@cache
def pages() -> dict[tuple[str, Orientation, str], list[str]]:
    """Print the key and the live workbook of every exercise; return the text of each page."""
    books = {
        str(index): Sheet(EXERCISES[name], view).live()
        if way == "live"
        else Sheet(EXERCISES[name], view).to_fill(KEY)
        for index, (name, view, way) in enumerate(PRINTED)
    }
    files = printed(books)
    return {case: text_of_pages(files[str(index)]) for index, case in enumerate(PRINTED)}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "view", "way"), PRINTED)
def test_printed_pages_are_those_that_were_planned(name: str, view: Orientation, way: str) -> None:
    """LibreOffice ends pages where we say, and has no number that it finds no room for."""
    drawing = drawing_of(name, view, way)
    found = pages()[name, view, way]

    assert "###" not in "".join(found)
    assert "Err:" not in "".join(found)
    if drawing.paper.across == 1 and drawing.paper.scale > 0.5:
        assert len(found) == 1 + len(list(drawing.paper.breaks(drawing)))

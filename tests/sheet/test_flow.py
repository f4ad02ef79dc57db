"""What is cut to fit still has every cell once, with the labels that belong to it."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from limelight.errors import ShapeError
from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.sheet.by_hand import Template, lay_out_by_hand
from limelight.sheet.flow import Room, flowed
from limelight.sheet.layout import Layout

if TYPE_CHECKING:
    from limelight.sheet.worksheet import Box, Tableau, Worksheet

LAYOUTS = {way.value: Layout(orientation=way) for way in Orientation}


def room_of(across: float, most_rows: int = 1000, column: float = 3) -> Room:
    """Return room in which every column is as wide, and labels take two."""
    return Room(across, lambda _: column, lambda _: 2, most_rows)


def matrix(random: Random, rows: int, columns: int) -> list[list[int]]:
    """Return small integers."""
    return [[random.randint(-2, 2) for _ in range(columns)] for _ in range(rows)]


def large(*, tokens: int, features: int, heads: int = 1) -> Exercise:
    """Return self-attention of any size."""
    random = Random(tokens * 100 + features)  # noqa: S311 - nothing to keep secret
    weights = [matrix(random, 3, features) for _ in range(heads)]
    return Exercise.self_attention(
        x=matrix(random, features, tokens), w_q=weights, w_k=weights, w_v=weights
    )


def cells_of(worksheet: Worksheet) -> Counter[tuple[object, ...]]:
    """Count every cell of what is no copy: its name, place, number, state and labels."""
    return Counter(
        (box.name, row, column, number, state, *labels_of(box, row, column))
        for box in worksheet.boxes
        if not box.is_copy
        for row, column, number, state in box.cells()
    )


def labels_of(box: Box, row: int, column: int) -> tuple[str, str]:
    """Return the labels of a cell that is counted in the whole matrix."""
    return box.row_labels[row - box.first[0]], box.column_labels[column - box.first[1]]


def width_of(tableau: Tableau, room: Room) -> float:
    """Measure a tableau as a renderer would."""
    head = room.width(tableau.head) if tableau.head else 0.0
    if tableau.is_turned:
        return head + sum(max(map(room.width, line.boxes)) for line in tableau.lines)
    spine = max([head, *(room.width(line.box) for line in tableau.lines)])
    return spine + max((sum(map(room.width, line.beside)) for line in tableau.lines), default=0)


SHEETS = {
    **{name: gallery(name) for name in gallery_names()},
    "1 × 1": large(tokens=1, features=1),
    "12 × 6 × 3": large(tokens=12, features=6, heads=3),
    "many features": large(tokens=2, features=40),
    "many tokens": large(tokens=45, features=2),
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("way", LAYOUTS)
@pytest.mark.parametrize(("across", "most_rows"), [(17, 3), (26, 5), (60, 9), (1000, 1000)])
def test_every_cell_is_there_once_and_every_tableau_fits(
    name: str, way: str, across: int, most_rows: int
) -> None:
    """Nothing is lost, nothing is twice, nothing runs over the edge."""
    worksheet = lay_out_by_hand(SHEETS[name], Template(layout=LAYOUTS[way]))
    room = room_of(across, most_rows)
    pieces = flowed(worksheet, room)
    assert cells_of(pieces) == cells_of(worksheet)
    for part in pieces.parts:
        for tableau in part.tableaux:
            assert width_of(tableau, room) <= across
            assert all(len(box.row_labels) <= most_rows for box in tableau.boxes)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("way", LAYOUTS)
def test_what_fits_stays_as_it_is(name: str, way: str) -> None:
    """With room enough nothing is cut."""
    worksheet = lay_out_by_hand(SHEETS[name], Template(layout=LAYOUTS[way]))
    assert flowed(worksheet, room_of(10_000, 10_000)) == worksheet


@pytest.mark.parametrize("way", LAYOUTS)
def test_stages_are_named_once_and_in_order(way: str) -> None:
    """A piece that goes on does not begin the stage again."""
    worksheet = lay_out_by_hand(SHEETS["12 × 6 × 3"], Template(layout=LAYOUTS[way]))
    pieces = flowed(worksheet, room_of(26, 5))
    named = [line.number for line in worksheet.lines if line.number]
    assert list(dict.fromkeys(line.number for line in pieces.lines if line.number)) == list(
        dict.fromkeys(named)
    )


def test_rows_still_meet_columns_in_a_band() -> None:
    """What stands beside is cut along the same rows."""
    worksheet = lay_out_by_hand(SHEETS["12 × 6 × 3"])
    for part in flowed(worksheet, room_of(40, 5)).parts:
        for tableau in part.tableaux:
            for line in tableau.lines:
                assert all(box.row_labels == line.box.row_labels for box in line.beside)


def test_an_operand_that_leaves_no_column_stands_by_itself() -> None:
    """Though it takes little more than half of the room, a column of S fits only alone."""
    worksheet = lay_out_by_hand(gallery("self-attention"))
    room = Room(20, lambda box: 9 if box.name == "S" else 3, lambda _: 2, 1000)
    pieces = flowed(worksheet, room)
    tableaux = [tableau for part in pieces.parts for tableau in part.tableaux]

    assert cells_of(pieces) == cells_of(worksheet)
    assert max(width_of(tableau, room) for tableau in tableaux) <= room.across
    assert "K_T" in [t.head.name for t in tableaux if t.head and not t.lines]


def test_a_column_wider_than_the_room_is_refused() -> None:
    """The message names the box."""
    worksheet = lay_out_by_hand(gallery("softmax"))
    with pytest.raises(ShapeError, match=r"a column of .* must fit the width"):
        flowed(worksheet, room_of(20, column=30))


def test_the_measure_of_a_tableau_can_tell_that_one_is_too_wide() -> None:
    """Else the first test could not fail."""
    worksheet = lay_out_by_hand(SHEETS["many tokens"])
    assert any(
        width_of(tableau, room_of(26)) > 26
        for part in worksheet.parts
        for tableau in part.tableaux
    )

"""What every drawing of a worksheet measures and says."""

from __future__ import annotations

import pytest

from limelight.render.prose import Prose
from limelight.render.tableau_text import room_of
from limelight.render.tableaux import Captions, Measure, column_mates, heading, row_mates
from limelight.sheet.flow import cut, flowed
from limelight.sheet.worksheet import Purpose
from tests.render.worksheets import NAMES, tableaux_of, worksheet_of
from tests.sheet.looking import VIEWS


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_boxes_that_share_columns_or_rows_are_alike(name: str, view: str) -> None:
    """As wide in what shares columns, as tall in what shares rows, and large enough by itself."""
    worksheet = worksheet_of(name, Purpose.KEY, view)
    measure = Measure(worksheet, len, len)
    for tableau in tableaux_of(worksheet):
        sizes = measure.sizes(tableau)

        assert all(
            len({sizes[box][:2] for box in mates}) == 1 for mates in column_mates(tableau) if mates
        )
        assert all(
            len({sizes[box].is_tall for box in mates}) == 1
            for mates in row_mates(tableau)
            if mates
        )
        assert all(
            sizes[box].with_room_for(measure.size(box)) == sizes[box] for box in tableau.boxes
        )


def test_a_matrix_may_stand_in_a_tableau_twice() -> None:
    """Of N_A a band has two columns, and the whole beside it: each place has its own size."""
    worksheet = worksheet_of("encoder-block", Purpose.KEY)
    bands = tableaux_of(flowed(worksheet, room_of(worksheet, Prose(60))))
    places = [
        [(len(box.column_labels), box.is_copy, sizes[box].column) for box in found]
        for band in bands
        for sizes in [Measure(worksheet, len, len).sizes(band)]
        if len(found := [box for box in band.boxes if box.name == "N_A"]) > 1
    ]

    assert places == [[(1, False, 4), (3, True, 6)], [(2, False, 6), (3, True, 6)]]


def test_a_worksheet_is_measured_as_if_it_were_filled() -> None:
    """A blank cell has the room of its number, and where one is to be filled, of two figures."""
    blank, key = (
        {box.name: Measure(sheet, len, len).size(box) for box in sheet.boxes}
        for sheet in (worksheet_of("self-attention"), worksheet_of("self-attention", Purpose.KEY))
    )

    assert blank == key
    assert (blank["X"].column, blank["K_T"].column, blank["Z"].column) == (1, 2, 6)


def test_captions_say_what_a_box_is() -> None:
    """Axes, or where a copy is from; and which part a piece is."""
    worksheet = worksheet_of("multi-head-attention")
    captions = Captions(worksheet)
    boxes = {(box.name, box.is_copy): box for box in worksheet.boxes}
    x = boxes["X", False]

    assert captions.words(x) == "features × tokens"
    assert captions.words(boxes["X", True]) == "as given"
    assert captions.words(boxes["Q2", True]) == "from [1]"
    assert captions.words(boxes["K_T2", False]._replace(is_copy=True)) == "from [2]"
    assert captions.words(cut(x, range(2), range(1, 3))) == (
        "features × tokens, rows 1–2, columns 2–3"
    )
    assert captions.words(cut(x, range(4), range(1))) == "features × tokens, column 1"


def test_a_stage_that_goes_on_says_so() -> None:
    """The heading of a later piece is not read as the beginning of the stage."""
    line = worksheet_of("self-attention").lines[0]
    later = line._replace(box=cut(line.box, range(3), range(2, 4)))

    assert heading(line) == "[1] Queries, keys and values"
    assert heading(later) == "[1] Queries, keys and values, continued"
    assert heading(line._replace(number="", title="")) == ""

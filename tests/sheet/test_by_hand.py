"""A hand worksheet: operands above and beside what they make, blank where it is to be worked."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from limelight.errors import ShapeError, UnknownNameError
from limelight.exercises.document import parse_exercise
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.sheet.by_hand import MOST_CELLS, Imprint, Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Box, Purpose, State, Tableau, Worksheet

NAMES = gallery_names()
ROWS = Layout(orientation=Orientation.ROWS)
IDENTITY = [[1, 0], [0, 1]]


def worksheet_of(name: str, purpose: Purpose = Purpose.BLANK, **more: object) -> Worksheet:
    """Return an exercise of the gallery, laid out."""
    return lay_out_by_hand(gallery(name), Template(purpose=purpose, **more))  # type: ignore[arg-type]


def spine(tableau: Tableau) -> list[Box]:
    """Return the boxes that stand one below the other."""
    return [*([tableau.head] if tableau.head else []), *(line.box for line in tableau.lines)]


def outline(worksheet: Worksheet) -> list[str]:
    """Write each tableau in a line: head | beside → box | …, copies with a star."""
    return [
        " | ".join(
            [_starred(tableau.head) if tableau.head else "-"]
            + [
                "".join(f"{_starred(box)} " for box in line.beside) + _starred(line.box)
                for line in tableau.lines
            ]
        )
        for part in worksheet.parts
        for tableau in part.tableaux
    ]


def _starred(box: Box) -> str:
    return f"{box.name}*" if box.is_copy else box.name


def test_the_published_exercise_is_laid_out_as_people_draw_it() -> None:
    """Two columns of boxes, with the stages numbered as in the method."""
    worksheet = worksheet_of("self-attention")
    assert outline(worksheet) == [
        "X | W_Q Q | W_K K | W_V V",
        "Q* | K_T S | C | E | sums | A | V* Z",
    ]
    stages = [(line.number, line.title) for line in worksheet.lines if line.number]
    assert [number for number, _ in stages] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    assert stages[3] == ("[4]", "Softmax: raise, sum, divide")


def test_heads_are_parts_and_are_joined_in_the_last() -> None:
    """Each head is worked by itself."""
    worksheet = worksheet_of("multi-head-attention")
    titles = [part.title for part in worksheet.parts]
    assert titles == ["Head 1", "Head 2", "Head 3", "All heads"]
    assert outline(worksheet)[-1] == "- | Z | W_O O"


def test_the_encoder_block_goes_on_below_what_it_adds() -> None:
    """A long way down, with copies only where something earlier is needed."""
    last = outline(worksheet_of("encoder-block"))[-1]
    forward = "W_1 U | b_1 H | G | W_2 D | b_2 F"
    assert last == f"- | Z | W_O O | X* R_A | N_A | {forward} | N_A* R_F | N_F"


def test_what_is_given_and_stands_nowhere_comes_first() -> None:
    """K is read only for its transpose, and must be seen."""
    worksheet = worksheet_of("dot-product")
    assert worksheet.parts[0].title == "Given"
    assert outline(worksheet) == ["K", "Q | K_T S"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", [Layout(), ROWS], ids=["columns", "rows"])
def test_rows_and_columns_meet_in_the_cell_that_they_make(name: str, layout: Layout) -> None:
    """What stands in one column has as many columns; what stands beside has as many rows."""
    for tableau in (
        tableau for part in worksheet_of(name, layout=layout).parts for tableau in part.tableaux
    ):
        turned = layout.orientation.is_turned
        assert tableau.is_turned == turned
        shared = {len(box.row_labels if turned else box.column_labels) for box in spine(tableau)}
        assert len(shared) == 1
        for line in tableau.lines:
            for box in line.beside:
                own = box.column_labels if turned else box.row_labels
                met = line.box.column_labels if turned else line.box.row_labels
                assert own == met or len(own) == len(met)


@pytest.mark.parametrize("name", NAMES)
def test_every_matrix_stands_on_the_sheet_once_and_else_as_a_copy(name: str) -> None:
    """The first box of a name is the one to fill in."""
    boxes = worksheet_of(name).boxes
    originals = [box.name for box in boxes if not box.is_copy]
    assert sorted(originals) == sorted(work(gallery(name)))
    for index, box in enumerate(boxes):
        assert box.is_copy == (box.name in [earlier.name for earlier in boxes[:index]])


@pytest.mark.parametrize("name", NAMES)
def test_a_box_has_the_numbers_of_the_trace(name: str) -> None:
    """Numbers are the trace's, transposed where tokens are rows."""
    trace = work(gallery(name))
    for box in worksheet_of(name).boxes:
        assert box.numbers == trace[box.name].rows
    for box in worksheet_of(name, layout=ROWS).boxes:
        assert box.numbers == trace[box.name].matrix.T.rows


@pytest.mark.parametrize("name", NAMES)
def test_blank_means_that_only_what_is_given_is_there(name: str) -> None:
    """No step shows a number, and no arithmetic gives one away."""
    for box in worksheet_of(name).boxes:
        expected = State.BLANK if box.making else State.GIVEN
        assert {state for *_, state in box.cells()} == {expected}
        assert not (box.making and box.making.equations)


@pytest.mark.parametrize("name", NAMES)
def test_hints_work_the_first_cell_of_each_step(name: str) -> None:
    """The first cell is worked and its arithmetic spelled out."""
    for box in worksheet_of(name, Purpose.HINTS).boxes:
        if not box.making:
            continue
        worked = [(row, column) for row, column, _, state in box.cells() if state is State.WORKED]
        assert worked == [(0, 0)]
        (equation,) = box.making.equations
        assert "1, column=1" in repr(equation.sides[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_key_has_everything(name: str) -> None:
    """A key leaves nothing blank, whatever the sheet leaves blank."""
    worksheet = worksheet_of(name, Purpose.KEY, blank=frozenset())
    assert State.BLANK not in {state for box in worksheet.boxes for *_, state in box.cells()}
    assert all(box.making.equations for box in worksheet.boxes if box.making)


def test_steps_are_left_blank_by_name_or_for_all_heads() -> None:
    """S2 is one head's scores, A is every head's weights."""
    worksheet = worksheet_of("multi-head-attention", blank=frozenset({"A", "S2"}))
    blank = {
        box.name for box in worksheet.boxes for *_, state in box.cells() if state is State.BLANK
    }
    assert blank == {"A1", "A2", "A3", "S2"}


def test_a_step_that_is_not_there_is_named() -> None:
    """The message lists what there is."""
    with pytest.raises(UnknownNameError, match="no step to leave blank named 'B'"):
        worksheet_of("self-attention", blank=frozenset({"B"}))


def test_what_is_too_large_is_refused_with_the_limit() -> None:
    """Nobody works sixty pages with a pencil."""
    wide = [[1] * 150]
    exercise = Exercise.self_attention(x=wide, w_q=[[1]], w_k=[[1]], w_v=[[1]])
    with pytest.raises(ShapeError, match=f"at most {MOST_CELLS:,} cells"):
        lay_out_by_hand(exercise)


def test_a_sheet_carries_its_exercise_and_its_imprint() -> None:
    """Whoever has the file can find the exercise."""
    exercise = gallery("self-attention")
    worksheet = lay_out_by_hand(exercise, imprint=Imprint("K7QM", "7", "3 of 30"))
    assert (worksheet.identity, worksheet.seed, worksheet.number) == ("K7QM", "7", "3 of 30")
    assert parse_exercise(worksheet.exercise, "sheet").inputs == exercise.inputs
    assert json.loads(worksheet.exercise)["kind"] == "self-attention"


def test_a_making_says_operation_operands_and_settings_as_the_plan_does() -> None:
    """Whoever writes formulas needs the rule, not only the numbers."""
    making = {box.name: box.making for box in worksheet_of("self-attention").boxes}["C"]
    assert making is not None
    assert (making.operation, making.operands) == ("scale", ("S",))
    assert making.settings["divisor"] == "2"
    assert making.settings["rounding"] == "floor"


def test_one_cell_makes_a_worksheet_too() -> None:
    """The smallest exercise has one number everywhere."""
    exercise = Exercise.self_attention(x=[[2]], w_q=[[1]], w_k=[[1]], w_v=[[3]])
    worksheet = lay_out_by_hand(exercise, Template(Purpose.KEY))
    assert {box.name: box.numbers for box in worksheet.boxes}["Z"] == ((Fraction(6),),)

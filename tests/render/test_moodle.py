"""Moodle asks for every blank cell, and grades answers as a teacher would."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.errors import QuizError
from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery
from limelight.notation.plain import symbol_text
from limelight.render.moodle import Moodle
from limelight.render.quiz import MOST_ACROSS, MOST_FIELDS, questions
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose, State
from tests.render.moodle_reading import read
from tests.render.quiz_answers import Place, large, right, sheets, truth, wrong

if TYPE_CHECKING:
    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Worksheet
    from tests.render.moodle_reading import Category, Field, Question

SHEETS = sheets()


def asked(worksheet: Worksheet) -> list[Question]:
    """Return the questions of a worksheet."""
    (category,) = read(Moodle((worksheet,)).text())
    return category.questions


@cache
def known(name: str) -> list[Question]:
    """Return the questions of one of `SHEETS`."""
    return asked(SHEETS[name])


@cache
def fields(name: str) -> dict[Place, Field]:
    """Return every field of a worksheet by its place."""
    return {place: field for q in known(name) for place, field in q.placed().items()}


def misgraded(number: Number, field: Field) -> list[str]:
    """Return the right answers that a field refuses, and the wrong ones that it takes."""
    as_text = not field.is_number
    refused = [each for each in right(number, as_text=as_text) if field.grade(each) != 1]
    return refused + [each for each in wrong(number, as_text=as_text) if field.grade(each) != 0]


@pytest.mark.parametrize("name", SHEETS)
def test_every_blank_cell_is_asked_once(name: str) -> None:
    """Each blank cell has a field, in the table, row and column that a worksheet has it in."""
    found = [place for question in known(name) for place in question.placed()]

    assert sorted(found) == sorted(truth(SHEETS[name]))
    assert sum(len(question.fields) for question in known(name)) == len(found)


@pytest.mark.parametrize("name", SHEETS)
def test_right_answers_earn_the_mark_and_wrong_ones_nothing(name: str) -> None:
    """Fractions and decimals are right; a sign, a last digit or a floor can be wrong."""
    true = truth(SHEETS[name])
    faults = {
        place: found
        for place, field in fields(name).items()
        if (found := misgraded(true[place], field))
    }

    assert faults == {}


def test_a_field_that_takes_too_much_or_too_little_is_seen() -> None:
    """The check of fields can fail: a wider tolerance and a lost spelling are noticed."""
    place = Place("Q", "1", "1")
    field, number = fields("exact")[place], truth(SHEETS["exact"])[place]
    wide = [part._replace(tolerance=0.01) for part in field.alternatives]
    fraction = Place("E", "4", "1")
    text, third = fields("softmax")[fraction], truth(SHEETS["softmax"])[fraction]

    assert misgraded(number, field) == []
    assert misgraded(number, field._replace(alternatives=tuple(wide))) != []
    assert misgraded(third, text) == []
    assert misgraded(third, text._replace(alternatives=text.alternatives[1:])) == ["1/3"]


@pytest.mark.parametrize("name", ["self-attention", "multi-head-attention", "rows"])
def test_a_quotient_may_stand_as_it_was_divided(name: str) -> None:
    """Weights may be written over the sum of their column, not in lowest terms."""
    worksheet = SHEETS[name]
    boxes = {box.name: box for box in worksheet.boxes}
    unreduced = 0
    for weights in (box for box in boxes.values() if box.name.startswith("A")):
        raised, sums = (boxes[operand] for operand in weights.making.operands)  # type: ignore[union-attr]
        for row, column, number, _ in weights.cells():
            above = raised.numbers[row][column]
            below = sums.numbers[row][0] if worksheet.is_turned else sums.numbers[0][column]
            if Fraction(number).denominator == 1 or {
                Fraction(n).denominator for n in (above, below)
            } != {1}:
                continue
            place = Place(
                symbol_text(weights.name), weights.row_labels[row], weights.column_labels[column]
            )
            unreduced += Fraction(number).denominator != below

            assert fields(name)[place].grade(f"{above}/{below}") == 1

    assert unreduced > 0


def test_a_step_of_one_cell_stands_by_itself() -> None:
    """A single number is a numerical question, a single fraction a short answer."""
    kinds = {question.name.split()[1]: question.kind for question in known("one cell each")}

    assert kinds["K:"] == "numerical"
    assert kinds["Q:"] == "shortanswer"
    assert {question.kind for question in known("large")} == {"cloze"}


def test_a_half_is_right_rounded_either_way() -> None:
    """1/16 is 0.063 to most, and 0.062 to those who round halves to even digits."""
    sixteenth = Exercise.self_attention(x=[[1]], w_q=[[1]], w_k=[[1]], w_v=[["1/16"]])
    field = {q.name.split()[1]: q for q in asked(lay_out_by_hand(sixteenth))}["V:"].fields[0]

    assert [field.grade(answer) for answer in ("0.062", "0.063", "0.061", "0.064")] == [1, 1, 0, 0]


def test_what_is_asked_is_not_given_away() -> None:
    """No question shows a number of a step that is asked for."""
    worksheet = SHEETS["causal-self-attention"]
    given = {symbol_text(box.name) for box in worksheet.boxes if box.states[0][0] is State.GIVEN}
    shown = {
        place.symbol for question in known("causal-self-attention") for place in question.shown()
    }

    assert shown
    assert shown <= given


def test_what_is_worked_is_shown() -> None:
    """Where S alone is blank, the question for S shows its operands with their numbers."""
    template = Template(blank=frozenset({"S"}))
    worksheet = lay_out_by_hand(gallery("self-attention"), template)
    (question,) = asked(worksheet)
    shown = {place.symbol for place in question.shown()}

    assert shown == {"Q", "Kᵀ"}
    assert "own answers" not in question.html


def test_an_example_of_a_sheet_with_hints_is_shown() -> None:
    """The cell that hints work out is shown, and not asked for."""
    shown = {
        place: text for question in known("hints") for place, text in question.shown().items()
    }

    assert shown[Place("S", "I", "I")] == "3"
    assert Place("S", "I", "I") not in fields("hints")


def test_large_steps_are_asked_in_pieces() -> None:
    """No question has more fields than it may, nor more columns."""
    found = known("large")
    columns = [{place.column for place in question.placed()} for question in found]

    assert max(len(question.fields) for question in found) <= MOST_FIELDS
    assert max(map(len, columns)) <= MOST_ACROSS
    assert any("(1 of 2)" in question.name for question in found)


def test_a_piece_shows_the_operands_that_it_needs() -> None:
    """The columns that stand above a piece are its own."""
    pieces = [question for question in known("large") if question.name.startswith("01 Q (")]

    assert len(pieces) == 2
    for question in pieces:
        above = {place.column for place in question.shown() if place.symbol == "X"}

        assert above == {place.column for place in question.placed()}


@pytest.mark.parametrize(
    ("name", "top", "left"), [("self-attention", "X", "W_Q"), ("rows", "W_Q", "X")]
)
def test_operands_stand_where_rows_and_columns_meet(name: str, top: str, left: str) -> None:
    """What shares the columns of a product is above it, what shares its rows at its left."""
    question = questions(SHEETS[name])[0]

    assert [box.name for box in question.top] == [top]
    assert [box.name for box in question.left] == [left]


def test_the_width_of_a_field_tells_nothing() -> None:
    """Every field has an alternative of nearly the same length: Moodle makes it as wide."""
    widths = {
        max(len(part.text.removeprefix("-")) for part in field.alternatives)
        for name in ("self-attention", "encoder-block")
        for field in fields(name).values()
    }

    assert max(widths) - min(widths) <= 3
    assert min(widths) >= 6


def test_questions_have_names_in_order_and_identities_of_their_own() -> None:
    """Sorted names are steps in order; identities are unique and fit Moodle's column."""
    imprint = Imprint(identity="attention/7 <b>" * 20)
    long = lay_out_by_hand(gallery("encoder-block"), Template(), imprint)
    for found in (asked(long), known("large")):
        names = [question.name for question in found]
        identities = [question.identity for question in found]

        assert names == sorted(names)
        assert len(set(identities)) == len(identities)
        assert max(map(len, identities)) <= 100


def test_every_question_explains_a_cell() -> None:
    """General feedback spells out the arithmetic of a cell of the step."""
    for question in known("self-attention"):
        symbol = question.name.split()[1].removesuffix(":")

        assert f"<p>{symbol}[" in question.feedback


def test_every_question_says_how_near_an_answer_must_be() -> None:
    """The tolerance follows from the decimals, and the question says it."""
    for question in known("self-attention"):
        assert "rounded to 3 places or more: off by at most 0.0005." in question.html


def categories(*numbers: str) -> list[Category]:
    """Return the categories of a set of sheets."""
    set_ = [
        lay_out_by_hand(gallery("softmax"), Template(), Imprint(f"id-{number}", "", number))
        for number in numbers
    ]
    return read(Moodle(set_).text())


def test_several_worksheets_are_several_categories() -> None:
    """A set becomes one file, each sheet a category with its identity."""
    first, second = categories("1 of 2", "2 of 2")

    assert first.path[:3] == ("$course$", "top", "Limelight")
    assert first.path[3] == "Softmax of a column (1 of 2, id-1 of 2)"
    assert [first.identity, second.identity] == ["id-1-of-2", "id-2-of-2"]
    assert len(first.questions) == len(second.questions) == 3


def test_the_file_is_the_same_each_time() -> None:
    """Nothing in the file depends on when it is made."""
    assert Moodle((SHEETS["large"],)).text() == Moodle((large(),)).text()


def test_a_key_cannot_be_asked() -> None:
    """A worksheet without a blank cell is refused, with the way out."""
    key = lay_out_by_hand(gallery("softmax"), Template(Purpose.KEY))

    with pytest.raises(QuizError, match="no cell of 'Softmax of a column' is blank") as caught:
        Moodle((key,)).text()
    assert "Take a blank sheet" in str(caught.value)


def test_a_quiz_of_nothing_is_refused() -> None:
    """No worksheets are no quiz."""
    with pytest.raises(QuizError, match="one worksheet or more; got none"):
        Moodle(()).text()


def test_a_number_of_ten_digits_may_be_written_in_powers_of_ten() -> None:
    """What a key shows in powers of ten is right as it shows it, and as a whole number."""
    exercise = Exercise.self_attention(x=[[1]], w_q=[[12_345_678_901]], w_k=[[0]], w_v=[[1]])
    question = asked(lay_out_by_hand(exercise))[0]
    (field,) = question.fields

    assert "Ten digits or more may be written like 1.235e12." in question.html
    assert [field.grade(answer) for answer in ("12345678901", "1.235e10", "1.236e10")] == [1, 1, 0]


def test_a_number_beyond_floating_point_is_refused() -> None:
    """What a platform would take for infinity is not asked."""
    huge = Exercise.self_attention(x=[[1]], w_q=[["1e301"]], w_k=[[0]], w_v=[[1]])

    with pytest.raises(QuizError, match="numbers up to 1e300"):
        Moodle((lay_out_by_hand(huge),)).text()

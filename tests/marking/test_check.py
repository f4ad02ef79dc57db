"""Marking: right work is never accused, and a mistake is named at the step where it was made."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest

from limelight.catalogue.catalogue import LEARNERS
from limelight.errors import FileError, LimelightError, ShapeError
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery
from limelight.exercises.identity import identity_of
from limelight.marking.answers import Answers, as_answers
from limelight.marking.check import TURNED, check
from limelight.marking.marks import Marks, Verdict
from limelight.marking.scheme import Scheme
from limelight.mechanism.recipe import EXACT
from tests.marking.making import MADE, NAMES, mistakes, right, worked, written

ALONE = [name for name in MADE if not name.endswith((" 2", " 3"))]
"""One of each kind and size: which mistakes can be told apart is a matter of these."""


def transposed(sheet: dict[str, list[list[str]]]) -> dict[str, list[list[str]]]:
    """Return the sheet with tokens as rows."""
    return {name: [list(row) for row in zip(*rows, strict=True)] for name, rows in sheet.items()}


def verdicts(marks: Marks) -> dict[str, Verdict]:
    """Return the verdict of every step."""
    return {step.name: step.verdict for step in marks.steps}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decimals", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_right_work_is_right(name: str, *, decimals: bool, turned: bool) -> None:
    """As fractions or as decimals, tokens as columns or as rows."""
    sheet = right(worked(name), decimals=decimals)
    marks = check(transposed(sheet) if turned else sheet, gallery(name))

    assert marks.is_right, str(marks)
    assert marks.points == marks.out_of == len(marks.steps)


@pytest.mark.parametrize("name", NAMES)
def test_the_other_recipe_is_recognised_before_anything_is_called_wrong(name: str) -> None:
    """With e and √d_k for 3 and floor, where an exercise has both."""
    trace = work(gallery(name), EXACT)
    marks = check(right(trace, decimals=True), gallery(name))
    operations = {step.operation.name for step in trace.plan.steps}
    if {"scale", "raise"} <= operations:
        assert marks.is_right, str(marks)
        assert marks.conventions == ("the recipe exact",)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("decimals", [False, True])
def test_a_mistake_is_named_where_it_was_made(name: str, *, decimals: bool) -> None:
    """Made on purpose, alone, with everything after it worked rightly from there."""
    exercise = MADE[name]
    for alternative, made in mistakes(work(exercise)):
        marks = check(written(made, decimals=decimals), exercise)
        wrong = marks.first_wrong

        assert wrong is not None, alternative
        assert wrong.name == alternative.step, alternative
        assert alternative.mistake in {cause.mistake for cause in wrong.causes}, alternative
        assert all(cause.is_whole for cause in wrong.causes)
        later = [step.verdict for step in marks.steps if step.name != alternative.step]
        assert Verdict.WRONG not in later, (alternative, str(marks))


@pytest.mark.parametrize("name", ALONE)
def test_with_the_result_alone_a_mistake_is_still_named(name: str) -> None:
    """Ties are more then, since nothing in between tells them apart."""
    trace, missed = work(MADE[name]), []
    result = trace.result.name
    for alternative, made in mistakes(trace):
        if made[result] == trace.result.matrix:
            continue
        marks = check(written({result: made[result]}), MADE[name])
        if alternative.mistake in {cause.mistake for cause in marks[result].causes}:
            continue
        # A result alone that is transposed may as well be one with tokens as rows.
        if TURNED not in marks.conventions:
            missed.append((alternative.mistake, alternative.step))

    assert missed == []


def test_every_entry_that_has_a_rewriting_is_tried_on_three_exercises_or_steps() -> None:
    """Else the tests above would say less than they seem to."""
    tried = defaultdict(set)
    for name, exercise in MADE.items():
        for alternative, _ in mistakes(work(exercise)):
            tried[alternative.mistake].add((name, alternative.step))
    seldom = [
        entry.id for entry in LEARNERS.values() if entry.rewrites and len(tried[entry.id]) < 3
    ]

    assert seldom == []


def test_an_error_carried_forward_is_right_from_ones_own_values() -> None:
    """One wrong query makes wrong scores, and nobody is punished twice."""
    trace = worked("self-attention")
    sheet = right(trace)
    sheet["Q"] = [["2", "1", "0", "3"], *sheet["Q"][1:]]
    exercise = gallery("self-attention")
    q = [[Fraction(entry) for entry in row] for row in sheet["Q"]]
    k_t = trace["K_T"].tolist()
    sheet["S"] = [
        [
            str(sum(a * b for a, b in zip(row, column, strict=True)))
            for column in zip(*q, strict=True)
        ]
        for row in k_t
    ]
    marks = check({name: sheet[name] for name in ("Q", "K", "V", "K_T", "S")}, exercise)

    assert verdicts(marks)["S"] is Verdict.CARRIED
    assert marks["S"].points == 1
    assert marks.first_wrong is not None
    assert marks.first_wrong.name == "Q"


def test_a_slip_has_its_arithmetic_worked() -> None:
    """One cell is off by itself."""
    sheet = right(worked("self-attention"))
    sheet["S"][1][1] = "5"
    (slip,) = check({"S": sheet["S"]}, gallery("self-attention"))["S"].slips

    assert slip.arithmetic == "S[2,2] = 2·1 + 1·1 + 0·2 = 3"
    assert (slip.cell, slip.written, slip.guess) == ((1, 1), "5", "one term was added twice")


@pytest.mark.parametrize(
    ("written_as", "guess"),
    [("1", "one term is missing"), ("-1", "the sign of one term is lost"), ("40", "")],
)
def test_what_a_difference_looks_like_is_said(written_as: str, guess: str) -> None:
    """One term, twice one term, or nothing that could be told."""
    sheet = right(worked("self-attention"))
    sheet["S"][1][1] = written_as
    (slip,) = check({"S": sheet["S"]}, gallery("self-attention"))["S"].slips

    assert slip.guess == guess


def test_trivial_earlier_values_earn_no_follow_through() -> None:
    """Whoever writes zeros everywhere has not worked what follows from them."""
    zeros = [["0"] * 4] * 3
    marks = check(
        {"Q": zeros, "K": zeros, "S": [["0"] * 4] * 4, "C": [["0"] * 4] * 4},
        gallery("self-attention"),
    )

    assert verdicts(marks)["S"] is Verdict.CARRIED
    assert marks["S"].points == 0
    # Four cells of C are 0 in truth, and what is right is right.
    assert marks["C"].points == Fraction(1, 4)


def test_rounding_on_the_way_is_no_mistake() -> None:
    """Weights of two digits give values that are a little off, and right."""
    trace = worked("self-attention")
    weights = [["0.20", "0.32", "0.41", "0.08"], ["0.59", "0.32", "0.14", "0.75"],
               ["0.02", "0.04", "0.05", "0.08"], ["0.20", "0.32", "0.41", "0.08"]]  # fmt: skip
    values = trace["V"].tolist()
    mixed = [
        [
            str(float(sum(v * Fraction(w) for v, w in zip(row, column, strict=True))))
            for column in zip(*weights, strict=True)
        ]
        for row in values
    ]
    marks = check({"A": weights, "Z": mixed}, gallery("self-attention"))

    assert {name: verdicts(marks)[name] for name in "AZ"} == dict.fromkeys("AZ", Verdict.RIGHT)


def test_the_digits_that_were_written_decide() -> None:
    """0.59 stands for 27/46, and 0.588 does not."""
    sheet = right(worked("self-attention"))["A"]
    for text, expected in {
        "0.59": Verdict.RIGHT,
        "0.588": Verdict.WRONG,
        "1": Verdict.WRONG,
    }.items():
        sheet[1][0] = text
        assert check({"A": sheet}, gallery("self-attention"))["A"].cells[1][0] is expected


def test_what_is_missing_is_missing_and_not_wrong() -> None:
    """An empty cell, an empty step, a step that is not there."""
    sheet = right(worked("self-attention"))
    sheet["S"][0][0] = ""
    sheet["C"] = [[""] * 4] * 4
    del sheet["Z"]
    marks = check(sheet, gallery("self-attention"))

    found = verdicts(marks)
    assert [found[name] for name in ("S", "C", "Z")] == [Verdict.MISSING] * 3
    assert marks.first_wrong is None
    assert marks["S"].points == Fraction(15, 16)
    assert marks["C"].points == 0


def test_a_matrix_of_another_shape_is_said() -> None:
    """The remark has both shapes."""
    marks = check({"S": [["1", "2"]]}, gallery("self-attention"))

    assert marks["S"].remark == "S must be (4, 4): rows and columns; yours is (1, 2)"


def test_what_cannot_be_read_is_quoted() -> None:
    """And is wrong in its cell alone."""
    sheet = right(worked("softmax"))
    first = next(iter(sheet))
    sheet[first][0][0] = "three"
    marks = check(sheet, gallery("softmax"))

    assert "'three'" in marks[first].remark


def test_names_that_are_no_steps_are_listed() -> None:
    """Nothing is dropped without a word."""
    assert check({"B": [["1"]]}, gallery("softmax")).unknown == ("B",)


def test_the_exercise_may_come_with_the_answers_or_by_identity() -> None:
    """A sheet carries it along, or a few letters that stand for it."""
    exercise = gallery("self-attention")
    answers = as_answers(right(worked("self-attention")))

    assert check(answers._replace(exercise=exercise)).is_right
    assert check(answers._replace(identity=identity_of(exercise))).is_right


@pytest.mark.parametrize(
    ("answers", "error"),
    [([1, 2], ShapeError), ({"S": 3}, ShapeError), ({"S": [1, 2]}, ShapeError), ({}, FileError)],
)
def test_what_is_no_answers_is_refused(answers: object, error: type[LimelightError]) -> None:
    """In three lines: the rule, the facts, the way out."""
    with pytest.raises(error) as caught:
        check(answers)  # type: ignore[arg-type]

    assert len(str(caught.value).splitlines()) == 3


def test_a_scheme_says_what_a_step_is_worth() -> None:
    """By name or by family; a carried step may earn less; a step may be all or nothing."""
    scheme = Scheme({"S": Fraction(4), "Z": Fraction(2)}, otherwise=Fraction(0), by_cell=False)
    sheet = right(worked("self-attention"))
    sheet["S"][1][1] = "4"
    marks = check(sheet, gallery("self-attention"), scheme=scheme)

    assert [marks["S"].points, marks["S"].out_of] == [0, 4]
    assert [marks.points, marks.out_of] == [2, 6]


def test_marks_say_the_first_wrong_step_and_its_causes_with_their_ids() -> None:
    """In a few lines that a person can act on."""
    sheet = right(worked("self-attention"))
    sheet["C"][2] = ["0", "0", "-1", "0"]
    said = str(check(sheet, gallery("self-attention")))

    assert said.splitlines()[0] == "first wrong step: C"
    assert "L11" in said
    assert said.splitlines()[-1] == "9.88 of 10 points"


def test_one_cell_is_marked_too() -> None:
    """The smallest sheet there is."""
    exercise = Exercise.self_attention(x=[[2]], w_q=[[1]], w_k=[[1]], w_v=[[3]])

    assert check({"Z": [[6]]}, exercise)["Z"].verdict is Verdict.RIGHT
    assert check({"Z": [[7]]}, exercise)["Z"].verdict is Verdict.WRONG


def test_answers_are_taken_as_they_are() -> None:
    """Whoever has read a file already need not read it again."""
    answers = Answers({})
    assert as_answers(answers) is answers

"""Answers as JSON and as tables: every form that is read, and what is said of others."""

from __future__ import annotations

import json

import pytest

from limelight.errors import FileError, LimelightError
from limelight.exercises.document import exercise_document
from limelight.exercises.gallery import gallery
from limelight.exercises.identity import identity_of
from limelight.marking.answers import MOST_ENTRIES, Answers
from limelight.marking.answers_csv import parse_table
from limelight.marking.answers_json import MAX_DEPTH, parse_answers
from limelight.marking.check import check
from limelight.mechanism.export import trace_json
from limelight.mechanism.orientation import Orientation
from tests.marking.making import NAMES, right, worked

TABLES = {
    "commas": "E\n1,1/3\n0.50,27\n\nsums\n2,1\n",
    "semicolons and decimal commas": "E\n1;1/3\n0,50;27\nsums\n2;1\n",
    "tabs": "E\n1\t1/3\n0,50\t27\n\n\nsums\n2\t1\n",
    "a spreadsheet's empty cells": "E,,\n1,1/3,,\n0.50,27,\n,,\nsums,,\n2,1,\n",
    "carriage returns": "E\r\n1,1/3\r\n0.50,27\r\n\r\nsums\r\n2,1\r\n",
    "a cell a line": "step,row,column,value\nE,1,1,1\nE,1,2,1/3\nE,2,1,0.50\nE,2,2,27\n"
    "sums,1,2,1\nsums,1,1,2\n",
}
NO_TABLES = {
    "nothing": "",
    "prose": "Dear teacher,\nthe dog ate it.\n",
    "numbers alone": "1,2\n3,4\n",
    "no place": "step,row,column,value\nE,one,2,3\n",
    "a place beyond": "step,row,column,value\nE,1,9999,3\n",
    "row 0": "step,row,column,value\nE,0,1,3\n",
    "too many cells": "E\n" + "1," * MOST_ENTRIES + "1\n",
    "too many places": "step,row,column,value\n"
    + "".join(f"{name},1000,1000,1\n" for name in "ABC"),
    "an endless field": f'E\n"{"1" * 200_000}"\n',
}
NO_JSON = {
    "nothing": "",
    "no JSON": "{'S': 1}",
    "a list": "[1]",
    "a number": "1",
    "no steps": "{}",
    "steps that are none": '{"steps": 3}',
    "empty steps": '{"steps": {}}',
    "a number for a matrix": '{"S": 1}',
    "a list for a matrix": '{"S": [1]}',
    "nested": "[" * 10_000 + "]" * 10_000,
    "half nested": '{"S": ' + "[" * MAX_DEPTH,
    "too many entries": json.dumps({"S": [[1] * 1000] * (MOST_ENTRIES // 1000 + 1)}),
    "too many together": json.dumps({f"S{n}": [[1] * 1000] * 10 for n in range(6)}),
    "no exercise": '{"steps": {"S": [[1]]}, "exercise": {"format": "limelight-exercise-1"}}',
}


@pytest.mark.parametrize("name", TABLES)
def test_every_form_of_a_table_is_read(name: str) -> None:
    """Blocks and cells, with what separates them, and the digits as they were written."""
    read = parse_table(TABLES[name], "x.csv")
    numbers = {
        key: [[str(e.number) for e in row] for row in rows] for key, rows in read.filled.items()
    }

    assert numbers == {"E": [["1", "1/3"], ["1/2", "27"]], "sums": [["2", "1"]]}
    assert str(read.filled["E"][1][0].slack) == "1/200"


def test_a_table_says_who_worked_it_and_what() -> None:
    """Lines of a name and an identity stand before the steps."""
    read = parse_table("name,Ada\nidentity,softmax-CQH4\nE\n1\n", "x.csv")

    assert (read.name, read.identity) == ("Ada", "softmax-CQH4")


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_refused(name: str) -> None:
    """In three lines."""
    with pytest.raises(LimelightError) as caught:
        parse_table(NO_TABLES[name], "x.csv")

    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_answers_is_refused(name: str) -> None:
    """In three lines, or more where an exercise has several problems."""
    with pytest.raises(LimelightError) as caught:
        parse_answers(NO_JSON[name], "x.json")

    assert len(str(caught.value).splitlines()) >= 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("orientation", Orientation)
def test_what_limelight_prints_is_right(name: str, orientation: Orientation) -> None:
    """`limelight work --format json` is read back, with its orientation."""
    text = json.dumps(trace_json(worked(name), orientation))
    marks = check(parse_answers(text, "x.json"), gallery(name))

    assert marks.is_right
    assert marks.conventions == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_travels_with_its_answers(name: str) -> None:
    """With heads, masks, labels and recipes, whose numbers are no texts."""
    exercise = gallery(name)
    document = {
        "name": "Ada",
        "identity": identity_of(exercise),
        "exercise": exercise_document(exercise),
        "steps": right(worked(name)),
    }
    answers = parse_answers(json.dumps(document), "x.json")

    assert answers.exercise == exercise
    assert check(answers).is_right


def test_what_stands_beside_steps_may_stand_among_them() -> None:
    """A name and an identity are no matrices."""
    answers = parse_answers('{"name": "Ada", "identity": "softmax-CQH4", "E": [[1]]}', "x.json")

    assert (answers.name, answers.identity, *answers.filled) == ("Ada", "softmax-CQH4", "E")


def test_digits_of_a_number_are_kept() -> None:
    """0.50 says more than 0.5, in JSON as well; an endless integer is no number."""
    answers = parse_answers(f'{{"E": [[0.50, 0.5, 3, null, 1e400, {"1" * 500}]]}}', "x.json")
    first, second, third, nothing, huge, endless = answers.filled["E"][0]

    assert [str(each.slack) for each in (first, second, third)] == ["1/200", "1/20", "0"]
    assert nothing.is_blank
    assert [bool(each.problem) for each in (huge, endless)] == [True, True]


def test_an_exercise_that_was_changed_is_refused() -> None:
    """Whoever makes the exercise fit their answers is found out by its identity."""
    exercise = gallery("softmax")
    document = exercise_document(exercise)
    document["inputs"] = {"C": [[0]] * 4}
    text = json.dumps(
        {"identity": identity_of(exercise), "exercise": document, "steps": {"E": [[1]]}}
    )
    answers = parse_answers(text, "x.json")
    with pytest.raises(FileError, match="somebody has changed it"):
        check(answers)


def test_an_exercise_of_a_stranger_must_be_small() -> None:
    """Else marking it would take for ever; whoever gives it may give any."""
    size = 90
    document = {
        "format": "limelight-exercise-1",
        "kind": "self-attention",
        "inputs": {name: [[1] * size] * size for name in ("X", "W_Q", "W_K", "W_V")},
    }
    answers = parse_answers(json.dumps({"exercise": document, "steps": {"S": [[1]]}}), "x.json")
    with pytest.raises(LimelightError, match="at most 500,000 multiplications"):
        check(answers)


def test_answers_of_another_exercise_are_refused() -> None:
    """Rather than called wrong: the sheet says which exercise it is."""
    answers = Answers(parse_answers('{"E": [[1]]}', "x").filled, identity="softmax-CQH4")
    with pytest.raises(FileError, match="must be of the exercise"):
        check(answers, gallery("dot-product"))

"""The text of an exercise file: exact both ways, and every problem told at once."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.gallery import gallery, gallery_names
from tests.exercises.reading import (
    parsed,
    path_of,
    problems,
    problems_of,
    text_of,
    with_entries,
)
from tests.strategies import ANY_CASE, RECIPES, Case

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.recipe import Recipe

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=60)
@given(ANY_CASE, RECIPES, NAMES, st.tuples(TEXTS, TEXTS, TEXTS))
def test_an_exercise_survives_its_text(
    case: Case, recipe: Recipe, name: str, texts: tuple[str, str, str]
) -> None:
    """Whatever the matrices, recipe, texts and labels: written and read it is the same."""
    title, about, source = texts
    exercise = replace(
        case.exercise, recipe=recipe, name=name, title=title, about=about, source=source
    )
    exercise = replace(exercise, labels=labels_for(exercise) if title else {})

    assert parse_exercise(text_of(exercise), "mine.json") == exercise


def labels_for(exercise: Exercise) -> dict[str, tuple[str, ...]]:
    """Give every token of the first input a word."""
    name, matrix = next(iter(exercise.inputs.items()))
    return {name: tuple(string.ascii_letters[: matrix.shape.columns])}


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_keeps_to_the_format(name: str) -> None:
    """The gallery's own files, which are read without the schema, would pass it."""
    exercise = gallery(name)

    assert parse_exercise(text_of(exercise), name) == exercise


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1", "1"),
        ('"1/3"', "1/3"),
        ("0.1", "1/10"),
        ('"0.1"', "1/10"),
        ("1e-3", "1/1000"),
        ("0.30000000000000004", "30000000000000004/100000000000000000"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"\N{MINUS SIGN}2"', "-2"),
        ("-0.0", "0"),
    ],
)
def test_entries_are_read_exactly(written: str, number: str) -> None:
    """A decimal of the file is that decimal, not the float beside it; text may be a fraction."""
    text = with_entries(f"[[{written}]]")

    assert parse_exercise(text, "mine.json").inputs["C"][0, 0] == Fraction(number)


@given(st.fractions())
def test_entries_are_written_exactly(number: Fraction) -> None:
    """Every fraction survives, as an integer where it is one that every reader keeps."""
    document = exercise_document(Case(kind="softmax", inputs={"C": [[number]]}).exercise)
    entry = document["inputs"]["C"][0][0]  # type: ignore[index]

    assert Fraction(entry) == number
    assert isinstance(entry, int) == (number.denominator == 1 and abs(number) < 2**53)


def test_only_three_members_are_needed() -> None:
    """Format, kind and inputs are enough; the rest has its usual value."""
    exercise = parsed()

    assert (exercise.name, exercise.heads, exercise.recipe.name) == ("exercise", 1, "by-hand")


PLANTED = {
    "format": "limelight-exercise-2",
    "name": "Not A Name",
    "kind": "softmin",
    "heads": 0,
    "causal": "no",
    "labels": {"C": ["", 3]},
    "recipe": {"base": True, "basis": 3, "digits": 99},
    "colour": "red",
    "inputs": {"C": [[1, True], [], [None, 2]]},
}
FOUND = [
    "format",
    "name",
    "kind",
    "heads",
    "causal",
    "labels.C[0]",
    "labels.C[1]",
    "recipe.base",
    "recipe.basis",
    "recipe.digits",
    "colour",
    "inputs.C[0][1]",
    "inputs.C[1]",
    "inputs.C[2][0]",
]


def test_every_problem_is_told_with_its_path() -> None:
    """Fourteen problems planted in one file are all told, each with its place in it."""
    lines = problems(json.dumps(PLANTED))

    assert lines[0] == "mine.json is not a usable exercise file: it has 14 problems."
    assert sorted(path_of(line) for line in lines[1:-1]) == sorted(FOUND)
    assert all("expected" in line or "is not known here" in line for line in lines[1:-1])


def test_problems_of_numbers_are_all_told() -> None:
    """Text that is no number, and a matrix that is ragged, are told together."""
    lines = problems_of(inputs={"C": [["x", 1], ["1/0", "nan"]], "D": [[1], [2, 3]]})
    wrong = ["inputs.C[0][0]", "inputs.C[1][0]", "inputs.C[1][1]", "inputs.D"]

    assert sorted({path_of(line) for line in lines}) == wrong
    assert any(line.startswith("inputs.D: is ragged") for line in lines)


def test_problems_of_fit_are_all_told() -> None:
    """Every matrix that does not fit is told, not only the first."""
    inputs = {"X": [[1, 2]], "W_Q": [[1, 1]], "W_K": [[1], [2]], "W_V": [[1, 1]]}

    lines = problems_of(kind="self-attention", inputs=inputs)

    assert [path_of(line) for line in lines] == ["inputs.W_Q", "inputs.W_V"]


def test_many_problems_are_cut_short() -> None:
    """Of hundreds of problems the first twenty are told, and how many more there are."""
    lines = problems_of(inputs={"C": [["x"] * 500]})

    assert len(lines) == 21
    assert lines[-1] == "… and 480 more."


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"kind": None}, "kind", "expected one of softmax, "),
        ({"inputs": {}}, "inputs", "expected an object of matrices by name"),
        ({"inputs": [[1]]}, "inputs", "expected an object of matrices by name"),
        ({"inputs": {"C": 7}}, "inputs.C", "expected a list of rows"),
        ({"inputs": {"C": [7]}}, "inputs.C[0]", "expected a row"),
        ({"inputs": {"C": [[[7]]]}}, "inputs.C[0][0]", "expected a number"),
        ({"inputs": {"D": [[7]]}}, "inputs.C", "is missing; softmax takes C"),
        ({"inputs": {"D": [[7]]}}, "inputs.D", "is not an input here; softmax takes C"),
        ({"sizes": {"keys": 2}}, "sizes.keys", "expected 1, as the matrices have it; got 2"),
        ({"sizes": {"wheels": 4}}, "sizes.wheels", "is not an axis here"),
        ({"sizes": {"keys": 0}}, "sizes.keys", "expected a whole number of at least 1"),
        ({"labels": {"C": ["a"]}}, "labels.C", "labels of C must be one word for each"),
        ({"labels": {"C": ["x" * 41, "b"]}}, "labels.C[0]", "expected a word of 1 to 40"),
        ({"heads": 2}, "the file", "heads does not go with the kind softmax"),
        ({"heads": 257}, "heads", "expected a whole number from 1 to 256"),
        ({"heads": True}, "heads", "expected a whole number from 1 to 256; got true"),
        ({"causal": True}, "the file", "causal does not go with the kind softmax"),
        ({"recipe": "by-heart"}, "recipe", 'expected "by-hand", "exact", or an object of rules'),
        (
            {"recipe": {"base": 1}},
            "recipe.base",
            "a recipe's base must be a number greater than 1",
        ),
        ({"recipe": {"base": "x"}}, "recipe.base", "a number greater than 1"),
        ({"title": "x" * 201}, "title", "expected text of at most 200 characters"),
        ({"name": "a\n"}, "name", "expected a short name"),
    ],
)
def test_a_problem_says_what_was_expected(
    changes: dict[str, object], path: str, words: str
) -> None:
    """Each rule of the format has its own words, behind the path of what breaks it."""
    lines = [line for line in problems_of(**changes) if line.startswith(f"{path}: ")]

    assert any(words in line for line in lines), problems_of(**changes)

"""Files made to break something: all are refused at once, with one clear error."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import FileError, LimelightError
from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.gallery import gallery, gallery_names
from tests.exercises.reading import SOFTMAX, problems, with_entries


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("{", "must be JSON; it stops being so at line 1, column 2"),
        ('{\n "format": }', "stops being so at line 2, column 12"),
        ("format: limelight", "must be JSON"),
        ("'x'", "must be JSON"),
        ("[1, 2", "must be JSON"),
        ('{"a": 1} {"b": 2}', "must be JSON"),
        ("\0", "must be JSON"),
    ],
)
def test_what_is_no_json_is_told(text: str, words: str) -> None:
    """Text that is no JSON is refused with the place where it stops being so."""
    lines = problems(text)

    assert words in "\n".join(lines)
    assert len(lines) == 3


@pytest.mark.parametrize("text", ["[]", "null", "7", '"x"', "true", "NaN", "1e999999999"])
def test_json_that_is_no_object_is_told(text: str) -> None:
    """Any JSON value but an object is refused as a whole."""
    assert "expected an object with at least format, kind and inputs" in problems(text)[1]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999", '"NaN"', '"∞"'])
def test_constants_that_are_no_numbers_are_told(constant: str) -> None:
    """NaN and the infinities, which Python's JSON knows, are no entries; 1e999 is one."""
    text = with_entries(f"[[{constant}]]")
    if constant == "1e999":
        assert parse_exercise(text, "mine.json").inputs["C"][0, 0] == 10**999
    else:
        assert problems(text)[1].startswith("  inputs.C[0][0]: expected a ")


@pytest.mark.parametrize("member", ["heads", "sizes", "recipe", "name", "causal", "labels"])
@pytest.mark.parametrize("constant", ["NaN", "Infinity", "1e999999", "{}", "[]", "null"])
def test_no_value_of_any_member_is_a_surprise(member: str, constant: str) -> None:
    """Odd values are accepted where they mean nothing, or told: never another error."""
    text = json.dumps(SOFTMAX)[:-1] + f', "{member}": {constant}}}'
    message = member
    try:
        parse_exercise(text, "mine.json")
    except FileError as error:
        message = str(error)

    assert member in message


def test_names_that_stand_twice_are_told() -> None:
    """A name given twice, on any level, is refused: which one was meant is not clear."""
    labels = '"labels": {"C": ["a", "b"], "C": ["c", "d"]}'
    lines = problems(json.dumps(SOFTMAX)[:-1] + f', "kind": "softmax", {labels}}}')

    assert [line.split(": ")[1] for line in lines[1:-1]] == [
        "stands there twice; a name must stand once."
    ] * 2


@pytest.mark.parametrize("bracket", ['{"a":', "["])
@pytest.mark.parametrize("depth", [100_000, 2_000, 990, 950, 900, 500, 50])
def test_deep_nesting_is_told(depth: int, bracket: str) -> None:
    """However deep brackets are nested, in the file or in a matrix, it is one clear refusal."""
    closing = "}" if "{" in bracket else "]"
    value = bracket * depth + "1" + closing * depth

    assert len(problems(value)) >= 3
    assert len(problems(with_entries(value))) >= 3


@pytest.mark.parametrize("depth", range(880, 1000, 3))
def test_no_depth_is_a_surprise(depth: int) -> None:
    """Near Python's own limit, too, nesting is refused, never another error."""
    with pytest.raises(LimelightError):
        parse_exercise(with_entries("[" * depth + "]" * depth), "it")


def numbered(value: object) -> dict[str, object]:
    """Return an object of 30,000 members."""
    return {f"C{index}": value for index in range(30_000)}


MANY = {
    "names": json.dumps(numbered(1) | SOFTMAX),
    "digits": with_entries("[[" + "7" * 400_000 + "]]"),
    "decimals": with_entries("[[0." + "7" * 400_000 + "]]"),
    "exponent": with_entries("[[1e99999999999999999999]]"),
    "entries": with_entries(json.dumps([[1] * 200_001])),
    "wrong entries": with_entries(json.dumps([["x"] * 50_000])),
    "rows": with_entries(json.dumps([[]] * 50_000)),
    "matrices": json.dumps(SOFTMAX | {"inputs": numbered([[1]])}),
    "heads": json.dumps(SOFTMAX | {"kind": "self-attention", "inputs": {"W_Q9999": [[1]]}}),
    "labels": json.dumps(SOFTMAX | {"labels": numbered(["a"])}),
    "long name": json.dumps(SOFTMAX | {"n" * 1_000_000: 1}),
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_too_much_of_anything_is_told_at_once(text: str) -> None:
    """Files made to be slow, well below 10 MB, are refused within seconds and in few words."""
    lines = problems(text)

    assert len("\n".join(lines)) < 10_000


ODD_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, -1, 3, 0.5, 1e300, 10**30, float("nan")])
    | st.sampled_from(["", "1", "1/0", "x", "A", "by-hand", "softmax", "X", "\ud800"]),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["X", "C", "W_Q", "W_Q1", "base", "", "tokens"]), part)
    ),
    max_leaves=6,
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    if isinstance(value, list):
        inside = list(enumerate(value))
    return [path, *(place for key, part in inside for place in places(part, (*path, key)))]


def changed(document: Any, place: tuple[Any, ...], value: object, *, added: bool) -> object:  # noqa: ANN401 - JSON
    """Return the document with another value at *place*, or with one more beside it."""
    if not place:
        return value
    result = copy.deepcopy(document)
    parent = result
    for key in place[:-1]:
        parent = parent[key]
    if added and isinstance(parent, list):
        parent.insert(place[-1], value)
    else:
        parent[f"{place[-1]}2" if added else place[-1]] = value
    return result


@settings(max_examples=150)
@given(st.sampled_from(gallery_names()), st.data())
def test_any_change_of_a_file_is_harmless_or_told(name: str, data: st.DataObject) -> None:
    """Whatever stands anywhere in a file: it is an exercise, or there is a clear error."""
    document: Any = exercise_document(gallery(name))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(document)))
        value = data.draw(ODD_VALUES)
        document = changed(document, place, value, added=data.draw(st.booleans()))
    try:
        exercise = parse_exercise(json.dumps(document), "mine.json")
    except FileError as error:
        lines = str(error).splitlines()
    else:
        lines = ["", f"  {exercise.kind}", ""]

    assert len(lines) >= 3
    assert all(line.startswith("  ") for line in lines[1:-1])


def test_a_change_is_made_where_it_is_meant() -> None:
    """The spoiler of files can do what it says."""
    assert changed({"a": [1, 2]}, ("a", 1), 7, added=False) == {"a": [1, 7]}
    assert changed({"a": [1, 2]}, ("a", 0), 7, added=True) == {"a": [7, 1, 2]}
    assert changed({"a": 1}, ("a",), 7, added=True) == {"a": 1, "a2": 7}
    assert len(places({"a": [1, {"b": 2}]})) == 5

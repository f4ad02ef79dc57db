"""Files that are no exercise: every problem is named, and nothing hangs."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from limelight.exercises.document import exercise_document
from limelight.exercises.gallery import gallery
from tests.cli.running import faults, inside, limelight

if TYPE_CHECKING:
    from pathlib import Path

NOT_JSON: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["must be JSON", "The file is empty"]),
    "blank": (b" \n\n ", ["must be JSON"]),
    "prose": (b"X = 1 2 3", ["must be JSON", "line 1", "That line begins: X = 1 2 3"]),
    "cut": (b'{"format": "limelight-exercise-1", "inputs"', ["must be JSON", "line 1"]),
    "later": (b'{"a": 1,\n "b" 2}', ["line 2", "column 6"]),
    "not UTF-8": (b'{"a": "\xff"}', ["UTF-8", "Byte 8"]),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), ["UTF-8", "Byte 1"]),
    "nul": (b"\x00" * 100, ["must be JSON"]),
    "deep lists": (b"[" * 100_000, ["nested too deep"]),
    "deep objects": (b'{"a":' * 100_000, ["nested too deep"]),
    "too large": (b" " * 10_000_001, ["10 MB", "10,000,001 bytes"]),
    "a number": (b"3", ["the file: expected an object"]),
    "a list": (b"[]", ["the file: expected an object", "got an empty list"]),
    "nothing": (b"null", ["the file: expected an object", "got null"]),
    "no keys": (b"{}", ["format: is missing", "kind: is missing", "inputs: is missing"]),
    "twice": (b'{"format": 1, "format": 1}', ["format: stands there twice"]),
}


def changed(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON may be anything
    """Return the document of a good exercise, parts of it replaced."""
    document = exercise_document(gallery("self-attention"))
    return {key: value for key, value in (document | parts).items() if value is not ...}


def inputs(**matrices: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON may be anything
    """Return the document of a good exercise, some of its matrices replaced or left out."""
    given: Any = changed()["inputs"]
    both = given | matrices
    return changed(sizes=..., inputs={key: both[key] for key in both if both[key] is not ...})


X = [[2, 0, 0, 2], [0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 1, 1], [2, 0, 0, 0], [1, 0, 1, 1]]
W = [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]
TURNED = [list(column) for column in zip(*W, strict=True)]

NO_EXERCISE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "transposed": (
        inputs(W_Q=TURNED),
        ["inputs.W_Q", "W_Q must have one column per feature of X", "W_Q looks transposed"],
    ),
    "too wide": (inputs(W_V=[[1] * 7]), ["inputs.W_V", "one column per feature of X", "(1, 7)"]),
    "keys unlike queries": (inputs(W_K=W[:2]), ["inputs.W_K", "expected (3, 6), got (2, 6)"]),
    "two misfits": (inputs(W_Q=[[1]], W_V=[[1]]), ["2 problems", "inputs.W_Q", "inputs.W_V"]),
    "ragged": (inputs(X=[[1, 2], [3]]), ["inputs.X", "is ragged", "row 2 has 1"]),
    "no rows": (inputs(X=[]), ["inputs.X", "expected a list of rows"]),
    "empty row": (inputs(X=[[]]), ["inputs.X[0]", "at least one number"]),
    "flat": (inputs(X=[1, 2]), ["inputs.X[0]", "expected a row"]),
    "deep": (inputs(X=[[[1]]]), ["inputs.X[0][0]", "expected a number"]),
    "text": (inputs(X=[["one", 2]]), ["inputs.X[0][0]", "the text 'one'", '"1/3"']),
    "formula": (inputs(X=[["1+1"]]), ["inputs.X[0][0]", "the text '1+1'"]),
    "by zero": (inputs(X=[["1/0"]]), ["inputs.X[0][0]", "divides by zero"]),
    "true": (inputs(X=[[True]]), ["inputs.X[0][0]", "got true"]),
    "null": (inputs(X=[[None]]), ["inputs.X[0][0]", "got null"]),
    "NaN": (inputs(X=[[float("nan")]]), ["inputs.X[0][0]", "finite number, got NaN"]),
    "infinite": (inputs(X=[[float("inf")]]), ["inputs.X[0][0]", "finite number, got Infinity"]),
    "minus infinite": (inputs(X=[[float("-inf")]]), ["inputs.X[0][0]", "-Infinity"]),
    "NaN as text": (inputs(X=[["NaN"]]), ["inputs.X[0][0]", "the text 'NaN'"]),
    "endless": (inputs(X=[["1e10001"]]), ["inputs.X[0][0]", "more than 10,000 digits"]),
    "no matrix": (inputs(X=...), ["inputs.X: is missing", "X, W_Q, W_K, W_V"]),
    "one too many": (inputs(B=[[1]]), ["inputs.B: is not an input here", "X, W_Q, W_K, W_V"]),
    "no format": (changed(format=...), ["format: is missing"]),
    "other format": (changed(format="limelight-exercise-9"), ["format", "limelight-exercise-9"]),
    "other kind": (changed(kind="self-atention"), ["kind", "self-atention", "cross-attention"]),
    "unknown key": (changed(colour="red"), ["colour: is not known here", "known: "]),
    "long title": (changed(title="x" * 201), ["title: expected text of at most 200"]),
    "wrong size": (changed(sizes={"tokens": 5}), ["sizes.tokens: expected 4", "got 5"]),
    "unknown size": (changed(sizes={"legs": 4}), ["sizes.legs: is not an axis"]),
    "labels": (changed(labels={"X": ["a"]}), ["labels of X", "expected 4, got 1"]),
    "recipe": (changed(recipe="cake"), ["recipe", "by-hand"]),
    "base": (changed(recipe={"base": 1}), ["recipe", "base must be a number greater than 1"]),
    "rule": (changed(recipe={"salt": 1}), ["recipe.salt: is not known here"]),
    "heads": (changed(heads=300), ["heads: expected a whole number from 1 to 256"]),
    "heads that do not divide": (changed(heads=2, sizes=...), ["2 heads"]),
    "several": (
        changed(format=1, kind=2, inputs={"X": [[None, "a"]]}, heads=0),
        ["5 problems", "format: ", "kind: ", "heads: ", "inputs.X[0][0]: ", "inputs.X[0][1]: "],
    ),
}


@pytest.mark.parametrize("content", NOT_JSON)
def test_what_is_no_json_is_refused(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not JSON, or not of an object, is refused with the place."""
    path = tmp_path / "mine.json"
    text, facts = NOT_JSON[content]
    path.write_bytes(text)
    ran = inside(capsys, "work", path)

    assert faults(ran) == []
    assert [fact for fact in (str(path), *facts) if fact not in ran.err] == []


@pytest.mark.parametrize("content", NO_EXERCISE)
def test_what_is_no_exercise_is_refused(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that breaks a rule of the format is refused with each path in it."""
    path = tmp_path / "mine.json"
    document, facts = NO_EXERCISE[content]
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = inside(capsys, "work", path)

    assert faults(ran) == []
    assert [fact for fact in facts if fact not in ran.err] == []


def test_a_missing_key_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """However much is missing, each key is named once."""
    path = tmp_path / "mine.json"
    path.write_text("{}", encoding="utf-8")
    err = inside(capsys, "work", path).err

    assert [err.count(f"{key}: is missing") for key in ("format", "kind", "inputs")] == [1, 1, 1]
    assert "3 problems" in err


def test_many_problems_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of hundreds of problems twenty are shown, and the others are counted."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(inputs(X=[["x"] * 4] * 100)), encoding="utf-8")
    err = inside(capsys, "work", path).err

    assert "400 problems" in err
    assert err.count("inputs.X[") == 20
    assert "and 380 more" in err


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a broken link and a loop of links are refused; none of them is waited for."""
    (tmp_path / "broken.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    facts = {"": "it is a folder", "broken.json": "no such file", "loop.json": "symbolic link"}
    for name, fact in facts.items():
        ran = limelight("work", tmp_path / name)

        assert faults(ran) == []
        assert fact in ran.err


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe into which nobody writes is refused at once, and so is an endless device."""
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", "/dev/zero"):
        ran = limelight("work", path)

        assert faults(ran) == []
        assert "a device or pipe" in ran.err


def test_a_file_that_may_not_be_read_is_refused(
    guarded_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file without permission to read it is refused."""
    path = guarded_folder / "secret.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0)
    ran = inside(capsys, "work", path)

    assert faults(ran) == []
    assert "permission denied" in ran.err


def test_a_file_below_a_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path that goes through a file is refused."""
    (tmp_path / "a").write_text("{}", encoding="utf-8")
    ran = inside(capsys, "work", tmp_path / "a" / "b.json")

    assert faults(ran) == []
    assert "not a directory" in ran.err

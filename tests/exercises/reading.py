"""A small exercise file to be spoilt, and what reading it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from limelight.errors import FileError
from limelight.exercises.document import FORMAT, exercise_document, parse_exercise
from tests.oracles.limits import within

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

SOFTMAX: dict[str, Any] = {"format": FORMAT, "kind": "softmax", "inputs": {"C": [[1, 2]]}}


def text_of(exercise: Exercise) -> str:
    """Write an exercise as the text of a file."""
    return json.dumps(exercise_document(exercise))


def with_entries(entries: str) -> str:
    """Return the text of the softmax above with other entries."""
    return json.dumps(SOFTMAX).replace("[[1, 2]]", entries)


def parsed(**changes: object) -> Exercise:
    """Read the softmax above with some of its members changed."""
    return parse_exercise(json.dumps(SOFTMAX | changes), "mine.json")


def problems(text: str) -> list[str]:
    """Return the lines of the error that a file gives, at once."""
    with within(6), pytest.raises(FileError) as caught:
        parse_exercise(text, "mine.json")
    return str(caught.value).splitlines()


def path_of(line: str) -> str:
    """Return the path that a problem begins with."""
    return line.strip().split(": ")[0]


def problems_of(**changes: object) -> list[str]:
    """Return the problems of the softmax above with some of its members changed."""
    return [line.strip() for line in problems(json.dumps(SOFTMAX | changes))[1:-1]]

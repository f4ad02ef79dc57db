"""Answers as JSON: matrices by the names of steps, with or without what they belong to.

Two forms are read: an object of matrices by the names of steps, or the same under "steps"; beside
them may stand "name", "identity", "exercise" and "orientation"; and what
`limelight work --format json` prints.
"""

from __future__ import annotations

import json
from typing import Any

from limelight.errors import FileError
from limelight.exercises.document import parse_exercise
from limelight.marking.answers import Answers, as_answers
from limelight.mechanism.orientation import Orientation

MAX_DEPTH = 12
"""How deep answers may be nested: an exercise that they carry takes five levels."""

_ABOUT = frozenset({"format", "name", "identity", "exercise", "orientation"})
"""What stands beside steps, or among them."""

_LONGEST_INTEGER = 400
"""Digits of an integer; a longer one is left as text, and cannot be read."""


def parse_answers(text: str, origin: str) -> Answers:
    """Read answers from JSON text.

    Args:
        text: The text of a file.
        origin: What to call it in an error.

    Raises:
        FileError: It is no JSON, nested too deep, or no answers.
        ShapeError: A matrix is no list of rows.
    """
    document = _load(text, origin)
    if not isinstance(document, dict):
        raise FileError(_not_answers(origin, f"It holds a {type(document).__name__}."))
    steps = document.get("steps")
    if isinstance(steps, list):
        steps = _worked_steps(steps)
    elif "steps" not in document:
        steps = {name: rows for name, rows in document.items() if name not in _ABOUT}
    if not isinstance(steps, dict) or not steps:
        raise FileError(_not_answers(origin, "It names no steps."))
    answers = as_answers(steps)
    carried = document.get("exercise")
    return answers._replace(
        name=_text(document.get("name")) or origin,
        identity=_text(document.get("identity")),
        exercise=(
            parse_exercise(json.dumps(carried), origin) if isinstance(carried, dict) else None
        ),
        orientation=_orientation(document.get("orientation")),
    )


def _orientation(given: object) -> Orientation | None:
    return next((each for each in Orientation if each.value == given), None)


def _worked_steps(steps: list[object]) -> dict[str, object]:
    """Return the matrices of a trace that was printed as JSON."""
    return {
        str(step["name"]): step["values"]
        for step in steps
        if isinstance(step, dict)
        and {"name", "values"} <= step.keys()
        and step.get("operation") != "given"
    }


def _load(text: str, origin: str) -> Any:  # noqa: ANN401 - anything may stand there
    if _depth(text) > MAX_DEPTH:
        msg = (
            f"{origin} must be JSON of a few levels; it is nested too deep.\n"
            "  Answers have three levels: a matrix, a row, an entry.\n"
            '  Write {"S": [[3, 2], [4, "1/2"]]}.'
        )
        raise FileError(msg)
    try:
        return json.loads(text, parse_float=str, parse_int=_integer, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        msg = (
            f"{origin} must be JSON; it stops being so{place}.\n"
            "  Answers are matrices by the names of steps.\n"
            '  Write {"S": [[3, 2], [4, "1/2"]]}.'
        )
        raise FileError(msg) from None


def _integer(text: str) -> int | str:
    """Read an integer; decimals stay as they were written: digits say how exact they are."""
    return int(text) if len(text) <= _LONGEST_INTEGER else text


def _depth(text: str) -> int:
    """Count the brackets that are open at once; those inside texts may count as well."""
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _text(value: object) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""


def _not_answers(origin: str, fact: str) -> str:
    return (
        f"{origin} must hold answers: matrices by the names of steps.\n"
        f"  {fact}\n"
        '  Write {"S": [[3, 2], [4, "1/2"]], …}, or {"steps": {…}, "identity": "…"}.'
    )

"""Answers as JSON: matrices by the names of steps, with or without what they belong to.

Three forms are read: an object of matrices by name; the same under "steps", beside
"identity", "exercise" and "name"; and what `limelight work --format json` prints.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from limelight.errors import FileError
from limelight.exercises.document import parse_exercise
from limelight.marking.answers import Answers, as_answers

FORMAT = "limelight-answers-1"

MAX_DEPTH = 12
"""How deep answers may be nested: an exercise that they carry takes five levels."""

_LONGEST_NUMBER = 400
"""Digits of a number; longer ones are text, and what they say is refused there."""


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
    steps = document.get("steps", document if "format" not in document else None)
    if isinstance(steps, list):
        steps = _worked_steps(steps)
    if not isinstance(steps, dict) or not steps:
        raise FileError(_not_answers(origin, "It names no steps."))
    answers = as_answers(steps)
    carried = document.get("exercise") if "steps" in document else None
    exercise = None
    if isinstance(carried, dict):
        exercise = parse_exercise(json.dumps(carried, default=str), origin)
    return answers._replace(
        name=_text(document.get("name")) or origin,
        identity=_text(document.get("identity")),
        exercise=exercise,
    )


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
        return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        msg = (
            f"{origin} must be JSON; it stops being so{place}.\n"
            "  Answers are matrices by the names of steps.\n"
            '  Write {"S": [[3, 2], [4, "1/2"]]}.'
        )
        raise FileError(msg) from None


def _number(text: str) -> Decimal | str:
    """Keep a number as it was written: its digits say how exactly it was meant."""
    return Decimal(text) if len(text) <= _LONGEST_NUMBER else text


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

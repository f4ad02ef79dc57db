"""The structure of an exercise file: checked against the schema, said in our words."""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

    from limelight.exercises.problems import Problems

MAX_VALUES = 2_000
"""The most inputs that a file may have, and the most values in any other part of it."""

MAX_ERRORS = 1_000
"""After so many violations of the schema the rest is not looked for."""

MAX_ENTRIES = 200_000
"""The most numbers that all matrices of a file may have together."""


def validate(document: object, problems: Problems) -> None:
    """Note every place where *document* breaks the schema."""
    _refuse_endless(document, problems)
    errors = islice(_validator().iter_errors(document), MAX_ERRORS)
    for error in sorted(errors, key=_place):
        for path, sentence in _sentences(error):
            problems.add(path, sentence)


def _refuse_endless(document: object, problems: Problems) -> None:
    """Refuse at once what would take long to check."""
    if (count := _count_entries(document)) > MAX_ENTRIES:
        problems.add("inputs", f"expected at most {MAX_ENTRIES:,} numbers, got {count:,}.")
    parts = document if isinstance(document, dict) else {"the file": document}
    for name, part in parts.items():
        # The numbers of inputs have a limit of their own; here its matrices are counted.
        size = len(next_level([part])) if name == "inputs" else _count_values(part)
        if size > MAX_VALUES:
            problems.add(name[:40], f"expected at most {MAX_VALUES:,} values, got {size:,}.")
    problems.refuse()


def _count_values(part: object) -> int:
    """Count the values in a part of the document, on every level."""
    count, level = 0, [part]
    while level:
        count += len(level)
        level = next_level(level)
    return count


def next_level(values: list[object]) -> list[object]:
    """Return what the objects and lists among *values* hold."""
    return [
        value
        for whole in values
        if isinstance(whole, dict | list)
        for value in (whole.values() if isinstance(whole, dict) else whole)
    ]


def _place(error: ValidationError) -> list[tuple[bool, object]]:
    return [(isinstance(part, str), part) for part in error.absolute_path]


@cache
def _validator() -> Draft202012Validator:
    # Here, because they take longer to import than a gallery exercise to be worked.
    from pathlib import Path  # noqa: PLC0415

    from jsonschema import Draft202012Validator  # noqa: PLC0415

    schema = Path(__file__).with_name("exercise.schema.json")
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _sentences(error: ValidationError) -> Iterable[tuple[str, str]]:
    """Say a schema violation in our words: what was expected and what came."""
    path = _path(error.absolute_path)
    schema: Any = error.schema
    instance: Any = error.instance
    value: Any = error.validator_value
    if error.validator == "oneOf" and isinstance(error.instance, dict):
        # The instance is an object, so only the branch for objects can have been meant.
        for nested in error.context or ():
            if nested.schema_path[0] == 1:
                yield from _sentences(nested)
    elif error.validator == "required":
        for name in value:
            if name not in instance:
                wanted = schema["properties"][name]["description"]
                yield _joined(path, name), f"is missing; expected {wanted}."
    elif error.validator == "additionalProperties":
        known = schema["properties"]
        for name in instance:
            if name not in known:
                yield _joined(path, name[:40]), f"is not known here; known: {', '.join(known)}."
    else:
        yield (
            path or "the file",
            f"expected {schema['description']}; got {_short(error.instance)}.",
        )


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _path(parts: Iterable[str | int]) -> str:
    path = ""
    for part in parts:
        path = f"{path}[{part}]" if isinstance(part, int) else _joined(path, part[:40])
    return path


def _short(instance: object) -> str:
    if isinstance(instance, dict):
        return "an object"
    if isinstance(instance, list):
        return "a list" if instance else "an empty list"
    if instance is None or isinstance(instance, bool):
        return json.dumps(instance)
    text = instance if isinstance(instance, str) else str(instance)[:60]
    return repr(text[:40]) if isinstance(instance, str) else text


def _count_entries(document: object) -> int:
    inputs = document.get("inputs") if isinstance(document, dict) else None
    matrices = inputs.values() if isinstance(inputs, dict) else ()
    return sum(
        len(row) if isinstance(row, list) else 1
        for matrix in matrices
        if isinstance(matrix, list)
        for row in matrix
    )

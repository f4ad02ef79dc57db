"""From the text of an exercise file to an exercise, and back. docs/FORMAT.md has the rules.

Every problem is collected with its path in the file before anything is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from limelight.errors import (
    FileError,
    LimelightError,
    NumberError,
    RecipeError,
    UnknownNameError,
)
from limelight.exercises.exercise import Exercise, label_problems
from limelight.exercises.kinds import (
    HEADS,
    KINDS,
    MAX_HEADS,
    Choices,
    heads_in,
    plan_of,
    refuse_unknown_steps,
)
from limelight.exercises.problems import Problems
from limelight.exercises.schema import next_level, validate
from limelight.mechanism.matrix import Matrix, is_list_of_rows, shape_problem
from limelight.mechanism.recipe import BY_HAND, RECIPES, Recipe
from limelight.notation.numbers import Number, exact_text, read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.plan import Plan


FORMAT = "limelight-exercise-1"

MAX_LEVELS = 8
"""How deep a file may be nested; an exercise needs four levels."""

_LONGEST_INTEGER = 4000


def parse_exercise(text: str, origin: str, *, trusted: bool = False) -> Exercise:
    """Make an exercise from the text of a file.

    Args:
        text: JSON as docs/FORMAT.md describes it.
        origin: What to call the file in an error.
        trusted: It is one of our own, checked by the tests: skip the schema.

    Raises:
        FileError: With every problem of the file at once.
    """
    problems = Problems(origin)
    document = _load(text, problems)
    if not trusted:
        validate(document, problems)
    # What can be read is read and checked even where something else is wrong.
    given = _given(document)
    matrices = {name: _matrix(name, rows, problems) for name, rows in given.items()}
    readable = {name: matrix for name, matrix in matrices.items() if matrix}
    recipe = _recipe(_part(document, "recipe"), problems)
    _check_fit(document, readable, problems)
    problems.refuse()
    try:
        return _exercise(document, readable, recipe)
    except LimelightError as error:
        problems.add("inputs", str(error))
        problems.refuse()
        raise


def exercise_document(exercise: Exercise) -> dict[str, object]:
    """Return the exercise as JSON values; numbers are integers or exact text."""
    own = RECIPES.get(exercise.recipe.name) == exercise.recipe
    return {
        "format": FORMAT,
        "name": exercise.name,
        "title": exercise.title,
        "about": exercise.about,
        "source": exercise.source,
        "kind": exercise.kind,
        "sizes": exercise.sizes,
        "heads": exercise.heads,
        "causal": exercise.causal,
        "labels": {name: list(words) for name, words in exercise.labels.items()},
        "recipe": exercise.recipe.name if own else exercise.recipe.as_json(),
        "inputs": {name: _entries(matrix) for name, matrix in exercise.inputs.items()},
    }


def _load(text: str, problems: Problems) -> dict[str, Any]:
    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known = dict(pairs)
        if len(known) < len(pairs):
            for name, count in Counter(name for name, _ in pairs).items():
                if count > 1:
                    problems.add(name[:40], "stands there twice; a name must stand once.")
        return known

    try:
        loaded = json.loads(
            text,
            parse_int=lambda digits: (
                int(digits) if len(digits) < _LONGEST_INTEGER else Decimal(digits)
            ),
            parse_float=_decimal,
            object_pairs_hook=without_repeats,
        )
    except json.JSONDecodeError as error:
        raise FileError(_not_json(problems.origin, text, error)) from None
    except RecursionError:
        raise FileError(_too_deep(problems.origin)) from None
    if _is_deeper(loaded, MAX_LEVELS):
        raise FileError(_too_deep(problems.origin))
    return loaded  # type: ignore[no-any-return] # what it is, the schema decides


def _decimal(text: str) -> Decimal | str:
    """Read a decimal exactly; leave one that not even Decimal can hold to the check."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _is_deeper(document: object, levels: int) -> bool:
    level = [document]
    for _ in range(levels):
        level = next_level(level)
    return bool(level)


def _too_deep(origin: str) -> str:
    return (
        f"{origin} must be JSON of a few levels; it is nested too deep.\n"
        "  An exercise has at most four levels: inputs, a matrix, a row, a number.\n"
        "  Write it as docs/FORMAT.md says."
    )


def _not_json(origin: str, text: str, error: json.JSONDecodeError) -> str:
    lines = text.splitlines()
    line = lines[min(error.lineno, len(lines)) - 1].strip()[:60] if lines else ""
    facts = f"That line begins: {line}" if text.strip() else "The file is empty."
    return (
        f"{origin} must be JSON; it stops being so at line {error.lineno}, "
        f"column {error.colno}: {error.msg}.\n"
        f"  {facts}\n"
        "  Write it as docs/FORMAT.md says; limelight work --format json is not an exercise file."
    )


def _part(document: object, name: str) -> Any:  # noqa: ANN401 - anything may stand there
    return document.get(name) if isinstance(document, dict) else None


def _given(document: object) -> dict[str, list[list[object]]]:
    """Return the inputs that are lists of rows; the schema has named the others."""
    inputs = _part(document, "inputs")
    if not isinstance(inputs, dict):
        return {}
    return {name: rows for name, rows in inputs.items() if is_list_of_rows(rows) and all(rows)}


def _exercise(
    document: Mapping[str, Any], matrices: Mapping[str, Matrix], recipe: Recipe
) -> Exercise:
    labels = document.get("labels", {})
    texts = {
        name: document[name]
        for name in ("name", "title", "about", "source", "causal")
        if name in document
    }
    return Exercise(
        kind=document["kind"],
        inputs=matrices,
        heads=document.get("heads", 1),
        labels={name: tuple(words) for name, words in labels.items()},
        recipe=recipe,
        **texts,
    )


def _matrix(name: str, rows: list[list[object]], problems: Problems) -> Matrix | None:
    path = f"inputs.{name[:40]}"
    if problem := shape_problem(rows):
        problems.add(path, problem)
        return None
    read = [
        [_entry(entry, f"{path}[{row}][{column}]", problems) for column, entry in enumerate(line)]
        for row, line in enumerate(rows)
    ]
    complete = [[number for number in line if number is not None] for line in read]
    if sum(map(len, complete)) < len(rows) * len(rows[0]):
        return None
    return Matrix(tuple(map(tuple, complete)))


def _entry(entry: object, path: str, problems: Problems) -> Fraction | None:
    try:
        return read_number(entry)
    except NumberError as error:
        problems.add(path, str(error))
        return None


def _recipe(given: object, problems: Problems) -> Recipe:
    """Read the recipe, each rule by itself, so that each wrong one is named."""
    if not isinstance(given, dict):
        return RECIPES.get(str(given), BY_HAND)
    rules = {}
    for rule, value in given.items():
        try:
            refuse_unknown_steps(Recipe.read({rule: value}))
        except (RecipeError, UnknownNameError) as error:
            problems.add(f"recipe.{rule[:40]}", str(error).splitlines()[0])
        else:
            rules[rule] = value
    return Recipe.read(rules)


def _check_fit(document: object, matrices: Mapping[str, Matrix], problems: Problems) -> None:
    """Note what is missing, what is not known, and every matrix that does not fit."""
    plan = _plan(document, problems)
    if plan is None:
        return
    names = _part(document, "inputs").keys()
    known = [given.name for given in plan.inputs]
    for name in known:
        if name not in names:
            problems.add(f"inputs.{name}", f"is missing; {plan.kind} takes {', '.join(known)}.")
    for name in names:
        if name not in known:
            sentence = f"is not an input here; {plan.kind} takes {', '.join(known)}."
            problems.add(f"inputs.{name[:40]}", sentence)
    shapes = {name: matrix.shape for name, matrix in matrices.items()}
    for misfit in plan.misfits(shapes):
        problems.add(f"inputs.{misfit.split(' ', 1)[0]}", misfit)
    if set(known) <= set(shapes):
        _check_sizes(_part(document, "sizes"), plan.sizes(shapes), problems)
    for path, sentence in label_problems(_part(document, "labels"), shapes):
        problems.add(f"labels.{path[:40]}", sentence)


def _plan(document: object, problems: Problems) -> Plan | None:
    """Return the plan that the file asks for; None where the schema has named what is wrong."""
    inputs, heads = _part(document, "inputs"), _part(document, "heads") or 1
    kind = _part(document, "kind")
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(inputs, dict):
        return None
    if heads not in HEADS:
        return None
    heads = max(heads, heads_in(inputs))
    if heads not in HEADS:
        problems.add("inputs", f"expected weights of at most {MAX_HEADS} heads, got {heads}.")
        return None
    choices = Choices(given=inputs.keys(), heads=heads, causal=_part(document, "causal") is True)
    try:
        return plan_of(kind, choices)
    except LimelightError as error:
        problems.add("the file", str(error))
        return None


def _check_sizes(declared: object, actual: Mapping[str, int], problems: Problems) -> None:
    for axis, size in declared.items() if isinstance(declared, dict) else ():
        if axis not in actual:
            problems.add(f"sizes.{axis[:40]}", f"is not an axis here; axes: {', '.join(actual)}.")
        elif size != actual[axis]:
            sentence = f"expected {actual[axis]}, as the matrices have it; got {size}."
            problems.add(f"sizes.{axis}", sentence)


def _entries(matrix: Matrix) -> list[list[int | str]]:
    return [[_written(number) for number in row] for row in matrix.rows]


def _written(number: Number) -> int | str:
    exact = Fraction(number)
    is_plain = exact.denominator == 1 and abs(exact.numerator) < 2**53
    return exact.numerator if is_plain else exact_text(exact)

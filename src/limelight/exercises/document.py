"""From the text of an exercise file to an exercise, and back. FORMAT.md has the rules.

Every problem is collected with its path in the file before anything is refused.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from limelight.errors import FileError, LimelightError, NumberError
from limelight.exercises.exercise import Exercise, recipe_named
from limelight.exercises.kinds import Choices, heads_in, plan_of
from limelight.exercises.problems import Problems
from limelight.exercises.schema import validate
from limelight.mechanism.matrix import Matrix, shape_problem
from limelight.mechanism.recipe import BY_HAND, RECIPES, Recipe
from limelight.notation.numbers import Number, exact_text, read_number

if TYPE_CHECKING:
    from collections.abc import Mapping


FORMAT = "limelight-exercise-1"

_LONGEST_INTEGER = 4000


def parse_exercise(text: str, origin: str, *, trusted: bool = False) -> Exercise:
    """Make an exercise from the text of a file.

    Args:
        text: JSON as FORMAT.md describes it.
        origin: What to call the file in an error.
        trusted: It is one of our own, checked by the tests: skip the schema.

    Raises:
        FileError: With every problem of the file at once.
    """
    problems = Problems(origin)
    document = _load(text, problems)
    if not trusted:
        validate(document, problems)
    problems.refuse()
    exercise = _build(document, problems)
    problems.refuse()
    if exercise is None:
        raise AssertionError(origin)
    return exercise


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
        names = [name for name, _ in pairs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            problems.add(name[:40], "stands there twice; a name must stand once.")
        return dict(pairs)

    try:
        loaded = json.loads(
            text,
            parse_int=lambda digits: (
                int(digits) if len(digits) < _LONGEST_INTEGER else Decimal(digits)
            ),
            parse_float=Decimal,
            object_pairs_hook=without_repeats,
        )
    except json.JSONDecodeError as error:
        raise FileError(_not_json(problems.origin, text, error)) from None
    except RecursionError:
        msg = (
            f"{problems.origin} must be JSON of a few levels; it is nested too deep.\n"
            "  An exercise has at most four levels: inputs, a matrix, a row, a number.\n"
            "  Write it as FORMAT.md says."
        )
        raise FileError(msg) from None
    return loaded  # type: ignore[no-any-return] # what it is, the schema decides


def _not_json(origin: str, text: str, error: json.JSONDecodeError) -> str:
    line = text.splitlines()[error.lineno - 1][:60] if text.strip() else ""
    return (
        f"{origin} must be JSON; it stops being so at line {error.lineno}, "
        f"column {error.colno}: {error.msg}.\n"
        f"  {'That line begins: ' + line.strip() if line else 'The file is empty.'}\n"
        "  Write it as FORMAT.md says; limelight work --format json is not an exercise file."
    )


def _build(document: Mapping[str, Any], problems: Problems) -> Exercise | None:
    matrices = {
        name: matrix
        for name, rows in document["inputs"].items()
        if (matrix := _matrix(name, rows, problems))
    }
    recipe = _recipe(document.get("recipe", BY_HAND.name), problems)
    if recipe is None or len(matrices) < len(document["inputs"]):
        return None
    _check_fit(document, matrices, problems)
    if problems.found:
        return None
    try:
        exercise = Exercise(
            kind=document["kind"],
            inputs=matrices,
            name=document.get("name", "exercise"),
            title=document.get("title", ""),
            about=document.get("about", ""),
            source=document.get("source", ""),
            heads=document.get("heads", 1),
            causal=document.get("causal", False),
            labels={name: tuple(words) for name, words in document.get("labels", {}).items()},
            recipe=recipe,
        )
    except LimelightError as error:
        problems.add("inputs", str(error))
        return None
    _check_sizes(document.get("sizes", {}), exercise.sizes, problems)
    return exercise


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


def _recipe(given: str | Mapping[str, Any], problems: Problems) -> Recipe | None:
    try:
        return recipe_named(given) if isinstance(given, str) else Recipe.read(given)
    except LimelightError as error:
        problems.add("recipe", str(error))
        return None


def _check_fit(
    document: Mapping[str, Any], matrices: Mapping[str, Matrix], problems: Problems
) -> None:
    """Note every matrix that does not fit those before it, not only the first."""
    heads = max(document.get("heads", 1), heads_in(matrices))
    choices = Choices(given=matrices.keys(), heads=heads, causal=document.get("causal", False))
    try:
        misfits = plan_of(document["kind"], choices).misfits(
            {name: matrix.shape for name, matrix in matrices.items()}
        )
    except LimelightError as error:
        problems.add("inputs", str(error))
        return
    for misfit in misfits:
        problems.add(f"inputs.{misfit.split(' ', 1)[0]}", misfit)


def _check_sizes(
    declared: Mapping[str, int], actual: Mapping[str, int], problems: Problems
) -> None:
    for axis, size in declared.items():
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

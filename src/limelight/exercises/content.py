"""What an exercise is made of, as a number: two exercises with one content have one solution."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.matrix import Matrix
    from limelight.mechanism.recipe import Recipe

CONTENT_BITS = 256


def content_of(exercise: Exercise) -> int:
    """Return a number that depends on everything that is worked, and on no word of it.

    Kind, heads, causality, the recipe's rules and every input count; name, title, labels and
    what the recipe is called do not.
    """
    parts = [
        f"limelight content 1 {exercise.kind} {exercise.heads} {exercise.causal}",
        _rules(exercise.recipe),
    ]
    parts += [f"{name} {_written(exercise.inputs[name])}" for name in sorted(exercise.inputs)]
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest(), "big")


def first_bits(content: int, bits: int) -> int:
    """Return the first bits of a content."""
    return content >> (CONTENT_BITS - bits)


def _written(matrix: Matrix) -> str:
    return ";".join([" ".join(map(str, row)) for row in matrix.rows])


@lru_cache(maxsize=16)
def _rules(recipe: Recipe) -> str:
    return json.dumps(recipe.as_json() | {"name": ""}, sort_keys=True)

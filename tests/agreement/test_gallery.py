"""Every exercise of the gallery, under both recipes, against both oracles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.recipe import BY_HAND, EXACT
from tests.oracles import by_hand, numpy_attention
from tests.oracles.comparing import assert_all_close, assert_all_equal

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from tests.oracles.numpy_attention import Array


def arrays(exercise: Exercise) -> dict[str, Array]:
    """Return the inputs for NumPy."""
    return {
        name: np.array(matrix.tolist(), dtype=np.float64)
        for name, matrix in exercise.inputs.items()
    }


@pytest.mark.parametrize("name", gallery_names())
def test_exact_work_is_what_numpy_gives(name: str) -> None:
    """Under exact rules every step is what plain NumPy makes of the same matrices."""
    exercise = gallery(name)
    expected = numpy_attention.worked(
        exercise.kind, arrays(exercise), heads=exercise.heads, causal=exercise.causal
    )

    assert_all_close(work(exercise, EXACT), expected)


@pytest.mark.parametrize("name", gallery_names())
def test_work_by_hand_is_what_a_pencil_gives(name: str) -> None:
    """By hand every step is exactly what the pencil's rules give."""
    exercise = gallery(name)
    given = {name: matrix.tolist() for name, matrix in exercise.inputs.items()}
    expected = by_hand.worked(exercise.kind, given, heads=exercise.heads, causal=exercise.causal)

    assert_all_equal(work(exercise, BY_HAND), expected)


@pytest.mark.parametrize("name", gallery_names())
def test_the_recipes_differ_where_they_say_so(name: str) -> None:
    """Floor and 3^x are not √d_k and e^x: with scores, the two recipes give other weights."""
    first, second = work(gallery(name), BY_HAND), work(gallery(name), EXACT)
    weighted = [step.name for step in first.steps if step.name.startswith("A")]

    assert all(first[step].matrix != second[step].matrix for step in weighted)

"""Two traces side by side: what differs, where, and by how much."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from limelight.errors import LimelightError, ShapeError, UnknownNameError
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.compare import compare
from limelight.mechanism.matrix import Cell
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from tests.strategies import ANY_CASE, RECIPES, Case, plain


@pytest.mark.parametrize("name", gallery_names())
def test_the_difference_is_second_minus_first(name: str) -> None:
    """Every step's difference, distance and furthest cell are those of the two matrices."""
    exercise = gallery(name)
    first, second = work(exercise, BY_HAND), work(exercise, EXACT)
    with np.errstate(invalid="ignore"):
        for step in compare(first, second).steps:
            expected = np.asarray(second[step.name]) - np.asarray(first[step.name])
            expected = np.where(np.isnan(expected), 0, expected)
            actual = np.array([[float(n) for n in row] for row in step.difference.rows])
            at = np.unravel_index(np.abs(actual).argmax(), actual.shape)

            np.testing.assert_allclose(actual, expected, atol=1e-12)
            assert step.furthest == Cell(*map(int, at))
            assert float(step.distance) == np.abs(actual).max()


@settings(max_examples=25)
@given(ANY_CASE, RECIPES)
def test_a_trace_does_not_differ_from_itself(case: Case, recipe: Recipe) -> None:
    """The same recipe twice differs nowhere, hidden scores included."""
    try:
        trace = work(case.exercise, recipe)
    except LimelightError:
        return
    comparison = compare(trace, work(case.exercise, recipe))

    assert not comparison.differing
    assert all(step.distance == 0 for step in comparison.steps)


def test_the_steps_that_differ_are_named() -> None:
    """By hand and exact agree up to the scores and part at the scaling."""
    comparison = compare(work(gallery(), BY_HAND), work(gallery(), EXACT))

    assert [step.name for step in comparison.differing] == ["C", "E", "sums", "A", "Z"]
    assert comparison["S"].distance == 0
    assert not comparison["S"].differs
    assert comparison["A"].differs


def test_the_first_of_several_furthest_cells_is_named() -> None:
    """Where several cells are equally far apart the first one counts, row by row."""
    case = Case(kind="softmax", inputs=plain(C=[[1, 1], [1, 1]]))
    first = work(case.exercise, BY_HAND)
    other = Case(kind="softmax", inputs=plain(C=[[2, 2], [2, 2]]))

    assert compare(first, work(other.exercise, BY_HAND))["E"].furthest == (0, 0)
    assert compare(first, work(other.exercise, BY_HAND))["E"].distance == 6


def test_a_score_hidden_in_one_trace_alone_is_infinitely_far() -> None:
    """Where only one trace hides a score, the distance is infinite, not an error."""
    matrices = plain(X=[[1, 2]], W_Q=[[1]], W_K=[[1]], W_V=[[1]])
    traces = [
        work(Case(kind="self-attention", inputs=matrices | plain(mask=mask)).exercise)
        for mask in ([[1, 1], [0, 1]], [[1, 1], [1, 1]])
    ]

    assert compare(*traces)["M"].furthest == (1, 0)
    assert compare(*traces)["M"].distance == math.inf


@pytest.mark.parametrize("other", ["softmax", "causal-self-attention", "cross-attention"])
def test_other_steps_and_sizes_cannot_be_compared(other: str) -> None:
    """Two traces of different plans are refused; both plans' steps and sizes are listed."""
    with pytest.raises(ShapeError) as caught:
        compare(work(gallery()), work(gallery(other)))
    lines = str(caught.value).splitlines()

    assert len(lines) == 3
    assert "The first has Q (3, 4), K (3, 4)" in lines[1]


def test_an_unknown_step_is_refused() -> None:
    """A comparison knows the steps of its traces only."""
    trace = work(gallery())

    with pytest.raises(UnknownNameError, match="Did you mean"):
        compare(trace, trace)["sum"]


def test_fractions_stay_fractions() -> None:
    """Two exact traces differ by fractions."""
    base_two = Recipe(name="two", base=Fraction(2), divisor=Fraction(2), scaled="floor")
    comparison = compare(work(gallery()), work(gallery(), base_two))

    assert isinstance(comparison["Z"].distance, Fraction)

"""Where numbers grow: right weights from any scores, and a refusal where nothing fits."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import NumberError
from limelight.exercises.exercise import Exercise, work
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from tests.oracles.limits import within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limelight.mechanism.trace import Trace
    from tests.oracles.numpy_attention import Array

HALF = Fraction(1, 2)
SQUARE = [[1, 0], [0, 1]]


def as_exercise(kind: str, given: Mapping[str, Sequence[Sequence[object]]]) -> Exercise:
    """Make an exercise of lists, which are read."""
    return Exercise(kind=kind, inputs=given)  # type: ignore[arg-type]


def softmax(scores: Sequence[Sequence[object]], recipe: Recipe) -> Trace:
    """Work the softmax of each column."""
    return work(as_exercise("softmax", {"C": scores}), recipe)


def stable(scores: Sequence[Sequence[float]]) -> Array:
    """Return the softmax of each column as everybody writes it: the largest taken off."""
    array = np.array(scores, dtype=np.float64)
    powers = np.exp(array - array.max(axis=0))
    weights: Array = powers / powers.sum(axis=0)
    return weights


@pytest.mark.parametrize(
    "scores",
    [
        [[1000], [999], [-1000]],
        [[-1000], [-1001], [-1002]],
        [[1e5], [99_999], [0]],
        [[-1e5], [-100_001], [1e5]],
        [[1e300], [1e300], [-1e300]],
        [[709], [710], [711]],
        [[-745], [-746], [-747]],
        [[300], [299.5], [-300]],
        [[301, 0], [300, 0], [0, -1e5]],
    ],
)
def test_large_scores_give_right_weights(scores: list[list[float]]) -> None:
    """Scores of ±1000, 1e5 or 1e300 neither overflow nor vanish: the weights are right."""
    weights = np.asarray(softmax(scores, EXACT)["A"])

    np.testing.assert_allclose(weights, stable(scores), rtol=1e-12, atol=1e-300)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_weights_of_any_scores_add_up_to_one(column: list[float]) -> None:
    """Whatever the scores, weights are between 0 and 1 and add up to 1."""
    weights = np.asarray(softmax([[score] for score in column], EXACT)["A"])

    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@given(st.lists(st.integers(-8000, 8000), min_size=1, max_size=5))
def test_weights_by_hand_are_exact(column: list[int]) -> None:
    """By hand the weights are the fractions of the powers, however large, and add up to 1."""
    weights = softmax([[score] for score in column], BY_HAND)["A"].matrix.column(0)
    powers = [Fraction(3) ** score for score in column]

    assert list(weights) == [power / sum(powers) for power in powers]


@pytest.mark.parametrize("peak", [1500, 1_000_000])
def test_half_scores_of_another_base_stay_in_range(peak: int) -> None:
    """Where 3^x leaves the fractions, the largest score is taken off there, too."""
    scores = [[peak + HALF], [peak - HALF]]
    weights = softmax(scores, Recipe(name="thirds", base=Fraction(3)))["A"]

    assert [float(weights[row, 0]) for row in range(2)] == pytest.approx([0.75, 0.25], rel=1e-12)


@pytest.mark.parametrize("score", [40_000, -40_000, 10**9, -(10**9), 10**300])
def test_powers_by_hand_have_a_bound(score: int) -> None:
    """A power of more than 10,000 digits is refused at once, and the message names the step."""
    with within(5), pytest.raises(NumberError, match=r"^E.*10,000 digits"):
        softmax([[score]], BY_HAND)


@pytest.mark.parametrize("base", [Fraction(10**400), Fraction(10**400 + 1, 10**400)])
@pytest.mark.parametrize("score", [2, HALF])
def test_any_base_is_worked_or_refused(base: Fraction, score: Fraction) -> None:
    """A base beyond float64, or hardly more than 1, gives right weights or a refusal."""
    try:
        weights = softmax([[score], [0]], Recipe(name="any", base=base))["A"]
    except NumberError:
        return

    assert float(weights[0, 0]) == pytest.approx(1 if base > 2 else 0.5)


def test_sums_by_hand_have_a_bound() -> None:
    """Powers that fit by themselves may not fit together; that is refused, too."""
    with within(5), pytest.raises(NumberError, match=r"^sums.*10,000 digits"):
        softmax([[20_000], [-20_000]], BY_HAND)


def test_a_bound_keeps_the_house_style() -> None:
    """A number out of bounds is told in three lines: the rule, the facts, the way out."""
    with pytest.raises(NumberError) as caught:
        softmax([[40_000]], BY_HAND)

    assert [line[:2] for line in str(caught.value).splitlines()] == ["E ", "  ", "  "]


@pytest.mark.parametrize("sign", [1, -1])
def test_an_infinite_result_is_refused(sign: int) -> None:
    """A result that leaves float64 is refused on either side: -∞ is only for hidden scores."""
    exercise = Exercise.self_attention(
        x=SQUARE,
        w_q=SQUARE,
        w_k=SQUARE,
        w_v=[["1e200", 0], [0, "1e200"]],
        w_o=[[f"{sign}e200", f"{sign}e200"]],
        recipe=EXACT,
    )

    with pytest.raises(NumberError, match="float64"):
        work(exercise)


def normalised(size: str) -> Array:
    """Return N_A where two of three features are floats of about *size*, the third is 0 or 1."""
    given: dict[str, list[list[object]]] = {
        "X": [[size, size], [size, size], [0, 1]],
        "W_Q": [[0, 0, 1]],
        "W_K": [[0, 0, 1]],
        "W_V": [[1, 0, 0]],
        "W_O": [[1], [1], [0]],
        "W_1": [[0, 0, 0]],
        "W_2": [[0], [0], [0]],
    }
    return np.asarray(work(as_exercise("encoder-block", given), EXACT)["N_A"])


ROOT = math.sqrt(2)
FAR_APART = [[1 / ROOT] * 2, [1 / ROOT] * 2, [-ROOT] * 2]


@pytest.mark.parametrize("size", ["1e160", "1e200", "3e307", "6e307", "8e307"])
def test_normalising_large_numbers_is_right_or_refused(size: str) -> None:
    """Features far apart are normalised as they should be, or refused: never set to 0."""
    try:
        columns = normalised(size)
    except NumberError:
        return

    np.testing.assert_allclose(columns, FAR_APART, rtol=1e-12)


def test_normalising_moderate_numbers_is_right() -> None:
    """The encoder block above is right for numbers that fit."""
    np.testing.assert_allclose(normalised("1e100"), FAR_APART, rtol=1e-12)


@given(st.integers(-2000, 2000))
def test_no_weight_is_ever_none(score: int) -> None:
    """No score of a usual size makes a weight infinite or not a number."""
    weights = softmax([[score], [0]], EXACT)["A"]

    assert all(math.isfinite(float(number)) for row in weights.rows for number in row)

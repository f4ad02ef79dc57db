"""The oracles themselves: right where the answer is known, and able to say no."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery
from limelight.mechanism.recipe import BY_HAND, EXACT
from limelight.notation.expressions import (
    Call,
    Entry,
    Minus,
    Over,
    Plus,
    Power,
    Times,
    Value,
)
from tests.oracles import by_hand, numpy_attention, torch_attention
from tests.oracles.comparing import (
    assert_all_close,
    assert_all_equal,
    assert_close,
    assert_equal,
    is_moderate,
)
from tests.oracles.evaluate import agree, evaluate, largest, read_formula, untrue_sides
from tests.oracles.limits import within
from tests.strategies import Case, plain

ONE, TWO = Value(Fraction(1)), Value(Fraction(2))
IDENTITY = plain(X=[[2, 0], [0, 2]], W_Q=[[1, 0], [0, 1]], W_K=[[1, 0], [0, 1]], W_V=[[1, 0]])
TINY = Case(kind="self-attention", inputs=IDENTITY)


def test_numpy_gives_what_is_known() -> None:
    """Two tokens that see mostly themselves: worked with a pocket calculator."""
    weight = math.exp(4 / math.sqrt(2)) / (math.exp(4 / math.sqrt(2)) + 1)
    found = numpy_attention.worked("self-attention", TINY.arrays)

    np.testing.assert_allclose(found["A"], [[weight, 1 - weight], [1 - weight, weight]])
    np.testing.assert_allclose(found["Z"], [[2 * weight, 2 * (1 - weight)]])


def test_a_pencil_gives_what_is_known() -> None:
    """The same two tokens by hand: 3^floor(4/2) is 9, and 9 of 10 parts go to oneself."""
    found = by_hand.worked("self-attention", TINY.inputs)

    assert found["A"] == [[Fraction(9, 10), Fraction(1, 10)], [Fraction(1, 10), Fraction(9, 10)]]
    assert found["Z"] == [[Fraction(9, 5), Fraction(1, 5)]]


@pytest.mark.parametrize(
    ("variance", "deviation"),
    [("0", 1), ("1/9", 1), ("9/4", 2), ("224/100", 1), ("6", 2), ("25/4", 3), ("100", 10)],
)
def test_whole_deviations_are_the_nearest(variance: str, deviation: int) -> None:
    """The whole number nearest to the root, halves up, at least 1."""
    assert by_hand.whole_deviation(Fraction(variance)) == deviation


def test_torch_gives_what_is_known() -> None:
    """PyTorch, loaded with the same two tokens, gives their known Z."""
    weight = math.exp(4 / math.sqrt(2)) / (math.exp(4 / math.sqrt(2)) + 1)
    x, values = TINY.arrays["X"], TINY.arrays["W_V"] @ TINY.arrays["X"]

    np.testing.assert_allclose(
        torch_attention.scaled_dot_product(x, x, values), [[2 * weight, 2 * (1 - weight)]]
    )


def test_an_unknown_kind_has_no_oracle() -> None:
    """An oracle does not pass over a kind that it does not know."""
    with pytest.raises(LookupError):
        numpy_attention.worked("sofmax", {})
    with pytest.raises(LookupError):
        by_hand.worked("sofmax", {})


def test_comparisons_can_fail() -> None:
    """One cell a little off, a missing step, another shape: each is seen."""
    trace = work(gallery("softmax"), EXACT)
    arrays = {step.name: np.asarray(step) for step in trace.steps}
    assert_all_close(trace, arrays)
    with pytest.raises(AssertionError):
        assert_all_close(trace, arrays | {"A": arrays["A"] + 1e-11})
    with pytest.raises(AssertionError):
        assert_all_close(trace, {"A": arrays["A"]})
    with pytest.raises(AssertionError):
        assert_close(arrays["A"], arrays["A"].T, "A")
    with pytest.raises(AssertionError):
        assert_close(arrays["A"] * np.nan, arrays["A"], "A")


def test_exact_comparisons_can_fail() -> None:
    """One fraction that is another, or a missing step, is seen."""
    trace = work(gallery("softmax"), BY_HAND)
    grids = {step.name: step.tolist() for step in trace.steps}
    assert_all_equal(trace, grids)
    with pytest.raises(AssertionError):
        assert_all_equal(trace, {"A": grids["A"]})
    with pytest.raises(AssertionError):
        assert_equal(trace["A"], [[Fraction(1, 4)]] * 4, "A")


def test_large_scores_are_not_moderate() -> None:
    """Scores whose powers strain float64 are left to the tests of bounds."""
    large = Case(kind="softmax", inputs=plain(C=[[301]]))

    assert is_moderate(work(gallery("softmax"), EXACT))
    assert not is_moderate(work(large.exercise, EXACT))


@pytest.mark.parametrize(
    ("tree", "number"),
    [
        (Times((TWO, TWO, TWO)), 8),
        (Plus((TWO, ONE)), 3),
        (Minus(ONE, TWO), -1),
        (Over(ONE, TWO), Fraction(1, 2)),
        (Power(Fraction(3), Value(Fraction(-2))), Fraction(1, 9)),
        (Power("e", Value(-math.inf)), 0),
        (Call("floor", (Value(Fraction(-1, 2)),)), -1),
        (Call("round", (Value(Fraction(-1, 2)),)), 0),
        (Call("sqrt", (Value(Fraction(9, 4)),)), Fraction(3, 2)),
        (Call("max", (ONE, TWO)), 2),
    ],
)
def test_trees_are_evaluated(tree: Times, number: Fraction) -> None:
    """Each kind of node is worked out as its sign says."""
    assert evaluate(tree) == number


def test_untrue_sides_are_found() -> None:
    """A side that is not the last one is named; names cannot be worked out."""
    assert untrue_sides([Plus((ONE, ONE)), TWO]) == []
    assert untrue_sides([Plus((ONE, TWO)), TWO]) == [Plus((ONE, TWO))]
    assert largest(Plus((ONE, Over(TWO, ONE)))) == 2
    with pytest.raises(LookupError):
        evaluate(Entry("S", 1, 1))


def test_fractions_agree_exactly_and_floats_closely() -> None:
    """Fractions that differ do not agree; floats agree within 1e-12 of their size."""
    assert not agree(Fraction(1), Fraction(10**15 + 1, 10**15), 1.0)
    assert agree(1.0, 1.0 + 1e-13, 1.0)
    assert not agree(1.0, 1.0 + 1e-11, 1.0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2·2 + 1·0 + 0·3", 4),
        ("floor(-1/2)", -1),
        ("3^(-1)", Fraction(1, 3)),
        ("9 / (46/3)", Fraction(27, 46)),
        ("√9 + 1", 4),
        ("√(9/4)", Fraction(3, 2)),
        ("max(0, -2)", 0),
        ("2·3^2", 18),
    ],
)
def test_written_formulas_are_read(text: str, number: Fraction) -> None:
    """The reader keeps to the rules of arithmetic."""
    assert read_formula(text) == number


@pytest.mark.parametrize("text", ["S[1,1]", "x + 1", "2 < 3"])
def test_what_is_no_arithmetic_is_not_read(text: str) -> None:
    """The reader refuses what it cannot work out."""
    with pytest.raises(LookupError):
        read_formula(text)


def test_a_limit_of_time_can_be_missed() -> None:
    """What takes longer than its limit is stopped."""
    with pytest.raises(TimeoutError), within(0.01):
        time.sleep(5)

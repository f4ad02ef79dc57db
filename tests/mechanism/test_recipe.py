"""Recipes: which rules there are, which values they take, and what rounding on paper does."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from limelight.errors import RecipeError
from limelight.exercises.exercise import recipe_named, work
from limelight.exercises.gallery import gallery
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from limelight.notation.numbers import round_half_away
from tests.oracles.by_hand import times
from tests.strategies import RECIPES, Case, plain


def test_the_recipes_that_stand_ready() -> None:
    """By hand is floor(x/2) and 3^x, exact is x/√d_k and e^x with the ε of frameworks."""
    assert recipe_named("by-hand") == BY_HAND
    assert recipe_named("exact") == EXACT
    assert BY_HAND.as_json() == {
        "name": "by-hand",
        "base": "3",
        "divisor": "2",
        "scaled": "floor",
        "deviation": "whole",
        "epsilon": "0",
        "digits": None,
        "rounded_steps": [],
    }
    assert EXACT.as_json() == {
        "name": "exact",
        "base": "e",
        "divisor": "sqrt(d_k)",
        "scaled": "none",
        "deviation": "exact",
        "epsilon": "1/100000",
        "digits": None,
        "rounded_steps": [],
    }


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("base", Fraction(1)),
        ("base", Fraction(-3)),
        ("base", Fraction(0)),
        ("base", "pi"),
        ("base", None),
        ("divisor", Fraction(0)),
        ("divisor", "sqrt(d_v)"),
        ("scaled", "round"),
        ("scaled", None),
        ("deviation", "sample"),
        ("epsilon", Fraction(-1)),
        ("epsilon", "e"),
        ("digits", -1),
        ("digits", 16),
        ("digits", 1.5),
        ("digits", True),
        ("rounded_steps", "A"),
        ("rounded_steps", (1,)),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rule: str, value: object) -> None:
    """The error names the rule, what it must be, what came, and the way out."""
    rules: dict[str, Any] = {rule: value}
    with pytest.raises(RecipeError) as caught:
        Recipe(name="own", **rules)
    lines = str(caught.value).splitlines()

    assert lines[0].startswith(f"a recipe's {rule} must be ")
    assert "; got " in lines[0]
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("rule", "value"), [("base", 3), ("divisor", 2), ("epsilon", 0), ("base", 2.5)]
)
def test_a_number_is_a_number(rule: str, value: float) -> None:
    """Where a rule asks for a number, 3 is as good as Fraction(3)."""
    rules: dict[str, Any] = {rule: value}
    exact: dict[str, Any] = {rule: Fraction(value)}

    assert Recipe(name="own", **rules) == Recipe(name="own", **exact)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"bases": 3}, "a recipe has no rule 'bases'"),
        ({"base": "x"}, "a recipe's base must be"),
        ({"base": True}, "a recipe's base must be"),
        ({"base": [3]}, "a recipe's base must be"),
        ({"base": float("nan")}, "a recipe's base must be"),
        ({"base": "d_k"}, "a recipe's base must be"),
        ({"divisor": "1/0"}, "a recipe's divisor must be"),
        ({"divisor": [2]}, "a recipe's divisor must be"),
        ({"epsilon": "e"}, "a recipe's epsilon must be"),
        ({"digits": "2"}, "a recipe's digits must be"),
        ({"scaled": "down"}, "a recipe's scaled must be"),
        ({"rounded_steps": ["A", 1]}, "a recipe's rounded_steps must be"),
        ({"name": 7}, "a recipe's name must be"),
        ({"name": None}, "a recipe's name must be"),
    ],
)
def test_rules_of_a_file_that_cannot_be_followed_are_refused(
    data: dict[str, object], problem: str
) -> None:
    """An unknown rule, and a value that is none, are refused by name."""
    with pytest.raises(RecipeError) as caught:
        Recipe.read(data)

    assert str(caught.value).startswith(problem)


@given(RECIPES)
def test_a_recipe_survives_json(recipe: Recipe) -> None:
    """A recipe written as JSON and read again is the same recipe."""
    assert Recipe.read(json.loads(json.dumps(recipe.as_json()))) == recipe


def test_parts_of_a_recipe_are_enough() -> None:
    """What a file does not say has its usual value, numbers may be text."""
    recipe = Recipe.read({"base": "5/2", "divisor": 4, "rounded_steps": ["A"], "digits": 2})

    assert recipe == Recipe(
        name="own",
        base=Fraction(5, 2),
        divisor=Fraction(4),
        rounded_steps=("A",),
        digits=2,
    )


def test_a_recipe_cannot_be_changed() -> None:
    """Recipes are values."""
    with pytest.raises(FrozenInstanceError):
        BY_HAND.digits = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("steps", "rounded", "kept"),
    [
        ((), ["A", "A2", "K_T1", "sums", "N_A"], []),
        (("A",), ["A", "A1", "A12"], ["Z", "N_A", "R_A"]),
        (("K_T", "N_A"), ["K_T", "K_T3", "N_A"], ["K", "K1", "A", "N_F"]),
    ],
)
def test_steps_are_rounded_by_name(
    steps: tuple[str, ...], rounded: list[str], kept: list[str]
) -> None:
    """A name without its head means the step of every head; no name means every step."""
    recipe = Recipe(name="own", digits=2, rounded_steps=steps)

    assert [recipe.rounds(step) for step in rounded + kept] == [True] * len(rounded) + [
        False
    ] * len(kept)


def test_without_digits_nothing_is_rounded() -> None:
    """Naming steps does not round them where no number of decimals is given."""
    assert not Recipe(name="own", rounded_steps=("A",)).rounds("A")


@pytest.mark.parametrize(
    ("rules", "scaled"),
    [
        ({"divisor": "d_k"}, [1, Fraction(-5, 3)]),
        ({"divisor": "d_k", "scaled": "floor"}, [1, -2]),
        ({"divisor": "d_k", "scaled": "trunc"}, [1, -1]),
        ({"divisor": "-2", "scaled": "ceil"}, [-1, 3]),
        ({"divisor": "3/2", "scaled": "nearest"}, [2, -3]),
        ({"divisor": "sqrt(d_k)"}, [3 / math.sqrt(3), -5 / math.sqrt(3)]),
        ({"divisor": "sqrt(d_k)", "scaled": "floor"}, [1, -3]),
    ],
)
def test_scores_are_scaled_as_the_recipe_says(
    rules: dict[str, object], scaled: list[Fraction | float]
) -> None:
    """Scores of 3 and -5 of three-row keys, divided and rounded under other rules."""
    zeros = [[0], [0], [0]]
    given = plain(X=[[1]], Y=[[3, -5]], W_Q=[[1], [0], [0]], W_K=[[1], [0], [0]], W_V=zeros)
    trace = work(Case(kind="cross-attention", inputs=given).exercise, Recipe.read(rules))

    assert trace["S"].matrix.column(0) == (3, -5)
    assert trace["C"].matrix.column(0) == pytest.approx(scaled, rel=1e-15)


@pytest.mark.parametrize(
    ("base", "powers"),
    [("2", [4, Fraction(1, 2), 1]), ("3/2", [Fraction(9, 4), Fraction(2, 3), 1])],
)
def test_the_base_is_the_recipes(base: str, powers: list[Fraction]) -> None:
    """Another base is raised to the scores, exactly."""
    exercise = Case(kind="softmax", inputs=plain(C=[[2], [-1], [0]])).exercise
    trace = work(exercise, Recipe.read({"base": base}))

    assert list(trace["E"].matrix.column(0)) == powers
    assert list(trace["A"].matrix.column(0)) == [power / sum(powers) for power in powers]


def rounded_by_hand(**rules: object) -> Recipe:
    """Return the recipe by hand with rounding."""
    return Recipe.read({**BY_HAND.as_json(), "name": "rounded", **rules})


def test_rounded_weights_are_worked_on_with() -> None:
    """Rounding A to two decimals changes A and what is made from it, and nothing before."""
    exercise = gallery("self-attention")
    before = work(exercise, BY_HAND)
    after = work(exercise, rounded_by_hand(digits=2, rounded_steps=["A"]))
    weights = [[round_half_away(Fraction(n), 2) for n in row] for row in before["A"].rows]

    assert after["sums"].matrix == before["sums"].matrix
    assert after["A"].unrounded == before["A"].matrix
    assert after["A"].tolist() == weights
    assert after["Z"].tolist() == times(before["V"].tolist(), [list(row) for row in weights])
    assert after["Z"].unrounded is None


def test_every_step_is_rounded_half_away_from_zero() -> None:
    """With no decimals and no names, halves go away from zero in every step."""
    given = plain(X=[["1/2", "-1/2"]], A=[[1, 0], [0, 1]], W_1=[[1]], W_2=[[1]])
    exercise = Case(kind="transformer", inputs=given).exercise
    trace = work(exercise, rounded_by_hand(digits=0))

    assert trace["Z"].tolist() == [[1, -1]]
    assert trace["F"].tolist() == [[1, 0]]

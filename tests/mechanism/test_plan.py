"""Plans: what fits, what is said where it does not, and what a recipe settles."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given

from limelight.errors import ShapeError, UnknownNameError
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.attention import self_attention
from limelight.mechanism.matrix import Matrix, Shape
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from tests.strategies import ANY_CASE, Case

Shapes = dict[str, tuple[int, int]]

FITTING: Shapes = {"X": (6, 4), "W_Q": (3, 6), "W_K": (3, 6), "W_V": (2, 6)}
HEADS: Shapes = {"X": (6, 4), "W_Q": (4, 6), "W_K": (4, 6), "W_V": (2, 6), "W_O": (5, 2)}
SHELL: Shapes = {"X": (2, 3), "A": (3, 3), "W_1": (4, 2), "b_1": (4, 1), "W_2": (2, 4)}
CROSSED: Shapes = {"X": (6, 4), "Y": (5, 7), "W_Q": (3, 6), "W_K": (3, 5), "W_V": (2, 5)}
KEYS: Shapes = {"K": (3, 4), "Q": (3, 2)}
BY_HEAD: Shapes = {
    "X": (6, 4),
    **{f"W_{letter}{head}": (3, 6) for head in (1, 2) for letter in "QKV"},
    "W_O": (5, 6),
}


def exercise(kind: str, shapes: Shapes) -> Exercise:
    """Make an exercise of zeros."""
    inputs = {
        name: Matrix(((Fraction(0),) * columns,) * rows)
        for name, (rows, columns) in shapes.items()
    }
    return Exercise(kind=kind, inputs=inputs, heads=2 if "W_O" in shapes else 1)


def refusal(kind: str, shapes: Shapes) -> list[str]:
    """Return the lines of the error that such shapes give."""
    with pytest.raises(ShapeError) as caught:
        exercise(kind, shapes)
    return str(caught.value).splitlines()


def test_the_shapes_above_fit() -> None:
    """Nothing is refused that fits."""
    assert exercise("self-attention", FITTING).sizes == {
        "features": 6,
        "tokens": 4,
        "d_k": 3,
        "d_v": 2,
    }
    assert exercise("self-attention", HEADS).sizes["heads"] == 2
    assert exercise("self-attention", BY_HEAD).sizes["heads"] == 2
    assert exercise("transformer", SHELL).sizes["hidden"] == 4
    assert exercise("cross-attention", CROSSED).sizes["keys"] == 7
    assert exercise("dot-product", KEYS).sizes == {"d_k": 3, "keys": 4, "queries": 2}


def test_a_misfit_is_told_in_three_lines() -> None:
    """The rule with what was expected and what came; the facts; the way out."""
    assert refusal("self-attention", FITTING | {"W_Q": (3, 5)}) == [
        "W_Q must have one column per feature of X: expected (_, 6), got (3, 5).",
        "  X is (6, 4): features down, tokens across.",
        "  W_Q is d_k × features: what makes queries of tokens.",
    ]


@pytest.mark.parametrize("weight", ["W_Q", "W_K", "W_V"])
def test_a_transposed_weight_is_recognised(weight: str) -> None:
    """A weight written for tokens as rows is said to look transposed."""
    rows, columns = FITTING[weight]
    lines = refusal("self-attention", FITTING | {weight: (columns, rows)})

    assert lines[0].endswith(f"got ({columns}, {rows}).")
    assert lines[2].startswith(f"  {weight} looks transposed: ")


MISFITS: list[tuple[str, Shapes, str]] = [
    (
        "self-attention",
        FITTING | {"W_V": (2, 4)},
        "W_V must have one column per feature of X: expected (_, 6), got (2, 4).",
    ),
    (
        "self-attention",
        FITTING | {"mask": (4, 3)},
        "mask must have one column per token of X: expected (4, 4), got (4, 3).",
    ),
    (
        "self-attention",
        FITTING | {"mask": (3, 4)},
        "mask must have one row per token of X: expected (4, 4), got (3, 4).",
    ),
    (
        "self-attention",
        HEADS | {"W_O": (5, 3)},
        "W_O must have one column per heads × d_v line of W_V: expected (_, 2), got (5, 3).",
    ),
    (
        "cross-attention",
        CROSSED | {"W_V": (2, 6)},
        "W_V must have one column per features of Y line of Y: expected (_, 5), got (2, 6).",
    ),
    (
        "dot-product",
        KEYS | {"Q": (2, 4)},
        "Q must have one row per d_k line of K: expected (3, _), got (2, 4).",
    ),
    (
        "transformer",
        SHELL | {"b_1": (3, 1)},
        "b_1 must have one row per hidden line of W_1: expected (4, _), got (3, 1).",
    ),
    (
        "self-attention",
        HEADS | {"W_Q": (3, 6), "W_K": (3, 6)},
        "Q1 (split) cannot be worked: 3 rows cannot be split into 2 heads of one size.",
    ),
    (
        "self-attention",
        BY_HEAD | {"W_O": (5, 7)},
        (
            "O (product) cannot be worked: the first must have as many columns as the second "
            "has rows: (5, 7), (6, 4)."
        ),
    ),
]


@pytest.mark.parametrize(("kind", "shapes", "line"), MISFITS)
def test_misfits_name_what_is_wrong(kind: str, shapes: Shapes, line: str) -> None:
    """The first line names the matrix or the step, and the sizes that must agree."""
    lines = refusal(kind, shapes)

    assert lines[0] == line
    assert len(lines) == 3


@pytest.mark.parametrize("columns", [2, 3])
def test_a_bias_has_one_column(columns: int) -> None:
    """A bias of several columns is refused, even of as many as there are tokens."""
    assert refusal("transformer", SHELL | {"b_1": (4, columns)})[0].startswith("b_1 must have ")


def test_missing_and_unexpected_inputs_are_named() -> None:
    """Every input that is missing or not asked for is named, and what the kind takes."""
    shapes = {name: shape for name, shape in FITTING.items() if name != "W_Q"} | {"W_k": (3, 6)}
    rule, facts, way_out = refusal("self-attention", shapes)

    assert rule == (
        "self-attention takes the inputs X, W_Q, W_K, W_V; "
        "W_Q is missing; W_k is not one of its inputs."
    )
    assert facts == "  Given: X, W_K, W_V, W_k."
    assert way_out == "  Give exactly the inputs that it takes."


def test_a_gap_in_the_heads_is_named() -> None:
    """Weights of a first and a third head ask for those of the second."""
    shapes = {name.replace("2", "3"): shape for name, shape in BY_HEAD.items()}
    line = refusal("self-attention", shapes)[0]

    assert "; W_Q2 is missing; W_K2 is missing; W_V2 is missing." in line


def test_every_misfit_is_listed() -> None:
    """`misfits` goes on behind the first one, and does not blame what fits."""
    plan = self_attention()
    shapes = {"X": Shape(6, 4), "W_Q": Shape(3, 5), "W_K": Shape(3, 6), "W_V": Shape(2, 7)}

    assert [problem.split()[0] for problem in plan.misfits(shapes)] == ["W_Q", "W_V"]
    assert not plan.misfits({"X": Shape(6, 4), "W_K": Shape(3, 6)})


@given(ANY_CASE)
def test_shapes_foretell_the_trace(case: Case) -> None:
    """What `shapes` says before any number is worked is what the trace has."""
    given_exercise = case.exercise
    trace = work(given_exercise, EXACT)

    assert given_exercise.plan.shapes(given_exercise.inputs) == {
        name: trace[name].shape for name in trace
    }


@given(ANY_CASE)
def test_steps_come_after_their_operands(case: Case) -> None:
    """A plan can be worked from the front: no step needs a later one, no name comes twice."""
    plan = case.exercise.plan
    known = [given_input.name for given_input in plan.inputs]
    for step in plan.steps:
        assert set(step.operands) <= set(known)
        known.append(step.name)

    assert len(known) == len(set(known))
    assert plan.result == plan.steps[-1]


@pytest.mark.parametrize("name", gallery_names())
@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
def test_a_settled_plan_is_json(name: str, recipe: Recipe) -> None:
    """What a browser needs to work the plan is plain JSON, with every step in it."""
    trace = work(gallery(name), recipe)
    document = json.loads(json.dumps(trace.plan.as_json()))

    assert document == trace.plan.as_json()
    assert [step["name"] for step in document["steps"]] == [step.name for step in trace.steps]


def test_steps_are_found_by_name() -> None:
    """A plan returns its steps by name, and suggests near names."""
    plan = self_attention()

    assert plan.step("S").operands == ("K_T", "Q")
    with pytest.raises(UnknownNameError, match=r"There is no step named 'K_t'\. Did you mean K_T"):
        plan.step("K_t")

"""Random exercises of every kind, as plain lists, and random expressions.

A matrix is drawn as one string of bytes, each byte an entry of a palette: fast to draw, and
what Hypothesis shrinks towards is a matrix of zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from hypothesis import strategies as st

from limelight.exercises.exercise import Exercise
from limelight.mechanism.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.mechanism.recipe import Deviation, Divisor
    from tests.oracles.by_hand import Number
    from tests.oracles.numpy_attention import Array

Grid: TypeAlias = "list[list[Number]]"

WHOLE = tuple(Fraction(number) for number in (0, 1, -1, 2, -2, 3, -3))
DYADIC = (*WHOLE, Fraction(1, 2), Fraction(-3, 2), Fraction(-1, 4))
TOKENS = (*DYADIC, Fraction(1, 3), Fraction(-2, 3))
WEIGHTS = (*WHOLE[:4], Fraction(1, 2), Fraction(-1, 2), Fraction(2, 3), Fraction(-1, 3))
SIZES = st.integers(1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An exercise before Limelight has seen it."""

    kind: str
    inputs: dict[str, Grid]
    heads: int = 1
    causal: bool = False
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def exercise(self) -> Exercise:
        """Hand it to Limelight."""
        return Exercise(
            kind=self.kind,
            inputs=self.inputs,  # type: ignore[arg-type] # nested lists are read
            heads=self.heads,
            causal=self.causal,
            labels=self.labels,
        )

    @property
    def arrays(self) -> dict[str, Array]:
        """The inputs for NumPy."""
        return {name: np.array(grid, dtype=np.float64) for name, grid in self.inputs.items()}


def plain(**matrices: Sequence[Sequence[int | str]]) -> dict[str, Grid]:
    """Write matrices down, with "1/3" for a fraction."""
    return {
        name: [[Fraction(entry) for entry in row] for row in rows]
        for name, rows in matrices.items()
    }


def grids(rows: int, columns: int, palette: Sequence[Fraction] = TOKENS) -> SearchStrategy[Grid]:
    """Matrices of *rows* by *columns* entries of a palette."""

    def spread(entries: bytes) -> Grid:
        numbers: list[Number] = [palette[byte % len(palette)] for byte in entries]
        return [numbers[start : start + columns] for start in range(0, len(numbers), columns)]

    return st.binary(min_size=rows * columns, max_size=rows * columns).map(spread)


@st.composite
def masks(draw: DrawFn, keys: int, queries: int) -> Grid:
    """0/1 matrices (keys, queries), some of whose columns hide every key."""
    grid = draw(grids(keys, queries, (Fraction(1), Fraction(0))))
    for query in draw(st.sets(st.integers(0, queries - 1), max_size=2)):
        for row in grid:
            row[query] = Fraction(0)
    return grid


@st.composite
def softmax_cases(draw: DrawFn) -> Case:
    """Columns of whole scores."""
    return Case(kind="softmax", inputs={"C": draw(grids(draw(SIZES), draw(SIZES), WHOLE))})


@st.composite
def dot_product_cases(draw: DrawFn) -> Case:
    """Keys and queries, as many of each as comes."""
    width, keys, queries = draw(SIZES), draw(SIZES), draw(SIZES)
    inputs = {"K": draw(grids(width, keys)), "Q": draw(grids(width, queries))}
    return Case(kind="dot-product", inputs=inputs)


@st.composite
def _weights(
    draw: DrawFn, inputs: dict[str, Grid], heads: int, palette: Sequence[Fraction]
) -> int:
    """Add the weights of every head to *inputs*, joined or not; return the height of Z."""
    features, other = len(inputs["X"]), len(inputs.get("Y", inputs["X"]))
    joined = draw(st.booleans()) or heads == 1
    height = 0
    for head in [""] if joined else [str(number) for number in range(1, heads + 1)]:
        parts = heads if joined else 1
        d_k, d_v = draw(SIZES) * parts, draw(SIZES) * parts
        inputs[f"W_Q{head}"] = draw(grids(d_k, features, palette))
        inputs[f"W_K{head}"] = draw(grids(d_k, other, palette))
        inputs[f"W_V{head}"] = draw(grids(d_v, other, palette))
        height += d_v
    return height


@st.composite
def self_attention_cases(
    draw: DrawFn, tokens: Sequence[Fraction] = TOKENS, weights: Sequence[Fraction] = WEIGHTS
) -> Case:
    """One to four heads, joined or not, causal or masked or neither, with or without W_O."""
    heads, length = draw(st.integers(1, 4)), draw(SIZES)
    inputs = {"X": draw(grids(draw(SIZES), length, tokens))}
    height = draw(_weights(inputs, heads, weights))
    sight = draw(st.sampled_from(["all", "causal", "masked"]))
    if sight == "masked":
        inputs["mask"] = draw(masks(length, length))
    if draw(st.booleans()):
        inputs["W_O"] = draw(grids(draw(SIZES), height, weights))
    return Case(kind="self-attention", inputs=inputs, heads=heads, causal=sight == "causal")


@st.composite
def cross_attention_cases(draw: DrawFn) -> Case:
    """Queries of one sequence, keys and values of another, of another width and length."""
    heads, queries, keys = draw(st.integers(1, 4)), draw(SIZES), draw(SIZES)
    inputs = {"X": draw(grids(draw(SIZES), queries)), "Y": draw(grids(draw(SIZES), keys))}
    height = draw(_weights(inputs, heads, WEIGHTS))
    if draw(st.booleans()):
        inputs["mask"] = draw(masks(keys, queries))
    if draw(st.booleans()):
        inputs["W_O"] = draw(grids(draw(SIZES), height, WEIGHTS))
    return Case(kind="cross-attention", inputs=inputs, heads=heads)


@st.composite
def _feed_forward(draw: DrawFn, inputs: dict[str, Grid], out: int) -> None:
    """Add W_1 and W_2 to *inputs*, each with a bias or without."""
    features, hidden = len(inputs["X"]), draw(SIZES)
    inputs["W_1"] = draw(grids(hidden, features, WEIGHTS))
    inputs["W_2"] = draw(grids(out, hidden, WEIGHTS))
    for name, height in (("b_1", hidden), ("b_2", out)):
        if draw(st.booleans()):
            inputs[name] = draw(grids(height, 1))


@st.composite
def _gains(draw: DrawFn, inputs: dict[str, Grid]) -> None:
    """Add gain and shift to *inputs*, for each normalisation or not."""
    for which in draw(st.sets(st.sampled_from("AF"))):
        inputs[f"gamma_{which}"] = draw(grids(len(inputs["X"]), 1))
        inputs[f"beta_{which}"] = draw(grids(len(inputs["X"]), 1))


@st.composite
def transformer_cases(draw: DrawFn) -> Case:
    """Given weights and a feed-forward network."""
    length = draw(SIZES)
    inputs = {"X": draw(grids(draw(SIZES), length)), "A": draw(grids(length, length))}
    draw(_feed_forward(inputs, draw(SIZES)))
    return Case(kind="transformer", inputs=inputs)


@st.composite
def encoder_block_cases(draw: DrawFn) -> Case:
    """A whole layer: heads, a mask, biases, gains and shifts, each there or not."""
    heads, length, features = draw(st.integers(1, 4)), draw(SIZES), draw(SIZES)
    inputs = {"X": draw(grids(features, length))}
    height = draw(_weights(inputs, heads, WEIGHTS))
    if draw(st.booleans()):
        inputs["mask"] = draw(masks(length, length))
    inputs["W_O"] = draw(grids(features, height, WEIGHTS))
    draw(_feed_forward(inputs, features))
    draw(_gains(inputs))
    return Case(kind="encoder-block", inputs=inputs, heads=heads)


@st.composite
def framework_cases(draw: DrawFn, kind: str) -> Case:
    """Exercises that PyTorch's layers can hold: d_k = d_v, a W_O, every query sees a key."""
    heads, size, length = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(SIZES)
    width = heads * size
    narrow = st.just(width) if kind == "encoder-block" else st.integers(1, width)
    features = draw(narrow)
    inputs = {"X": draw(grids(features, length))}
    keys, others = length, features
    if kind == "cross-attention":
        keys, others = draw(SIZES), draw(SIZES)
        inputs["Y"] = draw(grids(others, keys))
    joined = heads == 1 or draw(st.booleans())
    for head in [""] if joined else [str(number) for number in range(1, heads + 1)]:
        for letter, columns in (("Q", features), ("K", others), ("V", others)):
            rows = width if joined else size
            inputs[f"W_{letter}{head}"] = draw(grids(rows, columns, WEIGHTS))
    inputs["W_O"] = draw(grids(draw(narrow), width, WEIGHTS))
    if draw(st.booleans()):
        inputs["mask"] = [[Fraction(1)] * length, *draw(masks(keys, length))[1:]]
    if kind == "encoder-block":
        draw(_feed_forward(inputs, features))
        draw(_gains(inputs))
    return Case(kind=kind, inputs=inputs, heads=heads)


CASES = {
    "softmax": softmax_cases(),
    "dot-product": dot_product_cases(),
    "self-attention": self_attention_cases(),
    "cross-attention": cross_attention_cases(),
    "transformer": transformer_cases(),
    "encoder-block": encoder_block_cases(),
}

ANY_CASE = st.one_of(*CASES.values())

ONE_TOKEN = Case(
    kind="self-attention",
    inputs=plain(X=[[2], [-1]], W_Q=[[1, 2]], W_K=[[1, 2]], W_V=[[1, 2]]),
)
ONE_FEATURE = Case(
    kind="self-attention",
    inputs=plain(X=[[1, -2, "1/3"]], W_Q=[[1], [2]], W_K=[[2], [1]], W_V=[[1], ["1/2"], [2]]),
    causal=True,
)
ONE_NUMBER = Case(
    kind="encoder-block",
    inputs=plain(X=[[2]], W_Q=[[2]], W_K=[[-1]], W_V=[[3]], W_O=[[1]], W_1=[[2]], W_2=[[2]])
    | plain(gamma_A=[[2]], beta_A=[[3]]),
)

_BASES: list[Base] = ["e", Fraction(2), Fraction(3), Fraction(3, 2)]
_DIVISORS: list[Divisor] = ["sqrt(d_k)", "d_k", Fraction(2), Fraction(-3, 2)]
_ROUNDINGS: list[Rounding] = ["none", "floor", "ceil", "trunc", "nearest"]
_DEVIATIONS: list[Deviation] = ["exact", "whole"]

RECIPES: SearchStrategy[Recipe] = st.builds(
    partial(Recipe, name="drawn"),
    base=st.sampled_from(_BASES),
    divisor=st.sampled_from(_DIVISORS),
    scaled=st.sampled_from(_ROUNDINGS),
    deviation=st.sampled_from(_DEVIATIONS),
    epsilon=st.sampled_from([Fraction(0), Fraction(1, 100_000)]),
    digits=st.sampled_from([None, 0, 2, 15]),
    rounded_steps=st.sampled_from([(), ("A",), ("E", "Z")]),
)

"""Attention with pencil and paper: lists of Fractions, floor(x/2) for x/√d_k, 3^x for e^x.

Nothing here comes from Limelight. A hidden score is minus infinity. The deviation of a layer
normalisation is the root rounded to the nearest whole number, at least 1.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Number: TypeAlias = Fraction | float
Grid: TypeAlias = list[list[Number]]

HIDDEN = -math.inf


def worked(
    kind: str, given: Mapping[str, Grid], *, heads: int = 1, causal: bool = False
) -> dict[str, Grid]:
    """Return every step of an exercise by name."""
    match kind:
        case "softmax":
            return softmax(given["C"], "")
        case "dot-product":
            return scores(given["K"], given["Q"], "")
        case "self-attention" | "cross-attention":
            return attention(given, heads=heads, causal=causal)
        case "transformer":
            mixed = times(given["X"], given["A"])
            return {"Z": mixed, **feed_forward(given, mixed)}
        case "encoder-block":
            return encoder_block(given, heads=heads)
    raise LookupError(kind)


def times(left: Grid, right: Grid) -> Grid:
    """Rows times columns."""
    columns = turned(right)
    return [[_dot(row, column) for column in columns] for row in left]


def turned(grid: Grid) -> Grid:
    """Rows become columns."""
    return [list(column) for column in zip(*grid, strict=True)]


def plus(left: Grid, right: Grid) -> Grid:
    """Cell by cell; a single column is added to every column."""
    return [
        [a + b for a, b in zip(row, beside * (len(row) // len(beside)), strict=True)]
        for row, beside in zip(left, right, strict=True)
    ]


def scores(keys: Grid, queries: Grid, head: str) -> dict[str, Grid]:
    """S = KᵀQ."""
    return {f"K_T{head}": turned(keys), f"S{head}": times(turned(keys), queries)}


def softmax(exponents: Grid, head: str) -> dict[str, Grid]:
    """3^x down each column; a column that is hidden altogether weighs 0."""
    powers = _each(
        lambda x: Fraction(0) if x == HIDDEN else Fraction(3) ** math.floor(x), exponents
    )
    total = [sum(column, Fraction(0)) for column in turned(powers)]
    weights = [
        [power / below if below else Fraction(0) for power, below in zip(row, total, strict=True)]
        for row in powers
    ]
    return {f"E{head}": powers, f"sums{head}": [total], f"A{head}": weights}


def attention(given: Mapping[str, Grid], *, heads: int, causal: bool = False) -> dict[str, Grid]:
    """Every head, from Q to Z; then Z of all, and O where there is a W_O."""
    tokens = range(len(given["X"][0]))
    found: dict[str, Grid] = {}
    visible = given.get("mask")
    if causal:
        visible = [[Fraction(1 if key <= query else 0) for query in tokens] for key in tokens]
        found["mask"] = visible
    joined: Grid = []
    for head in [""] if heads == 1 else [str(number) for number in range(1, heads + 1)]:
        found.update(_projections(given, head, heads))
        found.update(_head(found, head, visible))
        joined += found[f"Z{head}"]
    found["Z"] = joined
    if "W_O" in given:
        found["O"] = times(given["W_O"], joined)
    return found


def _projections(given: Mapping[str, Grid], head: str, heads: int) -> dict[str, Grid]:
    """Q, K and V of one head, and of all together where they are cut from one matrix."""
    memory = given.get("Y", given["X"])
    found: dict[str, Grid] = {}
    for name, source in (("Q", given["X"]), ("K", memory), ("V", memory)):
        if head and f"W_{name}" in given:
            whole = found[name] = times(given[f"W_{name}"], source)
            size = len(whole) // heads
            found[name + head] = whole[(int(head) - 1) * size : int(head) * size]
        else:
            found[name + head] = times(given[f"W_{name}{head}"], source)
    return found


def _head(found: Mapping[str, Grid], head: str, visible: Grid | None) -> dict[str, Grid]:
    steps = scores(found[f"K{head}"], found[f"Q{head}"], head)
    scaled: Grid = _each(lambda x: Fraction(math.floor(x / 2)), steps[f"S{head}"])
    steps[f"C{head}"] = scaled
    if visible is not None:
        scaled = steps[f"M{head}"] = [
            [score if seen else HIDDEN for score, seen in zip(row, sight, strict=True)]
            for row, sight in zip(scaled, visible, strict=True)
        ]
    steps |= softmax(scaled, head)
    return steps | {f"Z{head}": times(found[f"V{head}"], steps[f"A{head}"])}


def feed_forward(given: Mapping[str, Grid], source: Grid) -> dict[str, Grid]:
    """U, H, G, D and F."""
    found = {"U": times(given["W_1"], source)}
    wide = found["U"]
    if "b_1" in given:
        wide = found["H"] = plus(wide, given["b_1"])
    found["G"] = _each(lambda x: x if x > 0 else Fraction(0), wide)
    out = times(given["W_2"], found["G"])
    if "b_2" in given:
        found["D"] = out
        out = plus(out, given["b_2"])
    return found | {"F": out}


def normalised(grid: Grid, gain: Grid | None, shift: Grid | None) -> Grid:
    """Take the mean of each column off, divide by its whole deviation."""
    columns = []
    for column in turned(grid):
        mean = sum(column, Fraction(0)) / len(column)
        variance = sum(((x - mean) ** 2 for x in column), Fraction(0)) / len(column)
        columns.append([(x - mean) / whole_deviation(variance) for x in column])
    result = turned(columns)
    if gain is None or shift is None:
        return result
    stretched = [[x * by[0] for x in row] for row, by in zip(result, gain, strict=True)]
    return plus(stretched, shift)


def whole_deviation(variance: Number) -> int:
    """Return the nearest whole number to the root, at least 1; halves go up."""
    candidate = 1
    while Fraction(2 * candidate + 1, 2) ** 2 <= variance:
        candidate += 1
    return candidate


def encoder_block(given: Mapping[str, Grid], *, heads: int) -> dict[str, Grid]:
    """Attention, add and normalise, feed-forward, add and normalise."""
    found = attention(given, heads=heads)
    found["R_A"] = plus(given["X"], found["O"])
    found["N_A"] = normalised(found["R_A"], given.get("gamma_A"), given.get("beta_A"))
    found |= feed_forward(given, found["N_A"])
    found["R_F"] = plus(found["N_A"], found["F"])
    found["N_F"] = normalised(found["R_F"], given.get("gamma_F"), given.get("beta_F"))
    return found


def _each(function: Callable[[Number], Number], grid: Grid) -> Grid:
    return [[function(number) for number in row] for row in grid]


def _dot(row: list[Number], column: list[Number]) -> Number:
    return sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0))

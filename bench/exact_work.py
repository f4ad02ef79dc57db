"""How long exact work takes: 64 tokens × 32 features × 8 heads by hand.

Aim: under 2 s. The yardstick is the plain way to write it: Fractions and three loops.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import TYPE_CHECKING

from timing import interleaved, report

from limelight import BY_HAND, Exercise, work

if TYPE_CHECKING:
    from limelight.mechanism.matrix import Matrix

TOKENS, FEATURES, HEADS, WIDTH = 64, 32, 8, 4
RUNS = 5
SEED = 7

Rows = list[list[Fraction]]
Weights = tuple[Rows, Rows, Rows]


def sparse(rng: random.Random, rows: int, columns: int) -> list[list[int]]:
    """Return small integers, most of them 0, as in exercises for a pencil."""
    return [[rng.choice((0, 0, 0, 1, -1)) for _ in range(columns)] for _ in range(rows)]


def fractions(matrix: Matrix) -> Rows:
    """Return the matrix as nested lists of Fractions."""
    return [[Fraction(number) for number in row] for row in matrix.rows]


def product(left: Rows, right: Rows) -> Rows:
    """Multiply with Fractions, the plain way."""
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in left
    ]


def plain_head(x: Rows, weights: Weights) -> Rows:
    """Work one head the plain way."""
    q, k, v = (product(weight, x) for weight in weights)
    scores = product([list(row) for row in zip(*k, strict=True)], q)
    powers = [[Fraction(3) ** math.floor(score / 2) for score in row] for row in scores]
    sums = [sum(column) for column in zip(*powers, strict=True)]
    shares = [[cell / total for cell, total in zip(row, sums, strict=True)] for row in powers]
    return product(v, shares)


def main() -> None:
    """Time both, then verify that they agree to the last digit."""
    rng = random.Random(SEED)  # noqa: S311 - numbers to work with, no secret
    x = sparse(rng, FEATURES, TOKENS)
    heads = [[sparse(rng, WIDTH, FEATURES) for _ in range(HEADS)] for _ in range(3)]
    exercise = Exercise.self_attention(x=x, w_q=heads[0], w_k=heads[1], w_v=heads[2])
    matrices = exercise.inputs
    given: list[Weights] = [
        (
            fractions(matrices[f"W_Q{head}"]),
            fractions(matrices[f"W_K{head}"]),
            fractions(matrices[f"W_V{head}"]),
        )
        for head in range(1, HEADS + 1)
    ]

    def plain() -> list[Rows]:
        return [plain_head(fractions(matrices["X"]), weights) for weights in given]

    seconds = interleaved(
        {"limelight.work": lambda: work(exercise, BY_HAND), "plain Fractions": plain}, runs=RUNS
    )
    title = f"Exact work: {TOKENS} tokens × {FEATURES} features × {HEADS} heads, by hand"
    report(title, seconds, against="limelight.work")
    worked = work(exercise, BY_HAND)["Z"].tolist()
    assert worked == [row for head in plain() for row in head]


if __name__ == "__main__":
    main()

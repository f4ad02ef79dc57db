"""Every rewriting gives what the mistake gives when it is worked the plain way."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from limelight import EXACT, Exercise, Recipe, gallery, work
from limelight.catalogue.catalogue import LEARNERS, alternatives
from limelight.errors import NumberError
from limelight.exercises.gallery import gallery_names
from limelight.exercises.generate import generate
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.notation.expressions import NameParts
from tests.catalogue.signatures import SIGNATURES, Before

if TYPE_CHECKING:
    from limelight.catalogue.alternative import Alternative
    from limelight.mechanism.trace import Trace
    from tests.oracles.by_hand import Grid

SQUARE = {"tokens": 3, "features": 3, "d_k": 3, "d_v": 3}
"""Sizes that let every factor meet every other."""

EXERCISES = [
    *(gallery(name) for name in gallery_names()),
    *(generate("self-attention", seed=seed, sizes=SQUARE, reveal=()) for seed in range(3)),
    *(generate("self-attention", seed=seed, causal=True, reveal=()) for seed in range(3)),
    *(generate("self-attention", seed=seed, heads=2, reveal=()) for seed in range(2)),
    *(generate("cross-attention", seed=seed, reveal=()) for seed in range(3)),
    *(generate("softmax", seed=seed) for seed in range(2)),
    *(generate("encoder-block", seed=seed, reveal=()) for seed in range(3)),
    *(generate("transformer", seed=seed, reveal=()) for seed in range(3)),
]
COARSE = replace(EXACT, name="coarse", epsilon=Fraction(1, 100))
"""An epsilon that can be seen, as the recipes that stand ready have none."""

TRACES = [
    *(work(exercise, recipe) for exercise in EXERCISES for recipe in (None, EXACT)),
    *(work(exercise, COARSE) for exercise in EXERCISES if exercise.kind == "encoder-block"),
]


def rewritten(trace: Trace) -> tuple[Alternative, ...]:
    """Return everything that the catalogue makes of a trace."""
    return alternatives(trace.plan, {name: trace[name].shape for name in trace})


def before(trace: Trace, alternative: Alternative) -> Before:
    """Gather what stands before a step."""
    step = trace.plan.step(alternative.step)
    grids = {name: trace[name].matrix.tolist() for name in trace}
    head = NameParts.of(step.name).head
    by_hand = trace.recipe.base != "e"
    width = len(grids[f"Q{head}"]) if f"Q{head}" in grids else 1
    return Before(
        grids=grids,
        head=head,
        operands=[grids[name] for name in step.operands],
        base=Fraction(3) if by_hand else math.e,
        divisor=Fraction(2) if by_hand else math.sqrt(width),
        whole=by_hand,
        memory="Y" if "Y" in grids else "X",
        epsilon=trace.recipe.epsilon,
    )


def agree(one: Grid, other: Grid) -> bool:
    """Tell whether two grids are the same; decimals up to rounding."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return False
    pairs = [pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)]
    if not any(isinstance(number, float) for pair in pairs for number in pair):
        return all(left == right for left, right in pairs)
    return all(math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9) for left, right in pairs)


@pytest.mark.parametrize("key", SIGNATURES, ids=" ".join)
def test_rewriting_is_the_signature(key: tuple[str, str]) -> None:
    """On at least three exercises a rewriting gives the numbers of its plain computation."""
    signature, compared = SIGNATURES[key], 0
    for trace in TRACES:
        values = {name: trace[name].matrix for name in trace}
        for alternative in rewritten(trace):
            if (alternative.mistake, alternative.says) != key:
                continue
            try:
                wrong = alternative.compute(EXACT_FRACTIONS, values).tolist()
            except NumberError:
                assert key == ("L16", "3^(C/ΣC)")
                continue
            compared += 1

            assert agree(wrong, signature(before(trace, alternative))), (
                trace.exercise,
                alternative,
            )
    assert compared >= 3


def test_every_rewriting_has_a_signature() -> None:
    """No rewriting is left out here."""
    known = {(entry.id, rewrite.says) for entry in LEARNERS.values() for rewrite in entry.rewrites}

    assert known == SIGNATURES.keys()


def test_a_wrong_signature_is_seen() -> None:
    """The comparison can fail: one cell that differs is enough."""
    grid: Grid = [[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]]
    other: Grid = [[Fraction(1), Fraction(2)], [Fraction(3), Fraction(5)]]

    assert agree(grid, grid)
    assert not agree(grid, other)
    assert not agree(grid, grid[:1])


def test_epsilon_outside_of_the_root() -> None:
    """With an epsilon that can be seen, it is added to the deviation, not to the variance."""
    inputs = {
        "X": [[3], [1]],
        "W_Q": [[1, 0]],
        "W_K": [[1, 0]],
        "W_V": [[0, 0]],
        "W_O": [[0], [0]],
        "W_1": [[1, 0]],
        "W_2": [[0], [0]],
    }
    recipe = Recipe(name="large epsilon", epsilon=Fraction(1, 2))
    trace = work(Exercise(kind="encoder-block", inputs=inputs), recipe)  # type: ignore[arg-type]
    values = {name: trace[name].matrix for name in trace}
    (first, _) = [entry for entry in rewritten(trace) if entry.says == "ε outside"]

    # The column is 3 and 1: its mean is 2, its variance 1, its deviation 1.
    assert first.compute(EXACT_FRACTIONS, values)[0, 0] == pytest.approx(1 / 1.5)
    assert trace["N_A"][0, 0] == pytest.approx(1 / math.sqrt(1.5))


def test_alternatives_are_data() -> None:
    """Written as JSON, an alternative is a list of steps like a plan's; the last is the step."""
    trace = work(gallery("encoder-block"))
    for alternative in rewritten(trace):
        written = alternative.as_json()
        steps = written["steps"]
        assert isinstance(steps, list)
        known = set(trace)
        for step in steps:
            assert set(step["operands"]) <= known
            known.add(step["name"])

        assert steps[-1]["name"] == alternative.step
        assert max(Counter(step["name"] for step in steps).values()) == 1

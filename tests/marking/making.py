"""What the tests of marking have in common: sheets worked rightly, and with a mistake."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from limelight.catalogue.catalogue import LEARNERS
from limelight.errors import NumberError
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.exercises.generate import generate
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.operations.operation import Misfit
from limelight.notation.expressions import NameParts
from limelight.notation.numbers import MASKED, decimal_text, exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.catalogue.alternative import Alternative
    from limelight.mechanism.matrix import Matrix
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number

NAMES = gallery_names()
SQUARE = {"tokens": 3, "features": 3, "d_k": 3, "d_v": 3}
ALIKE = {"features": 3, "features of Y": 3}
MADE = {
    **{name: gallery(name) for name in NAMES},
    **{f"square {seed}": generate("self-attention", seed=seed, sizes=SQUARE) for seed in (1, 2)},
    **{f"cross {seed}": generate("cross-attention", seed=seed, sizes=ALIKE) for seed in (1, 2, 3)},
    **{f"block {seed}": generate("encoder-block", seed=seed, heads=1) for seed in (1, 2)},
}
"""Exercises of every kind, and such that between them every mistake can be made thrice."""

Written = dict[str, list[list[str]]]


@cache
def worked(name: str) -> Trace:
    """Return an exercise of the gallery, worked."""
    return work(gallery(name))


def exactly(number: Number) -> str:
    """Write a number as a fraction."""
    return exact_text(number)


def rounded(number: Number, digits: int = 3) -> str:
    """Write whole numbers as they are and others as decimals."""
    if number == MASKED:
        return "-∞"
    is_whole = isinstance(number, Fraction) and number.denominator == 1
    return exact_text(number) if is_whole else decimal_text(number, digits)


def written(matrices: Mapping[str, Matrix], *, decimals: bool = False) -> Written:
    """Write matrices down, as fractions or as decimals."""
    write = rounded if decimals else exactly
    return {
        name: [[write(number) for number in row] for row in matrix.rows]
        for name, matrix in matrices.items()
    }


def right(trace: Trace, *, decimals: bool = False) -> Written:
    """Write down every step of a trace."""
    return written({step.name: step.matrix for step in trace.steps}, decimals=decimals)


def with_mistake(trace: Trace, alternative: Alternative) -> dict[str, Matrix]:
    """Work a trace again with one step made otherwise, and everything after it from there."""
    values = {name: trace[name].matrix for name in trace if trace[name].step is None}
    steps: dict[str, Matrix] = {}
    for step in trace.plan.steps:
        operands = [(values | steps)[name] for name in step.operands]
        if step.name == alternative.step:
            steps[step.name] = alternative.compute(EXACT_FRACTIONS, values | steps)
        else:
            step.operation.shape(*(operand.shape for operand in operands))
            steps[step.name] = step.operation.compute(EXACT_FRACTIONS, *operands)
    return steps


def mistakes(trace: Trace) -> Iterator[tuple[Alternative, dict[str, Matrix]]]:
    """Go through every mistake that can be made and seen, with what comes of it.

    Of several heads the first one is enough: the others are worked alike.
    A matrix of another shape, or a sum of 0, may leave nothing to go on with: then the sheet
    ends at the mistake.
    """
    shapes = {name: trace[name].shape for name in trace}
    for entry in LEARNERS.values():
        for alternative in entry.alternatives(trace.plan, shapes):
            if NameParts.of(alternative.step).head not in {"", "1"}:
                continue
            try:
                made = with_mistake(trace, alternative)
            except (NumberError, Misfit):
                continue
            if made[alternative.step] != trace[alternative.step].matrix:
                yield alternative, made

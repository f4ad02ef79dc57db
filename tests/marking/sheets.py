"""Right sheets of every kind, worked and written the many ways in which people do."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises.exercise import work
from limelight.exercises.generate import generate
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.recipe import EXACT
from limelight.notation.numbers import MASKED, decimal_text, exact_text, round_half_away

if TYPE_CHECKING:
    import random

    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number
    from tests.marking.making import Written

KINDS = {
    "softmax": ({}, {"keys": (3, 5), "queries": (2, 4)}),
    "dot-product": ({}, {"queries": (3, 4), "keys": (3, 4), "d_k": (2, 3)}),
    "self-attention": ({}, {"tokens": (3, 5), "features": (4, 6), "d_k": (2, 3), "d_v": (2, 3)}),
    "causal": ({"causal": True}, {"tokens": (3, 5), "features": (4, 6)}),
    "heads": ({"heads": 2}, {"tokens": (3, 4), "features": (4, 6)}),
    "cross-attention": ({}, {"queries": (3, 4), "keys": (3, 5)}),
    "transformer": ({}, {}),
    "encoder-block": ({"heads": 1}, {}),
}
"""What is generated: options of the kind, and sizes from, to."""

NOTATIONS = ("fractions", "decimals", "mixed", "rounded on the way")


class RightSheet(NamedTuple):
    """A sheet that has no mistake.

    Attributes:
        exercise: What was to be worked.
        written: The sheet.
        how: How it was worked and written, for a message.
    """

    exercise: Exercise
    written: Written
    how: str


def right_sheet(rng: random.Random, seed: int) -> RightSheet:
    """Make a right sheet: a random exercise, notation, number of digits, orientation, recipe."""
    name = rng.choice(list(KINDS))
    exercise = random_exercise(rng, name, seed)
    is_other = rng.random() < 0.2 and _has_both_rules(exercise)
    trace = work(exercise, EXACT if is_other else None)
    notation, digits = rng.choice(NOTATIONS), rng.randint(2, 6)
    if notation == "rounded on the way":
        sheet = rounded_on_the_way(trace, digits)
    else:
        sheet = {
            step.name: [[_text(rng, notation, each, digits) for each in row] for row in step.rows]
            for step in trace.steps
        }
    is_turned = rng.random() < 0.3
    if is_turned:
        sheet = {name: [list(row) for row in zip(*rows)] for name, rows in sheet.items()}  # noqa: B905 - rows of a matrix
    how = f"{name}, {notation}, {digits} digits, turned {is_turned}, other recipe {is_other}"
    return RightSheet(exercise, sheet, how)


def random_exercise(rng: random.Random, name: str, seed: int) -> Exercise:
    """Generate an exercise of a kind, of random sizes."""
    options, ranges = KINDS[name]
    kind = "self-attention" if name in {"causal", "heads"} else name
    sizes = {axis: rng.randint(*ends) for axis, ends in ranges.items()}
    return generate(kind, seed=seed, reveal=(), sizes=sizes, **options)  # type: ignore[arg-type]


def rounded_on_the_way(trace: Trace, digits: int) -> Written:
    """Work a trace anew, each step from the rounded numbers of those before it."""
    values = {name: trace[name].matrix for name in trace if trace[name].step is None}
    sheet: Written = {}
    for step in trace.plan.steps:
        operands = [values[name] for name in step.operands]
        worked = step.operation.compute(EXACT_FRACTIONS, *operands)
        values[step.name] = Matrix(
            tuple(tuple(_rounded(number, digits) for number in row) for row in worked.rows)
        )
        sheet[step.name] = [[_decimal(each, digits) for each in row] for row in worked.rows]
    return sheet


def _rounded(number: Number, digits: int) -> Number:
    return number if number == MASKED else round_half_away(Fraction(number), digits)


def _decimal(number: Number, digits: int) -> str:
    """Write a number to so many decimals, also one that vanishes; whole ones without."""
    if number == MASKED:
        return "-∞"
    exact = Fraction(number)
    if exact.denominator == 1:
        return exact_text(exact)
    units = round_half_away(exact, digits) * 10**digits
    sign, figures = ("-" if units < 0 else ""), str(abs(int(units))).zfill(digits + 1)
    return f"{sign}{figures[:-digits]}.{figures[-digits:]}"


def _text(rng: random.Random, notation: str, number: Number, digits: int) -> str:
    is_exact = isinstance(number, Fraction)
    if notation == "mixed":
        notation, digits = rng.choice(("fractions", "decimals")), rng.randint(2, 6)
    if notation == "fractions" and is_exact:
        return exact_text(number)
    return "-∞" if number == MASKED else _varied(rng, decimal_text(number, digits))


def _varied(rng: random.Random, text: str) -> str:
    """Write a decimal as one does elsewhere, or as a keyboard has it."""
    return rng.choice((text, text, text.replace(".", ","), text.replace("-", "−", 1)))


def _has_both_rules(exercise: Exercise) -> bool:
    """Tell whether an exercise scales and raises, so that another recipe can be told."""
    return {"scale", "raise"} <= {step.operation.name for step in exercise.plan.steps}

"""Answers that a learner might give: right ones in several spellings, and likely wrong ones."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT
from limelight.notation.plain import symbol_text
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Purpose, State
from tests.render.drawing import labelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Worksheet

DIGITS = 3
OFF = Fraction(51, 100)
"""What is farther from the true number than this, in units of the last decimal, is wrong."""

GALLERY = (
    "causal-self-attention",
    "cross-attention",
    "dot-product",
    "encoder-block",
    "multi-head-attention",
    "self-attention",
    "softmax",
    "transformer",
)


class Place(NamedTuple):
    """A cell as it is found on a page: by the symbol of its box and by its labels."""

    symbol: str
    row: str
    column: str


def sheets() -> dict[str, Worksheet]:
    """Return every kind of worksheet there is to ask: the gallery, and what is unlike it."""
    rows = Layout(orientation=Orientation.ROWS)
    found = {name: lay_out_by_hand(gallery(name)) for name in GALLERY}
    return found | {
        "hints": lay_out_by_hand(gallery("causal-self-attention"), Template(Purpose.HINTS)),
        "rows": lay_out_by_hand(gallery("causal-self-attention"), Template(layout=rows)),
        "exact": lay_out_by_hand(gallery("self-attention").under(EXACT)),
        "large": large(),
        "one cell each": lay_out_by_hand(one_by_one()),
    }


def one_by_one() -> Exercise:
    """Return an exercise whose every matrix is one number."""
    return Exercise.self_attention(x=[[2]], w_q=[["1/3"]], w_k=[[-1]], w_v=[["1/16"]])


def strange(text: str, number: str = "") -> Worksheet:
    """Return a worksheet with a stranger's text wherever a text may stand."""
    exercise = replace(
        labelled(text[:40], "b"),
        title=text[:200],
        about=text,
        source=text,
        recipe=replace(BY_HAND, name=text[:60]),
    )
    return lay_out_by_hand(exercise, Template(), Imprint(identity="one", number=number))


def large() -> Worksheet:
    """Return a worksheet of 12 tokens, 6 features and 3 heads."""

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[(row + 2 * column) % 3 - 1 for column in range(columns)] for row in range(rows)]

    weight = matrix(9, 6)
    exercise = Exercise.self_attention(
        x=matrix(6, 12), w_q=weight, w_k=weight[::-1], w_v=weight, heads=3
    )
    return lay_out_by_hand(exercise)


def truth(worksheet: Worksheet) -> dict[Place, Number]:
    """Return the true number of every cell that is asked for."""
    return {
        Place(symbol_text(box.name), box.row_labels[row], box.column_labels[column]): number
        for box in worksheet.boxes
        if not box.is_copy
        for row, column, number, state in box.cells()
        if state is State.BLANK
    }


def right(number: Number, *, as_text: bool, digits: int = DIGITS) -> Iterator[str]:
    """Go through right answers; *as_text* where a field takes text, and so a fraction."""
    if number == -math.inf:
        yield from ("-inf", "-∞", "-Infinity", " -inf ")
        return
    exact = Fraction(number)
    yield _decimal(exact, digits)
    yield f" {_decimal(exact, digits)} "
    yield _decimal(exact, digits + 1)
    yield _decimal(exact, digits + 3)
    yield _decimal(exact, digits + 2, ROUND_DOWN)
    if exact.denominator == 1:
        yield str(exact)
        yield f"{exact}.0"
    if as_text:
        yield str(exact)
        yield _decimal(exact, digits).replace(".", ",")
        yield _decimal(exact, digits).replace("0.", ".", 1) if abs(exact) < 1 else str(exact)


def wrong(number: Number, *, as_text: bool, digits: int = DIGITS) -> Iterator[str]:
    """Go through wrong answers: the sign, the last digit, a floor that went the wrong way.

    Where a field takes a number there is no fraction: Moodle reads 3/2 as 3, with a unit.
    """
    yield ""
    yield "?"
    if number == -math.inf:
        yield from ("inf", "∞", "0", "-1", "infinity")
        return
    exact = Fraction(number)
    rounded = Fraction(_decimal(exact, digits))
    unit = Fraction(1, 10**digits)
    candidates = (-exact, rounded + unit, rounded - unit, exact + 1, exact - 1, 2 * exact)
    off = OFF * unit + abs(exact) / 10**13  # Moodle widens what is right by some of float64
    for response in (_decimal(candidate, digits) for candidate in candidates):
        if abs(Fraction(response) - exact) > off:
            yield response
    if as_text and exact.denominator > 1:
        yield f"{exact.denominator}/{exact.numerator}"
        yield f"{-exact}"


def _decimal(number: Fraction, places: int, rounding: str = ROUND_HALF_UP) -> str:
    with localcontext() as context:
        context.prec = 400
        exact = Decimal(number.numerator) / Decimal(number.denominator)
        return f"{exact.quantize(Decimal(1).scaleb(-places), rounding):f}"

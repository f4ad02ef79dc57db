"""How ugly a number may be in an exercise for a pencil, and what makes one worth working.

Every limit is demanded of every generated exercise; what depends on the sizes says how. Under
the recipe exact numbers are decimals, and only scores are limited.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.exercises.generator.whole import Rows, Whole

LARGEST_SCORE = 8
"""The largest score, without its sign."""

SMALLEST_EXPONENT, LARGEST_EXPONENT = -2, 3
"""What is raised by hand: from 3^-2 = 1/9 to 3^3 = 27."""

SUM_FOR_EACH_KEY = 12
"""By hand a column of E adds up to at most so much for each key."""

LEAST_SUM_LIMIT = 30
"""Or to so much, where keys are few: one of them may have 27."""

DIGITS = 3
"""Digits above or below the line of a fraction, by hand: of weights and values up to 8 keys, of
what comes after them up to 4."""

DIGITS_OF_MANY = 4
"""The same with more keys, since what a weight is divided by grows with their number; and after
attention with more than 4, since heads and means have denominators of their own."""

FEW_MIXED = 4
"""Up to so many keys values are mixed to whole numbers where they go on: into W_O, an encoder
block."""

FEW = 8
"""Of more lines than this, one in eight may be all zeros: matrices are sparse."""

_ATTENTION = frozenset({"C", "E", "sums", "A", "V", "Z"})
_SEEN_BY_LINE = frozenset({"X", "Y", "K", "Q", "V"})


def largest_sum(keys: int) -> int:
    """Return what a column of E may add up to."""
    return max(LEAST_SUM_LIMIT, SUM_FOR_EACH_KEY * keys)


def digits_in(family: str, keys: int) -> int:
    """Return how many digits a fraction of a step may have above or below the line."""
    return DIGITS if keys <= (FEW if family in _ATTENTION else FEW_MIXED) else DIGITS_OF_MANY


def ugly(family: str, numbers: Whole, keys: int) -> str:
    """Say which limit the numbers of a step break; "" where none is."""
    rows = numbers.rows
    if family == "S" and _largest(rows) > LARGEST_SCORE * numbers.below:
        return f"a score beyond {LARGEST_SCORE}"
    if not numbers.exact:
        return ""
    if family == "C" and not all(map(_is_raised, rows)):
        return f"an exponent below {SMALLEST_EXPONENT} or above {LARGEST_EXPONENT}"
    if family == "sums" and _largest(rows) > largest_sum(keys) * numbers.below:
        return f"a column of E that adds up to more than {largest_sum(keys)}"
    digits = digits_in(family, keys)
    if _is_long(numbers, 10**digits):
        return f"a fraction of more than {digits} digits in {family}"
    return ""


def dull(family: str, numbers: Whole, seen: Whole | None) -> str:
    """Say what makes the numbers of an input or step not worth working; "" where nothing does.

    Args:
        family: Its name without the number of its head.
        numbers: Its numbers.
        seen: The mask, for weights that have one.
    """
    rows = numbers.rows
    if family in _SEEN_BY_LINE and _blank(rows):
        return f"a row of zeros in {family}"
    if family == "S" and _is_one_value(rows):
        return "scores that are all alike"
    if family == "A" and _even(rows, seen):
        return "weights that are spread evenly"
    if family == "G" and _is_one_value(rows):
        return "a ReLU that leaves nothing"
    return ""


def _is_raised(row: tuple[int, ...]) -> bool:
    return min(row) >= SMALLEST_EXPONENT and max(row) <= LARGEST_EXPONENT


def _largest(rows: Rows) -> int:
    return max(*map(max, rows), -min(map(min, rows)))


def _is_long(numbers: Whole, limit: int) -> bool:
    below = numbers.below
    if below < limit and _largest(numbers.rows) < limit:
        return False
    for row in numbers.rows:
        for number in row:
            shared = math.gcd(number, below)
            if below >= limit * shared or abs(number) >= limit * shared:
                return True
    return False


def _blank(rows: Rows) -> bool:
    """Tell whether too many rows are all zeros."""
    if all(map(any, rows)):
        return False
    return sum(not any(row) for row in rows) > (len(rows) // FEW if len(rows) > FEW else 0)


def _is_one_value(rows: Rows) -> bool:
    values = {number for row in rows for number in row}
    return len(values) == 1 and (len(rows) > 1 or len(rows[0]) > 1)


def _even(rows: Rows, seen: Whole | None) -> bool:
    """Tell whether more than half of the columns give all the keys that they see one weight."""
    columns = list(zip(*rows, strict=True))
    if seen is not None:
        sights = zip(*seen.rows, strict=True)
        columns = [
            tuple(weight for weight, is_seen in zip(*pair, strict=True) if is_seen)
            for pair in zip(columns, sights, strict=True)
        ]
    several = [column for column in columns if len(column) > 1]
    return sum(len(set(column)) == 1 for column in several) * 2 > len(several)

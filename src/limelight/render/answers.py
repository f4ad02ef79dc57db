"""What a quiz accepts in a cell: which spellings are right, and how near a decimal must be.

A learning platform compares texts or numbers and cannot work with fractions. So a cell that a
worksheet writes as a fraction is asked as text, and every spelling that is right is listed;
any other cell is asked as a number, with a tolerance that follows from the decimals.
"""

from __future__ import annotations

import math
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import QuizError
from limelight.notation.numbers import (
    LONGEST_WRITTEN_OUT,
    MASKED,
    decimal_text,
    exact_text,
    round_half_away,
)
from limelight.notation.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Box, Worksheet

LARGEST = Fraction(10) ** 300
"""Platforms count in float64; beyond this a number, or one near it, is infinite to them."""

HIDDEN_SPELLINGS = ("-∞", "-inf", "-infinity")
"""How the score of a hidden key may be written; capital letters count as small ones."""

MORE_DECIMALS = 3
"""A number is written with so many decimals more than it is asked with, to compare with."""

_HALF = Fraction(51, 100)
"""Half a unit and a little: a half is right rounded either way, as float64 counts too."""

_FINEST = Fraction(1, 10**14)
"""No tolerance is finer than this share of the number: float64 would not tell."""


class Kind(Enum):
    """How a cell is asked."""

    NUMBER = "number"
    TEXT = "text"


class Spelling(NamedTuple):
    """One way to write an answer, with a decimal point and a leading zero.

    Attributes:
        text: "27/46", "0.587", "0.5869".
        goes_on: More digits may follow.
    """

    text: str
    goes_on: bool = False


class Answer(NamedTuple):
    """What is right in a cell.

    Attributes:
        kind: Whether the answer is compared as a number or as text.
        shown: The answer as a key shows it.
        spellings: Everything that is right, of a text; the one that is shown comes first.
        written: The number to compare with, in digits enough; "" of a text.
        tolerance: How far an answer may be from it.
    """

    kind: Kind
    shown: str
    spellings: tuple[Spelling, ...] = ()
    written: str = ""
    tolerance: str = ""


class Marking(NamedTuple):
    """How the cells of a box are marked.

    Attributes:
        digits: Decimals that an answer must have.
        fractions: Exact numbers are written as fractions.
        denominators: For each column, by its number from 0, a common denominator; for each row
            where tokens are rows. An answer over this one need not be in lowest terms.
        is_turned: Tokens are rows.
    """

    digits: int
    fractions: bool
    denominators: tuple[frozenset[int], ...]
    is_turned: bool

    @classmethod
    def of(cls, worksheet: Worksheet, box: Box) -> Marking:
        """Return how a whole box, not a piece of it, is marked."""
        rounded = box.making.rounded if box.making else None
        lines = box.numbers if worksheet.is_turned else tuple(zip(*box.numbers, strict=True))
        divisors = _divisors(worksheet, box) or (None,) * len(lines)
        return cls(
            digits=worksheet.digits if rounded is None else rounded,
            fractions=worksheet.fractions,
            denominators=tuple(map(_denominators, lines, divisors)),
            is_turned=worksheet.is_turned,
        )

    def answer(self, number: Number, row: int, column: int) -> Answer:
        """Return what is right in a cell, counted from 0 in the whole box.

        Raises:
            QuizError: The number is too large for a platform.
        """
        if number == MASKED:
            return Answer(Kind.TEXT, HIDDEN_SPELLINGS[0], tuple(map(Spelling, HIDDEN_SPELLINGS)))
        _refuse_endless(number)
        if self._is_fraction(number):
            common = self.denominators[row if self.is_turned else column]
            spellings = tuple(dict.fromkeys(_spellings(Fraction(number), self.digits, common)))
            return Answer(Kind.TEXT, spellings[0].text, spellings)
        return Answer(
            Kind.NUMBER,
            decimal_text(number, self.digits),
            written=_in_digits(Fraction(number), self.digits + MORE_DECIMALS),
            tolerance=_tolerance(Fraction(number), self.digits),
        )

    @property
    def within(self) -> str:
        """How near a decimal must be, to be said in a question."""
        return f"{Decimal(5).scaleb(-self.digits - 1):f}"

    def _is_fraction(self, number: Number) -> bool:
        plain = Plain(self.digits, self.fractions)
        return plain.is_fraction(number) and Fraction(number).denominator > 1


def _refuse_endless(number: Number) -> None:
    if not -LARGEST <= number <= LARGEST:
        msg = (
            f"a quiz must ask for numbers up to 1e300; one is {decimal_text(number, 3)}.\n"
            "  Learning platforms count in 64-bit floating point, which ends soon after.\n"
            "  Take smaller inputs, or leave the step out of what is blank."
        )
        raise QuizError(msg)


def _denominators(line: tuple[Number, ...], divisor: Number | None) -> frozenset[int]:
    """Return denominators that answers of a line are likely to have, unreduced."""
    exact = [number.denominator for number in line if isinstance(number, Fraction)]
    found = {math.lcm(*exact)}
    if isinstance(divisor, Fraction):
        found.add(divisor.numerator)
    return frozenset(found - {0})


def _divisors(worksheet: Worksheet, box: Box) -> tuple[Number, ...]:
    """Return what each line of a box was divided by; nothing where it is no quotient."""
    if box.making is None or box.making.operation != "divide":
        return ()
    sums = next(other for other in worksheet.boxes if other.name == box.making.operands[1])
    return tuple(number for row in sums.numbers for number in row)


def _spellings(number: Fraction, digits: int, common: Iterable[int]) -> Iterator[Spelling]:
    """Go through what is right for a fraction, what is shown first."""
    yield Spelling(exact_text(number))
    for denominator in sorted(common):
        if denominator % number.denominator == 0:
            yield Spelling(f"{number.numerator * denominator // number.denominator}/{denominator}")
    for decimals in range(digits + 1):
        if decimals == digits or round_half_away(number, decimals) == number:
            yield Spelling(_fixed(number, decimals))
    if (2 * number * 10**digits).denominator == 1:  # a half is right rounded either way
        yield Spelling(_cut_off(number, digits))
    if number < 0 and not round_half_away(number, digits):  # -0.000 is 0.000
        yield Spelling(_fixed(Fraction(0), digits))
    # An answer of more decimals was rounded or cut off: it begins with one of these two.
    yield Spelling(_fixed(number, digits + 1), goes_on=True)
    yield Spelling(_cut_off(number, digits + 1), goes_on=True)
    if "e" in (power := decimal_text(number, digits)):
        yield Spelling(power)


def _in_digits(number: Fraction, digits: int) -> str:
    is_long = abs(number) >= LONGEST_WRITTEN_OUT
    return decimal_text(number, digits) if is_long else _fixed(number, digits)


def _fixed(number: Fraction, digits: int) -> str:
    """Write a number with so many decimals, zeros at the end included."""
    return _pointed(round_half_away(number, digits), digits, is_negative=number < 0)


def _cut_off(number: Fraction, digits: int) -> str:
    cut = Fraction(int(number * 10**digits), 10**digits)
    return _pointed(cut, digits, is_negative=number < 0)


def _pointed(number: Fraction, digits: int, *, is_negative: bool) -> str:
    units = Decimal(abs(int(number * 10**digits)))
    return f"{'-' if is_negative else ''}{units.scaleb(-digits):f}"


def _tolerance(number: Fraction, digits: int) -> str:
    """Write how far an answer may be off: half a unit of the last place that is asked for."""
    unit = Fraction(1, 10**digits)
    if abs(number) >= LONGEST_WRITTEN_OUT:  # shown in powers of ten, with as many figures
        unit *= 10 ** (len(str(int(abs(number)))) - 1)
    return format(float(max(_HALF * unit, _FINEST * abs(number))), ".2g")

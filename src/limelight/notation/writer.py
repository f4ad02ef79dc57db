"""What every writer of expressions decides alike: fraction or decimal, = or ≈."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from limelight.notation.expressions import Value
from limelight.notation.numbers import (
    MASKED,
    Number,
    decimal_text,
    exact_text,
    is_shown_exactly,
)

if TYPE_CHECKING:
    from limelight.notation.expressions import Equation, Expression

LONGEST_FRACTION = 11
"""A fraction of more characters than this is written as a decimal."""

_MOST_BITS = 4 * LONGEST_FRACTION
"""More bits than this cannot be that short; asked first, so that no endless text is made."""


@dataclass(frozen=True, slots=True)
class Writer(ABC):
    """Writes expressions in one language.

    Attributes:
        digits: Decimals of a number that is not written exactly.
        fractions: Write exact numbers as fractions (27/46), else as decimals (0.587).
    """

    equals: ClassVar[str] = "="
    approximately: ClassVar[str]
    becomes: ClassVar[str]
    """What stands before the number that a result was rounded to."""

    digits: int = 3
    fractions: bool = True

    @abstractmethod
    def __call__(self, expression: Expression) -> str:
        """Write an expression."""

    @abstractmethod
    def number(self, number: Number) -> str:
        """Write a number to be read: a short fraction exactly, else a decimal."""

    def decimal(self, number: Number) -> str:
        """Write a number as a decimal."""
        return decimal_text(number, self.digits)

    def is_exact(self, number: Number) -> bool:
        """Tell whether `number` loses nothing."""
        return (
            number == MASKED or self.is_fraction(number) or is_shown_exactly(number, self.digits)
        )

    def is_fraction(self, number: Number) -> bool:
        """Tell whether a number is written as a fraction (or whole number), exactly."""
        if not self.fractions or not isinstance(number, Fraction):
            return False
        bits = number.numerator.bit_length() + number.denominator.bit_length()
        return bits < _MOST_BITS and len(exact_text(number)) <= LONGEST_FRACTION

    def side(self, expression: Expression) -> str:
        """Write a side of an equation."""
        return self(expression)

    def chain(self, equation: Equation) -> str:
        """Write the sides of an equation, and the decimal behind a fraction.

        A side that repeats the one before it is left out: S = 4 = 4 is S = 4.
        """
        *sides, last = equation.sides
        text = previous = ""
        for side in map(self.side, sides):
            if side != previous:
                text = f"{text} {self.equals} {side}" if text else side
            previous = side
        if (written := self.side(last)) != previous:
            text = f"{text} {self._relation(last)} {written}"
        if isinstance(last, Value):
            text += self._tail(last.number)
        if equation.rounded and equation.rounded != last:
            text += f"{self.becomes}{self.decimal(equation.rounded.number)}"
        return text

    def _relation(self, last: Expression) -> str:
        inexact = isinstance(last, Value) and not self.is_exact(last.number)
        return self.approximately if inexact else self.equals

    def _tail(self, number: Number) -> str:
        """Write the decimal that goes behind a fraction; nothing behind other numbers."""
        if not isinstance(number, Fraction) or number.denominator == 1:
            return ""
        if not self.is_fraction(number):
            return ""
        is_exact = is_shown_exactly(number, self.digits)
        relation = self.equals if is_exact else self.approximately
        return f" {relation} {self.decimal(number)}"

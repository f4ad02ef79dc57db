"""Numbers: exact fractions where possible, float64 where a root or e comes in.

A number is a `Fraction` or a `float`. Text is read exactly, never through a float. The one
value that is neither finite nor an error is `MASKED`, the score of a hidden key.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral, Real
from typing import TypeAlias

from limelight.errors import NumberError

Number: TypeAlias = Fraction | float

MASKED = -math.inf
"""The score of a key that a query must not see; raising it gives 0."""

MAX_DIGITS = 10_000
"""The longest numerator or denominator that exact work will carry, in decimal digits."""

MAX_DECIMALS = 15
"""The most decimals that a number is shown with or rounded to: more than float64 holds."""

LONGEST_WRITTEN_OUT = 10**9
"""From here on a number is written in powers of ten: more figures do not fit a column."""

MAX_BITS = int(MAX_DIGITS * math.log2(10))

_FRACTION = re.compile(r"[+-]?[0-9]+\s*/\s*[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_ENDLESS = f"the number has more than {MAX_DIGITS:,} digits. Use smaller numbers."
_WAY_OUT = 'Write an integer, a decimal, or a fraction in quotes such as "1/3".'


def read_number(entry: object) -> Fraction:
    """Read one entry exactly.

    Args:
        entry: An int, a Fraction, a Decimal, a float (taken as the shortest decimal that
            prints it, so 0.1 is 1/10), or text: "3", "-0.25", "1e-3", "1/3".

    Raises:
        NumberError: The entry is no finite number, divides by zero, or is longer than
            `MAX_DIGITS` digits. The message has no place in it: the caller knows where.

    >>> read_number("0.25"), read_number("-1/3"), read_number(0.1)
    (Fraction(1, 4), Fraction(-1, 3), Fraction(1, 10))
    """
    if isinstance(entry, bool):
        msg = f"expected a number, got {str(entry).lower()}. {_WAY_OUT}"
        raise NumberError(msg)
    if isinstance(entry, int | Fraction):
        return bounded(Fraction(entry))
    if isinstance(entry, Decimal):
        return _from_decimal(entry)
    if isinstance(entry, str):
        return _from_text(entry)
    if isinstance(entry, Integral):  # NumPy's integers, which are no int
        return bounded(Fraction(int(entry)))
    if isinstance(entry, Real):
        return _from_decimal(Decimal(float.__repr__(float(entry))))
    msg = f"expected a number, got {_named(entry)}. {_WAY_OUT}"
    raise NumberError(msg)


def bounded(number: Fraction) -> Fraction:
    """Return *number*, or raise when it is longer than exact work will carry."""
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise NumberError(_ENDLESS)
    return number


def exact_text(number: Number) -> str:
    """Write a number so that nothing is lost: "9/46", "-1", or 17 significant digits.

    >>> exact_text(Fraction(9, 46)), exact_text(0.1), exact_text(MASKED)
    ('9/46', '0.10000000000000001', '-inf')
    """
    if isinstance(number, float):
        return format(number, ".17g")
    if number.denominator == 1:
        return integer_text(number.numerator)
    return f"{integer_text(number.numerator)}/{integer_text(number.denominator)}"


def integer_text(integer: int) -> str:
    """Write an integer of any length; Python's own `str` stops at 4,300 digits."""
    return str(Decimal(integer))


def decimal_text(number: Number, digits: int) -> str:
    """Write a number to *digits* decimals, half away from zero, as people round on paper.

    Zeros at the end mean that something was rounded: 0.450 is not 0.45. A number that would
    vanish is written with as many significant digits instead, and one too long for a column
    in powers of ten.

    >>> decimal_text(Fraction(27, 46), 3), decimal_text(Fraction(1, 7000), 3), decimal_text(2.0, 3)
    ('0.587', '1.429e-4', '2')
    """
    if isinstance(number, float) and math.isinf(number):
        return "-∞" if number < 0 else "∞"
    top, bottom = number.as_integer_ratio()
    sign, top = ("-" if top < 0 else ""), abs(top)
    units = _nearest(top * 10**digits, bottom)
    if top and (not units or units >= LONGEST_WRITTEN_OUT * 10**digits):
        return sign + _scientific(top, bottom, digits)
    text = _pointed(units, digits)
    is_exact = units * bottom == top * 10**digits and isinstance(number, Fraction)
    return sign + (_shortest(text) if is_exact or bottom == 1 else text)


def is_shown_exactly(number: Number, digits: int) -> bool:
    """Tell whether `decimal_text` loses nothing of *number*."""
    if isinstance(number, float):
        return number.is_integer() and abs(number) < LONGEST_WRITTEN_OUT
    return round_half_away(number, digits) == number and abs(number) < LONGEST_WRITTEN_OUT


def round_half_away(number: Fraction, digits: int) -> Fraction:
    """Round to *digits* decimals, halves away from zero.

    >>> round_half_away(Fraction(1, 8), 2), round_half_away(Fraction(-1, 8), 2)
    (Fraction(13, 100), Fraction(-13, 100))
    """
    units = _nearest(abs(number.numerator) * 10**digits, number.denominator)
    return Fraction(units if number >= 0 else -units, 10**digits)


def _nearest(top: int, bottom: int) -> int:
    """Return the whole number nearest to a quotient, halves up."""
    return (2 * top + bottom) // (2 * bottom)


def _pointed(units: int, digits: int) -> str:
    """Write so many units of the last decimal: 587 of the third is 0.587."""
    figures = str(units).zfill(digits + 1)
    return f"{figures[:-digits]}.{figures[-digits:]}" if digits else figures


def _shortest(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(top: int, bottom: int, digits: int) -> str:
    size = _magnitude(top, bottom)
    above, below = top * 10 ** max(-size, 0), bottom * 10 ** max(size, 0)
    units = _nearest(above * 10**digits, below)
    if units == 10 ** (digits + 1):  # 9.9996 rounds up to the next power of ten
        return f"{_shortest(_pointed(10**digits, digits))}e{size + 1}"
    text = _pointed(units, digits)
    return f"{_shortest(text) if units * below == above * 10**digits else text}e{size}"


def _magnitude(top: int, bottom: int) -> int:
    """Return the exponent of the leading decimal digit: 0 for 5, -1 for 0.5, 2 for 500."""
    guess = math.floor((top.bit_length() - bottom.bit_length()) * math.log10(2))
    while top * 10 ** max(-guess, 0) < bottom * 10 ** max(guess, 0):
        guess -= 1
    while top * 10 ** max(-guess - 1, 0) >= bottom * 10 ** max(guess + 1, 0):
        guess += 1
    return guess


def _from_text(text: str) -> Fraction:
    stripped = text.strip().replace("\N{MINUS SIGN}", "-")
    if len(stripped) > 2 * MAX_DIGITS + 8:
        raise NumberError(_ENDLESS)
    if _FRACTION.fullmatch(stripped):
        top, bottom = (int(Decimal(part.strip())) for part in stripped.split("/"))
        if bottom == 0:
            msg = f"{_quoted(text)} divides by zero. {_WAY_OUT}"
            raise NumberError(msg)
        return bounded(Fraction(top, bottom))
    if _DECIMAL.fullmatch(stripped):
        return _from_decimal(_decimal(stripped))
    msg = f"expected a number, got the text {_quoted(text)}. {_WAY_OUT}"
    raise NumberError(msg)


def _from_decimal(decimal: Decimal) -> Fraction:
    if not decimal.is_finite():
        msg = f"expected a finite number, got {decimal}. {_WAY_OUT}"
        raise NumberError(msg)
    _, figures, exponent = decimal.as_tuple()
    if not isinstance(exponent, int) or max(abs(exponent), len(figures)) > MAX_DIGITS:
        raise NumberError(_ENDLESS)
    return bounded(Fraction(decimal))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent that not even Decimal can hold
        raise NumberError(_ENDLESS) from None


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")  # noqa: PLR2004 - a line's worth


def _named(entry: object) -> str:
    names = {list: "a list", tuple: "a list", dict: "an object", type(None): "nothing (null)"}
    return names.get(type(entry), f"a {type(entry).__name__}")

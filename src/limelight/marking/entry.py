"""What somebody wrote in a cell: a number, and how exactly it was meant.

A whole number and a fraction are meant exactly. A decimal was rounded to the digits that it has:
0.587 stands for anything from 0.5865 to 0.5875.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from limelight.errors import NumberError
from limelight.notation.numbers import MASKED, Number, read_number

LONGEST_ENTRY = 200
"""An entry of more characters than this is not read."""

COMPUTED_DIGITS = 15
"""A decimal of so many significant digits comes from a program, whose last digits are noise."""

LARGEST = 10**300
"""Numbers beyond this, and fractions of such numbers, are not read: no sheet leads to them."""

_REMEMBERED = 4096
"""Texts whose reading is kept: on the sheets of a class the same ones stand again and again."""

_NOISE = Fraction(1, 10**12)
_FLOAT_NOISE = Fraction(1, 10**9)
_HALF = Fraction(1, 2)
_HIDDEN = frozenset({"-∞", "-inf", "-infinity", "−∞"})
_MIXED = re.compile(r"([+-]?)([0-9]{1,30})\s+([0-9]{1,30}\s*/\s*[0-9]{1,30})", re.ASCII)
_ENDLESS = re.compile(r"[eE][+-]?0*[1-9][0-9]{2}")
_SIGN = re.compile(r"^([+-])\s+")
_COMMA = re.compile(r"([+-]?[0-9]*),([0-9]+(?:[eE][+-]?[0-9]+)?)", re.ASCII)
_VULGAR = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5",
    "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅐": "1/7", "⅛": "1/8", "⅜": "3/8",
    "⅝": "5/8", "⅞": "7/8", "⅑": "1/9", "⅒": "1/10",
}  # fmt: skip


class Entry(NamedTuple):
    """One cell as it was handed in.

    Attributes:
        text: As it was written; "" where nothing was.
        number: The number; None where there is none that can be read.
        slack: How far the true value may be from it: half a unit of a decimal's last digit.
        problem: Why it cannot be read, or "".
    """

    text: str = ""
    number: Number | None = None
    slack: Fraction = Fraction(0)
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not self.text

    def stands_for(self, low: Number, high: Number) -> bool:
        """Tell whether the entry can stand for a value that lies between *low* and *high*."""
        number = self.number
        if type(number) is Fraction and type(low) is Fraction and type(high) is Fraction:
            slack = self.slack
            return low - slack <= number <= high + slack if slack else low <= number <= high
        return number is not None and self._stands_for_float(number, low, high)

    def _stands_for_float(self, number: Number, low: Number, high: Number) -> bool:
        """Compare where one side is a float, whose last digits are noise, or is masked."""
        if _is_masked(number) or _is_masked(low) or _is_masked(high):
            return number in {low, high}
        least, most = Fraction(low), Fraction(high)
        slack = self.slack + _FLOAT_NOISE * max(Fraction(1), abs(least), abs(most))
        return bool(least - slack <= Fraction(number) <= most + slack)


def _is_masked(number: Number) -> bool:
    return isinstance(number, float) and number == MASKED


def read_entry(written: object) -> Entry:
    """Read what stands in a cell: text, or a number as JSON and workbooks have them.

    >>> read_entry("27/46").number, read_entry("0,587").slack
    (Fraction(27, 46), Fraction(1, 2000))
    >>> read_entry("two").problem
    "expected a number, got the text 'two'"
    """
    if written is None:
        return Entry()
    if isinstance(written, float) and math.isinf(written) and written < 0:
        return Entry("-∞", MASKED)
    text = written.strip() if isinstance(written, str) else ""
    if isinstance(written, str) and not text:
        return Entry()
    shown = text or str(written)
    if len(shown) > LONGEST_ENTRY:
        return Entry(shown[:LONGEST_ENTRY], problem=f"more than {LONGEST_ENTRY} characters")
    try:
        return _read_text(text) if text else _read_value(written)
    except NumberError as error:
        return Entry(shown, problem=str(error).split("\n")[0].split(". ")[0])


def _read_value(written: object) -> Entry:
    number = _bounded(read_number(written))
    text = str(written)
    return Entry(text, number, _slack(text) if "." in text else Fraction(0))


@lru_cache(maxsize=_REMEMBERED)
def _read_text(text: str) -> Entry:
    plain = _plain(text)
    if plain.lower() in _HIDDEN:
        return Entry(text, MASKED)
    if plain.endswith("%"):
        number, slack = _read_plain(plain[:-1].strip())
        return Entry(text, number / 100, slack / 100)
    return Entry(text, *_read_plain(plain))


def _plain(text: str) -> str:
    """Write a number the way that programs do: a minus sign, a point, a slash."""
    for sign, fraction in _VULGAR.items():
        text = text.replace(sign, f" {fraction}")
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{FRACTION SLASH}", "/")
    text = text.replace("\N{NO-BREAK SPACE}", " ").strip().lstrip("=≈").strip()
    text = _SIGN.sub(r"\1", text)
    return (
        _COMMA.sub(r"\1.\2", text) if _COMMA.fullmatch(text.rstrip("% ")) or "%" in text else text
    )


def _read_plain(plain: str) -> tuple[Fraction, Fraction]:
    """Return the number and its slack."""
    if mixed := _MIXED.fullmatch(plain):
        whole, part = Fraction(mixed[2]), read_number(mixed[3].replace(" ", ""))
        return (-1 if mixed[1] == "-" else 1) * (whole + part), Fraction(0)
    if _ENDLESS.search(plain):
        raise NumberError(_TOO_LARGE)
    number = _bounded(read_number(plain))
    return number, Fraction(0) if "/" in plain else _slack(plain)


def _bounded(number: Fraction) -> Fraction:
    if max(abs(number.numerator), number.denominator) > LARGEST:
        raise NumberError(_TOO_LARGE)
    return number


_TOO_LARGE = "expected a number that a sheet can lead to, got one too large or too fine"


def _slack(text: str) -> Fraction:
    """Return half a unit of the last digit, or what a program's rounding leaves uncertain."""
    decimal = Decimal(text)
    _, figures, exponent = decimal.as_tuple()
    is_rounded = "." in text.rstrip(".") or (isinstance(exponent, int) and exponent < 0)
    if not isinstance(exponent, int) or not is_rounded:
        return Fraction(0)
    slack = _HALF * Fraction(10) ** exponent
    if len(figures) >= COMPUTED_DIGITS:
        return max(slack, abs(Fraction(decimal)) * _NOISE)
    return slack

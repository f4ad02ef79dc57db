"""Reading numbers exactly, refusing what is none, and writing them for people."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limelight.errors import NumberError
from limelight.notation.numbers import (
    MASKED,
    MAX_DIGITS,
    bounded,
    decimal_text,
    exact_text,
    integer_text,
    is_shown_exactly,
    read_number,
    round_half_away,
)
from tests.oracles.limits import within

MINUS = "\N{MINUS SIGN}"

READ = {
    "3": Fraction(3),
    " -12 ": Fraction(-12),
    "+0.25": Fraction(1, 4),
    "-.5": Fraction(-1, 2),
    "7.": Fraction(7),
    "1e-3": Fraction(1, 1000),
    "2.5E+2": Fraction(250),
    "1/3": Fraction(1, 3),
    "-4 / 6": Fraction(-2, 3),
    f"{MINUS}3": Fraction(-3),
    f"{MINUS}1/2": Fraction(-1, 2),
    "-0": Fraction(0),
}

NO_NUMBERS = [
    "",
    " ",
    "x",
    "1,5",
    "1_000",
    "0x10",
    "1/2/3",
    "1/-3",
    "1.5/2",
    "--1",
    "1e",
    "nan",
    "inf",
    "-Infinity",
    "١٢",
    "1 2",
    "½",
    math.nan,
    math.inf,
    -math.inf,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    True,
    False,
    None,
    [1],
    (1, 2),
    {"a": 1},
    1j,
    b"1",
    pytest.param(object(), id="object"),  # else named by where it lies, anew in every process
]

ENDLESS = [
    "1e999999999",
    "1e-999999999",
    "1e99999999999999999999",
    "-1e-99999999999999999999",
    "0.1e1000000000000000000000000",
    "9" * (MAX_DIGITS + 1),
    "1/" + "9" * (MAX_DIGITS + 1),
    "0." + "3" * (MAX_DIGITS + 1),
    "1" * 1_000_000,
    10 ** (MAX_DIGITS + 1),
    Fraction(1, 10 ** (MAX_DIGITS + 1)),
    Decimal("1e10001"),
    Decimal("1e999999999999999999"),
    Decimal("7" * 400_000),
]


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_text_is_read_exactly(text: str, number: Fraction) -> None:
    """Integers, decimals, powers of ten and fractions are read without rounding."""
    assert read_number(text) == number


@given(st.fractions())
def test_a_fraction_survives_its_text(number: Fraction) -> None:
    """What exact_text writes, read_number reads."""
    assert read_number(exact_text(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(-0.0)
@example(5e-324)
def test_a_float_survives_its_text(number: float) -> None:
    """Seventeen significant digits bring a float back."""
    assert float(read_number(exact_text(number))) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(0.1)
def test_a_float_is_the_decimal_that_prints_it(number: float) -> None:
    """0.1 is 1/10, not the binary number beside it."""
    assert read_number(number) == Fraction(repr(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_decimal_is_read_exactly(number: Decimal) -> None:
    """A Decimal loses nothing."""
    assert read_number(number) == Fraction(number)


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        (np.float64(0.1), Fraction(1, 10)),
        (np.float32(0.5), Fraction(1, 2)),
        (np.int64(-3), Fraction(-3)),
        (np.uint8(7), Fraction(7)),
    ],
    ids=str,
)
def test_numbers_of_numpy_are_read(entry: object, number: Fraction) -> None:
    """A single number of NumPy, as it stands in a list of them, is a number."""
    assert read_number(entry) == number


@pytest.mark.parametrize("entry", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused(entry: object) -> None:
    """Other text, NaN, infinity, true and false, and other objects are refused."""
    with pytest.raises(NumberError, match=r"expected a (finite )?number, got .+\. Write an "):
        read_number(entry)


@pytest.mark.parametrize("text", ["1/0", "-3/000", "0/0"])
def test_a_fraction_over_zero_is_refused(text: str) -> None:
    """A fraction that divides by zero says so."""
    with pytest.raises(NumberError, match="divides by zero"):
        read_number(text)


@pytest.mark.parametrize("entry", ENDLESS, ids=lambda entry: f"{type(entry).__name__}")
def test_endless_numbers_are_refused_at_once(entry: object) -> None:
    """More than 10,000 digits are refused without being worked out."""
    with within(2), pytest.raises(NumberError, match="more than 10,000 digits"):
        read_number(entry)


def test_long_text_is_not_repeated_whole() -> None:
    """An error quotes the beginning of a long text only."""
    with pytest.raises(NumberError) as caught:
        read_number("x" * 5000)

    assert len(str(caught.value)) < 200


def test_numbers_of_almost_the_limit_are_read() -> None:
    """9,999 digits are fine, in an integer, in a decimal and in a fraction."""
    long = "7" * (MAX_DIGITS - 1)

    assert bounded(read_number(long)) == Fraction(int(Decimal(long)))
    assert integer_text(read_number(long).numerator) == long
    assert exact_text(read_number(f"1/{long}")) == f"1/{long}"


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (Fraction(27, 46), 3, "0.587"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(1, 3), 0, "3e-1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (2.0, 3, "2"),
        (-0.0, 3, "0"),
        (0.30000000000000004, 3, "0.300"),
        (Fraction(9, 20), 3, "0.45"),
        (Fraction(4501, 10000), 3, "0.450"),
        (1.5e-7, 3, "1.500e-7"),
        (Fraction(1, 7000), 3, "1.429e-4"),
        (Fraction(4, 10_000), 3, "4e-4"),
        (0.99996, 3, "1.000"),
        (0.00099999, 3, "0.001"),
        (Fraction(999_999_999), 3, "999999999"),
        (Fraction(10**9), 3, "1e9"),
        (-1.23456e300, 3, "-1.235e300"),
        (MASKED, 3, "-∞"),
        (math.inf, 3, "∞"),
    ],
)
def test_numbers_are_rounded_as_on_paper(number: Fraction | float, digits: int, text: str) -> None:
    """Halves go away from zero, nothing vanishes, and long numbers become powers of ten."""
    assert decimal_text(number, digits) == text


@given(st.fractions(), st.integers(0, 12))
def test_the_decimal_is_the_nearest(number: Fraction, digits: int) -> None:
    """What is written lies within half a unit of the last decimal that it has room for."""
    written = Fraction(decimal_text(number, digits))
    unit = Fraction(1, 10**digits)
    scale = max(unit, abs(number) * unit) if abs(number) >= 10**9 else unit

    assert abs(written - number) <= scale / 2
    assert (written == 0) == (number == 0)


@given(st.fractions(max_denominator=1000), st.integers(0, 6))
def test_zeros_at_the_end_mean_rounding(number: Fraction, digits: int) -> None:
    """A decimal that ends in 0 behind its point is not the number: 0.450 is not 0.45."""
    figures = decimal_text(number, digits).split("e")[0]
    ends_in_zero = "." in figures and figures.endswith("0")

    assert not (ends_in_zero and Fraction(decimal_text(number, digits)) == number)


@given(st.fractions(max_denominator=1000), st.integers(0, 6))
def test_shown_exactly_means_exactly(number: Fraction, digits: int) -> None:
    """Where nothing is said to be lost, the decimal read again is the number."""
    shown = Fraction(decimal_text(number, digits))

    assert shown == number or not is_shown_exactly(number, digits)


@given(st.fractions(), st.integers(0, 15))
def test_rounding_is_symmetric(number: Fraction, digits: int) -> None:
    """Half away from zero: a number and its negative round to each other's negative."""
    rounded = round_half_away(number, digits)

    assert rounded == -round_half_away(-number, digits)
    assert abs(rounded - number) <= Fraction(1, 2 * 10**digits)


@given(st.integers(-(10**6), 10**6), st.integers(0, 6))
def test_halves_go_away_from_zero(whole: int, digits: int) -> None:
    """A number in the middle of two goes to the one further from zero."""
    step = Fraction(1, 10**digits)
    middle = (abs(whole) + Fraction(1, 2)) * step

    assert round_half_away(middle, digits) == (abs(whole) + 1) * step
    assert round_half_away(-middle, digits) == -(abs(whole) + 1) * step

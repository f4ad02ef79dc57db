"""What somebody wrote in a cell: the number that it stands for, and how exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.marking.entry import LONGEST_ENTRY, read_entry
from limelight.notation.numbers import MASKED, decimal_text, exact_text

HALF = Fraction(1, 2)
WRITTEN = {
    "27/46": Fraction(27, 46),
    " -1 ": Fraction(-1),
    "−3": Fraction(-3),
    "1 1/2": Fraction(3, 2),
    "-1 1/2": Fraction(-3, 2),
    "½": HALF,
    "1½": Fraction(3, 2),
    "−½": -HALF,
    "0.587": Fraction(587, 1000),
    "0,587": Fraction(587, 1000),
    "≈ 0.5": HALF,
    "= 1/2": HALF,
    "58.7%": Fraction(587, 1000),
    "58,7 %": Fraction(587, 1000),
    "1e-3": Fraction(1, 1000),
    "1,5e-3": Fraction(3, 2000),
    "1\N{FRACTION SLASH}3": Fraction(1, 3),
    "-∞": MASKED,
    "-inf": MASKED,
}
UNREADABLE = [
    "abc",
    "1/0",
    "=SUM(A1:A3)",
    "2·3",
    "√2",
    "1,234,567",
    "nan",
    "∞",
    "1//2",
    "--1",
    ".",
    "1e999999999",
    "1e-100",
    "9" * 150 + "e150",
]
SLACKS = {
    "0.5": "1/20",
    "0.50": "1/200",
    "58.7%": "1/2000",
    "1/2": "0",
    "3": "0",
    "1e-3": "1/2000",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_every_way_to_write_a_number_is_read(text: str) -> None:
    """Fractions, mixed numbers, decimal points and commas, percent, signs from a keyboard."""
    entry = read_entry(text)

    assert (entry.number, entry.problem) == (WRITTEN[text], "")


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_number_is_kept_and_its_problem_said(text: str) -> None:
    """Nothing is guessed, and no formula is worked."""
    entry = read_entry(text)

    assert entry.number is None
    assert entry.text == text
    assert entry.problem
    assert not entry.is_blank


@pytest.mark.parametrize("nothing", [None, "", "   ", "\N{NO-BREAK SPACE}"])
def test_an_empty_cell_is_blank(nothing: str | None) -> None:
    """Spaces are nothing."""
    assert read_entry(nothing).is_blank


@pytest.mark.parametrize("text", SLACKS)
def test_a_decimal_stands_for_what_rounds_to_it(text: str) -> None:
    """Half a unit of its last digit; whole numbers and fractions are meant exactly."""
    assert read_entry(text).slack == Fraction(SLACKS[text])


@given(st.fractions(max_denominator=10**6), st.integers(1, 9))
def test_a_rounded_value_stands_for_the_value(value: Fraction, digits: int) -> None:
    """However many digits somebody keeps."""
    text = decimal_text(value, digits)
    entry = read_entry(text)

    assert entry.stands_for(value, value)
    assert isinstance(entry.number, Fraction)
    off = entry.number + entry.slack + Fraction(1, 10**40)
    assert not entry.stands_for(off, off)


@given(st.fractions())
def test_a_fraction_stands_for_itself_alone(value: Fraction) -> None:
    """A hair beside it is wrong."""
    entry = read_entry(exact_text(value))

    assert entry.stands_for(value, value)
    assert not entry.stands_for(value + Fraction(1, 10**30), value + Fraction(1, 10**30))


def test_numbers_come_from_json_and_workbooks_as_well() -> None:
    """A float is read as the shortest decimal that prints it."""
    assert read_entry(3).number == 3
    assert read_entry(0.587).slack == Fraction(1, 2000)
    assert read_entry(Decimal("0.50")).slack == Fraction(1, 200)
    assert read_entry(-math.inf).number == MASKED
    assert read_entry(math.nan).problem
    assert read_entry(True).problem  # noqa: FBT003 - what a workbook's TRUE arrives as


def test_what_a_program_computed_has_noise_in_its_last_digits() -> None:
    """27/46 in float64 is not 27/46."""
    assert read_entry(27 / 46).stands_for(Fraction(27, 46), Fraction(27, 46))
    assert read_entry(0.1 + 0.2).stands_for(Fraction(3, 10), Fraction(3, 10))


def test_hidden_is_hidden_and_nothing_else() -> None:
    """A weight of 0 is no hidden score."""
    assert read_entry("-∞").stands_for(MASKED, MASKED)
    assert not read_entry("0").stands_for(MASKED, MASKED)
    assert not read_entry("-∞").stands_for(Fraction(0), Fraction(0))


def test_an_endless_entry_is_cut() -> None:
    """Nobody has to read it, and no program either."""
    entry = read_entry("9" * 10**6)

    assert len(entry.text) == LONGEST_ENTRY
    assert entry.number is None


@given(st.text(max_size=300))
def test_any_text_is_an_entry(text: str) -> None:
    """Strangers write anything; reading it never fails."""
    entry = read_entry(text)

    assert entry.is_blank or entry.problem or entry.number is not None

"""Whatever a number is, and to however many decimals: right is taken, and wrong is not."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.notation.numbers import MASKED
from limelight.render.answers import Answer, Kind, Marking
from limelight.render.moodle import _field
from limelight.render.qti_item import _compare
from tests.render.moodle_reading import embedded
from tests.render.qti_reading import converted, evaluated
from tests.render.quiz_answers import right, wrong

if TYPE_CHECKING:
    from limelight.notation.numbers import Number

NUMBERS = st.one_of(
    st.fractions(-50, 50, max_denominator=300),
    st.fractions(-(10**6), 10**6, max_denominator=10**6),
    st.integers(-(10**8), 10**8).map(Fraction),
    st.floats(-1000, 1000, allow_nan=False),
    st.just(MASKED),
)


def answer_to(number: Number, digits: int) -> Answer:
    """Return what is right for a number that stands by itself."""
    return Marking(digits, fractions=True, denominators=(frozenset(),), is_turned=False).answer(
        number, 0, 0
    )


def verdicts(answer: Answer, response: str) -> tuple[bool, bool]:
    """Return what Moodle and a QTI engine say of a response."""
    ((field,), _) = embedded(_field(answer))
    condition = Element("responseIf")
    _compare(condition, "cell", answer)
    kind = "float" if answer.kind is Kind.NUMBER else "string"
    values = {"cell": converted(response, kind)}
    return field.grade(response) == 1, evaluated(condition[0], values) is True


@given(NUMBERS, st.integers(0, 6))
def test_right_answers_are_taken(number: Number, digits: int) -> None:
    """An answer rounded to the decimals asked for, or to more, is right, as is a fraction."""
    answer = answer_to(number, digits)
    for response in right(number, as_text=answer.kind is Kind.TEXT, digits=digits):
        assert verdicts(answer, response) == (True, True), response


@given(NUMBERS, st.integers(0, 6))
def test_wrong_answers_are_not_taken(number: Number, digits: int) -> None:
    """An answer that is off by more than half a unit of the last decimal is wrong."""
    answer = answer_to(number, digits)
    for response in wrong(number, as_text=answer.kind is Kind.TEXT, digits=digits):
        assert verdicts(answer, response) == (False, False), response


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(27, 46), "27/46"),
        (Fraction(-3), "-3"),
        (0.1234567, "0.123"),
        (Fraction(123456, 1234567), "0.100"),
        (MASKED, "-∞"),
    ],
)
def test_what_is_shown_afterwards_is_what_a_key_shows(number: Number, shown: str) -> None:
    """The first alternative, which platforms show as the right answer, is as on a key."""
    answer = answer_to(number, 3)
    ((field,), _) = embedded(_field(answer))

    assert answer.shown == shown
    assert field.alternatives[0].text == shown

"""Plain text of formulas says what the tree says, and nothing else."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from limelight.notation.expressions import (
    Call,
    Entry,
    Equation,
    Expression,
    MatrixProduct,
    Minus,
    NameParts,
    Over,
    Plus,
    Power,
    Symbol,
    Times,
    Value,
    turned,
)
from limelight.notation.numbers import MASKED, Number
from limelight.notation.plain import Plain, symbol_text
from tests.formulas import ARITHMETIC, FORMULAS
from tests.oracles.evaluate import agree, evaluate, largest, read_formula


def value(number: str) -> Value:
    """Write a number down."""
    return Value(Fraction(number))


WRITTEN = [
    (Plus((Times((value("2"), value("-1"))), value("-3"))), "2·(-1) + (-3)"),
    (Plus((value("-1"), value("1/2"))), "-1 + 1/2"),
    (Times((value("1/2"), Plus((value("1"), value("2"))))), "(1/2)·(1 + 2)"),
    (Over(value("9"), value("46/3")), "9 / (46/3)"),
    (Over(value("-1"), value("2")), "-1 / 2"),
    (Over(value("1"), value("-2")), "1 / (-2)"),
    (Call("floor", (Over(value("-1"), value("2")),)), "floor(-1/2)"),
    (Minus(value("3"), Minus(value("2"), value("-1"))), "3 - (2 - (-1))"),
    (Power(Fraction(3), value("-1")), "3^(-1)"),
    (Power(Fraction(3, 2), value("2")), "(3/2)^2"),
    (Power("e", Over(value("1"), value("2"))), "e^(1 / 2)"),
    (Call("sqrt", (value("3"),)), "√3"),
    (Call("max", (value("0"), value("-2"))), "max(0, -2)"),
    (MatrixProduct(Symbol("K_T"), Symbol("Q")), "Kᵀ Q"),
    (Value(MASKED), "-∞"),
    (Value(Fraction(123456789, 1000)), "123456.789"),
]


@pytest.mark.parametrize(("expression", "text"), WRITTEN)
def test_formulas_are_written_as_people_write_them(expression: Expression, text: str) -> None:
    """Brackets stand where a formula would be misread, and nowhere else."""
    assert Plain()(expression) == text


def value_or_none(expression: Expression) -> Number | None:
    """Work a tree out; None where it has no value or one that float64 cannot hold."""
    try:
        number = evaluate(expression)
        return number if math.isfinite(float(number)) else None
    except (ZeroDivisionError, OverflowError):
        return None


@settings(max_examples=300)
@given(ARITHMETIC)
def test_text_read_again_is_the_number(expression: Expression) -> None:
    """Any tree of numbers, written and read by the rules of arithmetic, keeps its value."""
    number = value_or_none(expression)
    assume(number is not None and len(str(number)) < 40)

    if number is not None:
        size = max(largest(expression), abs(float(number)))
        assert agree(read_formula(Plain()(expression)), number, 1e3 * size)


@given(FORMULAS)
def test_turned_twice_is_as_before(expression: Expression) -> None:
    """Tokens as rows, and back to columns, is the same expression."""
    assert turned(turned(expression)) == expression


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (MatrixProduct(Symbol("K_T"), Symbol("Q")), "Q Kᵀ"),
        (Entry("S", 2, 1), "S[1,2]"),
        (Plus((Times((value("2"), value("3"))), Times((value("1"), value("0"))))), "3·2 + 0·1"),
        (Over(Symbol("E"), Symbol("sums")), "E / sums"),
        (Minus(Entry("R_A", 1, 2), value("2")), "R_A[2,1] - 2"),
        (Call("floor", (Over(Entry("S", 1, 3), value("2")),)), "floor(S[3,1]/2)"),
        (Power("e", Entry("C", 1, 3)), "e^C[3,1]"),
    ],
)
def test_turned_exchanges_factors_and_cells(expression: Expression, text: str) -> None:
    """With tokens as rows, factors change places and cells their numbers; quotients stay."""
    assert Plain()(turned(expression)) == text


@given(ARITHMETIC)
def test_turned_keeps_the_value(expression: Expression) -> None:
    """An expression of numbers is worth the same in both views."""
    first, second = value_or_none(expression), value_or_none(turned(expression))
    assume(first is not None and second is not None)

    if first is not None and second is not None:
        assert agree(first, second, 1e3 * max(largest(expression), abs(float(first))))


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (Equation((Entry("A", 2, 1), value("27/46"))), "A[2,1] = 27/46 ≈ 0.587"),
        (Equation((Entry("A", 2, 1), value("1/4"))), "A[2,1] = 1/4 = 0.25"),
        (Equation((Entry("K_T2", 1, 3), value("4"))), "K2ᵀ[1,3] = 4"),
        (Equation((Entry("X", 1, 1), value("2")), note="given"), "X[1,1] = 2 (given)"),
        (Equation((Entry("X", 1, 1), value("2"), value("2"))), "X[1,1] = 2"),
        (
            Equation((Entry("C", 1, 1), Over(value("3"), value("2")), Value(1.7320508))),
            "C[1,1] = 3 / 2 ≈ 1.732",
        ),
        (
            Equation((Entry("A", 1, 1), value("2/3")), rounded=value("7/10")),
            "A[1,1] = 2/3 ≈ 0.667, rounded 0.7",
        ),
        (Equation((Entry("M", 1, 1), Value(MASKED)), note="hidden"), "M[1,1] = -∞ (hidden)"),
    ],
)
def test_equations_say_equal_only_where_it_is(equation: Equation, text: str) -> None:
    """A fraction is followed by its decimal, with ≈ where the decimal is not the number."""
    assert Plain().equation(equation) == text


def test_decimals_can_be_asked_for() -> None:
    """Without fractions every number is a decimal, to as many digits as asked for."""
    assert Plain(2, fractions=False)(Over(value("1/3"), value("-1/2"))) == "0.33 / (-0.5)"


@pytest.mark.parametrize(
    ("name", "parts", "text"),
    [
        ("K_T2", NameParts("K", "T", "2"), "K2ᵀ"),
        ("K_T", NameParts("K", "T", ""), "Kᵀ"),
        ("W_Q12", NameParts("W", "Q", "12"), "W_Q12"),
        ("b_1", NameParts("b", "1", ""), "b_1"),
        ("sums3", NameParts("sums", "", "3"), "sums3"),
        ("gamma_A", NameParts("gamma", "A", ""), "gamma_A"),
    ],
)
def test_names_are_taken_apart(name: str, parts: NameParts, text: str) -> None:
    """A name is a letter, what stands below it, and a head."""
    assert NameParts.of(name) == parts
    assert symbol_text(name) == text


def test_text_without_brackets_is_seen() -> None:
    """The reader of formulas can tell: 2·-1 + 3 without its brackets is another number."""
    assert read_formula("2·(1 + 3)") == 8
    assert read_formula("2·1 + 3") == 5

"""Typst's mathematics: it compiles, with the same numbers, and as true as plain text."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.notation.expressions import (
    Call,
    Entry,
    Equation,
    Expression,
    MatrixProduct,
    Minus,
    Over,
    Plus,
    Power,
    Symbol,
    Times,
    Value,
)
from limelight.notation.numbers import MASKED
from limelight.notation.plain import Plain
from limelight.notation.typst import Typst, quoted, symbol_typst
from tests.formulas import FORMULAS

READ_AS_MATHEMATICS = b"""
#for formula in json(bytes(sys.inputs.formulas)) {
  math.equation(eval(formula, mode: "math"))
  parbreak()
}
"""


def value(number: str) -> Value:
    """Write a number down."""
    return Value(Fraction(number))


def compiled(*formulas: str) -> None:
    """Have Typst set formulas."""
    inputs = {"formulas": json.dumps(formulas)}
    typst.compile(READ_AS_MATHEMATICS, sys_inputs=inputs, ignore_system_fonts=True)


WRITTEN = [
    (Plus((Times((value("2"), value("-1"))), value("-3"))), "2 dot (-1) + (-3)"),
    (Over(value("9"), value("46/3")), "9 thin slash thin frac(46, 3)"),
    (Over(Minus(value("5"), value("2")), value("-1")), "(5 - 2) thin slash thin (-1)"),
    (value("-1/3"), "-frac(1, 3)"),
    (Power(Fraction(3), value("-1")), "3^(-1)"),
    (Call("floor", (Over(value("-1"), value("2")),)), "floor(-1 thin slash thin 2)"),
    (Call("sqrt", (value("3"),)), "sqrt(3)"),
    (Call("max", (value("0"), value("-2"))), 'op("max")(0, -2)'),
    (Minus(value("3"), value("-1")), "3 - (-1)"),
    (MatrixProduct(Symbol("K_T"), Symbol("Q")), "K^top thin Q"),
    (Entry("S2", 2, 1), "S_2 [2, 1]"),
    (Value(MASKED), "-infinity"),
    (Value(1.5e-7), "1.500 dot 10^(-7)"),
]


@pytest.mark.parametrize(("expression", "text"), WRITTEN)
def test_formulas_are_written(expression: Expression, text: str) -> None:
    """Every kind of expression has its mathematics."""
    assert Typst()(expression) == text


def test_written_formulas_compile() -> None:
    """Typst sets every one of them."""
    compiled(*(text for _, text in WRITTEN))


@settings(max_examples=20, deadline=None)
@given(st.lists(FORMULAS, min_size=10, max_size=10))
def test_random_formulas_compile(formulas: list[Expression]) -> None:
    """Whatever a step may say, Typst can set it."""
    compiled(*map(Typst(), formulas))


@given(FORMULAS)
def test_typst_has_the_numbers_of_plain_text(expression: Expression) -> None:
    """The same figures stand in both, in the same order."""

    def figures(text: str) -> list[str]:
        return re.findall(r"[0-9]+", text)

    assert figures(Typst()(expression)) == figures(Plain()(expression))


@pytest.mark.parametrize("base", [Fraction(3, 2), Fraction(-2)])
def test_a_fraction_as_base_stands_in_brackets(base: Fraction) -> None:
    """(3/2)^2 is not 3/2^2: a fraction that is raised stands in brackets."""
    assert Typst()(Power(base, value("2"))).startswith("(")


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (
            Equation((Entry("A", 2, 1), value("27/46"))),
            "A [2, 1] = frac(27, 46) approx 0.587",
        ),
        (Equation((Entry("A", 2, 1), value("1/4"))), "A [2, 1] = frac(1, 4) = 0.25"),
        (
            Equation((Entry("C", 1, 1), Call("sqrt", (value("3"),)), Value(1.7320508))),
            "C [1, 1] = sqrt(3) approx 1.732",
        ),
    ],
)
def test_equations_say_equal_only_where_it_is(equation: Equation, text: str) -> None:
    """As in plain text, approx stands where a decimal is not the number."""
    assert Typst().equation(equation) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S", "S"),
        ("S2", "S_2"),
        ("S12", "S_(12)"),
        ("W_Q", "W_Q"),
        ("W_Q2", "W_(Q_2)"),
        ("d_model", 'd_"model"'),
        ("K_T", "K^top"),
        ("K_T2", "K_2^top"),
        ("gamma_A", "gamma_A"),
        ("sums", '"sums"'),
        ("sums2", '"sums"_2'),
    ],
)
def test_names_become_symbols(name: str, text: str) -> None:
    """Subscripts, heads, Greek letters and words have their mathematics."""
    compiled(text)

    assert symbol_typst(name) == text


@pytest.mark.parametrize(
    "name", ['#eval("1")', '"#panic()"', "a\\", '\\" + #panic() + "', "x]", "$", "read"]
)
def test_no_name_is_code(name: str) -> None:
    """A name that is none of ours is a string, whatever it has in it."""
    text = symbol_typst(name)
    compiled(text, Typst()(Call(name, (Entry(name, 1, 1),))))

    assert text == quoted(name)


def test_wrong_mathematics_is_refused() -> None:
    """Typst can refuse: what does not close, or names nothing, is no formula."""
    for wrong in ("frac(1, 2", "nothing_of_the_kind", "#panic()"):
        with pytest.raises(typst.TypstError):
            compiled(wrong)

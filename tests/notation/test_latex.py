"""LaTeX of formulas: well-formed, with the same numbers, and as true as plain text."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from latex2mathml.converter import convert
from latex2mathml.exceptions import NoAvailableTokensError

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
from limelight.notation.latex import Latex, symbol_latex
from limelight.notation.numbers import MASKED
from limelight.notation.plain import Plain
from tests.formulas import FORMULAS


def value(number: str) -> Value:
    """Write a number down."""
    return Value(Fraction(number))


WRITTEN = [
    (
        Plus((Times((value("2"), value("-1"))), value("-3"))),
        r"2 \cdot \left(-1\right) + \left(-3\right)",
    ),
    (Over(value("9"), value("46/3")), r"\frac{9}{\frac{46}{3}}"),
    (value("-1/3"), r"-\frac{1}{3}"),
    (Power(Fraction(3), value("-1")), "3^{-1}"),
    (Call("floor", (Over(value("-1"), value("2")),)), r"\left\lfloor \frac{-1}{2} \right\rfloor"),
    (Call("sqrt", (value("3"),)), r"\sqrt{3}"),
    (Call("max", (value("0"), value("-2"))), r"\operatorname{max}\left(0, -2\right)"),
    (Minus(value("3"), value("-1")), r"3 - \left(-1\right)"),
    (MatrixProduct(Symbol("K_T"), Symbol("Q")), r"K^\top \, Q"),
    (Value(MASKED), r"-\infty"),
    (Value(1.5e-7), r"1.500 \cdot 10^{-7}"),
]


@pytest.mark.parametrize(("expression", "text"), WRITTEN)
def test_formulas_are_written_in_latex(expression: Expression, text: str) -> None:
    """Every kind of expression has its LaTeX."""
    assert Latex()(expression) == text


@given(FORMULAS)
def test_latex_is_well_formed(expression: Expression) -> None:
    r"""Braces, and \left with \right, come in pairs that close."""
    text = Latex()(expression)
    depth = [text[:end].count("{") - text[:end].count("}") for end in range(len(text) + 1)]

    assert min(depth) == depth[-1] == 0
    assert text.count(r"\left") == text.count(r"\right")
    assert convert(text).startswith("<math")


@given(FORMULAS)
def test_latex_has_the_numbers_of_plain_text(expression: Expression) -> None:
    """The same figures stand in both, in the same order."""

    def figures(text: str) -> list[str]:
        return re.findall(r"[0-9]+", text)

    assert figures(Latex()(expression)) == figures(Plain()(expression))


@pytest.mark.parametrize("base", [Fraction(3, 2), Fraction(10, 7)])
def test_a_fraction_as_base_stands_in_brackets(base: Fraction) -> None:
    r"""(3/2)^2 is not 3/2^2: a fraction that is raised stands in brackets."""
    assert Latex()(Power(base, value("2"))).startswith(r"\left(\frac")


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (
            Equation((Entry("A", 2, 1), value("27/46"))),
            r"{A}_{[2,1]} = \frac{27}{46} \approx 0.587",
        ),
        (Equation((Entry("A", 2, 1), value("1/4"))), r"{A}_{[2,1]} = \frac{1}{4} = 0.25"),
        (
            Equation((Entry("C", 1, 1), Call("sqrt", (value("3"),)), Value(1.7320508))),
            r"{C}_{[1,1]} = \sqrt{3} \approx 1.732",
        ),
    ],
)
def test_equations_say_equal_only_where_it_is(equation: Equation, text: str) -> None:
    r"""As in plain text, \approx stands where a decimal is not the number."""
    assert Latex().equation(equation) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S", "S"),
        ("S2", "S_2"),
        ("S12", "S_{12}"),
        ("W_Q", "W_Q"),
        ("W_Q2", "W_{Q_2}"),
        ("K_T", r"K^\top"),
        ("K_T2", r"K_2^\top"),
        ("gamma_A", r"\gamma_A"),
        ("sums", r"\mathrm{sums}"),
        ("sums2", r"\mathrm{sums}_2"),
    ],
)
def test_names_become_symbols(name: str, text: str) -> None:
    """Subscripts, heads, Greek letters and words have their LaTeX."""
    assert symbol_latex(name) == text


def test_matrices_are_bracketed() -> None:
    """A matrix is written row by row."""
    rows = ((Fraction(1), Fraction(1, 2)), (Fraction(-1), 0.25))

    assert Latex().matrix(rows) == (r"\begin{bmatrix} 1 & \frac{1}{2} \\ -1 & 0.250 \end{bmatrix}")


def test_a_missing_brace_is_seen() -> None:
    """The converter can fail: LaTeX that does not close is refused."""
    with pytest.raises(NoAvailableTokensError):
        convert(r"\frac{1}{")

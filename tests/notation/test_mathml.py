"""MathML of formulas: well-formed, as true as plain text, with breaks where a line may end."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given, settings

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
from limelight.notation.mathml import MathML, symbol_mathml
from limelight.notation.numbers import MASKED
from limelight.notation.plain import Plain
from tests.formulas import ARITHMETIC, FORMULAS
from tests.oracles.evaluate import agree, evaluate, largest, read_formula

if TYPE_CHECKING:
    from limelight.notation.numbers import Number

CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "msqrt": 1}
LEAVES = {"mi", "mn", "mo"}
ROWS = {"math", "mrow"}
SIGNS = {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "\N{MINUS SIGN}": "-"}


def value(number: str) -> Value:
    """Write a number down."""
    return Value(Fraction(number))


def parsed(written: str) -> ET.Element:
    """Read MathML as XML does."""
    return ET.fromstring(f"<p>{written}</p>")  # noqa: S314 - our own writing


def malformed(tree: ET.Element) -> list[str]:
    """Return what MathML does not know, and what has more or fewer parts than it must."""
    return [
        element.tag
        for element in tree.iter()
        if element.tag not in {*CHILDREN, *LEAVES, *ROWS, "mspace", "p", "wbr"}
        or len(element) != CHILDREN.get(element.tag, len(element))
        or (element.tag in LEAVES and (len(element) or not element.text))
    ]


def linear(element: ET.Element) -> str:
    """Write MathML as plain text, every part of it in brackets, so that it can be worked out."""
    parts = [f"({linear(child)})" for child in element]
    match element.tag:
        case "mfrac":
            return f"({parts[0]} / {parts[1]})"
        case "msup":
            return f"({parts[0]}**{parts[1]})"
        case "msqrt":
            return f"sqrt{parts[0]}"
        case "mo":
            return SIGNS.get(element.text or "", element.text or "")
        case "mi" | "mn":
            return element.text or ""
    return "".join(map(linear, element))


def relations(text: str) -> list[str]:
    """Return the signs of a chain, in order."""
    return re.findall("[=≈⇝]|rounded", text.replace("⇝", "rounded"))


def shown(written: str) -> str:
    """Return all the letters and figures that a browser draws."""
    return "".join(parsed(written).itertext())


@given(FORMULAS)
def test_mathml_is_well_formed(expression: Expression) -> None:
    """It parses as XML, and each element has as many parts as MathML wants."""
    assert malformed(parsed(MathML()(expression))) == []


@settings(max_examples=200)
@given(ARITHMETIC)
def test_mathml_says_the_number(expression: Expression) -> None:
    """Any tree of numbers, written in MathML and read by what its elements mean, is as much."""
    number = value_or_none(expression)
    assume(number is not None and len(str(number)) < 40)

    if number is not None:
        size = max(largest(expression), abs(float(number)))
        assert agree(read_formula(linear(parsed(MathML()(expression)))), number, 1e3 * size)


def value_or_none(expression: Expression) -> Number | None:
    """Work a tree out; None where it has no value or one that float64 cannot hold."""
    try:
        number = evaluate(expression)
        return number if math.isfinite(float(number)) else None
    except (ZeroDivisionError, OverflowError):
        return None


@given(FORMULAS)
def test_mathml_has_the_numbers_of_plain_text(expression: Expression) -> None:
    """The same figures stand in both, in the same order."""

    def figures(text: str) -> list[str]:
        return re.findall(r"[0-9]+", text)

    leaves = [leaf.text or "" for leaf in parsed(MathML()(expression)).iter() if leaf.text]

    assert figures(" ".join(leaves)) == figures(Plain()(expression))


CHAINS = [
    Equation((Entry("A", 2, 1), value("27/46"))),
    Equation((Entry("A", 2, 1), value("-1/4"))),
    Equation((Entry("C", 1, 1), Call("sqrt", (value("3"),)), Value(1.7320508))),
    Equation((Entry("X", 1, 1), value("2"), value("2"))),
    Equation((Entry("A", 1, 1), value("2/3")), rounded=value("7/10")),
    Equation((Entry("M", 1, 1), Value(MASKED)), note="hidden"),
    Equation((Symbol("S"), Plus((value("1"), value("-2"), value("3"))), value("2"))),
]


@pytest.mark.parametrize("equation", CHAINS)
def test_the_chain_is_that_of_plain_text(equation: Equation) -> None:
    """= and ≈ and what was rounded stand where plain text has them."""
    written = MathML().equation(equation)

    assert malformed(parsed(written)) == []
    assert relations(shown(written)) == relations(Plain().equation(equation))


def test_a_line_may_break_before_every_sign() -> None:
    """An equation is a row of formulas: each side, and each term of a sum, can begin a line."""
    sides = (Entry("S", 1, 1), Plus((Times((value("2"), value("3"))), value("-1"))), value("5"))
    pieces = [
        linear(piece) for piece in parsed(MathML().equation(Equation(sides))).findall("math")
    ]

    assert pieces == ["S[1,1]", "=2·3", "+(-1)", "=5"]


WRITTEN = [
    (value("-1/3"), "<mrow><mo>-</mo><mfrac><mn>1</mn><mn>3</mn></mfrac></mrow>"),
    (Power("e", value("2")), "<mrow><msup><mi>e</mi><mn>2</mn></msup></mrow>"),
    (Value(MASKED), "<mrow><mo>-</mo><mi>∞</mi></mrow>"),
    (Call("floor", (value("3"),)), "<mrow><mo>⌊</mo><mn>3</mn><mo>⌋</mo></mrow>"),
    (
        Value(1.5e-7),
        (
            "<mrow><mn>1.500</mn><mo>·</mo>"
            "<msup><mn>10</mn><mrow><mo>-</mo><mn>7</mn></mrow></msup></mrow>"
        ),
    ),
    (
        MatrixProduct(Symbol("K_T"), Symbol("Q")),
        (
            '<mrow><msup><mi>K</mi><mi mathvariant="normal">T</mi></msup>'
            '<mspace width="0.17em"/><mi>Q</mi></mrow>'
        ),
    ),
    (
        Minus(value("3"), value("-1")),
        (
            "<mrow><mn>3</mn><mo>-</mo><mrow><mo>(</mo><mrow><mo>-</mo><mn>1</mn></mrow>"
            "<mo>)</mo></mrow></mrow>"
        ),
    ),
    (
        Call("max", (value("0"), Over(value("1"), value("2")))),
        (
            "<mrow><mi>max</mi><mrow><mo>(</mo><mn>0</mn><mo>,</mo>"
            "<mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow><mo>)</mo></mrow></mrow>"
        ),
    ),
]


@pytest.mark.parametrize(("expression", "text"), WRITTEN)
def test_formulas_are_written_in_mathml(expression: Expression, text: str) -> None:
    """Every kind of expression has its MathML."""
    assert MathML()(expression) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S", "<mi>S</mi>"),
        ("S12", "<msub><mi>S</mi><mn>12</mn></msub>"),
        ("W_Q2", "<msub><mi>W</mi><mrow><mi>Q</mi><mn>2</mn></mrow></msub>"),
        ("b_1", "<msub><mi>b</mi><mn>1</mn></msub>"),
        ("K_T2", '<msubsup><mi>K</mi><mn>2</mn><mi mathvariant="normal">T</mi></msubsup>'),
        ("gamma_A", "<msub><mi>\N{GREEK SMALL LETTER GAMMA}</mi><mi>A</mi></msub>"),
        ("sums", "<mi>sums</mi>"),
        ("<b>", "<mi>&lt;b&gt;</mi>"),
    ],
)
def test_names_become_symbols(name: str, text: str) -> None:
    """Subscripts, heads, Greek letters and words have their MathML; nothing is left unescaped."""
    assert symbol_mathml(name) == text


def test_what_is_malformed_is_seen() -> None:
    """The checks can fail: a fraction of three, a stray element, a lost bracket."""
    three = "<mfrac><mn>1</mn><mn>2</mn><mn>3</mn></mfrac>"
    product = Times((value("2"), Minus(value("3"), value("1"))))
    bare = MathML()(product).replace("<mo>(</mo>", "").replace("<mo>)</mo>", "")

    assert malformed(parsed(three)) == ["mfrac"]
    assert malformed(parsed("<b>1</b>")) == ["b"]
    assert read_formula(linear(parsed(MathML()(product)))) == 4
    assert read_formula(linear(parsed(bare))) == 5
    with pytest.raises(ET.ParseError):
        parsed("<mfrac><mn>1</mn>")

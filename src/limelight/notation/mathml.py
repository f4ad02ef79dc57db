"""Write an expression as MathML, which browsers draw by themselves: <mi>S</mi>."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.notation.expressions import (
    Call,
    Entry,
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
)
from limelight.notation.numbers import Number, decimal_text, exact_text
from limelight.notation.writer import Writer

if TYPE_CHECKING:
    from limelight.notation.expressions import Equation

_GREEK = {"gamma": "\N{GREEK SMALL LETTER GAMMA}", "beta": "\N{GREEK SMALL LETTER BETA}"}
_FENCES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_BETWEEN = "</math><wbr/><math>"
"""Browsers break no line within a formula, but between two; so an equation is several."""


def _infix(sign: str) -> str:
    """Write an operator that may stand first in its formula and keeps its room all the same."""
    return f'<mo form="infix">{sign}</mo>'


def symbol_mathml(name: str) -> str:
    """Write a step's name in MathML.

    >>> symbol_mathml("W_Q")
    '<msub><mi>W</mi><mi>Q</mi></msub>'
    """
    stem, subscript, head = NameParts.of(name)
    letter = f"<mi>{html.escape(_GREEK.get(stem, stem))}</mi>"
    number = f"<mn>{head}</mn>"
    if subscript == "T":
        top = '<mi mathvariant="normal">T</mi>'
        return (
            f"<msubsup>{letter}{number}{top}</msubsup>" if head else f"<msup>{letter}{top}</msup>"
        )
    if subscript:
        tag = "mn" if subscript.isdigit() else "mi"
        below = f"<{tag}>{subscript}</{tag}>"
        below = f"<mrow>{below}{number}</mrow>" if head else below
        return f"<msub>{letter}{below}</msub>"
    return f"<msub>{letter}{number}</msub>" if head else letter


@dataclass(frozen=True, slots=True)
class MathML(Writer):
    """Writes expressions as MathML, and equations as a row of `<math>` elements."""

    equals = f"{_BETWEEN}{_infix('=')}"
    approximately = f"{_BETWEEN}{_infix('≈')}"
    becomes = f"{_BETWEEN}{_infix('⇝')}"

    def number(self, number: Number) -> str:
        """Write a number to be read: a short fraction exactly, else a decimal."""
        if not self.is_fraction(number):
            return self.decimal(number)
        above, line, below = exact_text(number).removeprefix("-").partition("/")
        size = f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>" if line else f"<mn>{above}</mn>"
        return _signed(size, is_negative=number < 0)

    def decimal(self, number: Number) -> str:
        """Write a number as a decimal."""
        text = decimal_text(number, self.digits)
        mantissa, _, exponent = text.removeprefix("-").partition("e")
        size = "<mi>∞</mi>" if mantissa == "∞" else f"<mn>{mantissa}</mn>"
        if exponent:
            power = _signed(f"<mn>{exponent.lstrip('-')}</mn>", is_negative=exponent[0] == "-")
            size = f"<mrow>{size}<mo>·</mo><msup><mn>10</mn>{power}</msup></mrow>"
        return _signed(size, is_negative=text[0] == "-")

    def equation(self, equation: Equation) -> str:
        """Write the chain as formulas between which a line may break; a note is words."""
        return f"<math>{self.chain(equation)}</math>"

    def formula(self, left: Expression, right: Expression) -> str:
        """Write what a step is: its name, and what it is made of."""
        return f"<math>{self(left)}{self.equals}{self(right)}</math>"

    def side(self, expression: Expression) -> str:
        """Write a side of an equation; a line may break before each term of a sum."""
        if isinstance(expression, Plus):
            return f"{_BETWEEN}{_infix('+')}".join(self._terms(expression.terms))
        return self(expression)

    def __call__(self, expression: Expression) -> str:
        """Write an expression."""
        match expression:
            case Symbol(name):
                return symbol_mathml(name)
            case Entry(name, row, column):
                at = f"<mo>[</mo><mn>{row}</mn><mo>,</mo><mn>{column}</mn><mo>]</mo>"
                return f"<msub>{symbol_mathml(name)}<mrow>{at}</mrow></msub>"
            case Value(number):
                return self.number(number)
            case Call("sqrt", (inside,)):
                return f"<msqrt>{self(inside)}</msqrt>"
            case Call(function, arguments):
                return self._call(function, arguments)
            case _:
                return f"<mrow>{self._compound(expression)}</mrow>"

    def _compound(self, expression: MatrixProduct | Times | Plus | Minus | Over | Power) -> str:
        """Write what stands between operators."""
        match expression:
            case MatrixProduct(left, right):
                return f'{self(left)}<mspace width="0.17em"/>{self(right)}'
            case Times(factors):
                return "<mo>·</mo>".join(self._wrapped(factor) for factor in factors)
            case Plus(terms):
                return "<mo>+</mo>".join(self._terms(terms))
            case Minus(left, right):
                return f"{self(left)}<mo>-</mo>{self._wrapped(right)}"
            case Over(above, below):
                return f"<mfrac>{self(above)}{self(below)}</mfrac>"
            case Power(base, exponent):
                return f"<msup>{self._base(base)}{self(exponent)}</msup>"

    def _terms(self, terms: tuple[Expression, ...]) -> list[str]:
        return [
            self._wrapped(term) if index and isinstance(term, Value) else self(term)
            for index, term in enumerate(terms)
        ]

    def _base(self, base: Number | str) -> str:
        if isinstance(base, str):
            return f"<mi>{html.escape(base)}</mi>"
        written = self.number(base)
        return written if written.startswith("<mn>") else _bracketed(written)

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> str:
        inside = "<mo>,</mo>".join(map(self, arguments))
        if function in _FENCES:
            before, after = _FENCES[function]
            return f"<mrow><mo>{before}</mo>{inside}<mo>{after}</mo></mrow>"
        return f"<mrow><mi>{html.escape(function)}</mi>{_bracketed(inside)}</mrow>"

    def _wrapped(self, expression: Expression) -> str:
        written = self(expression)
        if isinstance(expression, Value):
            misread = decimal_text(expression.number, self.digits).startswith("-")
        else:
            misread = isinstance(expression, Plus | Minus | Times | MatrixProduct)
        return _bracketed(written) if misread else written


def _signed(size: str, *, is_negative: bool) -> str:
    return f"<mrow><mo>-</mo>{size}</mrow>" if is_negative else size


def _bracketed(written: str) -> str:
    return f"<mrow><mo>(</mo>{written}<mo>)</mo></mrow>"

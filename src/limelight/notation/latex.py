r"""Write an expression as LaTeX, for Markdown: S_{2,1} = 2 \cdot 2 + 1 \cdot 0."""

from __future__ import annotations

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

_BRACKETS = {
    "floor": (r"\left\lfloor ", r" \right\rfloor"),
    "ceil": (r"\left\lceil ", r" \right\rceil"),
    "sqrt": (r"\sqrt{", "}"),
}


def symbol_latex(name: str) -> str:
    r"""Write a step's name in LaTeX.

    >>> symbol_latex("W_Q2"), symbol_latex("K_T2"), symbol_latex("sums")
    ('W_{Q_2}', 'K_2^\\top', '\\mathrm{sums}')
    """
    stem, subscript, head = NameParts.of(name)
    letter = rf"\{stem}" if stem in {"gamma", "beta"} else stem
    if len(stem) > 1 and letter == stem:
        letter = rf"\mathrm{{{stem}}}"
    if subscript == "T":
        return f"{letter}_{head}^\\top" if head else f"{letter}^\\top"
    if subscript:
        return f"{letter}_{{{subscript}_{head}}}" if head else f"{letter}_{subscript}"
    return f"{letter}_{{{head}}}" if len(head) > 1 else f"{letter}_{head}" if head else letter


@dataclass(frozen=True, slots=True)
class Latex(Writer):
    """Writes expressions as LaTeX."""

    approximately = r"\approx"
    becomes = r" \rightsquigarrow "

    def number(self, number: Number) -> str:
        """Write a number to be read: a short fraction exactly, else a decimal."""
        if not self.is_fraction(number):
            return self.decimal(number)
        text = exact_text(number)
        minus = "-" if text.startswith("-") else ""
        above, line, below = text.removeprefix("-").partition("/")
        return rf"{minus}\frac{{{above}}}{{{below}}}" if line else text

    def decimal(self, number: Number) -> str:
        """Write a number as a decimal."""
        mantissa, _, exponent = decimal_text(number, self.digits).partition("e")
        if exponent:
            return rf"{mantissa} \cdot 10^{{{exponent}}}"
        return mantissa.replace("∞", r"\infty")

    def equation(self, equation: Equation) -> str:
        """Write the chain; a note is words and has its place elsewhere."""
        return self.chain(equation)

    def matrix(self, rows: tuple[tuple[Number, ...], ...]) -> str:
        """Write a matrix in brackets."""
        lines = (" & ".join(self.number(entry) for entry in row) for row in rows)
        body = r" \\ ".join(lines)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def __call__(self, expression: Expression) -> str:
        """Write an expression."""
        match expression:
            case Symbol(name):
                return symbol_latex(name)
            case Entry(name, row, column):
                return f"{{{symbol_latex(name)}}}_{{[{row},{column}]}}"
            case Value(number):
                return self.number(number)
            case Call(function, arguments):
                return self._call(function, arguments)
            case _:
                return self._compound(expression)

    def _compound(self, expression: MatrixProduct | Times | Plus | Minus | Over | Power) -> str:
        """Write what stands between operators."""
        match expression:
            case MatrixProduct(left, right):
                return rf"{self(left)} \, {self(right)}"
            case Times(factors):
                return r" \cdot ".join(self._wrapped(factor) for factor in factors)
            case Plus(terms):
                return " + ".join(
                    self._wrapped(term) if index and isinstance(term, Value) else self(term)
                    for index, term in enumerate(terms)
                )
            case Minus(left, right):
                return f"{self(left)} - {self._wrapped(right)}"
            case Over(above, below):
                return rf"\frac{{{self(above)}}}{{{self(below)}}}"
            case Power(base, exponent):
                return f"{self._base(base)}^{{{self(exponent)}}}"

    def _base(self, base: Number | str) -> str:
        written = base if isinstance(base, str) else self.number(base)
        return rf"\left({written}\right)" if written.startswith(("-", r"\frac")) else written

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> str:
        inside = ", ".join(self(argument) for argument in arguments)
        before, after = _BRACKETS.get(
            function, (rf"\operatorname{{{function}}}\left(", r"\right)")
        )
        return f"{before}{inside}{after}"

    def _wrapped(self, expression: Expression) -> str:
        text = self(expression)
        if isinstance(expression, Value):
            misread = text.startswith("-")
        else:
            misread = isinstance(expression, Plus | Minus | Times | MatrixProduct)
        return rf"\left({text}\right)" if misread else text

r"""Write an expression as Typst's mathematics, for PDF: S[2, 1] = 2 dot 2 + 1 dot 0.

Names are checked letter by letter or quoted, so that nothing in a formula can be code.
"""

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

_BRACKETS = frozenset({"floor", "ceil", "sqrt"})
_GREEK = frozenset({"gamma", "beta"})


def quoted(text: str) -> str:
    r"""Return *text* as a string of Typst's, which stands for itself.

    >>> quoted('say "#eval"')
    '"say \\"#eval\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def symbol_typst(name: str) -> str:
    """Write a step's name in Typst's mathematics.

    >>> symbol_typst("W_Q2"), symbol_typst("K_T2"), symbol_typst("sums")
    ('W_(Q_2)', 'K_2^top', '"sums"')
    """
    stem, subscript, head = NameParts.of(name)
    letter = stem if _is_letter(stem) or stem in _GREEK else quoted(stem)
    below = f"_{head}" if len(head) == 1 else f"_({head})" if head else ""
    if subscript == "T":
        return f"{letter}{below}^top"
    if subscript:
        written = subscript if len(subscript) == 1 else quoted(subscript)
        return f"{letter}_({written}{below})" if head else f"{letter}_{written}"
    return f"{letter}{below}"


def _followed(symbol: str) -> str:
    """Return a symbol that brackets may follow: else they would join what stands below it."""
    return symbol if symbol.endswith('"') else f"{symbol} "


def _is_letter(stem: str) -> bool:
    return len(stem) == 1 and stem.isascii() and stem.isalpha()


@dataclass(frozen=True, slots=True)
class Typst(Writer):
    """Writes expressions as Typst's mathematics."""

    approximately = "approx"
    becomes = " arrow.r.squiggly "

    def number(self, number: Number) -> str:
        """Write a number to be read: a short fraction exactly, else a decimal."""
        if not self.is_fraction(number):
            return self.decimal(number)
        text = exact_text(number)
        minus = "-" if text.startswith("-") else ""
        above, line, below = text.removeprefix("-").partition("/")
        return f"{minus}frac({above}, {below})" if line else text

    def decimal(self, number: Number) -> str:
        """Write a number as a decimal."""
        mantissa, _, exponent = decimal_text(number, self.digits).partition("e")
        if exponent:
            return f"{mantissa} dot 10^({exponent})"
        return mantissa.replace("∞", "infinity")

    def equation(self, equation: Equation) -> str:
        """Write the chain; a note is words and has its place elsewhere."""
        return self.chain(equation)

    def __call__(self, expression: Expression) -> str:
        """Write an expression."""
        match expression:
            case Symbol(name):
                return symbol_typst(name)
            case Entry(name, row, column):
                return f"{_followed(symbol_typst(name))}[{row}, {column}]"
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
                return f"{self(left)} thin {self(right)}"
            case Times(factors):
                return " dot ".join(self._wrapped(factor) for factor in factors)
            case Plus(terms):
                return " + ".join(
                    self._wrapped(term) if index and isinstance(term, Value) else self(term)
                    for index, term in enumerate(terms)
                )
            case Minus(left, right):
                return f"{self(left)} - {self._wrapped(right)}"
            case Over(above, below):
                return (
                    f"{self._wrapped(above, leading=True)} thin slash thin {self._wrapped(below)}"
                )
            case Power(base, exponent):
                return f"{self._base(base)}^({self(exponent)})"

    def _base(self, base: Number | str) -> str:
        written = base if isinstance(base, str) else self.number(base)
        return f"({written})" if written.startswith(("-", "frac")) else written

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> str:
        inside = ", ".join(self(argument) for argument in arguments)
        if function in _BRACKETS:
            return f"{function}({inside})"
        return f"op({quoted(function)})({inside})"

    def _wrapped(self, expression: Expression, *, leading: bool = False) -> str:
        """Write a part of something bigger, in brackets where it would be misread."""
        text = self(expression)
        if isinstance(expression, Value):
            misread = text.startswith("-") and not leading
        else:
            misread = isinstance(expression, Plus | Minus | Over | Times | MatrixProduct)
        return f"({text})" if misread else text

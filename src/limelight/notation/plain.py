"""Write an expression as plain text: S[2,1] = 2·2 + 1·0 + 0·3 = 4."""

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
from limelight.notation.numbers import Number, exact_text
from limelight.notation.writer import Writer

if TYPE_CHECKING:
    from limelight.notation.expressions import Equation


def symbol_text(name: str) -> str:
    """Write a step's name: K_T2 is the transpose of K2.

    >>> symbol_text("K_T2"), symbol_text("W_Q")
    ('K2ᵀ', 'W_Q')
    """
    parts = NameParts.of(name)
    return f"{parts.stem}{parts.head}ᵀ" if parts.subscript == "T" else name


@dataclass(frozen=True, slots=True)
class Plain(Writer):
    """Writes expressions as plain text.

    >>> from fractions import Fraction
    >>> from limelight.notation.expressions import Equation
    >>> Plain().equation(Equation((Entry("A", 2, 1), Value(Fraction(27, 46)))))
    'A[2,1] = 27/46 ≈ 0.587'
    """

    approximately = "≈"
    becomes = ", rounded "

    def number(self, number: Number) -> str:
        """Write a number to be read: a short fraction exactly, else a decimal."""
        return exact_text(number) if self.is_fraction(number) else self.decimal(number)

    def equation(self, equation: Equation) -> str:
        """Write the chain, and the note in brackets behind it."""
        text = self.chain(equation)
        return f"{text} ({equation.note})" if equation.note else text

    def __call__(self, expression: Expression) -> str:
        """Write an expression."""
        match expression:
            case Symbol(name):
                return symbol_text(name)
            case Entry(name, row, column):
                return f"{symbol_text(name)}[{row},{column}]"
            case Value(number):
                return self.number(number)
            case Call("sqrt", (Value(number),)):
                return f"√{self._wrapped(Value(number))}"
            case Call(function, arguments):
                return f"{function}({', '.join(self._argument(part) for part in arguments)})"
            case _:
                return self._compound(expression)

    def _compound(self, expression: MatrixProduct | Times | Plus | Minus | Over | Power) -> str:
        """Write what stands between operators."""
        match expression:
            case MatrixProduct(left, right):
                return f"{self(left)} {self(right)}"
            case Times(factors):
                return "·".join(self._wrapped(factor) for factor in factors)
            case Plus(terms):
                return self._sum(terms)
            case Minus(left, right):
                return f"{self(left)} - {self._wrapped(right)}"
            case Over(above, below):
                return f"{self._wrapped(above, leading=True)} / {self._wrapped(below)}"
            case Power(base, exponent):
                written = base if isinstance(base, str) else self._wrapped(Value(base))
                return f"{written}^{self._wrapped(exponent)}"

    def _argument(self, argument: Expression) -> str:
        """Write what stands in the brackets of a function; a quotient needs no room there."""
        return self(argument).replace(" / ", "/") if isinstance(argument, Over) else self(argument)

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        first, *rest = terms
        return " + ".join([self(first), *(self._term(term) for term in rest)])

    def _term(self, term: Expression) -> str:
        text = self(term)
        misread = isinstance(term, Minus) or (isinstance(term, Value) and text.startswith("-"))
        return f"({text})" if misread else text

    def _wrapped(self, expression: Expression, *, leading: bool = False) -> str:
        """Write a part of something bigger, in brackets where it would be misread."""
        text = self(expression)
        if isinstance(expression, Value):
            misread = "/" in text or (text.startswith("-") and not leading)
        else:
            misread = isinstance(expression, Plus | Minus | Over | MatrixProduct | Times)
        return f"({text})" if misread else text

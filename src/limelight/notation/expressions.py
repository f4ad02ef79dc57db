"""Expressions: what a step computes, and what one cell computes, as small trees.

An operation builds a tree; a writer (plain text, LaTeX) walks it. `turned` gives the same
expression for tokens as rows: every matrix is transposed, so the factors of a product change
places and so do the two numbers of a cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from limelight.notation.numbers import Number

_NAME = re.compile(r"([A-Za-z]+)(?:_([A-Za-z]+|[0-9]))?([0-9]*)", re.ASCII)


@lru_cache(maxsize=4096)  # whoever looks for mistakes asks again and again
def _parts(name: str) -> tuple[str, str, str]:
    match = _NAME.fullmatch(name)
    return (match[1], match[2] or "", match[3]) if match else (name, "", "")


class NameParts(NamedTuple):
    """A step's name taken apart: W_Q2 is stem W, subscript Q, head 2."""

    stem: str
    subscript: str
    head: str

    @classmethod
    def of(cls, name: str) -> NameParts:
        """Take *name* apart.

        >>> NameParts.of("K_T2")
        NameParts(stem='K', subscript='T', head='2')
        """
        return cls(*_parts(name))

    @property
    def family(self) -> str:
        """The name without its head: Q for Q1, W_Q for W_Q1."""
        return f"{self.stem}_{self.subscript}" if self.subscript else self.stem


@dataclass(frozen=True, slots=True)
class Symbol:
    """A matrix by its name: S, W_Q1, K_T (written Kᵀ)."""

    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a matrix, counted from 1: S[2,1]."""

    name: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Value:
    """A number."""

    number: Number


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """Two matrices multiplied: W_Q X."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Times:
    """Numbers multiplied: 2·3."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Plus:
    """Terms added: 2·2 + 1·0."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """A difference."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Over:
    """A division."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Power:
    """A power: 3^x; with base "e" the exponential function."""

    base: Number | str
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A named function: floor, sqrt, ReLU, max."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = (
    Symbol | Entry | Value | MatrixProduct | Times | Plus | Minus | Over | Power | Call
)


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of equal sides, and, when the last one was rounded, what it was rounded to."""

    sides: tuple[Expression, ...]
    rounded: Value | None = None
    note: str = ""


def turned(expression: Expression) -> Expression:  # noqa: PLR0911 - a case a kind
    """Return the same expression for tokens as rows."""
    match expression:
        case Entry(name, row, column):
            return Entry(name, column, row)
        case MatrixProduct(left, right):
            return MatrixProduct(turned(right), turned(left))
        case Times(factors):
            return Times(tuple(turned(factor) for factor in reversed(factors)))
        case Plus(terms):
            return Plus(tuple(turned(term) for term in terms))
        case Minus(left, right):
            return Minus(turned(left), turned(right))
        case Over(above, below):
            return Over(turned(above), turned(below))
        case Power(base, exponent):
            return Power(base, turned(exponent))
        case Call(function, arguments):
            return Call(function, tuple(turned(argument) for argument in arguments))
        case Symbol() | Value():
            return expression

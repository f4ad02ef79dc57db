"""Work out what an expression tree says, and what a written formula says.

`evaluate` walks the tree; `read_formula` reads plain text as a person does. Neither asks
Limelight what the answer is.
"""

from __future__ import annotations

import ast
import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.notation.expressions import (
    Call,
    Expression,
    Minus,
    Over,
    Plus,
    Power,
    Times,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight.notation.numbers import Number

FUNCTIONS: dict[str, Callable[..., Number]] = {
    "floor": lambda x: Fraction(math.floor(x)),
    "ceil": lambda x: Fraction(math.ceil(x)),
    "trunc": lambda x: Fraction(math.trunc(x)),
    "round": lambda x: Fraction(math.floor(x + Fraction(1, 2))),
    "max": lambda *numbers: max(numbers),
    "sqrt": lambda x: _root(Fraction(x)),
    "tanh": math.tanh,
    "cos": math.cos,
    "sin": math.sin,
}


def evaluate(expression: Expression) -> Number:  # noqa: PLR0911 - a case a kind
    """Return the number that a tree of numbers stands for."""
    match expression:
        case Value(number):
            return number
        case Times(factors):
            return math.prod(map(evaluate, factors), start=Fraction(1))
        case Plus(terms):
            return sum(map(evaluate, terms), Fraction(0))
        case Minus(left, right):
            return evaluate(left) - evaluate(right)
        case Over(above, below):
            return evaluate(above) / evaluate(below)
        case Power(base, exponent):
            return _power(base, evaluate(exponent))
        case Call(function, arguments):
            return FUNCTIONS[function](*map(evaluate, arguments))
    raise LookupError(expression)


def largest(expression: Expression) -> float:
    """Return the largest size of a number in the tree, which rounding errors go by."""
    match expression:
        case Value(number):
            return abs(float(number)) if math.isfinite(number) else 0.0
        case Times(parts) | Plus(parts) | Call(_, parts):
            return max(map(largest, parts))
        case Minus(left, right) | Over(left, right):
            return max(largest(left), largest(right))
    return 0.0


def read_formula(text: str) -> Number:
    """Return what a formula in plain text says: floor(-1/2), 3^(-1), 2·2 + (-1)·3, √2."""
    called = _ROOT.sub(lambda match: f"sqrt({match[1]})", text)
    for written, read in (("·", "*"), ("^", "**"), ("∞", "infinity")):
        called = called.replace(written, read)
    return _read(ast.parse(called, mode="eval").body)


_ROOT = re.compile(r"√(\([^()]*\)|[0-9.]+)")


def _read(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(repr(number))  # 0.1 as it is written, not as it is stored
        case ast.Name("infinity"):
            return math.inf
        case ast.Name("e"):
            return math.e
        case ast.UnaryOp(ast.USub(), operand):
            return -_read(operand)
        case ast.BinOp(left, operator, right):
            return _operate(operator, _read(left), _read(right))
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name](*map(_read, arguments))
    raise LookupError(ast.dump(node))


def _operate(operator: ast.operator, left: Number, right: Number) -> Number:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow():
            return _power(left, right)
    raise LookupError(operator)


def _power(base: Number | str, exponent: Number) -> Number:
    if exponent == -math.inf:
        return Fraction(0)
    if isinstance(base, str) or base == math.e:
        return math.exp(exponent)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return base**exponent.numerator
    return math.pow(base, exponent)


def _root(number: Fraction) -> Number:
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if (top**2, bottom**2) == (number.numerator, number.denominator):
        return Fraction(top, bottom)
    return math.sqrt(number)


def agree(first: Number, second: Number, size: float) -> bool:
    """Tell whether two fractions are equal, or two numbers of this size within 1e-12 of it."""
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    return first == second or abs(float(first) - float(second)) <= 1e-12 * max(1.0, size)


def untrue_sides(sides: Sequence[Expression]) -> list[Expression]:
    """Return the sides of an equation that are not what its last side is."""
    value = evaluate(sides[-1])
    size = max(map(largest, sides))
    return [side for side in sides if not agree(evaluate(side), value, size)]

"""Random expressions: numbers under operators, and formulas of names."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from limelight.notation.expressions import (
    Call,
    Entry,
    MatrixProduct,
    Minus,
    Over,
    Plus,
    Power,
    Symbol,
    Times,
    Value,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from limelight.notation.expressions import Expression

NUMBERS = st.sampled_from(
    [Fraction(text) for text in ("0", "1", "2", "-1", "-3", "1/2", "-2/3", "46/3", "7/5")]
)
VALUES = st.builds(Value, NUMBERS)
EXPONENTS = st.builds(Value, st.integers(-4, 4).map(Fraction))
ROOTS = st.builds(lambda size: Call("sqrt", (Value(Fraction(size)),)), st.integers(1, 20))
POWERS = st.builds(Power, st.sampled_from([Fraction(3), Fraction(3, 2)]), EXPONENTS)


def _compound(part: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    several = st.lists(part, min_size=1, max_size=3).map(tuple)
    rounded = st.builds(
        lambda name, inside: Call(name, (inside,)),
        st.sampled_from(["floor", "ceil", "trunc", "round"]),
        part,
    )
    return st.one_of(
        st.builds(Times, several),
        st.builds(Plus, several),
        st.builds(Minus, part, part),
        st.builds(Over, part, part),
        st.builds(Call, st.just("max"), st.tuples(part, part)),
        rounded,
    )


ARITHMETIC: SearchStrategy[Expression] = st.recursive(
    st.one_of(VALUES, POWERS, ROOTS), _compound, max_leaves=8
)
"""What a cell may say: numbers, powers and roots under every operator."""

_NAMES = st.sampled_from(["X", "W_Q1", "K_T", "K_T2", "sums", "R_A", "gamma_A"])

FORMULAS: SearchStrategy[Expression] = st.recursive(
    st.one_of(
        VALUES, st.builds(Symbol, _NAMES), st.builds(Entry, _NAMES, st.just(2), st.integers(1, 9))
    ),
    lambda part: st.one_of(
        _compound(part), st.builds(MatrixProduct, part, part), st.builds(Power, st.just("e"), part)
    ),
    max_leaves=8,
)
"""What a step may say: names, too."""

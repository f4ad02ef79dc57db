"""The arithmetic of a pencil: exact for as long as the numbers allow."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.errors import NumberError
from limelight.mechanism.exact import (
    EXACT_FRACTIONS,
    as_float,
    square_root,
    whole_root,
)
from limelight.mechanism.matrix import Matrix, Shape
from limelight.notation.numbers import MASKED
from tests.oracles.by_hand import times
from tests.oracles.limits import within
from tests.strategies import SIZES, Grid, grids

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.mechanism.arithmetic import Base, Rounding
    from limelight.notation.numbers import Number

ON = EXACT_FRACTIONS
THIRD = Fraction(1, 3)
HUGE = Fraction(10) ** 400


def row(*numbers: Number | int | str) -> Matrix:
    """Write a matrix of one row; floats stay floats."""
    return Matrix((tuple(n if isinstance(n, float) else Fraction(n) for n in numbers),))


@st.composite
def factors(draw: st.DrawFn) -> tuple[Grid, Grid]:
    """Draw two matrices that can be multiplied."""
    inner = draw(SIZES)
    return draw(grids(draw(SIZES), inner)), draw(grids(inner, draw(SIZES)))


@given(factors())
def test_products_are_exact(pair: tuple[Grid, Grid]) -> None:
    """A product is the sum of fractions that it is on paper."""
    left, right = pair

    assert ON.product(Matrix.read(left), Matrix.read(right)).tolist() == times(left, right)


def test_a_product_with_floats_is_correctly_rounded() -> None:
    """Where a float comes in, each sum is rounded once: nothing cancels on the way."""
    left = row(1e16, 1.0, -1e16)

    assert ON.product(left, row(1, 1, 1).T).tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("floor", [-2, -2, -1, 0, 0, 1, 1]),
        ("ceil", [-1, -1, 0, 0, 1, 2, 2]),
        ("trunc", [-1, -1, 0, 0, 0, 1, 1]),
        ("nearest", [-2, -1, 0, 0, 1, 2, 2]),
    ],
)
def test_rounding_to_whole_numbers(rounding: Rounding, expected: list[int]) -> None:
    """Floor goes down, ceil up, trunc toward zero, nearest to the nearest with halves up."""
    fractions = row("-5/3", "-3/2", "-1/2", 0, "1/2", "3/2", "5/3")
    floats = Matrix((tuple(map(float, fractions.rows[0])),))

    assert ON.round(fractions, rounding).tolist() == [expected]
    assert ON.round(floats, rounding).tolist() == [expected]


def test_no_rounding_changes_nothing() -> None:
    """Without rounding the numbers stay."""
    assert ON.round(row("1/2"), "none") == row("1/2")


@pytest.mark.parametrize(
    ("base", "exponent", "power"),
    [
        (Fraction(3), Fraction(-2), Fraction(1, 9)),
        (Fraction(3), Fraction(0), Fraction(1)),
        (Fraction(3, 2), Fraction(-3), Fraction(8, 27)),
        (Fraction(3), MASKED, Fraction(0)),
        ("e", MASKED, Fraction(0)),
        ("e", Fraction(0), Fraction(1)),
        ("e", Fraction(1), math.e),
        ("e", -2.5, math.exp(-2.5)),
        ("e", -1e9, 0.0),
        (Fraction(4), Fraction(1, 2), 2.0),
        (Fraction(3), -1.5, 3**-1.5),
    ],
)
def test_powers(base: Base, exponent: Number, power: Number) -> None:
    """Whole exponents give exact fractions, others floats; a masked score gives 0."""
    assert ON.power(base, Matrix(((exponent,),)))[0, 0] == pytest.approx(power, rel=1e-15)


@given(st.fractions(min_value=0))
def test_square_roots(number: Fraction) -> None:
    """The root of a square is exact; another root is the nearest float."""
    assert square_root(number**2) == number
    assert float(square_root(number)) == pytest.approx(math.sqrt(number), rel=1e-15)


@given(st.fractions(min_value=0))
def test_whole_roots(number: Fraction) -> None:
    """A whole root is the nearest whole number, halves up, and at least 1."""
    root = whole_root(number)

    assert root.denominator == 1
    assert root >= 1
    assert number < (root + Fraction(1, 2)) ** 2
    assert root == 1 or (root - Fraction(1, 2)) ** 2 <= number


def test_nothing_over_nothing_is_nothing() -> None:
    """0 / 0 is 0, which a fully masked column asks for; 1 / 0 is refused."""
    assert ON.divide(row(0, 0.0), row(0, 0)).tolist() == [[0, 0]]
    with pytest.raises(NumberError, match="divided by zero"):
        ON.divide(row(1), row(0))


def test_broadcasting_is_numpys() -> None:
    """One row, one column or one cell serves every row, column or cell."""
    matrix = Matrix.read([[1, 2], [3, 4]])

    assert ON.add(matrix, row(10, 20)).tolist() == [[11, 22], [13, 24]]
    assert ON.subtract(matrix, row(10, 20).T).tolist() == [[-9, -8], [-17, -16]]
    assert ON.multiply(matrix, ON.constant(THIRD)).tolist() == [
        [THIRD, 2 * THIRD],
        [1, 4 * THIRD],
    ]


def test_sums_and_means() -> None:
    """Columns are added up and averaged exactly, and correctly rounded where a float is in."""
    matrix = Matrix(((Fraction(1), 1e16, 0.1), (THIRD, 1.0, 0.2), (THIRD, -1e16, 0.3)))

    assert ON.column_sums(matrix).tolist() == [[5 * THIRD, 1.0, 0.6]]
    assert ON.column_means(matrix).tolist() == [[5 * THIRD / 3, 1 / 3, 0.6 / 3]]


def test_masks_and_causality() -> None:
    """A 0 in the mask hides; causal hides the rows after the column."""
    causal = ON.causal(row(7, 8, 9))

    assert causal.tolist() == [[1, 1, 1], [0, 1, 1], [0, 0, 1]]
    assert ON.mask(row(5, 6), row(0, 1)).tolist() == [[MASKED, 6]]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.data())
def test_parts_stack_to_the_whole(
    heads: int, size: int, columns: int, data: st.DataObject
) -> None:
    """The parts of a matrix, stacked, are the matrix."""
    whole = Matrix.read(data.draw(grids(heads * size, columns)))
    parts = [ON.part(whole, index, heads) for index in range(heads)]

    assert {part.shape for part in parts} == {Shape(size, columns)}
    assert ON.stack(parts) == whole


@pytest.mark.parametrize(
    ("base", "column", "shift"),
    [
        ("e", [1000, 0], 1000),
        ("e", [-1000, -1001], -1000),
        ("e", [300, 0], 0),
        ("e", [MASKED, 1000], 1000),
        ("e", [MASKED, MASKED], 0),
        (Fraction(3), [1000, 0], 0),
        (Fraction(3), ["2001/2", 0], Fraction(2001, 2)),
    ],
)
def test_only_powers_that_would_not_fit_are_shifted(
    base: Base, column: list[Number | int | str], shift: Number
) -> None:
    """The largest exponent is taken off where float64 could not hold the powers."""
    assert ON.overflow_shift(row(*column).T, base).tolist() == [[shift]]


OVERFLOWING: dict[str, Callable[[], object]] = {
    "as_float": lambda: as_float(HUGE),
    "root": lambda: ON.root(row(2 * HUGE), whole=False),
    "power of e": lambda: ON.power("e", row(1000)),
    "power of a float": lambda: ON.power(Fraction(3), row(1e5)),
    "whole power": lambda: ON.power(Fraction(3), row(10**9)),
    "product": lambda: ON.product(row(HUGE), row(1.0)),
    "sum": lambda: ON.add(row(HUGE), row(1.0)),
    "quotient": lambda: ON.divide(row(HUGE), row(2.0)),
    "column sums": lambda: ON.column_sums(row(1e308, 1e308).T),
    "column means": lambda: ON.column_means(row(1e308, 1e308).T),
    "common denominators": lambda: ON.column_sums(
        Matrix(tuple((Fraction(1, 3**20_000 + step),) for step in range(3)))
    ),
}


@pytest.mark.parametrize("grow", OVERFLOWING.values(), ids=OVERFLOWING)
def test_what_does_not_fit_is_refused(grow: Callable[[], object]) -> None:
    """A result of more than 10,000 digits, or beyond float64, is a NumberError at once."""
    with within(5), pytest.raises(NumberError):
        grow()


@pytest.mark.parametrize("number", [Fraction(1), 0.5])
def test_an_endless_product_is_refused(number: Number) -> None:
    """A product that would take minutes is refused before it is begun."""
    tall = Matrix(((number,),) * 20_000)

    with within(5), pytest.raises(NumberError, match="too large to be worked number by number"):
        ON.product(tall, tall.T)


def test_long_numbers_count_as_effort() -> None:
    """A product of few but endless numbers is refused as well."""
    long = Matrix(((Fraction(7) ** 11_000,) * 100,) * 100)

    with within(10), pytest.raises(NumberError, match="too large to be worked"):
        ON.product(long, long)

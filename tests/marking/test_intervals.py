"""Intervals: wherever the numbers before a step lie, what comes of them lies inside."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.marking.intervals import INTERVALS, Between
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Matrix

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.mechanism.arithmetic import Arithmetic

CELLS = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=4
)
FEW = settings(max_examples=60, deadline=None)

ONE_OPERAND: dict[str, Callable[[Arithmetic[object], object], object]] = {
    "transpose": lambda on, m: on.transpose(m),
    "floor": lambda on, m: on.round(m, "floor"),
    "trunc": lambda on, m: on.round(m, "trunc"),
    "nearest": lambda on, m: on.round(m, "nearest"),
    "3^x": lambda on, m: on.power(Fraction(3), on.round(m, "floor")),
    "(1/2)^x": lambda on, m: on.power(Fraction(1, 2), on.round(m, "floor")),
    "e^x": lambda on, m: on.power("e", m),
    "relu": lambda on, m: on.relu(m),
    "column sums": lambda on, m: on.column_sums(m),
    "column means": lambda on, m: on.column_means(m),
    "whole root": lambda on, m: on.root(on.multiply(m, m), whole=True),
    "stack": lambda on, m: on.stack([m, m]),
    "part": lambda on, m: on.part(m, 1, 2),
    "mask": lambda on, m: on.mask(m, on.constant(Fraction(1))),
}
TWO_OPERANDS: dict[str, Callable[[Arithmetic[object], object, object], object]] = {
    "product": lambda on, a, b: on.product(a, b),
    "add": lambda on, a, b: on.add(a, b),
    "subtract": lambda on, a, b: on.subtract(a, b),
    "multiply": lambda on, a, b: on.multiply(a, b),
    "divide": lambda on, a, b: on.divide(a, b),
}


def square(numbers: list[Fraction]) -> Matrix:
    """Return two rows of two."""
    return Matrix((tuple(numbers[:2]), tuple(numbers[2:])))


def uncertain(cells: list[tuple[int, int, int]]) -> tuple[Between, Matrix]:
    """Return an interval for each cell, and a matrix that lies inside."""
    low = [Fraction(least, 10) for least, _, _ in cells]
    high = [Fraction(least, 10) + Fraction(width, 16) for least, width, _ in cells]
    point = [
        a + (b - a) * Fraction(share, 4)
        for a, b, (*_, share) in zip(low, high, cells, strict=True)
    ]
    return Between(square(low), square(high)), square(point)


def assert_inside(point: Matrix, interval: Between) -> None:
    """Every cell of a matrix lies between its ends, but for the noise of a power of e."""
    for cell, number in point.cells():
        noise = 1e-9 * abs(number) if isinstance(number, float) else 0
        assert interval.low[cell] - noise <= number <= interval.high[cell] + noise


@pytest.mark.parametrize("name", ONE_OPERAND)
@FEW
@given(operand=CELLS)
def test_one_operand(name: str, operand: list[tuple[int, int, int]]) -> None:
    """What is worked from a point lies in what is worked from its interval."""
    interval, point = uncertain(operand)
    work = ONE_OPERAND[name]

    assert_inside(work(EXACT_FRACTIONS, point), work(INTERVALS, interval))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TWO_OPERANDS)
@FEW
@given(first=CELLS, second=CELLS)
def test_two_operands(
    name: str, first: list[tuple[int, int, int]], second: list[tuple[int, int, int]]
) -> None:
    """The same for a pair; a divisor that may be 0 makes no claim."""
    (left, one), (right, other) = uncertain(first), uncertain(second)
    work = TWO_OPERANDS[name]
    if name == "divide" and any(right.low[at] <= 0 <= right.high[at] for at, _ in other.cells()):
        return

    assert_inside(
        work(EXACT_FRACTIONS, one, other),  # type: ignore[arg-type]
        work(INTERVALS, left, right),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", ONE_OPERAND)
def test_exact_numbers_stay_exact_and_are_worked_once(name: str) -> None:
    """Nothing was rounded, so there is nothing between the ends."""
    matrix = square([Fraction(1), Fraction(-2), Fraction(3, 2), Fraction(0)])
    result = ONE_OPERAND[name](INTERVALS, Between.exactly(matrix))  # type: ignore[arg-type]

    assert isinstance(result, Between)
    assert result.is_exact
    assert result.low == ONE_OPERAND[name](EXACT_FRACTIONS, matrix)  # type: ignore[arg-type]


def test_the_claim_can_fail() -> None:
    """A number outside is told from one inside."""
    one = square([Fraction(1)] * 4)
    with pytest.raises(AssertionError):
        assert_inside(square([Fraction(2)] * 4), Between.exactly(one))

"""The generator's arithmetic gives the numbers of the exact one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from limelight import EXACT, gallery, work
from limelight.catalogue import showing
from limelight.catalogue.catalogue import alternatives
from limelight.errors import NumberError
from limelight.exercises.gallery import gallery_names
from limelight.exercises.generator import whole
from limelight.exercises.generator.whole import WHOLE_NUMBERS, Whole, gathered
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.matrix import Matrix
from limelight.notation.numbers import MASKED

CLOSE = 1e-9


def assert_same(numbers: Whole, matrix: Matrix) -> None:
    """Demand the same numbers; decimals, closely."""
    for row, expected in zip(numbers.rows, matrix.rows, strict=True):
        for number, other in zip(row, expected, strict=True):
            if other == MASKED:
                assert number is None
            elif numbers.exact and isinstance(other, Fraction):
                assert Fraction(number, numbers.below) == other
            else:
                assert abs(number / numbers.below - float(other)) < CLOSE


@pytest.mark.parametrize("recipe", [None, EXACT], ids=["by hand", "exact"])
@pytest.mark.parametrize("name", gallery_names())
def test_every_step_and_every_rewriting_agrees(name: str, recipe: object) -> None:
    """Each step of the gallery, and everything that mistakes make of it, comes out the same."""
    trace = work(gallery(name), recipe)  # type: ignore[arg-type]
    values = {
        given.name: gathered(trace[given.name].matrix.tolist()) for given in trace.plan.inputs
    }
    for step in trace.plan.steps:
        operands = [values[operand] for operand in step.operands]
        values[step.name] = step.operation.compute(WHOLE_NUMBERS, *operands)
        assert_same(values[step.name], trace[step.name].matrix)
    exact = {name: trace[name].matrix for name in trace}
    for alternative in alternatives(
        trace.plan, {name: matrix.shape for name, matrix in exact.items()}
    ):
        try:
            expected = alternative.compute(EXACT_FRACTIONS, exact)
        except NumberError:
            with pytest.raises(NumberError):
                alternative.compute(WHOLE_NUMBERS, values)
            continue
        made = alternative.compute(WHOLE_NUMBERS, values)

        assert_same(made, expected)
        assert whole.differ(made, values[alternative.step]) == showing.differ(
            expected, exact[alternative.step]
        )


@pytest.mark.parametrize(
    ("one", "other", "seen"),
    [
        ([[1, 2]], [[1, 2]], False),
        ([[1, 2]], [[1, 3]], True),
        ([[1, 2]], [[1], [2]], True),
        ([["1/1000000"]], [[0]], True),
    ],
)
def test_fractions_differ_when_they_are_not_equal(one: object, other: object, seen: bool) -> None:  # noqa: FBT001
    """Fractions are told apart however near they are, shapes as well."""
    left, right = Matrix.read(one), Matrix.read(other)

    assert showing.differ(left, right) is seen
    assert whole.differ(gathered(left.tolist()), gathered(right.tolist())) is seen


@pytest.mark.parametrize(("number", "seen"), [(1.0004, False), (1.0006, True)])
def test_decimals_differ_when_it_can_be_seen(number: float, seen: bool) -> None:  # noqa: FBT001
    """Decimals that three places show alike are not told apart."""
    left, right = Matrix(((number,),)), Matrix(((Fraction(1),),))

    assert showing.differ(left, right) is seen
    assert whole.differ(gathered(left.tolist()), gathered(right.tolist())) is seen


def test_dividing_by_zero_is_refused() -> None:
    """A number over 0 is refused, and 0 over 0 is 0, as in exact work."""
    with pytest.raises(NumberError, match="divided by zero"):
        WHOLE_NUMBERS.divide(Whole(((1, 2),)), Whole(((1, 0),)))

    assert WHOLE_NUMBERS.divide(Whole(((1, 0),)), Whole(((-2, 0),))).fractions() == [
        [Fraction(-1, 2), Fraction(0)]
    ]


@pytest.mark.parametrize("rounding", ["floor", "ceil", "trunc", "nearest", "none"])
def test_rounding_is_that_of_exact_work(rounding: str) -> None:
    """Every rounding of halves and thirds, of either sign, is that of exact work."""
    matrix = Matrix.read([["-3/2", "-1/2", "1/2", "3/2", "-1/3", "2/3", 0, -2]])
    rounded = EXACT_FRACTIONS.round(matrix, rounding)  # type: ignore[arg-type]

    assert WHOLE_NUMBERS.round(gathered(matrix.tolist()), rounding).fractions() == rounded.tolist()  # type: ignore[arg-type]

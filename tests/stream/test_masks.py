"""Masks of every dtype and shape, over several tiles of keys."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from limelight import attend
from tests.stream.cases import Case, assert_close, epsilon_of, looked, random_case

BATCH, HEADS, QUERIES, KEYS = 2, 4, 110, 150

SHAPES = [
    (),
    (KEYS,),
    (QUERIES, 1),
    (QUERIES, KEYS),
    (HEADS, 1, KEYS),
    (HEADS, QUERIES, 1),
    (BATCH, 1, 1, KEYS),
    (BATCH, 1, QUERIES, KEYS),
    (BATCH, HEADS, 1, 1),
    (BATCH, HEADS, QUERIES, KEYS),
]

FLOATS = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]


def case_of(dtype: Any, **options: Any) -> Case:  # noqa: ANN401 - a dtype, and options
    """Return queries and keys of two batch entries and four heads."""
    return random_case(
        100,
        batch=(BATCH,),
        heads=(HEADS, 2),
        tokens=(QUERIES, KEYS),
        dims=(8, 4),
        **options,
    ).cast(dtype)


def assert_dense(case: Case, epsilons: float = 30) -> None:
    """Demand the output and the log sums of dense attention."""
    seen = looked(*case.arrays, want=["output", "lse", "entropy"], **case.options)
    dense, epsilon = case.dense, epsilon_of(np.float32)

    assert_close(seen.output, dense.output, epsilons, float(np.abs(case.v).max()), epsilon=epsilon)
    assert_close(seen.lse, dense.lse, epsilons, 4, epsilon=epsilon)
    assert_close(seen.entropy, dense.entropy, epsilons, 4, epsilon=epsilon)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_bool_masks_of_any_shape(shape: tuple[int, ...]) -> None:
    """True is seen, broadcast along any axis."""
    mask = np.random.default_rng(101).random(shape) < 0.7

    assert_dense(case_of(np.float32, mask=np.asarray(mask)))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", FLOATS)
def test_additive_masks_of_any_shape_and_dtype(dtype: Any, shape: tuple[int, ...]) -> None:  # noqa: ANN401
    """Numbers are added, whatever their dtype is, and -∞ hides."""
    random = np.random.default_rng(102)
    mask = np.where(random.random(shape) < 0.3, -np.inf, random.normal(size=shape))

    assert_dense(case_of(np.float32, mask=mask.astype(dtype)))


@pytest.mark.parametrize("dtype", FLOATS)
def test_strided_masks(dtype: Any) -> None:  # noqa: ANN401
    """A mask is read where it lies: transposed, reversed, every second, at an odd address."""
    random = np.random.default_rng(103)
    mask = random.normal(size=(QUERIES, KEYS)).astype(dtype)
    wide = np.zeros((QUERIES, 2 * KEYS), dtype=dtype)
    wide[:, ::2] = mask
    room = np.zeros(mask.nbytes + 1, dtype=np.uint8)
    odd = room[1:].view(dtype).reshape(mask.shape)
    odd[...] = mask
    case = case_of(np.float32)
    expected = attend(*case.arrays, mask=mask)

    for view in (np.asfortranarray(mask), mask[::-1, ::-1].copy()[::-1, ::-1], wide[:, ::2], odd):
        assert (attend(*case.arrays, mask=view) == expected).all()


LOWEST = {
    "float32": (np.float32, np.float32),
    "float64": (np.float64, np.float64),
    "bfloat16": (ml_dtypes.bfloat16, ml_dtypes.bfloat16),
    "float16 of float32": (np.float32, np.float16),
    "float16": (np.float16, np.float16),
}


@pytest.mark.parametrize("kind", LOWEST)
@pytest.mark.parametrize("padding", [3, 64, 70])
@pytest.mark.parametrize("behind", [False, True])
def test_the_lowest_number_instead_of_infinity(kind: str, padding: int, *, behind: bool) -> None:
    """A padding mask of the lowest finite number, as many models have it, leaves no NaN."""
    dtype, of_mask = LOWEST[kind]
    mask = np.zeros((BATCH, 1, 1, KEYS), dtype=of_mask)
    lowest = ml_dtypes.finfo(of_mask).min  # type: ignore[no-untyped-call]
    mask[0, ..., KEYS - padding :] = lowest if behind else 0
    mask[0, ..., :padding] = mask[0, ..., :padding] if behind else lowest
    case = case_of(dtype, mask=mask)
    epsilons = 30 * epsilon_of(dtype) / epsilon_of(np.float32)

    assert_dense(case, max(epsilons, 30))


@pytest.mark.parametrize("kind", LOWEST)
def test_the_lowest_number_everywhere(kind: str) -> None:
    """Where every key has the lowest finite number, none is hidden: all weigh the same."""
    dtype, of_mask = LOWEST[kind]
    lowest = ml_dtypes.finfo(of_mask).min  # type: ignore[no-untyped-call]
    case = case_of(dtype)
    case.q[...] = 0
    mask = np.full((QUERIES, KEYS), lowest, dtype=of_mask)
    seen = looked(*case.arrays, want=["output", "lse", "entropy"], mask=mask)
    epsilon = epsilon_of(dtype)

    assert_close(seen.output, attend(*case.arrays).astype(np.float64), 4, epsilon=epsilon)
    np.testing.assert_allclose(seen.lse.astype(np.float64), float(lowest), rtol=1e-3)
    np.testing.assert_allclose(seen.entropy, np.log(KEYS), rtol=1e-6)


def test_what_hides_wins_over_what_is_added() -> None:
    """A key hidden by its mask stays hidden, though the bias there be NaN or infinite."""
    mask = np.ones((QUERIES, KEYS), dtype=bool)
    mask[:, 50:70] = False
    additive = np.where(mask, 0, -np.inf).astype(np.float32)
    for bad in (np.nan, np.inf, -np.inf):
        bias = np.zeros((QUERIES, KEYS), dtype=np.float32)
        bias[:, 55:66] = bad
        expected = attend(*case_of(np.float32).arrays, mask=mask, bias=np.zeros_like(bias))

        assert (attend(*case_of(np.float32).arrays, mask=mask, bias=bias) == expected).all()
        assert (attend(*case_of(np.float32).arrays, mask=additive, bias=bias) == expected).all()

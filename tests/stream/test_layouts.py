"""Inputs are read where they lie, however they lie, and give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest

from tests.stream.cases import fields_of, looked, random_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stream.dense import Array

DTYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]


def tokens_first(x: Array) -> Array:
    """Lay it out as models do: (batch, tokens, heads, dim)."""
    return np.swapaxes(np.ascontiguousarray(np.swapaxes(x, -3, -2)), -3, -2)


def dim_first(x: Array) -> Array:
    """Lay it out with tokens as columns."""
    return np.swapaxes(np.ascontiguousarray(np.swapaxes(x, -2, -1)), -2, -1)


def every_third(x: Array) -> Array:
    """Leave two numbers of something else between any two."""
    room = np.full((*x.shape[:-1], 3 * x.shape[-1]), np.nan, dtype=x.dtype)
    room[..., ::3] = x
    return room[..., ::3]


def reversed_(x: Array) -> Array:
    """Let every step go backwards."""
    return np.ascontiguousarray(x[:, ::-1, ::-1, ::-1])[:, ::-1, ::-1, ::-1]


def wider_rows(x: Array) -> Array:
    """Put rows further apart than they are long, by an odd number, with NaN between them."""
    room = np.full((*x.shape[:-1], x.shape[-1] + 3), np.nan, dtype=x.dtype)
    room[..., 1:-2] = x
    return room[..., 1:-2]


def odd_address(x: Array) -> Array:
    """Begin one byte behind an even address."""
    room = np.zeros(x.nbytes + 1, dtype=np.uint8)
    view = room[1:].view(x.dtype).reshape(x.shape)
    view[...] = x
    return view


def odd_steps(x: Array) -> Array:
    """Put a byte of something else before each number, as records in a file have it."""
    room = np.zeros(x.shape, dtype=[("other", np.uint8), ("number", x.dtype)])
    room["number"] = x
    view: Array = room["number"]
    return view


def fortran(x: Array) -> Array:
    """Let the first axis run fastest."""
    return np.asfortranarray(x)


LAYOUTS: list[Callable[[Array], Array]] = [
    tokens_first,
    dim_first,
    every_third,
    reversed_,
    wider_rows,
    odd_address,
    odd_steps,
    fortran,
]


def assert_same(actual: Any, expected: Any, *, to_the_bit: bool) -> None:  # noqa: ANN401
    """Demand the same numbers, to the bit where there is no BLAS that looks at strides."""
    found, wanted = fields_of(actual), fields_of(expected)

    assert found.keys() == wanted.keys()
    for name, numbers in found.items():
        if to_the_bit:
            assert numbers.tobytes() == wanted[name].tobytes(), name
        else:
            wide, exact = (each.astype(np.float64) for each in (numbers, wanted[name]))
            np.testing.assert_allclose(wide, exact, rtol=1e-2, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dims", [(16, 24), (17, 5)], ids=str)
def test_layouts_do_not_matter(
    on_kernel: str,
    layout: Callable[[Array], Array],
    dtype: Any,  # noqa: ANN401
    dims: tuple[int, int],
) -> None:
    """Any layout of q, k and v gives what contiguous arrays give; a kernel, to the bit."""
    case = random_case(110, batch=(2,), heads=(4, 2), tokens=(75, 141), dims=dims).cast(dtype)
    views = [layout(each) for each in case.arrays]
    options: dict[str, Any] = {"causal": "bottom-right", "top": 5, "picture": 9}

    assert all((view == each).all() for view, each in zip(views, case.arrays, strict=True))
    assert_same(
        looked(*views, **options),
        looked(*case.arrays, **options),
        to_the_bit=on_kernel != "reference",
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_an_axis_that_repeats(on_kernel: str, dtype: Any, axis: int) -> None:  # noqa: ANN401
    """An axis whose step is 0, of the batch, the heads, the tokens or the dim, is read as such."""
    case = random_case(111, batch=(2,), heads=(4, 2), tokens=(75, 141), dims=(16, 24)).cast(dtype)
    views = [np.broadcast_to(each.take([0], axis=axis), each.shape) for each in case.arrays]
    copies = [np.ascontiguousarray(view) for view in views]

    assert all(view.strides[axis] == 0 for view in views)
    assert_same(looked(*views), looked(*copies), to_the_bit=on_kernel != "reference")


def test_one_number_everywhere() -> None:
    """A single number stands for all of q, k and v: every weight is the same."""
    one = np.broadcast_to(np.float32(1), (2, 130, 8))
    seen = looked(one, one, one)

    assert (seen.output == 1).all()
    np.testing.assert_allclose(seen.lse, np.log(130) + np.sqrt(8), rtol=1e-6)
    np.testing.assert_allclose(seen.received, 1, rtol=1e-5)

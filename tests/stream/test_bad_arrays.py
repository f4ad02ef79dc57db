"""Arrays that cannot be used are refused in three lines that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest
import torch

from limelight import attend, attend_partial, audit_sparse, observe
from limelight.errors import ArrayError, ShapeError
from tests.stream.refusal import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight import LimelightError

pytestmark = pytest.mark.once  # what cannot be used is refused before a kernel is asked

X = np.ones((2, 3, 4))
BIG_BFLOAT16 = np.dtype(ml_dtypes.bfloat16).newbyteorder(">")


def wide(tokens: int, dim: int) -> np.ndarray:
    """Return one head of ones, however large, that takes no memory."""
    return np.broadcast_to(np.float32(1), (1, tokens, dim))


ARRAYS: list[tuple[tuple[Any, ...], type[LimelightError], str]] = [
    (
        (X[0], X, X),
        ShapeError,
        "q does not fit: expected at least three axes, (…, heads, tokens, dim), got (3, 4).",
    ),
    (
        (X, X[..., :3], X),
        ShapeError,
        "k does not fit: expected (key heads, keys, 4), got (2, 3, 3).",
    ),
    (
        (X[None], X, X),
        ShapeError,
        "k does not fit: expected (1, key heads, keys, 4), got (2, 3, 4).",
    ),
    ((X, X, X[:, :2]), ShapeError, "v does not fit: expected (2, 3, d_v), got (2, 2, 4)."),
    (
        (np.ones((3, 3, 4)), X, X),
        ShapeError,
        "k does not fit: expected a number of heads that divides the 3 of q, got (2, 3, 4).",
    ),
    (
        (X[:, :, :0],) * 3,
        ShapeError,
        "q does not fit: expected a dim of at least 1, got (2, 3, 0).",
    ),
    (
        (X, X.astype(np.float32), X),
        ArrayError,
        "k must have the dtype of q: expected float64, got float32.",
    ),
    (
        (X.astype(int), X, X),
        ArrayError,
        (
            "q must hold floating-point numbers: expected bfloat16, float16, float32, float64; "
            "got int64."
        ),
    ),
    (
        ([[[1.0]]], X, X),
        ArrayError,
        "q must be an array: expected NumPy, or DLPack or __array__; got list.",
    ),
    (
        (torch.ones(2, 3, 4, device="meta"), X, X),
        ArrayError,
        "q is on the wrong device: expected the CPU, got meta.",
    ),
    (
        (torch.ones(2, 3, 4).to_mkldnn(), X, X),
        ArrayError,
        "q must be an array: expected NumPy, or DLPack or __array__; got Tensor.",
    ),
    (
        (torch.ones(2, 3, 4).to(torch.float8_e4m3fn), X, X),
        ArrayError,
        "q must be an array: expected NumPy, or DLPack or __array__; got Tensor.",
    ),
    (
        (wide(2**31, 1), wide(1, 1), wide(1, 2**31)),
        ArrayError,
        (
            "the output would be too large: expected at most 9223372036854775807 bytes, got "
            "36893488147419103232."
        ),
    ),
]


@pytest.mark.parametrize(("arrays", "error", "text"), ARRAYS)
def test_arrays_that_cannot_be_used(
    arrays: tuple[Any, ...], error: type[LimelightError], text: str
) -> None:
    """The message names the array, what was expected and what came."""
    for function in (attend, observe, attend_partial):
        refused(lambda function=function: function(*arrays), error, text)  # type: ignore[misc]


class OnDevice:
    """An array on another device, such as a GPU."""

    device = "cuda:0"
    shape = (2, 3, 4)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Say where it lies, as DLPack numbers devices: 2 is CUDA."""
        return (2, 0)


def test_a_cuda_tensor_is_on_the_wrong_device() -> None:
    """The message says which device, and how to move it."""
    refused(
        lambda: attend(X, OnDevice(), X),
        ArrayError,
        "k is on the wrong device: expected the CPU, got cuda:0.",
    )
    with pytest.raises(ArrayError, match=r"Move it first, for example with k\.cpu\(\)\."):
        attend(X, OnDevice(), X)


DTYPES = [
    ("object", np.full((2, 3, 4), None)),
    ("void96", np.zeros((2, 3, 4), dtype=[("weight", "f8"), ("unit", "f4")])),
    ("complex128", X + 1j),
    ("complex128", torch.ones(2, 3, 4, dtype=torch.complex128).conj()),
    ("bool", X > 0),
    ("str32", np.full((2, 3, 4), "1")),
    ("timedelta64[s]", X.astype("m8[s]")),
    ("float8_e4m3fn", X.astype(ml_dtypes.float8_e4m3fn)),
    ("byte-swapped bfloat16", X.astype(np.uint16).view(BIG_BFLOAT16)),
    ("object", np.full((2, 3, 4), 1 << 70)),
]


@pytest.mark.parametrize(("dtype", "array"), DTYPES)
def test_numbers_that_are_none(dtype: str, array: Any) -> None:  # noqa: ANN401 - of any kind
    """A dtype that is none of the four is named as what it is."""
    kinds = "expected bfloat16, float16, float32, float64"
    refused(
        lambda: attend(array, X, X),
        ArrayError,
        f"q must hold floating-point numbers: {kinds}; got {dtype}.",
    )


MASKED = np.ma.masked_array(X, mask=X > 0)
MASKED_PAIRS = np.ma.masked_array(np.ones((3, 3), dtype=bool), mask=np.eye(3, dtype=bool))
ONE_MASKED = np.ma.masked_array([1, 2, 2], mask=[True, False, False])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("q", lambda: attend(MASKED, X, X)),
        ("k", lambda: attend(X, MASKED, X)),
        ("v", lambda: attend(X, X, MASKED)),
        ("out", lambda: attend(X, X, X, out=np.ma.zeros((2, 3, 4)))),
        ("mask", lambda: attend(X, X, X, mask=MASKED_PAIRS)),
        ("bias", lambda: attend(X, X, X, bias=MASKED_PAIRS.astype(np.float64))),
        ("sinks", lambda: attend(X, X, X, sinks=ONE_MASKED[:2].astype(np.float64))),
        ("sinks", lambda: attend(X, X, X, sinks=[np.ma.masked, 1.0])),
        ("key_lengths", lambda: attend(X, X, X, key_lengths=ONE_MASKED[0])),
        ("key_lengths", lambda: attend(X[None], X[None], X[None], key_lengths=ONE_MASKED[:1])),
        ("kept", lambda: audit_sparse(X, X, X, MASKED_PAIRS)),
        ("keys", lambda: attend_partial(X, X, X, keys=ONE_MASKED)),
        ("tokens", lambda: observe(X, X, X, tokens=ONE_MASKED)),
        ("queries", lambda: observe(X, X, X).weights(ONE_MASKED)),
    ],
)
def test_masked_arrays_are_refused(name: str, call: Callable[[], object]) -> None:
    """NumPy's masked arrays are not read without their masks: there is the option mask."""
    refused(
        call,
        ArrayError,
        f"{name} must be an array without a mask of its own: expected a plain array, got Masked",
    )


def test_what_to_do_with_a_masked_array() -> None:
    """The message says what would be lost, and how to fill it."""
    with pytest.raises(ArrayError) as raised:
        attend(X, MASKED, X)

    assert str(raised.value).splitlines()[1:] == [
        "  It is float64 (2, 3, 4), and its mask would be lost.",
        "  Fill it with numpy.ma.filled(k, …); the option mask says what is hidden.",
    ]


class Sparse:
    """What SciPy's sparse arrays are to us: no protocol, and a way to become an array."""

    def toarray(self) -> np.ndarray:
        """Return an array."""
        return X


@pytest.mark.parametrize(
    ("array", "way"),
    [
        (torch.ones(2, 3, 4).to_sparse(), "q.to_dense()"),
        (torch.ones(2, 3, 4).to_mkldnn(), "q.to_dense()"),
        (torch.ones(2, 3, 4).to(torch.float8_e4m3fn), "q.float()"),
        (Sparse(), "q.toarray()"),
        ([[1.0]], "numpy.asarray(q)"),
    ],
)
def test_the_way_out_fits_the_kind(array: Any, way: str) -> None:  # noqa: ANN401 - of any kind
    """What makes a plain array of it is named: each kind has its own."""
    with pytest.raises(ArrayError, match=rf"for example with {re.escape(way)}\.$"):
        attend(array, X, X)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("sinks", lambda: attend(X, X, X, sinks=[[1.0], [1.0, 2.0]])),
        ("bias", lambda: attend(X, X, X, bias=[[1.0], [1.0, 2.0]])),
        ("key_lengths", lambda: attend(X, X, X, key_lengths=[[1], [1, 2]])),
        ("keys", lambda: attend_partial(X, X, X, keys=[[1], [1, 2]])),
        ("queries", lambda: observe(X, X, X).weights([[1], [1, 2]])),
    ],
)
def test_ragged_lists_are_refused(name: str, call: Callable[[], object]) -> None:
    """Lists of several lengths make no array."""
    refused(
        call,
        ArrayError,
        f"{name} must be numbers, in lists of one length: expected what numpy.asarray takes, ",
    )


def test_out_of_memory_is_an_exception() -> None:
    """A result that no machine has room for is refused by an exception, not by a crash."""
    with pytest.raises(MemoryError):
        attend(wide(2**10, 1), wide(1, 1), wide(1, 2**48))

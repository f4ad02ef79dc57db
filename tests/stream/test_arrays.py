"""What comes in is read where it lies, and what goes out is rounded once."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight import attend
from limelight.errors import ArrayError
from limelight.stream.arrays import read, round_to
from tests.stream.cases import assert_close, epsilon_of, looked, many, random_case

if TYPE_CHECKING:
    from tests.stream.dense import Array

DTYPES: list[Any] = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_comes_back(dtype: type) -> None:
    """Each dtype gives the result of its own numbers, within 2 epsilons of it, in that dtype."""
    narrow = random_case(50, tokens=(9, 9)).cast(dtype)
    result = attend(*narrow.arrays)
    size = float(np.abs(narrow.v.astype(np.float64)).max())

    assert result.dtype == dtype
    assert_close(result, narrow.dense.output, 2, size, epsilon=epsilon_of(dtype))


@pytest.mark.reference
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_reference_rounds_once(dtype: type) -> None:
    """The reference gives the result of an array's numbers in float64, rounded to its dtype."""
    narrow = random_case(50, tokens=(9, 9)).cast(dtype)
    wide = attend(*(each.astype(np.float64) for each in narrow.arrays))

    assert (attend(*narrow.arrays) == wide.astype(dtype)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_statistics_are_not_coarse(dtype: type) -> None:
    """Statistics are float64 for float64 and float32 for everything else."""
    x: Array = np.ones((1, 2, 3)).astype(dtype)
    seen = looked(x, x, x)
    expected = np.float64 if dtype is np.float64 else np.float32

    assert (seen.lse.dtype, seen.picture.mean.dtype) == (expected, expected)
    assert seen.top_keys.indices.dtype == np.int64


@pytest.mark.parametrize("dtype", [">f2", ">f4", ">f8"])
def test_byte_order_does_not_matter(dtype: str) -> None:
    """Big-endian numbers are read as what they are, and the result has the machine's order."""
    case = random_case(55, tokens=(9, 9))
    native = [each.astype(np.dtype(dtype).newbyteorder("=")) for each in case.arrays]
    result = attend(*(each.astype(dtype) for each in native))

    assert result.dtype == native[0].dtype
    assert (result == attend(*native)).all()


def test_strides_do_not_matter() -> None:
    """Transposed, reversed, strided, and 8-byte big-endian arrays give the same."""
    case = random_case(51, batch=(2,), heads=(2, 2))
    expected = attend(*case.arrays)
    swapped = [np.swapaxes(np.ascontiguousarray(np.swapaxes(x, 1, 2)), 1, 2) for x in case.arrays]
    reverse = [np.ascontiguousarray(x[..., ::-1])[..., ::-1] for x in case.arrays]
    strided = [np.repeat(x, 2, axis=-2)[..., ::2, :] for x in case.arrays]
    big = [x.astype(">f8") for x in case.arrays]

    for arrays in (swapped, reverse, strided, big):
        np.testing.assert_allclose(attend(*arrays), expected, rtol=1e-13)


def test_what_cannot_be_written_to_is_read() -> None:
    """A read-only memory map, say."""
    case = random_case(52)
    for each in case.arrays:
        each.flags.writeable = False

    assert attend(*case.arrays).flags.writeable


def test_one_number_may_stand_for_many() -> None:
    """A view whose steps are 0 is read as the array that it looks like."""
    case = random_case(56, batch=(2,), heads=(2, 2))
    thin = [each[:1, :1, :1] for each in case.arrays]
    wide = [np.broadcast_to(x, y.shape) for x, y in zip(thin, case.arrays, strict=True)]

    assert (attend(*wide) == attend(*(np.array(each) for each in wide))).all()


class Named(np.ndarray):
    """An array of NumPy's that somebody gave more to."""

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - whatever ndarray takes
        """Fail: nobody may ask."""
        raise AssertionError(at)


def test_a_subclass_is_read_as_its_numbers() -> None:
    """What a subclass does of its own, such as np.matrix's two axes for ever, has no part."""
    case = random_case(57, tokens=(5, 5))
    mask = np.tri(5, dtype=bool)
    expected = attend(*case.arrays, mask=mask)
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.asmatrix(mask)

    assert (attend(*(each.view(Named) for each in case.arrays), mask=mask) == expected).all()
    assert (attend(*case.arrays, mask=matrix) == expected).all()


@pytest.mark.parametrize("batch", [(), (2,), (2, 1, 3), (0,)])
def test_any_batch_axes(batch: tuple[int, ...]) -> None:
    """No batch axis, several, or an empty one: each entry by itself."""
    case = random_case(53, batch=batch, heads=(2, 1))
    result = attend(*case.arrays)

    assert result.shape == (*batch, 2, 7, 3)
    for at in np.ndindex(*batch):
        assert (result[at] == attend(case.q[at], case.k[at], case.v[at])).all()


def foreign(array: Array, protocol: str) -> object:
    """Return an array of a library that nobody has heard of, with one of the two protocols."""
    if protocol == "__array__":
        methods: dict[str, Any] = {"__array__": lambda _, *__, **___: array}
    else:
        names = ("__dlpack__", "__dlpack_device__")
        methods = {name: staticmethod(getattr(array, name)) for name in names}
    return type("Foreign", (), methods)()


@pytest.mark.parametrize("protocol", ["__array__", "__dlpack__"])
def test_either_protocol_is_enough(protocol: str) -> None:
    """An unknown kind of array goes in by either protocol, without a copy."""
    array = np.ones((1, 2, 3))
    source = read("q", foreign(array, protocol))

    assert np.shares_memory(source.array, array)


def test_an_unknown_kind_comes_back_as_numpy() -> None:
    """Where the kind of array has no way to make one, the result is NumPy's."""
    array = np.ones((1, 2, 3))
    result = attend(*[foreign(array, "__array__")] * 3)

    assert isinstance(result, np.ndarray)


def test_out_is_written_and_returned() -> None:
    """`out` may be a view with strides of its own, or one of the inputs."""
    case = random_case(54, dims=(3, 3), tokens=(7, 7))
    expected = attend(*case.arrays)
    room = np.zeros((1, 14, 3))[:, ::2]

    assert attend(*case.arrays, out=room) is room
    assert (room == expected).all()
    assert (attend(*case.arrays, out=case.q) == expected).all()


class Copied:
    """An array that hands over a copy each time, as a file's data set does."""

    def __init__(self, array: Array) -> None:
        """Hold an array."""
        self.array = array

    def __array__(self, *_: object, **__: object) -> Array:
        """Return a copy."""
        return self.array.copy()


def test_nothing_is_written_to_a_copy() -> None:
    """`out` must be memory of its own; otherwise the result would be lost without a word."""
    case = random_case(58, dims=(3, 3), tokens=(7, 7))

    assert (attend(*map(Copied, case.arrays)) == attend(*case.arrays)).all()
    with pytest.raises(ArrayError, match="It hands over copies: what is written to one is lost"):
        attend(*case.arrays, out=Copied(np.zeros((1, 7, 3))))


def tie_near(bits: int) -> float:
    """Return a number so close to half way between two that float32 takes it for half way."""
    pair = np.array([bits, bits + 1], np.uint16).view(ml_dtypes.bfloat16).astype(np.float64)
    return float(np.nextafter(pair.mean(), np.inf))


def nearest(number: float) -> float:
    """Round a number to 8 significant bits by exact arithmetic."""
    if number == 0 or np.isinf(number):
        return number
    exponent = max(int(np.floor(np.log2(abs(number)))), -126)
    while Fraction(2) ** (exponent + 1) <= abs(Fraction(number)):
        exponent += 1
    while exponent > -126 and Fraction(2) ** exponent > abs(Fraction(number)):
        exponent -= 1
    unit = Fraction(2) ** (exponent - 7)
    rounded = round(Fraction(number) / unit) * unit
    return float(np.copysign(np.inf, number)) if abs(rounded) >= 2**128 else float(rounded)


@many
@given(st.floats(width=64) | st.integers(0, 0x7F7E).map(tie_near))
def test_bfloat16_is_rounded_once(number: float) -> None:
    """The nearest bfloat16, ties to even, never by way of float32."""
    bits = round_to(np.array([number]), "bfloat16")
    result = float(bits.view(ml_dtypes.bfloat16)[0].astype(np.float64))

    assert np.isnan(result) if np.isnan(number) else result == nearest(number)


@pytest.mark.parametrize("bits", [0x7F81, 0xFF81, 0x7FC0])
def test_every_nan_is_read(bits: int) -> None:
    """A signalling NaN spoils its row as a quiet one does, and nothing is warned about."""
    x: Array = np.ones((1, 2, 3)).astype(ml_dtypes.bfloat16)
    x.view(np.uint16)[0, 1] = bits
    seen = looked(x, x, x, causal="top-left")

    assert np.isnan(seen.lse).tolist() == [[False, True]]


def test_rounding_twice_is_seen() -> None:
    """The check can fail: by way of float32 such a number goes to the wrong side."""
    number = tie_near(0x3F80)
    twice = np.array([number]).astype(np.float32).astype(ml_dtypes.bfloat16)

    assert float(twice[0].astype(np.float64)) != nearest(number)

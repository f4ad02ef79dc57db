"""Arrays come in and go out: NumPy, torch, jax, or whatever speaks DLPack or `__array__`.

No framework is imported. What comes in is looked at where it lies, without a copy; bfloat16,
which NumPy lacks, as the bits that it is.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from limelight.errors import ArrayError

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Array: TypeAlias = Any
"""An array of whatever framework the caller uses."""

Index: TypeAlias = Any
"""What NumPy takes as an index."""

BFLOAT16 = "bfloat16"
FLOATS = (BFLOAT16, "float16", "float32", "float64")

_CPU = 1
"""The device type of main memory in DLPack."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """An array as it came, and the way to read it.

    Attributes:
        name: The argument it came as.
        given: What the caller handed in; results take after it.
        array: The same memory for NumPy; of bfloat16, its bits as uint16.
        dtype: The name of its dtype.
    """

    name: str
    given: Array
    array: npt.NDArray[Any]
    dtype: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its axes."""
        return self.array.shape

    def floats(self, at: Index = ...) -> Floats:
        """Return what stands at an index, exactly, as float64."""
        part = self.array[at]
        if self.dtype == BFLOAT16:
            part = (part.astype(np.uint32) << np.uint32(16)).view(np.float32)
        with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
            return np.asarray(part, dtype=np.float64)

    def part(self, at: Index) -> Source:
        """Return what stands at an index, still as it came."""
        return replace(self, array=np.asarray(self.array[at]))

    def spread(self, shape: tuple[int, ...]) -> Source:
        """Return it broadcast to a shape, without a copy."""
        return replace(self, array=np.broadcast_to(self.array, shape))


def read(name: str, given: Array) -> Source:
    """Look at an array where it lies.

    Raises:
        ArrayError: It is no array, or on another device than the CPU.
    """
    if isinstance(given, np.ndarray):
        return _bits(name, given, given)
    _refuse_device(name, given)
    detached = given.detach() if hasattr(given, "detach") else given
    if str(getattr(detached, "dtype", "")) == "torch.bfloat16":
        bits = _plain(name, detached.view(_namespace(given).int16))
        return Source(name=name, given=given, array=bits.view(np.uint16), dtype=BFLOAT16)
    return _bits(name, given, _plain(name, detached))


def read_floats(name: str, given: Array) -> Source:
    """Look at an array of floating-point numbers.

    Raises:
        ArrayError: It is no such array, or on another device than the CPU.
    """
    source = read(name, given)
    if source.dtype not in FLOATS:
        msg = (
            f"{name} must hold floating-point numbers: expected {', '.join(FLOATS)}; "
            f"got {source.dtype}.\n"
            f"  {name} is {source.shape}.\n"
            "  Convert it first."
        )
        raise ArrayError(msg)
    return source


def give_back(result: npt.NDArray[Any], like: Source, *, dtype: str | None = None) -> Array:
    """Return a result as an array of the kind that *like* came as.

    Args:
        result: The numbers.
        like: The input that says which framework.
        dtype: One of `FLOATS` to round to; None leaves the result's own.
    """
    rounded = result if dtype is None else round_to(result, dtype)
    is_bits = dtype == BFLOAT16
    if isinstance(like.given, np.ndarray):
        return rounded.view(like.given.dtype) if is_bits else rounded
    namespace = _namespace(like.given)
    if namespace is None:
        return rounded
    if not is_bits:
        return namespace.asarray(rounded)
    return namespace.asarray(rounded.view(np.int16)).view(namespace.bfloat16)


def write_out(result: npt.NDArray[Any], out: Array, like: Source) -> Array:
    """Write a result into the array that the caller has for it, and return that array.

    Raises:
        ArrayError: *out* is of another shape, dtype or kind, or cannot be written to.
    """
    target = read("out", out)
    same = (target.shape, target.dtype) == (result.shape, like.dtype)
    if not same or not target.array.flags.writeable:
        facts = "" if same else f"; got {target.dtype} {target.shape}"
        msg = (
            f"out must be a writable array for the result: expected {like.dtype} "
            f"{result.shape}{facts}.\n"
            f"  It {'can' if target.array.flags.writeable else 'cannot'} be written to.\n"
            "  Leave out away to get a new array."
        )
        raise ArrayError(msg)
    target.array[...] = round_to(result, like.dtype)
    return out


def round_to(numbers: npt.NDArray[Any], dtype: str) -> npt.NDArray[Any]:
    """Round to the nearest number of *dtype*, once; bfloat16 comes as bits, and may be bits."""
    if dtype == BFLOAT16 and numbers.dtype == np.uint16:
        return numbers
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if dtype != BFLOAT16:
            return numbers.astype(np.dtype(dtype), copy=False)
        near = numbers.astype(np.float32)
        bits = near.view(np.uint32).astype(np.int64)
        # What float32 made a tie of is none: step to the side that the number is on.
        tie = (bits & 0xFFFF) == 0x8000  # noqa: PLR2004 - half a unit of bfloat16
        outward = np.sign(np.abs(numbers) - np.abs(near.astype(np.float64)))
        bits += np.where(tie & np.isfinite(near), outward, 0).astype(np.int64)
        bits += 0x7FFF + ((bits >> 16) & 1)
        short = np.where(np.isnan(numbers), 0x7FC0, bits >> 16)
        return short.astype(np.uint16)


def refuse_sizes(what: str, shape: Sequence[int]) -> None:
    """Refuse a result that no address reaches.

    Raises:
        ArrayError: Its float64 numbers take 2^63 bytes or more.
    """
    size = 8
    for axis in shape:
        size *= int(axis)
    if size > sys.maxsize:
        msg = (
            f"{what} would be too large: expected at most {sys.maxsize} bytes, got {size}.\n"
            f"  Its shape would be {tuple(map(int, shape))}.\n"
            "  Work fewer heads, queries or keys at a time."
        )
        raise ArrayError(msg)


def _bits(name: str, given: Array, array: npt.NDArray[Any]) -> Source:
    """Name the dtype, and take bfloat16 of NumPy's extension as bits."""
    dtype = array.dtype.name
    if dtype == BFLOAT16:
        array = array.view(np.uint16)
    return Source(name=name, given=given, array=array, dtype=dtype)


def _plain(name: str, given: Array) -> npt.NDArray[Any]:
    """Return what another framework holds as a NumPy array on the same memory."""
    protocols = [protocol for protocol in ("__dlpack__", "__array__") if hasattr(given, protocol)]
    problem: Exception | None = None
    for protocol in protocols:
        try:
            return np.from_dlpack(given) if protocol == "__dlpack__" else np.asarray(given)
        except (BufferError, RuntimeError, TypeError, ValueError, AttributeError) as error:
            problem = error
    msg = (
        f"{name} must be an array: expected NumPy, or DLPack or __array__; "
        f"got {type(given).__name__}.\n"
        f"  {problem or 'It offers neither.'}\n"
        f"  Convert it first, for example with numpy.asarray({name})."
    )
    raise ArrayError(msg)


def _refuse_device(name: str, given: Array) -> None:
    """Refuse what does not lie in main memory, by name."""
    place = str(getattr(given, "device", "elsewhere"))
    try:
        kind = given.__dlpack_device__()[0] if hasattr(given, "__dlpack_device__") else _CPU
    except (BufferError, RuntimeError, ValueError):
        kind = None
    if kind != _CPU:
        msg = (
            f"{name} is on the wrong device: expected the CPU, got {place}.\n"
            f"  {type(given).__name__} {tuple(getattr(given, 'shape', ()))}; "
            "Limelight computes in main memory.\n"
            f"  Move it first, for example with {name}.cpu()."
        )
        raise ArrayError(msg)


def _namespace(given: Array) -> Any:  # noqa: ANN401 - a framework
    """Return the framework that an array belongs to, or None where it cannot make one.

    It is loaded, since the array is there; a subclass may have been defined elsewhere.
    """
    if hasattr(given, "__array_namespace__"):
        return given.__array_namespace__()
    homes = [kind.__module__.partition(".")[0] for kind in type(given).__mro__]
    modules = [sys.modules.get(home) for home in homes]
    return next((module for module in modules if hasattr(module, "asarray")), None)

"""Arrays come in and go out: NumPy, torch, jax, or whatever speaks DLPack or `__array__`.

No framework is imported. What comes in is looked at where it lies, without a copy; bfloat16,
which NumPy lacks, as the bits that it is.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from limelight.errors import ArrayError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        ArrayError: It is no array, holds more than its numbers, or is on another device than
            the CPU.
    """
    if isinstance(given, np.ma.MaskedArray):
        raise _masked(name, given)
    if isinstance(given, np.ndarray):
        return _bits(name, given, np.asarray(given))
    _refuse_device(name, given)
    if str(getattr(given, "dtype", "")) == "torch.bfloat16":
        bits = _plain(name, given, "int16")
        return Source(name=name, given=given, array=bits.view(np.uint16), dtype=BFLOAT16)
    return _bits(name, given, _plain(name, given))


def listed(name: str, given: Any) -> Array:  # noqa: ANN401 - whatever a caller gives
    """Let a few numbers come as a list.

    Raises:
        ArrayError: The list makes no array, or holds something masked.
    """
    if not isinstance(given, list | tuple):
        return np.asarray(given) if isinstance(given, Real) else given
    for each in given:
        if isinstance(each, np.ma.MaskedArray):
            raise _masked(name, each)
    try:
        return np.asarray(given)
    except (RuntimeError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
    msg = (
        f"{name} must be numbers, in lists of one length: expected what numpy.asarray takes, "
        f"got a {type(given).__name__} of {len(given)}.\n"
        f"  {reason}\n"
        "  Give an array."
    )
    raise ArrayError(msg)


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


def read_out(out: Array, shape: tuple[int, ...], like: Source) -> Source:
    """Look at the array that the caller has for a result.

    Raises:
        ArrayError: *out* is of another shape, dtype or kind, or cannot be written to.
    """
    target = read("out", out)
    same = (target.shape, target.dtype) == (shape, like.dtype)
    obstacle = _obstacle(target)
    if not same or obstacle:
        facts = "" if same else f"; got {target.dtype} {target.shape}"
        msg = (
            f"out must be a writable array for the result: expected {like.dtype} "
            f"{shape}{facts}.\n"
            f"  {obstacle or 'It can be written to.'}\n"
            "  Leave out away to get a new array."
        )
        raise ArrayError(msg)
    return target


def stands_apart(target: Source, sources: Iterable[Source | None]) -> bool:
    """Tell whether a kernel may write into an array while it reads others."""
    array = target.array
    return (
        array.flags.c_contiguous
        and array.dtype.isnative
        and not any(each and np.may_share_memory(array, each.array) for each in sources)
    )


def _obstacle(target: Source) -> str:
    """Say what is in the way of writing to an array; nothing where it can be done."""
    array = target.array
    if not array.flags.writeable:
        return "It cannot be written to."
    if any(not step and size > 1 for step, size in zip(array.strides, array.shape, strict=True)):
        return "Several of its numbers lie in one place."
    again = read(target.name, target.given).array
    if array.size and not np.may_share_memory(array, again):
        return "It hands over copies: what is written to one is lost."
    return ""


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
    if dtype == BFLOAT16 and not array.dtype.isnative:
        dtype = f"byte-swapped {BFLOAT16}"  # no dtype of ours: its bits would be misread
    elif dtype == BFLOAT16:
        array = array.view(np.uint16)
    return Source(name=name, given=given, array=array, dtype=dtype)


def _plain(name: str, given: Array, seen_as: str = "") -> npt.NDArray[Any]:
    """Return what another framework holds as a NumPy array on the same memory.

    Torch is asked by its own door: by DLPack it hands over tensors that are negated lazily,
    masked or fake as if the bytes that they lie on were their numbers.
    """
    if hasattr(given, "resolve_neg"):
        protocols = ["torch"]
    else:
        protocols = [each for each in ("__dlpack__", "__array__") if hasattr(given, each)]
    problem: Exception | None = None
    for protocol in protocols:
        try:
            if protocol == "torch":
                return _settled(given, seen_as)
            return np.from_dlpack(given) if protocol == "__dlpack__" else np.asarray(given)
        except (BufferError, RuntimeError, TypeError, ValueError, AttributeError) as error:
            problem = error
    reason = str(problem).strip().partition("\n")[0] if problem else "It offers neither."
    msg = (
        f"{name} must be an array: expected NumPy, or DLPack or __array__; "
        f"got {type(given).__name__}.\n"
        f"  {reason}\n"
        f"  Convert it first, for example with {_way(name, given)}."
    )
    raise ArrayError(msg)


def _settled(given: Array, seen_as: str) -> npt.NDArray[Any]:
    """Return a torch tensor's numbers, or their bits seen as another dtype."""
    if seen_as:
        given = given.detach().resolve_neg().view(getattr(_namespace(given), seen_as))
    array: npt.NDArray[Any] = given.numpy(force=True)  # detached, and negated if it is to be
    known_zero = given._is_zerotensor()  # noqa: SLF001 - which torch itself makes an array of
    if array.size and array.flags.owndata and not known_zero:
        # NumPy was told to begin at address 0, and took memory that nobody has written to.
        msg = "It has no memory of its own: a transformation such as functionalize wraps it."
        raise RuntimeError(msg)
    return array


def _way(name: str, given: Array) -> str:
    """Say what makes an array of something that is none."""
    if getattr(given, "is_quantized", False):
        return f"{name}.dequantize()"
    if str(getattr(given, "layout", "torch.strided")) != "torch.strided":
        return f"{name}.to_dense()"
    if hasattr(given, "resolve_neg"):
        return f"{name}.to_tensor(0)" if hasattr(given, "to_tensor") else f"{name}.float()"
    return f"{name}.toarray()" if hasattr(given, "toarray") else f"numpy.asarray({name})"


def _masked(name: str, given: np.ma.MaskedArray[Any, Any]) -> ArrayError:
    return ArrayError(
        f"{name} must be an array without a mask of its own: expected a plain array, "
        f"got {type(given).__name__}.\n"
        f"  It is {given.dtype.name} {given.shape}, and its mask would be lost.\n"
        f"  Fill it with numpy.ma.filled({name}, …); the option mask says what is hidden."
    )


def _refuse_device(name: str, given: Array) -> None:
    """Refuse what does not lie in main memory, by name."""
    place = str(getattr(given, "device", "elsewhere"))
    if place == "cpu":
        return
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

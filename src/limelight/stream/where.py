"""Some of the queries or keys: given as a caller likes, kept as a slice or as indices."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from limelight.errors import OptionError
from limelight.stream.arrays import listed, read

if TYPE_CHECKING:
    from limelight.stream.arrays import Indices

Where: TypeAlias = "slice | Indices"
"""A slice with both ends and no step, or indices from 0."""

Choice: TypeAlias = Any
"""The same as a caller may give it: a slice, an index, indices, or a bool for each."""


ALL = slice(None)


def read_where(name: str, given: Choice, size: int) -> Where:
    """Read which of *size* tokens are meant.

    Args:
        name: The argument it came as.
        given: A slice, an index, or an array or list of indices or of one bool a token;
            negative indices count from the end.
        size: How many there are.

    Raises:
        OptionError: It is something else, or an index is out of range.
    """
    if isinstance(given, slice):
        found = range(*given.indices(size))
        if found.step == 1:
            return slice(found.start, max(found.start, found.stop))
        return np.asarray(found, dtype=np.int64)
    if isinstance(given, Integral | list | tuple | range):
        chosen: Any = [given] if isinstance(given, Integral) else list(given)
        given = listed(name, chosen) if chosen else np.zeros(0, dtype=np.int64)
    array = read(name, given).array
    if array.dtype == np.bool_ and array.shape == (size,):
        return np.flatnonzero(array)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise _refused(name, size, f"{array.dtype} {array.shape}")
    if ((array < -size) | (array >= size)).any():
        raise _refused(name, size, f"{array.min()} to {array.max()}")
    plain = array.astype(np.int64)
    return np.where(plain < 0, plain + size, plain)


def indices(where: Where) -> Indices:
    """Return the indices themselves."""
    return np.arange(where.start, where.stop) if isinstance(where, slice) else where


def count(where: Where) -> int:
    """Tell how many are meant."""
    return where.stop - where.start if isinstance(where, slice) else len(where)


def pieces(where: Where, size: int) -> list[Where]:
    """Divide into pieces of at most *size*; none where there is nothing."""
    if isinstance(where, slice):
        starts = range(where.start, where.stop, size)
        return [slice(start, min(start + size, where.stop)) for start in starts]
    return [where[start : start + size] for start in range(0, len(where), size)]


def _refused(name: str, size: int, got: str) -> OptionError:
    return OptionError(
        f"{name} must say which of {size}: expected a slice, or indices from {-size} to "
        f"{size - 1}, or {size} bools; got {got}.\n"
        f"  There are {size}.\n"
        "  slice(None) means all of them."
    )

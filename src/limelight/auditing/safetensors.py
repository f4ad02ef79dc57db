"""Read .safetensors by its published format: a header in JSON, then the bytes of the tensors.

Everything the header says is checked against the file before a byte of a tensor is looked at:
the format's own rules (no overlap, no hole, no name twice), and limits of ours.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.errors import LONGEST_QUOTE, FileError
from limelight.files import mapped, named
from limelight.stream.arrays import BFLOAT16, Source

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

MOST_HEADER = 10_000_000
"""Bytes; a dump's header has some thousand."""

MOST_AXES = 32
"""NumPy itself has room for twice as many."""

_PREFIX = 8
"""Bytes that hold the length of the header."""

_KINDS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
    "BOOL": "|b1",
}


class _Entry(NamedTuple):
    """A tensor as the header has it."""

    name: str
    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_safetensors(path: Path) -> tuple[dict[str, object], dict[str, object]]:
    """Return the tensors of a file, where they lie, and its metadata.

    Raises:
        FileError: It is no such file, or breaks a rule of the format.

    Source:
        The format's description at https://github.com/huggingface/safetensors.
    """
    content = mapped(path)
    header, start = _header(content, path)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(
        isinstance(text, str) for text in metadata.values()
    ):
        raise _broken(path, "its metadata are not text by name")
    entries = [_entry(name, value, path) for name, value in header.items()]
    _refuse_gaps(entries, len(content) - start, path)
    tensors: dict[str, object] = {entry.name: _tensor(entry, content, start) for entry in entries}
    return tensors, dict(metadata)


def _header(content: mmap, path: Path) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(content[:_PREFIX], "little")
    if len(content) < _PREFIX or length > len(content) - _PREFIX:
        raise _broken(path, "it ends within its header")
    if length > MOST_HEADER:
        raise _broken(path, f"its header has {length:,} bytes, more than {MOST_HEADER:,}")
    start = _PREFIX + length
    try:
        header = json.loads(content[_PREFIX:start].decode("utf-8"), object_pairs_hook=_named_once)
    except (ValueError, RecursionError) as error:
        reason = "its header is no JSON" if not isinstance(error, _Twice) else str(error)
        raise _broken(path, reason) from None
    if not isinstance(header, dict):
        raise _broken(path, "its header is no JSON object")
    return header, start


class _Twice(ValueError):  # noqa: N818 - never leaves this module
    """A name stands twice in a header."""


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice("a name stands twice in its header")
    return found


def _entry(name: str, value: object, path: Path) -> _Entry:
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise _broken(path, f"{_short(name)} has not just dtype, shape and data_offsets")
    kind, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(kind, str) or kind not in _KINDS:
        raise _broken(
            path, f"{_short(name)} is of {_short(kind)}; {', '.join(_KINDS)} can be read"
        )
    if not _are_counts(shape) or len(shape) > MOST_AXES:
        raise _broken(path, f"{_short(name)} has a shape that is none: {_short(shape)}")
    if not _are_counts(offsets) or len(offsets) != 2:  # noqa: PLR2004 - begin and end
        raise _broken(path, f"{_short(name)} has offsets that are none: {_short(offsets)}")
    begin, end = offsets
    size = math.prod(shape) * np.dtype(_KINDS[kind]).itemsize
    if end - begin != size:
        raise _broken(path, f"{_short(name)} needs {size:,} bytes and has {end - begin:,}")
    return _Entry(name, kind, tuple(shape), begin, end)


def _refuse_gaps(entries: list[_Entry], size: int, path: Path) -> None:
    """Refuse tensors that overlap, leave bytes out, or lie beyond the file's end."""
    reached = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != reached:
            what = "overlaps another tensor" if entry.begin < reached else "comes after a hole"
            raise _broken(path, f"{_short(entry.name)} {what}")
        reached = entry.end
    if reached != size:
        raise _broken(path, f"its tensors take {reached:,} bytes and it has {size:,}")


def _tensor(entry: _Entry, content: mmap, start: int) -> Source:
    kind = np.dtype(_KINDS[entry.kind])
    count = math.prod(entry.shape)
    array = (
        np.frombuffer(content, kind, count, start + entry.begin) if count else np.empty(0, kind)
    ).reshape(entry.shape)
    dtype = BFLOAT16 if entry.kind == "BF16" else kind.name
    return Source(name=entry.name, given=array, array=array, dtype=dtype)


def _are_counts(value: object) -> bool:
    """Tell whether it is a list of whole numbers that are not negative and fit a file."""
    return isinstance(value, list) and all(
        type(each) is int and 0 <= each < 2**62 for each in value
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _broken(path: Path, reason: str) -> FileError:
    return FileError(
        f"{named(path)} is no .safetensors file that can be read: {reason}.\n"
        f"  The format has its rules, and nothing of a file that breaks one is used.\n"
        "  Save it once more, for example with safetensors.torch.save_file."
    )

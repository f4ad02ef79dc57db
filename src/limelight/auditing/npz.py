"""Read .npz: an archive of arrays. Those that are not packed are mapped; none is unpickled."""

from __future__ import annotations

import ast
import json
import math
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.errors import LONGEST_QUOTE, FileError
from limelight.files import mapped, named
from limelight.stream.arrays import BFLOAT16, Source

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

MOST_PACKED = 2**29
"""Bytes that packed members may unpack to, all together: 512 MiB. What is not packed may have
any size, since it is mapped."""

MOST_MEMBERS = 1_000

MOST_METADATA = 100_000
"""Characters."""

_MOST_DIRECTORY = 2**20
"""Bytes of an archive's directory; that of a thousand members has 100,000."""

_MOST_HEADER = 10_000
"""Bytes, as NumPy itself has it."""

_AT_ONCE = 2**16
"""Bytes that are unpacked at once."""

_MOST_AXES = 32
_NUMBER = re.compile(r"[<>=|]?(f[248]|[iu][1248]|b1)")
_BFLOAT16 = re.compile(r"[<|]V2")
"""What NumPy writes of bfloat16, which it does not know."""

_TEXT = re.compile(r"[<=]?U([0-9]{1,6})")

_HOSTILE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What an archive that is none, or a member that is packed or locked otherwise, ends in."""


class _Header(NamedTuple):
    """What stands before the numbers of an array.

    Attributes:
        kind: How NumPy writes the type of its numbers.
        turned: Whether they lie column by column.
        shape: Its sizes.
        length: How many bytes the header has.
    """

    kind: str
    turned: bool
    shape: tuple[int, ...]
    length: int


def read_npz(path: Path) -> tuple[dict[str, object], dict[str, object]]:
    """Return the arrays of an archive, and the settings of its member metadata.

    Raises:
        FileError: It is no archive of arrays, or larger than is unpacked.
    """
    content = mapped(path)
    try:
        return _Archive(content, path).read()
    except _HOSTILE as error:
        reason = (str(error).partition("\n")[0] or type(error).__name__)[:LONGEST_QUOTE]
        raise _broken(path, repr(reason)) from None


class _Archive:
    """An archive that somebody handed in."""

    def __init__(self, content: mmap, path: Path) -> None:
        self._content = content
        self._path = path
        self._unpacked = 0
        self._archive = zipfile.ZipFile(_Bounded(content))

    def read(self) -> tuple[dict[str, object], dict[str, object]]:
        """Read every member."""
        members = self._archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise _broken(self._path, f"it has more than {MOST_MEMBERS:,} members")
        tensors: dict[str, object] = {}
        metadata: dict[str, object] = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename:
                raise _broken(self._path, f"{_short(name)} is no array: it does not end in .npy")
            if name in tensors or (name == "metadata" and metadata):
                raise _broken(self._path, f"{_short(name)} is in it twice")
            if name == "metadata":
                metadata = self._metadata(member)
            else:
                tensors[name] = self._tensor(name, member)
        return tensors, metadata

    def _tensor(self, name: str, member: zipfile.ZipInfo) -> Source:
        header, numbers = self._parts(member)
        is_bits = bool(_BFLOAT16.fullmatch(header.kind))
        if not is_bits and not _NUMBER.fullmatch(header.kind):
            raise _broken(self._path, f"{_short(name)} {_refusal(header.kind)}")
        kind = np.dtype("<u2" if is_bits else header.kind)
        count = math.prod(header.shape)
        size = count * kind.itemsize
        if size != member.file_size - header.length:
            has = member.file_size - header.length
            raise _broken(self._path, f"{_short(name)} needs {size:,} bytes and has {has:,}")
        flat = np.frombuffer(numbers, kind, count) if count else np.empty(0, kind)
        array = flat.reshape(header.shape, order="F" if header.turned else "C")
        return Source(
            name=name, given=array, array=array, dtype=BFLOAT16 if is_bits else kind.name
        )

    def _metadata(self, member: zipfile.ZipInfo) -> dict[str, object]:
        """Read the settings, JSON in an array that is a single text."""
        header, numbers = self._parts(member)
        text = _TEXT.fullmatch(header.kind)
        if text is None or header.shape or int(text[1]) > MOST_METADATA:
            raise _broken(self._path, "metadata is no text of JSON")
        size = 4 * int(text[1])
        letters = bytes(memoryview(numbers)[:size]).decode("utf-32-le").rstrip("\0")
        try:
            found = json.loads(letters)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise _broken(self._path, "metadata is no JSON object")
        return found

    def _parts(self, member: zipfile.ZipInfo) -> tuple[_Header, memoryview]:
        """Return a member's header, and its numbers: mapped, or unpacked within a limit."""
        if member.flag_bits & 1:
            raise _broken(self._path, f"{_short(member.filename)} is encrypted")
        if member.compress_type == zipfile.ZIP_STORED:
            whole = self._stored(member)
        else:
            whole = self._packed(member)
        header = _read_header(bytes(whole[: _MOST_HEADER + 12]))
        return header, whole[header.length :]

    def _stored(self, member: zipfile.ZipInfo) -> memoryview:
        """Find where a member that is not packed lies."""
        local = self._content[member.header_offset : member.header_offset + 30]
        if local[:4] != b"PK\3\4":
            raise _broken(self._path, f"{_short(member.filename)} is not where it should be")
        begin = member.header_offset + 30 + sum(struct.unpack("<HH", local[26:30]))
        end = begin + member.file_size
        if end > len(self._content):
            raise _broken(self._path, f"{_short(member.filename)} ends beyond the file")
        return memoryview(self._content)[begin:end]

    def _packed(self, member: zipfile.ZipInfo) -> memoryview:
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise _broken(self._path, f"{_short(member.filename)} is packed as NumPy never does")
        self._unpacked += member.file_size
        if self._unpacked > MOST_PACKED:
            raise FileError(
                f"{named(self._path)} must unpack to at most {MOST_PACKED // 2**20} MiB.\n"
                f"  {_short(member.filename)} alone says that it has {member.file_size:,} bytes.\n"
                "  Save it with numpy.savez instead of savez_compressed: then it is mapped."
            )
        whole = bytearray()
        with self._archive.open(member) as packed:
            while part := packed.read(_AT_ONCE):
                whole += part
                if len(whole) > member.file_size:  # pragma: no cover - zipfile stops there
                    raise _broken(self._path, f"{_short(member.filename)} is larger than it says")
        return memoryview(whole)


class _Bounded:
    """A file for zipfile that is mapped, and never read in large parts."""

    def __init__(self, content: mmap) -> None:
        self._content = content
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Read a part."""
        end = len(self._content) if size < 0 else min(self._at + size, len(self._content))
        if end - self._at > _MOST_DIRECTORY:
            raise ValueError(_DIRECTORY)
        part = self._content[self._at : end]
        self._at += len(part)
        return part

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go somewhere."""
        start = (0, self._at, len(self._content))[whence]
        if start + offset < 0:
            raise OSError(_DIRECTORY)
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """Say where it is."""
        return self._at

    def seekable(self) -> bool:
        """It can be gone about in."""
        return True


_DIRECTORY = "its directory is too large, or lies outside of it"


def _read_header(start: bytes) -> _Header:
    """Read what NumPy writes before the numbers of an array.

    Source:
        NumPy's description of the format .npy, versions 1 to 3.
    """
    if start[:6] != b"\x93NUMPY" or len(start) < 12:  # noqa: PLR2004 - as much as is read below
        raise ValueError(_NO_ARRAY)
    width = 2 if start[6] == 1 else 4
    length = 8 + width + int.from_bytes(start[8 : 8 + width], "little")
    if start[6] not in {1, 2, 3} or length > min(len(start), _MOST_HEADER):
        raise ValueError(_NO_ARRAY)
    try:
        said = ast.literal_eval(start[8 + width : length].decode("latin-1").strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(_NO_ARRAY) from None
    if not isinstance(said, dict) or set(said) != {"descr", "fortran_order", "shape"}:
        raise ValueError(_NO_ARRAY)
    shape = said["shape"]
    is_shape = isinstance(shape, tuple) and len(shape) <= _MOST_AXES
    if not is_shape or not all(type(size) is int and 0 <= size < 2**62 for size in shape):
        raise ValueError(_NO_SHAPE)
    kind = said["descr"] if isinstance(said["descr"], str) else "of several fields"
    return _Header(kind, bool(said["fortran_order"]), shape, length)


_NO_ARRAY = "a member is no array as NumPy writes it"
_NO_SHAPE = "a member has a shape that is none"


def _refusal(kind: str) -> str:
    if "O" in kind:
        return "holds Python objects, a pickle, which would run code"
    return f"holds {_short(kind)}, which are no numbers that can be audited"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _broken(path: Path, reason: str) -> FileError:
    return FileError(
        f"{named(path)} is no .npz archive of arrays that can be read: {reason}.\n"
        "  Nothing of it is used.\n"
        "  Save it once more: numpy.savez(path, q=q, k=k, v=v, output=output)."
    )

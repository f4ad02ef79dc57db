"""The parts of a workbook from a stranger: an archive of XML, read with limits.

Nothing is unpacked to a disk, no entity is expanded, no other file is opened, and whoever packs
a gigabyte into a few bytes is told off after the first megabytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from limelight.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEMBERS = 1_000
"""The most parts that an archive may have."""

MOST_UNPACKED = 16_000_000
"""The most bytes that the parts that are read may have together, unpacked."""

MOST_LEVELS = 32
"""How deep XML may be nested; a cell lies five levels deep."""

_CHUNK = 65_536
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 1

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, IndexError, KeyError,
    NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises for archives that somebody has tampered with."""


class Listener(Protocol):
    """Somebody who is told what stands in an XML part; names come without prefixes."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hear of an element that begins."""

    def end(self, name: str) -> None:
        """Hear that it ends."""

    def text(self, text: str) -> None:
        """Hear what stands in it, perhaps in pieces."""


class Parts:
    """The parts of an archive."""

    def __init__(self, content: bytes, origin: str) -> None:
        """Open it.

        Args:
            content: The bytes of a file.
            origin: What to call it in an error.

        Raises:
            FileError: It is no archive, or has too many parts.
        """
        self._origin = origin
        self._room = MOST_UNPACKED
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
            self.names = frozenset(self._archive.namelist())
        except _DAMAGED:
            raise self.refused("it cannot be unpacked") from None
        if len(self.names) > MOST_MEMBERS:
            raise self.refused(f"it has more than {MOST_MEMBERS:,} parts")

    def hear(self, name: str, listener: Listener) -> None:
        """Read a part and tell *listener* what stands in it.

        Raises:
            FileError: There is no such part, or it is damaged, endless, or no plain XML.
        """
        if name not in self.names:
            raise self.refused(f"it has no part {name[:60]!r}")
        parser = _parser(listener, self)
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
            parser.Parse(b"", True)  # noqa: FBT003
        except (expat.ExpatError, LookupError, ValueError):  # encodings that there are not, too
            raise self.refused(f"its part {name[:60]!r} is no XML") from None

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            info = self._archive.getinfo(name)
            if info.compress_type not in _PLAIN or info.flag_bits & _ENCRYPTED:
                raise self.refused("it is encrypted, or packed in an unusual way")
            with self._archive.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._room -= len(chunk)
                    if self._room < 0:
                        most = MOST_UNPACKED // 1_000_000
                        raise self.refused(f"it unpacks to more than {most} MB")
                    yield chunk
        except _DAMAGED:
            raise self.refused("it is damaged") from None

    def refused(self, fact: str) -> FileError:
        """Say why the workbook is not read."""
        return FileError(
            f"{self._origin} must be a workbook that Limelight wrote and somebody filled in.\n"
            f"  It is not read: {fact}.\n"
            "  Save it as .xlsx from Excel or LibreOffice, without a password."
        )


def _parser(listener: Listener, parts: Parts) -> expat.XMLParserType:
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_LEVELS:
            raise parts.refused("its XML is nested too deep")
        listener.start(local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(local(name))

    def refuse_types(*_: object) -> None:
        # A document type is where entities are declared; workbooks have none.
        raise parts.refused("its XML declares a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = refuse_types
    return parser


def local(name: str) -> str:
    """Return a name without its prefix: "c" for "x:c"."""
    return name.rpartition(":")[2]

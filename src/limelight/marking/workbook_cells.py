"""A workbook as texts in cells: what was typed, or what a formula last gave; nothing is worked."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from limelight.marking.workbook_parts import Parts, local

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SHEETS = 100
"""The most sheets that a workbook may have."""

MOST_CELLS = 100_000
"""The most cells that a sheet may have."""

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"

_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = 26

At = tuple[int, int]
Cells = dict[At, str]


class Range(NamedTuple):
    """Cells of a sheet, from a corner to the opposite one.

    Attributes:
        sheet: Its name.
        first: Row and column, counted from 1.
        last: The same of the last cell.
    """

    sheet: str
    first: At
    last: At

    @classmethod
    def read(cls, text: str, sheet: str = "") -> Range | None:
        """Read "Worksheet!$C$5:$F$7", or "C5:F7" of a *sheet*; None if it is something else."""
        before, _, cells = text.strip().rpartition("!")
        corners = [_PLACE.fullmatch(corner) for corner in cells.split(":")]
        match corners:
            case [re.Match() as first]:
                last = first
            case [re.Match() as first, re.Match() as last]:
                pass
            case _:
                return None
        if before.startswith("'") and before.endswith("'"):
            before = before[1:-1].replace("''", "'")
        found = cls(before or sheet, _at(first), _at(last))
        return found if found.rows > 0 and found.columns > 0 else None

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.last[0] - self.first[0] + 1

    @property
    def columns(self) -> int:
        """How many columns."""
        return self.last[1] - self.first[1] + 1


class Workbook:
    """Sheets by their names, and names of ranges."""

    def __init__(self, parts: Parts) -> None:
        """Read which sheets there are; a sheet is read when it is asked for.

        Raises:
            FileError: There is no workbook in it, or one with too many sheets.
        """
        self._parts = parts
        book, relations = _Book(), _Relations()
        parts.hear(_WORKBOOK, book)
        parts.hear(_RELATIONS, relations)
        if len(book.sheets) > MOST_SHEETS:
            raise parts.refused(f"it has more than {MOST_SHEETS} sheets")
        self.names: Mapping[str, str] = book.names
        self._sheets = {
            name: relations.targets[key]
            for name, key in book.sheets.items()
            if key in relations.targets
        }
        self._read: dict[str, Cells] = {}

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of the sheets."""
        return tuple(self._sheets)

    def cells(self, sheet: str) -> Cells:
        """Return what stands in the cells of a sheet, by row and column, counted from 1.

        Raises:
            FileError: It cannot be read, or has more than `MOST_CELLS` cells.
        """
        if sheet not in self._sheets:
            return {}
        if sheet not in self._read:
            listener = _Sheet(self._strings, self._parts)
            self._parts.hear(self._sheets[sheet], listener)
            self._read[sheet] = listener.cells
        return self._read[sheet]

    @cached_property
    def _strings(self) -> list[str]:
        listener = _Strings()
        if _STRINGS in self._parts.names:
            self._parts.hear(_STRINGS, listener)
        return listener.strings


class _Book:
    """Hears of sheets and names."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._name: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            keys = [value for key, value in attributes.items() if _is_key(key)]
            if keys:
                self.sheets[attributes.get("name", "")] = keys[0]
        elif name == "definedName":
            self._name = attributes.get("name", "")
            self.names[self._name] = ""

    def end(self, name: str) -> None:
        if name == "definedName":
            self._name = None

    def text(self, text: str) -> None:
        if self._name is not None:
            self.names[self._name] += text


def _is_key(attribute: str) -> bool:
    """Tell whether an attribute is r:id, whatever its prefix is."""
    return ":" in attribute and local(attribute) == "id"


class _Relations:
    """Hears where the parts of a workbook lie."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.join("/xl", attributes.get("Target", ""))
            self.targets[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

    def end(self, _name: str) -> None:
        """Need nothing."""

    def text(self, _text: str) -> None:
        """Need nothing."""


class _Strings:
    """Hears the texts that cells share; those of several styles come in pieces."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._is_in = False
        self._aside = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "rPh":  # how an East Asian word is spoken
            self._aside = True
        self._is_in = name == "t" and not self._aside

    def end(self, name: str) -> None:
        self._is_in = False
        if name == "rPh":
            self._aside = False
        elif name == "si":
            self.strings.append(_unescaped("".join(self._pieces)))
            self._pieces = []

    def text(self, text: str) -> None:
        if self._is_in:
            self._pieces.append(text)


class _Sheet:
    """Hears the cells of a sheet."""

    def __init__(self, strings: list[str], parts: Parts) -> None:
        self.cells: Cells = {}
        self._strings = strings
        self._parts = parts
        self._at: At = (0, 0)
        self._count = 0
        self._type = ""
        self._in = ""
        self._found: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            given = attributes.get("r", "")
            self._at = (_number(given) or self._at[0] + 1, 0)
        elif name == "c":
            self._count += 1
            if self._count > MOST_CELLS:
                raise self._parts.refused(f"a sheet has more than {MOST_CELLS:,} cells")
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self._at = _at(place) if place else (self._at[0], self._at[1] + 1)
            self._type = attributes.get("t", "n")
            self._found = {}
        elif name in {"v", "f", "t"}:
            self._in = name
            self._found.setdefault(name, "")

    def end(self, name: str) -> None:
        if name == self._in:
            self._in = ""
        elif name == "c" and (text := self._text()):
            self.cells[self._at] = text

    def text(self, text: str) -> None:
        if self._in:
            self._found[self._in] += text

    def _text(self) -> str:
        """Return what is seen in a cell; of a formula that was never worked, the formula."""
        value = self._found.get("v", "")
        if self._type == "s":
            index = _number(value, least=0)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if self._type == "inlineStr":
            return _unescaped(self._found.get("t", ""))
        if self._type == "b":
            return "TRUE" if value == "1" else "FALSE"
        if "f" in self._found and "v" not in self._found:
            return f"={self._found['f']}"
        return _unescaped(value) if self._type == "str" else value


def _at(place: re.Match[str]) -> At:
    column = 0
    for letter in place[1]:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return int(place[2]), column


def _number(text: str, *, least: int = 1) -> int:
    """Read a short whole number; anything else is one less than the least there is."""
    is_number = text.isascii() and text.isdigit() and len(text) < 9  # noqa: PLR2004 - enough
    return int(text) if is_number else least - 1


def _unescaped(text: str) -> str:
    """Return text as it was typed: a spreadsheet writes _x000D_ for a carriage return."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text

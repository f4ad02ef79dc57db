"""Styled lines of text, and boxes of them that can be put side by side."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Span(NamedTuple):
    """Text in one style; the styles are names that `paint` knows."""

    text: str
    style: str = ""


Line: TypeAlias = tuple[Span, ...]


def printable(text: str) -> str:
    r"""Return *text* without anything that could steer a terminal.

    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join(
        character if unicodedata.category(character)[0] != "C" else "\N{REPLACEMENT CHARACTER}"
        for character in text.replace("\n", " ").replace("\t", " ")
    )


def width_of(text: str) -> int:
    """Count the columns that a terminal gives *text*: wide letters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def line_width(line: Line) -> int:
    """Count the columns of a line."""
    return sum(width_of(span.text) for span in line)


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of one width."""

    lines: tuple[Line, ...]
    width: int

    @classmethod
    def of(cls, lines: list[Line]) -> Box:
        """Make a box of lines, the shorter ones filled up."""
        width = max(map(line_width, lines), default=0)
        return cls(tuple(_filled(line, width) for line in lines), width)

    def lowered(self, by: int, height: int) -> Box:
        """Return the box with empty lines above and below, up to *height*."""
        empty = (Span(" " * self.width),)
        below = height - by - len(self.lines)
        return Box((empty,) * by + self.lines + (empty,) * below, self.width)


def beside(boxes: list[Box], gap: int) -> list[Line]:
    """Put boxes of one height side by side."""
    space = Span(" " * gap)
    rows = zip(*(box.lines for box in boxes), strict=True)
    return [
        tuple(
            span for index, line in enumerate(row) for span in ((space,) if index else ()) + line
        )
        for row in rows
    ]


def _joined(row: tuple[Line, ...], space: Span) -> Line:
    first, *rest = row
    return (*first, *(span for line in rest for span in (space, *line)))


def plain_text(line: Line) -> str:
    """Return a line without its styles and without spaces at its end."""
    return "".join(span.text for span in line).rstrip()


def _filled(line: Line, width: int) -> Line:
    missing = width - line_width(line)
    return (*line, Span(" " * missing)) if missing else line


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

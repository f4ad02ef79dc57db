"""Styled lines of text, and boxes of them that can be put side by side."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple, TypeAlias

_STEERING = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of what is no letter to see: controls, formats, separators of lines."""


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
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _STEERING else character
        for character in text.replace("\n", " ").replace("\t", " ")
    )


def width_of(text: str) -> int:
    """Count the columns that a terminal gives *text*: wide letters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def wrapped(text: str, width: int, indent: int = 0, hang: int = 0) -> list[str]:
    """Break text into lines of at most *width* columns, the first indented by *indent*.

    The lines that follow hang by *hang* columns more. A word longer than a line is cut;
    a no-break space holds words together and is written as a space.
    """
    lines: list[str] = []
    line, used = " " * indent, indent
    for word in filter(None, text.split(" ")):
        for piece in _pieces(word, width - indent - hang):
            needed = width_of(piece)
            if line.strip() and used + 1 + needed > width:
                lines.append(line)
                line, used = " " * (indent + hang), indent + hang
            space = " " if line.strip() else ""
            line, used = f"{line}{space}{piece}", used + len(space) + needed
    lines += [line] if line.strip() else []
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _pieces(word: str, room: int) -> list[str]:
    """Cut a word that is longer than a line."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def clipped(text: str, room: int, mark: str = "…") -> str:
    """Return the beginning of *text* that fits, with a mark where something is left out."""
    if width_of(text) <= room:
        return text
    return f"{_pieces(text, max(room - width_of(mark), 1))[0]}{mark}"


def right(text: str, width: int) -> str:
    """Return *text* at the right end of so many columns."""
    return " " * (width - width_of(text)) + text


def line_width(line: Line) -> int:
    """Count the columns of a line."""
    return sum(width_of(span.text) for span in line)


class Box(NamedTuple):
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


def plain_text(line: Line) -> str:
    """Return a line without its styles and without spaces at its end."""
    return "".join(span.text for span in line).rstrip()


def _filled(line: Line, width: int) -> Line:
    missing = width - line_width(line)
    return (*line, Span(" " * missing)) if missing else line


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

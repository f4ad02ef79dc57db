"""Letters for streams that cannot write all of Unicode."""

from __future__ import annotations

from functools import lru_cache

_PLAINER = {
    "\N{NO-BREAK SPACE}": " ",
    "·": "*",
    "ᵀ": "^T",
    "√": "sqrt ",
    "∞": "inf",
    "≈": "~",
    "→": "->",
    "×": "x",
    "Σ": "sum",
    "─": "-",
    "–": "-",
    "…": "~",
    "┌": "+",
    "┬": "+",
    "┐": "+",
    "├": "+",
    "┼": "+",
    "┤": "+",
    "└": "+",
    "┴": "+",
    "┘": "+",
    "│": "|",
    "╌": "-",
    "╎": ":",
    "⎡": "[",
    "⎢": "[",
    "⎣": "[",
    "⎤": "]",
    "⎥": "]",
    "⎦": "]",
    "\N{REPLACEMENT CHARACTER}": "?",
}


def writable(text: str, encoding: str) -> str:
    """Return *text* with what *encoding* has not written in plainer letters.

    >>> writable("Kᵀ · √3", "ascii")
    'K^T * sqrt 3'
    """
    if text.isascii() or encoding == "utf-8":
        return text
    return "".join(_letter(character, encoding) for character in text)


@lru_cache(maxsize=1024)
def _letter(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _PLAINER.get(character, "?")
    return character

"""Codes that a person can type from paper: Crockford's base 32, with a check character.

Source:
    Douglas Crockford, Base 32: no I, L, O or U; read without regard to case, O as 0, I and L
    as 1. The check character is one of the same 32: the characters are numbers of the field
    with 32 elements, each is multiplied by its own power of a generator, and all add up to 0.
    So one wrong character is always noticed, and so are two that have changed places.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

BITS = 5
"""What a character holds."""

GROUP = 5
"""Characters between hyphens."""

_MISREAD = str.maketrans("OIL", "011", " -_\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}")
_FIELD = 0b100101  # x^5 + x^2 + 1
_TOP = 1 << BITS


def cleaned(text: str) -> str:
    """Return what was meant: capitals, no spaces or hyphens, 0 for O, 1 for I and L.

    >>> cleaned("lo-ok 7")
    '100K7'
    """
    return text.upper().translate(_MISREAD)


def grouped(code: str) -> str:
    """Write a code in groups, with hyphens."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def characters(number: int, count: int) -> str:
    """Write a number in *count* characters."""
    return "".join(ALPHABET[number >> BITS * at & _TOP - 1] for at in reversed(range(count)))


def number_of(code: str) -> int:
    """Read characters as a number; they are known to be of the alphabet."""
    number = 0
    for character in code:
        number = number << BITS | ALPHABET.index(character)
    return number


def with_check(code: str) -> str:
    """Add the check character."""
    return code + ALPHABET[_weighed(code)]


def is_checked(code: str) -> bool:
    """Tell whether the last character is the check character of the others."""
    return with_check(code[:-1]) == code


def _weighed(code: str) -> int:
    total = 0
    for character in code:
        total = _doubled(total ^ ALPHABET.index(character))
    return total


def _doubled(element: int) -> int:
    """Multiply by the generator, x."""
    doubled = element << 1
    return doubled ^ _FIELD if doubled & _TOP else doubled

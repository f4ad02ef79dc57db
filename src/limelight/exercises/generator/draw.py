"""Numbers that look drawn by lot and are always the same: from a candidate to its lines.

A candidate is a number, and different candidates have different matrices. So a set repeats
nothing although it remembers nothing, and a candidate's number is enough to make its exercise
again. The number is read digit by digit, one for each line of a matrix, in a base of as many as
there are lines to choose from. To each digit is added what the lines before it were hashed to:
later lines go on looking drawn by lot when the digits are used up, and the digits could still be
read back, one after the other.

Python's `random` is not used, so that no version of it can change an exercise.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from functools import cache
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_CANDIDATE_BITS = 40
"""A form has at most 2^40 candidates, so that an identity stays short."""

_MASK = 2**64 - 1
_ODD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, as in splitmix64


class Lines(NamedTuple):
    """The lines that a row or column of a matrix is chosen from.

    Attributes:
        length: How many entries a line has.
        fewest: How many of them are not 0, at least.
        most: And at most.
        values: What these may be.
    """

    length: int
    fewest: int
    most: int
    values: tuple[int, ...]

    @property
    def ways(self) -> int:
        """How many such lines there are."""
        return sum(
            comb(self.length, filled) * len(self.values) ** filled
            for filled in range(self.fewest, self.most + 1)
        )

    def line(self, index: int) -> tuple[int, ...]:
        """Return one of them, by its number from 0."""
        values = self.values
        for filled in range(self.fewest, self.most + 1):
            here = comb(self.length, filled) * len(values) ** filled
            if index < here:
                break
            index -= here
        index, place = divmod(index, comb(self.length, filled))
        line = [0] * self.length
        for at in _chosen(self.length, filled, place):
            index, value = divmod(index, len(values))
            line[at] = values[value]
        return tuple(line)


class Shares(NamedTuple):
    """Columns of quarters that add up to 1, with at most three that are not 0.

    Attributes:
        length: How many entries a column has.
    """

    length: int

    @property
    def ways(self) -> int:
        """How many such columns there are."""
        return sum(comb(self.length, len(parts[0])) * len(parts) for parts in _QUARTERS)

    def line(self, index: int) -> tuple[int, ...]:
        """Return one of them, by its number from 0, in quarters."""
        for parts in _QUARTERS:
            ways = comb(self.length, len(parts[0]))
            if index < ways * len(parts):
                break
            index -= ways * len(parts)
        index, place = divmod(index, ways)
        line = [0] * self.length
        for at, part in zip(_chosen(self.length, len(parts[0]), place), parts[index], strict=True):
            line[at] = part
        return tuple(line)


_QUARTERS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((4,),),
    ((2, 2), (1, 3), (3, 1)),
    ((1, 1, 2), (1, 2, 1), (2, 1, 1)),
)


class Digits:
    """Reads a candidate, digit by digit."""

    __slots__ = ("left", "state")

    def __init__(self, candidate: int) -> None:
        """Begin with the first digit."""
        self.left = candidate
        self.state = _ODD

    def below(self, count: int) -> int:
        """Return the next digit in base *count*, with what came before added to it."""
        self.left, digit = divmod(self.left, count)
        index = (digit + (self.state >> 16)) % count
        state = ((self.state ^ (index + 1)) * _ODD) & _MASK
        self.state = state ^ (state >> 32)
        return index

    def different(self, size: int, choices: int) -> list[int]:
        """Return indices below *choices*, none twice before every other has come once."""
        drawn: list[int] = []
        taken: list[int] = []
        left, state = self.left, self.state  # as in `below`, which a call for each would slow
        for _ in range(size):
            if len(taken) == choices:
                taken = []
            count = choices - len(taken)
            left, digit = divmod(left, count)
            index = (digit + (state >> 16)) % count
            state = ((state ^ (index + 1)) * _ODD) & _MASK
            state ^= state >> 32
            for other in taken:
                if index < other:
                    break
                index += 1
            insort(taken, index)
            drawn.append(index)
        self.left, self.state = left, state
        return drawn


def shuffled(seed: int, space: int) -> Iterator[int]:
    """Go through the numbers below *space*, each once, in an order that *seed* decides."""
    bits = (space - 1).bit_length()
    mask, shift = (1 << bits) - 1, bits // 2 + 1
    digest = hashlib.sha256(f"limelight set {seed}".encode()).digest()
    keys = [int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8)]
    for position in range(1 << bits):
        # Each of these steps leads from different numbers to different numbers.
        number = ((position ^ keys[0]) * (keys[1] | 1)) & mask
        number ^= number >> shift
        number = (number * _ODD + keys[2]) & mask
        number ^= number >> shift
        number = (number * (keys[3] | 1)) & mask
        number ^= number >> shift
        if number < space:
            yield number


_SHORT = 5000
"""Up to so many lines, or choices of places in a line, are kept in a table."""


@cache
def _places(length: int, filled: int) -> tuple[tuple[int, ...], ...]:
    return tuple(combinations(range(length), filled))


def _chosen(length: int, filled: int, index: int) -> tuple[int, ...]:
    """Return one choice of *filled* places, by its number, in the order of `combinations`."""
    if comb(length, filled) <= _SHORT:
        return _places(length, filled)[index]
    places: list[int] = []
    for place in range(length):
        missing = filled - len(places)
        beginning_here = comb(length - place - 1, missing - 1) if missing else 0
        if index < beginning_here:
            places.append(place)
        else:
            index -= beginning_here
    return tuple(places)


class Stock:
    """The lines of a kind, numbered; few of them are all kept ready."""

    __slots__ = ("choices", "line")

    def __init__(self, lines: Lines | Shares) -> None:
        """Count them, and make them where they are few."""
        self.choices = lines.ways
        self.line: Callable[[int], tuple[int, ...]] = lines.line
        if self.choices <= _SHORT:
            self.line = [lines.line(index) for index in range(self.choices)].__getitem__


@cache
def stock(lines: Lines | Shares) -> Stock:
    """Return the stock of a kind of lines; it is made once."""
    return Stock(lines)

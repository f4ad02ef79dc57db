"""What each mistake writes down, worked the plain way: lists, Fractions and loops.

Nothing here comes from the catalogue: each function is the signature that the catalogue's entry
describes, given everything that stands before the step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.by_hand import HIDDEN, Grid, Number, times, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class Before:
    """What stands on the sheet before a step.

    Attributes:
        grids: Inputs and steps by name.
        head: The number of the step's head, as text.
        operands: The grids that the right step is made of.
        base: What is raised, a number.
        divisor: What scores are divided by, a number.
        whole: Whether quotients are rounded down.
        memory: What keys and values are made of.
        epsilon: What layer normalisation adds.
    """

    grids: Mapping[str, Grid]
    head: str
    operands: list[Grid]
    base: Number
    divisor: Number
    whole: bool
    memory: str
    epsilon: Fraction

    def __getitem__(self, letter: str) -> Grid:
        """Return a step of the same head."""
        return self.grids[f"{letter}{self.head}"]

    @property
    def seen(self) -> Grid:
        """1 where a query may see a key."""
        shape = self["C"] if f"C{self.head}" in self.grids else self.operands[-1]
        if f"M{self.head}" in self.grids:
            return self.grids["mask"]
        return [[Fraction(1) for _ in row] for row in shape]

    @property
    def d_k(self) -> int:
        """How many rows the queries have."""
        return len(self["Q"])

    def power(self, exponent: Number) -> Number:
        """Raise the base."""
        return _power(self.base, exponent)


def _power(base: Number, exponent: Number) -> Number:
    if exponent == HIDDEN:
        return Fraction(0)
    if isinstance(base, Fraction) and Fraction(exponent).denominator == 1:
        power: Fraction = base ** int(exponent)
        return power
    return math.pow(base, exponent)


def _each(function: Callable[[Number], Number], grid: Grid) -> Grid:
    return [[function(number) for number in row] for row in grid]


def _both(function: Callable[[Number, Number], Number], left: Grid, right: Grid) -> Grid:
    return [
        [function(a, b) for a, b in zip(*rows, strict=True)]
        for rows in zip(left, right, strict=True)
    ]


def _hidden_to(value: Number, seen: Grid, grid: Grid) -> Grid:
    return _both(lambda number, sight: number if sight else value, grid, seen)


def _columns_shared(powers: Grid) -> Grid:
    totals = [sum(column) for column in turned(powers)]
    return [
        [p / t if t else Fraction(0) for p, t in zip(row, totals, strict=True)] for row in powers
    ]


def _over_rows(at: Before) -> Grid:
    return [[cell / sum(row) if sum(row) else Fraction(0) for cell in row] for row in at["E"]]


def _scaled(divisor: Number) -> Callable[[Before], Grid]:
    def made(at: Before) -> Grid:
        return _each(lambda s: _floored(s / divisor, whole=at.whole), at["S"])

    return made


def _floored(number: Number, *, whole: bool) -> Number:
    return Fraction(math.floor(number)) if whole else number


def _late(at: Before) -> Grid:
    powers = _each(at.power, _hidden_to(HIDDEN, at.seen, at["S"]))
    return _each(lambda share: share / at.divisor, _columns_shared(powers))


def _cosine(at: Before) -> Grid:
    def length(column: list[Number]) -> float:
        return math.sqrt(sum(float(number) ** 2 for number in column))

    queries, keys = turned(at["Q"]), turned(at["K"])
    return [
        [
            sum(float(a) * float(b) for a, b in zip(key, query, strict=True))
            / ((length(key) * length(query)) or 1.0)
            for query in queries
        ]
        for key in keys
    ]


def _negative(value: Callable[[Before, Number], Number]) -> Callable[[Before], Grid]:
    def made(at: Before) -> Grid:
        wrong = _each(lambda c: value(at, c) if c < 0 else at.power(c), at["C"])
        return _hidden_to(Fraction(0), at.seen, wrong)

    return made


def _early(at: Before) -> Grid:
    seen = _hidden_to(Fraction(0), at.seen, at["C"])
    totals = [sum(column) for column in turned(seen)]
    shares = [
        [c / t if t else Fraction(0) for c, t in zip(row, totals, strict=True)] for row in at["C"]
    ]
    return _each(at.power, _hidden_to(HIDDEN, at.seen, shares))


def _by_everything(at: Before) -> Grid:
    total = sum(sum(row) for row in at["E"])
    return _each(lambda power: power / total, at["E"])


def _shared_sight(at: Before) -> Grid:
    return times(at.operands[0], _columns_shared(at.seen))


def _other_sequence(at: Before) -> Grid:
    given = {"X": at.grids["X"], "Y": at.grids["Y"]}
    other = next(grid for grid in given.values() if grid != at.operands[1])
    return times(at.operands[0], other)


def _sampled(at: Before) -> Grid:
    columns = []
    for column in turned(at.operands[0]):
        mean = sum(column, Fraction(0)) / len(column)
        variance = sum(((x - mean) ** 2 for x in column), Fraction(0)) / (len(column) - 1)
        if at.whole:
            below: Number = max(1, math.floor(math.sqrt(variance) + 0.5))
        else:
            below = math.sqrt(variance + at.epsilon)
        columns.append([(x - mean) / below for x in column])
    return turned(columns)


SIGNATURES: dict[tuple[str, str], Callable[[Before], Grid]] = {
    ("L1", "along each row"): _over_rows,
    ("L2", "QᵀK"): lambda at: times(turned(at["Q"]), at["K"]),
    ("L3", "QᵀQ"): lambda at: times(turned(at["Q"]), at["Q"]),
    ("L3", "KᵀK"): lambda at: times(turned(at["K"]), at["K"]),
    ("L4", "cell by cell"): lambda at: _both(lambda a, b: a * b, *at.operands),
    ("L5", "factors exchanged"): lambda at: times(at.operands[1], at.operands[0]),
    ("L5", "row times row"): lambda at: times(at.operands[0], turned(at.operands[1])),
    ("L6", "weights without signs"): lambda at: times(
        _each(lambda w: max(w, -w), at.operands[0]), at.operands[1]
    ),
    ("L8", "S/d_k"): lambda at: _scaled(at.d_k)(at),
    ("L9", "not scaled"): _scaled(1),
    ("L9", "S/d_k²"): lambda at: _scaled(at.d_k**2)(at),
    ("L10", "softmax(S) divided"): _late,
    ("L11", "trunc(S/2)"): lambda at: _each(lambda s: Fraction(int(s / 2)), at["S"]),
    ("L12", "round(S/2)"): lambda at: _each(
        lambda s: Fraction(math.floor(s / 2 + Fraction(1, 2))), at["S"]
    ),
    ("L12", "ceil(S/2)"): lambda at: _each(lambda s: Fraction(math.ceil(s / 2)), at["S"]),
    ("L12", "S/2"): lambda at: _each(lambda s: s / 2, at["S"]),
    ("L12", "S/√d_k"): lambda at: _each(lambda s: float(s) / math.sqrt(at.d_k), at["S"]),
    ("L13", "the other base"): lambda at: _each(
        lambda c: _power(math.e if at.base == 3 else Fraction(3), c), at.operands[0]
    ),
    ("L14", "3·x"): lambda at: _hidden_to(
        Fraction(0), at.seen, _each(lambda c: at.base * c, at["C"])
    ),
    ("L14", "x³"): lambda at: _hidden_to(Fraction(0), at.seen, _each(lambda c: c**3, at["C"])),
    ("L15", "0"): _negative(lambda _at, _c: Fraction(0)),
    ("L15", "-3^|x|"): _negative(lambda at, c: -at.power(-c)),
    ("L16", "3^(C/ΣC)"): _early,
    ("L17", "not divided"): lambda at: at["E"],
    ("L17", "by the whole sum"): _by_everything,
    ("L18", "1 everywhere"): lambda at: at.seen,
    ("L19", "W_K for W_V"): lambda at: times(at.grids[f"W_K{at.head}"], at.grids[at.memory]),
    ("L20", "QA"): lambda at: times(at["Q"], at["A"]),
    ("L20", "KA"): lambda at: times(at["K"], at["A"]),
    ("L20", "XA"): lambda at: times(at.grids[at.memory], at["A"]),
    ("L21", "VAᵀ"): lambda at: times(at.operands[0], turned(at.operands[1])),
    ("L22", "the sum of the values"): lambda at: times(at.operands[0], at.seen),
    ("L22", "the mean of the values"): _shared_sight,
    ("L23", "cos(k, q)"): _cosine,
    ("L24", "keys and values from X"): _other_sequence,
    ("L24", "queries from Y"): _other_sequence,
    ("L25", "n - 1"): _sampled,
}
"""The signature of each rewriting, by the entry's id and what the rewriting says."""

"""Which matrices an exercise of a form is drawn of, and from which lines.

Matrices are sparse and their entries small, so that scores stay small: a token has at most three
features, a query or key adds up at most two of them. W_V has ones only, which are multiplied by
a friendly number once the weights are known.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises.generator.draw import Digits, Lines, Shares, stock
from limelight.exercises.generator.form import OUT
from limelight.exercises.generator.limits import dull
from limelight.exercises.generator.whole import Whole
from limelight.mechanism.matrix import Matrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limelight.exercises.generator.form import Form

_SMALL_SET = 8
"""Up to so many tokens matrices are fuller: of more of them some score would be large."""


class Block(NamedTuple):
    """A matrix to be drawn.

    Attributes:
        name: The input.
        size: How many lines it has.
        lines: What each is chosen from.
        across: Whether lines are columns, as tokens and queries are.
        width: Lines are single numbers, and rows have so many; 0 where lines are lines.
        below: What the numbers are divided by.
    """

    name: str
    size: int
    lines: Lines | Shares
    across: bool = False
    width: int = 0
    below: int = 1

    def draw(self, digits: Digits) -> Whole:
        """Read the lines of a candidate."""
        drawn = self._repeating(digits) if self.width else self._different(digits)
        if self.width:
            numbers = [number for (number,) in drawn]
            starts = range(0, self.size, self.width)
            return Whole(tuple(tuple(numbers[at : at + self.width]) for at in starts))
        return Whole(tuple(zip(*drawn, strict=True)) if self.across else tuple(drawn), self.below)

    @property
    def blank(self) -> Matrix:
        """A matrix of zeros of its size."""
        length = len(self.lines.line(0))
        rows, columns = (length, self.size) if self.across else (self.size, length)
        if self.width:
            rows, columns = self.size // self.width, self.width
        return Matrix(((Fraction(0),) * columns,) * rows)

    @property
    def space(self) -> int:
        """How many such matrices there are."""
        choices = self.lines.ways
        if self.width:
            return math.prod([choices] * self.size)
        return math.prod(choices - index % choices for index in range(self.size))

    def _repeating(self, digits: Digits) -> list[tuple[int, ...]]:
        lines = stock(self.lines)
        return [lines.line(digits.below(lines.choices)) for _ in range(self.size)]

    def _different(self, digits: Digits) -> list[tuple[int, ...]]:
        lines = stock(self.lines)
        return list(map(lines.line, digits.different(self.size, lines.choices)))


class Drawing:
    """Draws the inputs of a candidate one by one, as they are needed."""

    __slots__ = ("_blocks", "_digits", "_families", "drawn", "values")

    def __init__(
        self,
        digits: Digits,
        blocks: Sequence[Block],
        families: Sequence[str],
        values: dict[str, Whole],
    ) -> None:
        """Begin with none."""
        self._digits, self._blocks, self._families = digits, blocks, families
        self.values = values
        self.drawn = 0

    def draw(self, count: int) -> str:
        """Draw until so many are there or one is dull; say what is wrong with it."""
        while self.drawn < count:
            block, family = self._blocks[self.drawn], self._families[self.drawn]
            made = self.values[block.name] = block.draw(self._digits)
            self.drawn += 1
            if fault := dull(family, made, None):
                return fault
        return ""


def blocks_of(form: Form) -> tuple[Block, ...]:
    """Return the matrices of a form, in the order in which they are drawn."""
    sizes = form.sizes
    match form.kind:
        case "softmax":
            return (_numbers("C", sizes["keys"], sizes["queries"], (1, -1, 2, -2, 3)),)
        case "dot-product":
            vector = _some(sizes["d_k"], 1, 3, (1, 2, -1))
            return (
                Block("K", sizes["keys"], vector, across=True),
                Block("Q", sizes["queries"], vector, across=True),
            )
        case "transformer":
            tokens = _some(sizes["features"], 1, 3, (2, 4))
            weights = Shares(sizes["tokens"])
            return (
                Block("X", sizes["tokens"], tokens, across=True),
                Block("A", sizes["tokens"], weights, across=True, below=PARTS_OF_ONE),
                *_feed_forward(sizes, sizes[OUT]),
            )
        case "encoder-block":
            return (*_attention(form), *_feed_forward(sizes, sizes["features"]))
        case _:
            return _attention(form)


def _attention(form: Form) -> tuple[Block, ...]:
    """X, Y where there is one, the weights of every head or of all together, W_O."""
    sizes, joined = form.sizes, form.kind == "encoder-block"
    features, other = sizes["features"], sizes.get("features of Y", sizes["features"])
    queries = sizes.get("queries", sizes.get("tokens", 1))
    keys = sizes.get("keys", queries)
    meeting = max(keys, queries)
    asking, asked = _tokens(features, queries), _tokens(other, keys)
    blocks = [Block("X", queries, asking, across=True)]
    if "keys" in sizes:
        blocks.append(Block("Y", keys, asked, across=True))
    parts = form.heads if joined else 1
    d_k, d_v = sizes["d_k"], sizes["d_v"]
    for head in [""] if joined or form.heads == 1 else range(1, form.heads + 1):
        blocks += [
            Block(f"W_Q{head}", d_k * parts, _weights(asking, d_k, meeting)),
            Block(f"W_K{head}", d_k * parts, _weights(asked, d_k, meeting)),
            Block(f"W_V{head}", d_v * parts, _some(other, 1, 2, (1,))),
        ]
    out = features if joined else sizes[OUT]
    if out:
        blocks.append(Block("W_O", out, _some(form.heads * sizes["d_v"], 1, 2, (1, -1))))
    return tuple(blocks)


def _feed_forward(sizes: Mapping[str, int], out: int) -> tuple[Block, ...]:
    hidden = sizes["hidden"]
    return (
        Block("W_1", hidden, _some(sizes["features"], 1, 2, (1, -1))),
        _numbers("b_1", hidden, 1, (1, -1)),
        Block("W_2", out, _some(hidden, 1, 3, (1, -1))),
        _numbers("b_2", out, 1, (1, -1)),
    )


def _tokens(features: int, count: int) -> Lines:
    """Tokens: a few features each, and as many as it takes for every feature to occur."""
    if count == 1:
        return _some(features, features, features, (1, 2))
    most = max(3, math.ceil(1.5 * features / count))
    return _some(features, 1 if count > _SMALL_SET and features > 1 else most - 1, most, (1, 2))


def _weights(tokens: Lines, d_k: int, meeting: int) -> Lines:
    """Weights of queries or keys: sparse enough for small scores, full enough for some.

    A token has *filled* of its features; a weight's row that reads *read* of them gives a number
    other than 0 about read · filled / features of the time, and d_k products of two such numbers
    make a score: as many of them are other than 0 as `_TERMS` says.
    """
    features, filled = tokens.length, tokens.most
    terms = _TERMS / max(meeting, _FEW)
    most = max(1, round(features / filled * math.sqrt(terms / d_k)))
    return _some(features, max(1, most - 1), most, (1, -1))


_TERMS, _FEW = 12, 4
"""With 4 tokens 3 products of a score are other than 0, roughly; with more tokens fewer, since
one of many scores might be large."""


def _some(length: int, fewest: int, most: int, values: tuple[int, ...]) -> Lines:
    """Lines of which a few entries are not 0, as many as there is room for."""
    return Lines(length, min(fewest, length), min(most, length), values)


def _numbers(name: str, rows: int, columns: int, values: tuple[int, ...]) -> Block:
    """A matrix each of whose numbers is drawn by itself; 0 is one of them."""
    return Block(name, rows * columns, Lines(1, 0, 1, values), width=columns)


PARTS_OF_ONE = 4
"""Given attention weights are quarters."""

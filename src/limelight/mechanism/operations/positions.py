"""Steps that follow from where tokens stand: who sees whom, and rotary positions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from limelight.mechanism.exact import lies_within
from limelight.mechanism.matrix import Cell, Matrix, Shape
from limelight.mechanism.operations.operation import Misfit, Operation, Spelled
from limelight.notation.expressions import Call, Expression, Minus, Plus, Times, Value

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Arithmetic

M = TypeVar("M")

Side: TypeAlias = Literal["keys", "queries"]


@dataclass(frozen=True, slots=True)
class Sight(Operation):
    """Tell by position who sees whom: 1 where the query sees the key, else 0.

    The operands are the numbers of the keys and of the queries, one row each, counted from 0,
    the position of the first query, and, where there is padding, the number of the first key
    and that of the first key after the last.

    Attributes:
        left: How far back a query sees; None for all the way.
        right: How far ahead: 0 is causal; None for all the way.
        padding: Whose numbers are held against the last two operands. "queries" is a mistake.
    """

    name = "sight"
    worked_beside = True

    left: int | None = None
    right: int | None = None
    padding: Side = "keys"

    def shape(self, *shapes: Shape) -> Shape:
        """(keys, queries)."""
        keys, queries, *_ = shapes
        return Shape(keys.columns, queries.columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Compare how far each key is behind each query."""
        keys, queries, first, *ends = operands
        behind = behind_by(on, keys, on.add(queries, first))
        seen = on.within(behind, None if self.right is None else -self.right, self.left)
        if not ends:
            return seen
        start, stop = ends
        numbers = keys if self.padding == "keys" else queries
        real = on.multiply(
            on.within(on.subtract(numbers, start), 0, None),
            on.within(on.subtract(numbers, stop), None, -1),
        )
        return on.multiply(seen, on.transpose(real) if self.padding == "keys" else real)

    def formula(self, *operands: Expression) -> Expression:
        """sight(index_K, index_Q, first)."""
        return Call("sight", operands)

    def saying(self, *operands: str) -> str:
        """Who sees whom."""
        del operands
        back = "" if self.left is None else f", at most {self.left} back"
        ahead = "" if self.right is None else f", at most {self.right} ahead"
        return f"1 where the query sees the key{back}{ahead}, 0 where it does not"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """1 or 0, and why."""
        keys, queries, first, *ends = operands
        key, query = keys[0, at.row], queries[0, at.column]
        behind = query + first[0, 0] - key
        seen = lies_within(behind, None if self.right is None else -self.right, self.left)
        if ends:
            number = key if self.padding == "keys" else query
            seen = seen and ends[0][0, 0] <= number < ends[1][0, 0]
        return Spelled(Value(Fraction(int(seen))), f"the key is {behind} behind the query")

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The number of the key and of the query, and whatever is one number."""
        return (
            (Cell(0, at.row),),
            (Cell(0, at.column),),
            *(((Cell(0, 0),),) * (len(operands) - 2)),
        )


@dataclass(frozen=True, slots=True)
class Angles(Operation):
    """Turn positions, one row, into the angles of rotary position embedding.

    Attributes:
        dims: How many features are turned; each angle serves two of them.
        theta: The base of the wavelengths.
        factor: What positions are divided by (linear scaling).

    Source:
        Su et al. 2021 (2104.09864), section 3.2.2: θ_i = theta^(-2i/dims).
    """

    name = "angles"

    dims: int
    theta: float = 10_000.0
    factor: float = 1.0

    def shape(self, *shapes: Shape) -> Shape:
        """(dims / 2, tokens)."""
        return Shape(self.dims // 2, shapes[0].columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Multiply each position by each frequency."""
        frequencies = on.stack([on.constant(number) for number in self._frequencies()])
        return on.product(frequencies, operands[0])

    def formula(self, *operands: Expression) -> Expression:
        """angles(positions)."""
        return Call("angles", operands)

    def saying(self, *operands: str) -> str:
        """Position times frequency."""
        return f"each of {operands[0]} times the frequency of each pair of features"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """7·0.1."""
        position = Value(operands[0][0, at.column])
        return Spelled(Times((Value(self._frequencies()[at.row]), position)))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """The position."""
        del operands
        return ((Cell(0, at.column),),)

    def _frequencies(self) -> list[float]:
        pairs = range(self.dims // 2)
        return [self.theta ** (-2 * pair / self.dims) / self.factor for pair in pairs]


@dataclass(frozen=True, slots=True)
class Rotate(Operation):
    """Rotate pairs of features by angles (pairs, tokens): rotary position embedding.

    Attributes:
        dims: How many rows are turned; those after them stay as they are.
        of: How many rows there are.
        interleaved: Pairs are neighbours (0 and 1, 2 and 3, …); else the two halves of what is
            turned meet (0 and the first of the second half, …).

    Source:
        Su et al. 2021 (2104.09864), eq. 34; halves as in GPT-NeoX and Llama.
    """

    name = "rotate"

    dims: int
    of: int
    interleaved: bool = False

    def shape(self, *shapes: Shape) -> Shape:
        """That of the first."""
        whole, angles = shapes
        if whole.rows != self.of or angles != (self.dims // 2, whole.columns):
            rule = f"there must be an angle for each pair of rows and each column: {whole}, "
            raise Misfit(f"{rule}{angles}")
        return whole

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Turn each pair."""
        whole, angles = operands
        one, other = ([pair[side] for pair in self._pairs()] for side in (0, 1))
        left, right = on.pick(whole, one), on.pick(whole, other)
        cosine, sine = on.cosine(angles), on.sine(angles)
        parts = [
            on.subtract(on.multiply(left, cosine), on.multiply(right, sine)),
            on.add(on.multiply(right, cosine), on.multiply(left, sine)),
        ]
        rest = range(self.dims, self.of)
        if rest:
            parts.append(on.pick(whole, rest))
        order = [*one, *other, *rest]
        return on.pick(on.stack(parts), sorted(range(self.of), key=order.__getitem__))

    def formula(self, *operands: Expression) -> Expression:
        """rotate(Q, angles)."""
        return Call("rotate", operands)

    def saying(self, *operands: str) -> str:
        """Which pairs, by what."""
        which = "neighbouring rows" if self.interleaved else "rows of the two halves"
        return f"pairs of {which} of {operands[0]} are turned by {operands[1]}"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """2·cos(1) - 3·sin(1)."""
        whole, angles = operands
        found = self._pair_of(at.row)
        if found is None:
            return Spelled(Value(whole[at]), "not turned")
        pair, (one, other) = found
        angle = Value(angles[pair, at.column])
        cosine, sine = Call("cos", (angle,)), Call("sin", (angle,))
        left, right = Value(whole[one, at.column]), Value(whole[other, at.column])
        if at.row == one:
            return Spelled(Minus(Times((left, cosine)), Times((right, sine))))
        return Spelled(Plus((Times((right, cosine)), Times((left, sine)))))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """Both of the pair, and their angle."""
        del operands
        found = self._pair_of(at.row)
        if found is None:
            return (at,), ()
        pair, rows = found
        return tuple(Cell(row, at.column) for row in rows), (Cell(pair, at.column),)

    def _pairs(self) -> list[tuple[int, int]]:
        half = self.dims // 2
        if self.interleaved:
            return [(2 * pair, 2 * pair + 1) for pair in range(half)]
        return [(pair, pair + half) for pair in range(half)]

    def _pair_of(self, row: int) -> tuple[int, tuple[int, int]] | None:
        """Return the number of the pair that a row belongs to, and its rows."""
        for number, rows in enumerate(self._pairs()):
            if row in rows:
                return number, rows
        return None


class Recede(Operation):
    """Take off a slope times the distance of key and query: attention with linear biases.

    The operands are the numbers of the keys and of the queries, one row each, the position of
    the first query, and the slope.

    Source:
        Press et al. 2021 (2108.12409), section 3, with distances both ways.
    """

    __slots__ = ()
    name = "recede"

    def shape(self, *shapes: Shape) -> Shape:
        """(keys, queries)."""
        keys, queries, *_ = shapes
        return Shape(keys.columns, queries.columns)

    def compute(self, on: Arithmetic[M], *operands: M) -> M:
        """Minus the slope times the distance."""
        keys, queries, first, slope = operands
        behind = behind_by(on, keys, on.add(queries, first))
        nothing = on.subtract(slope, slope)
        ahead = on.multiply(behind, on.subtract(nothing, on.power(Fraction(2), nothing)))
        distance = on.add(on.relu(behind), on.relu(ahead))
        return on.multiply(distance, on.subtract(nothing, slope))

    def formula(self, *operands: Expression) -> Expression:
        """recede(index_K, index_Q, first, slope)."""
        return Call("recede", operands)

    def saying(self, *operands: str) -> str:
        """Slope times distance."""
        return f"minus {operands[-1]} times the distance of key and query"

    def cell(self, at: Cell, *operands: Matrix) -> Spelled:
        """-0.5·3."""
        keys, queries, first, slope = operands
        behind = queries[0, at.column] + first[0, 0] - keys[0, at.row]
        distance = behind if behind > 0 else -behind
        return Spelled(Times((Value(-slope[0, 0]), Value(distance))))

    def reads(self, at: Cell, *operands: Matrix) -> tuple[tuple[Cell, ...], ...]:
        """Both numbers, and what is one number."""
        del operands
        return (Cell(0, at.row),), (Cell(0, at.column),), (Cell(0, 0),), (Cell(0, 0),)


def behind_by(on: Arithmetic[M], keys: M, places: M) -> M:
    """Return how far each key is behind each query, (keys, queries)."""
    zeros = on.subtract(keys, keys)
    down = on.stack([on.power(Fraction(2), zeros), on.subtract(zeros, keys)])
    ones = on.power(Fraction(2), on.subtract(places, places))
    return on.product(on.transpose(down), on.stack([places, ones]))


def slopes_of(heads: int) -> list[float]:
    """Return the usual slopes of ALiBi, one a head.

    Source:
        Press et al. 2021 (2108.12409), section 3; for other than powers of two as published
        with it.

    >>> slopes_of(4)
    [0.25, 0.0625, 0.015625, 0.00390625]
    """
    whole = 2 ** math.floor(math.log2(heads))
    slopes = [2.0 ** (-8 * head / whole) for head in range(1, whole + 1)]
    between = [2.0 ** (-4 * head / whole) for head in range(1, 2 * whole + 1, 2)]
    return (slopes + between)[:heads]

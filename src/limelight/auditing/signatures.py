"""Mistakes that no rewriting of a step reproduces, told by what they leave in the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.auditing.telltales import (
    dropped,
    filled,
    leaked,
    no_number,
    overflowed,
    steeper,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.auditing.rounded import Rounded
    from limelight.auditing.work import Work
    from limelight.stream.arrays import Bools, Floats


class Evidence(NamedTuple):
    """A tile of a wrong tensor, as matrices with tokens as columns: (batch, rows, columns).

    Attributes:
        name: The tensor.
        found: What the dump has.
        expected: What should stand there, and within which error.
        excess: How far each cell is off in units of its tolerance: beyond 1 it is wrong.
        work: Whatever else is known of the tile, by the names of the plan.
        head: The query head, counted from 1; None where heads are joined.
    """

    name: str
    found: Floats
    expected: Rounded
    excess: Floats
    work: Work
    head: int | None

    @property
    def wrong(self) -> Bools:
        """Which cells are wrong."""
        return self.excess > 1


class Signature(NamedTuple):
    """What a mistake leaves in the numbers of a tensor.

    Attributes:
        mistake: The id of its entry in the catalogue.
        says: What was done, in a few words.
        at: The tensors in which it first shows.
        explains: Which of the wrong cells of a tile are so because of it.
    """

    mistake: str
    says: str
    at: tuple[str, ...]
    explains: Callable[[Evidence], Bools]


_SCORES = ("scores", "scaled", "masked")
_RESULTS = ("weights", "heads", "output")

SIGNATURES: tuple[Signature, ...] = (
    Signature("E16", "a finite number for minus infinity", ("masked", "weights"), filled),
    Signature("E17", "0 times minus infinity", ("masked", *_RESULTS), no_number),
    Signature("E19", "0 times no number", ("masked", *_RESULTS), leaked),
    Signature("E42", "another slope", ("masked",), steeper),
    Signature("E43", "zeros, and one factor", ("weights",), dropped),
    Signature("E44", "a score beyond 65,504", (*_SCORES, *_RESULTS), overflowed),
)
"""All of them; the catalogue says of each entry how it is told."""

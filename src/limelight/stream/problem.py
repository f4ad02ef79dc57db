"""q, k and v that fit each other, with options that fit them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.errors import ArrayError, OptionError, ShapeError
from limelight.stream.arrays import Source, read_floats, refuse_sizes
from limelight.stream.head import Head
from limelight.stream.options import Options
from limelight.stream.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.stream.arrays import Array, Floats

AXES = 3
"""heads, tokens, dim; batch axes come before them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What attention is asked for: q, k, v and options, checked against each other.

    Attributes:
        q: (…, heads, queries, d).
        k: (…, key heads, keys, d); each serves heads / key heads query heads in turn.
        v: (…, key heads, keys, d_v).
        options: How to attend.
        kept: True where a sparse pattern looks, or None for everywhere.
    """

    q: Source
    k: Source
    v: Source
    options: Options
    kept: Source | None = None

    @classmethod
    def read(cls, q: Array, k: Array, v: Array, options: Mapping[str, Any]) -> Problem:
        """Check the arguments of a call.

        Raises:
            ArrayError: An array is of a kind, dtype, device or size that cannot be used.
            ShapeError: Arrays do not fit each other.
            OptionError: An option cannot be followed.
        """
        problem = cls(
            q=read_floats("q", q),
            k=read_floats("k", k),
            v=read_floats("v", v),
            options=Options.read(options),
        )
        _refuse_misfits(problem)
        _refuse_options(problem)
        return problem

    @property
    def batch(self) -> tuple[int, ...]:
        """The sizes of the batch axes."""
        return self.q.shape[:-AXES]

    @property
    def leading(self) -> tuple[int, ...]:
        """The sizes of the axes of results: batch axes, heads, queries."""
        return self.q.shape[:-1]

    @property
    def queries(self) -> int:
        """How many queries each head has."""
        return self.q.shape[-2]

    @property
    def keys(self) -> int:
        """How many keys each head has, padding included."""
        return self.k.shape[-2]

    @property
    def d_v(self) -> int:
        """The width of values and of the output."""
        return self.v.shape[-1]

    @property
    def scale(self) -> float:
        """What scores are multiplied by."""
        scale = self.options.scale
        return 1 / math.sqrt(self.q.shape[-1]) if scale is None else scale

    @property
    def reach(self) -> int:
        """How far a key can be from a query; a window that is wider hides nothing."""
        return self.queries + self.keys

    @property
    def pairs(self) -> tuple[int, ...]:
        """The sizes that a mask is broadcast to: (…, heads, queries, keys)."""
        return (*self.leading, self.keys)

    def sources(self) -> list[Source | None]:
        """Return every array that is read, and None for those that were not given."""
        options = self.options
        added = [options.mask, options.bias, options.sinks, options.key_lengths]
        return [self.q, self.k, self.v, self.kept, *added]

    def sinks(self) -> Floats | None:
        """Return the score of each head's sink, to broadcast over (heads, queries)."""
        sinks = self.options.sinks
        return None if sinks is None else sinks.floats()[:, None]

    def heads(self) -> Iterator[tuple[tuple[int, ...], Head]]:
        """Go through every head of every batch entry, each with its index."""
        for at in np.ndindex(*self.leading[:-1]):
            yield at, self.head(at)

    def head(self, at: tuple[int, ...]) -> Head:
        """Return one head: *at* is (batch…, head)."""
        options, bias = self.options, self.options.bias
        shared = (*at[:-1], at[-1] * self.k.shape[-AXES] // self.q.shape[-AXES])
        slopes = bias is not None and bias.array.ndim == 1
        added = (None if slopes else bias, options.mask, self.kept)
        return Head(
            q=self.q.part(at),
            k=self.k.part(shared),
            v=self.v.part(shared),
            scale=self.scale,
            softcap=options.softcap,
            sight=Sight.of(options, self.queries, self._length(at[:-1])),
            slope=float(bias.floats(at[-1])) if bias is not None and slopes else None,
            added=tuple(each.spread(self.pairs).part(at) for each in added if each is not None),
        )

    def _length(self, entry: tuple[int, ...]) -> int:
        lengths = self.options.key_lengths
        return self.keys if lengths is None else int(lengths.spread(self.batch).array[entry])


def _refuse_misfits(problem: Problem) -> None:
    q, k, v = problem.q, problem.k, problem.v
    for source in (q, k, v):
        if len(source.shape) < AXES:
            raise _misfit(source, "at least three axes, (…, heads, tokens, dim)", problem)
        if source.dtype != q.dtype:
            msg = (
                f"{source.name} must have the dtype of q: "
                f"expected {q.dtype}, got {source.dtype}.\n"
                f"  q, k, v are {q.dtype}, {k.dtype}, {v.dtype}.\n"
                "  Convert them to one dtype first."
            )
            raise ArrayError(msg)
    *batch, heads, _, width = q.shape
    shared = k.shape[-AXES]
    if not width:
        raise _misfit(q, "a dim of at least 1", problem)
    if k.shape[:-AXES] != tuple(batch) or k.shape[-1] != width:
        raise _misfit(k, f"({_listed(batch)}key heads, keys, {width})", problem)
    if v.shape[:-1] != k.shape[:-1]:
        raise _misfit(v, f"({_listed(k.shape[:-1])}d_v)", problem)
    if (heads % shared if shared else heads) != 0:
        raise _misfit(k, f"a number of heads that divides the {heads} of q", problem)
    refuse_sizes("the output", (*q.shape[:-1], v.shape[-1]))
    refuse_sizes("the weights", (*q.shape[:-1], k.shape[-2]))


def _refuse_options(problem: Problem) -> None:
    options, heads = problem.options, problem.q.shape[-AXES]
    for source in (options.mask, options.bias):
        slopes = source is options.bias and source is not None and source.array.ndim == 1
        if source is not None:
            shape = (heads,) if slopes else problem.pairs
            refuse_spread(source, shape, exact=slopes)
    if options.sinks is not None:
        refuse_spread(options.sinks, (heads,), exact=True)
    if options.key_lengths is not None:
        refuse_spread(options.key_lengths, problem.batch, exact=False)
        lengths = options.key_lengths.array
        if ((lengths < 0) | (lengths > problem.keys)).any():
            msg = (
                f"key_lengths must be from 0 to the number of keys: expected 0 to "
                f"{problem.keys}, got {lengths.min()} to {lengths.max()}.\n"
                f"  k is {problem.k.shape}.\n"
                "  Count the keys that are no padding."
            )
            raise OptionError(msg)


def refuse_spread(source: Source, shape: tuple[int, ...], *, exact: bool) -> None:
    """Refuse an array that does not broadcast to a shape, or is not of it where *exact*.

    Raises:
        ShapeError: It does not.
    """
    try:
        fits = np.broadcast_shapes(source.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits or (exact and source.shape != shape):
        msg = (
            f"{source.name} must fit the scores: expected {'' if exact else 'what broadcasts to '}"
            f"{shape}, got {source.shape}.\n"
            f"  It is {source.dtype}.\n"
            "  The axes are (…, heads, queries, keys); lengths have the batch axes, "
            "sinks and slopes the heads."
        )
        raise ShapeError(msg)


def _misfit(source: Source, expected: str, problem: Problem) -> ShapeError:
    return ShapeError(
        f"{source.name} does not fit: expected {expected}, got {source.shape}.\n"
        f"  q is {problem.q.shape}, k is {problem.k.shape}, v is {problem.v.shape}.\n"
        "  The axes are (…, heads, tokens, dim)."
    )


def _listed(sizes: tuple[int, ...] | list[int]) -> str:
    return "".join(f"{size}, " for size in sizes)

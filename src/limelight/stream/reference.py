"""The readable reference: blocks of keys, one after the other, in float64.

It defines what is correct; what is fast is held against it. Memory is linear in the number of
tokens: no more than `STRIP` × `BLOCK` scores exist at a time.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from limelight.errors import OptionError
from limelight.stream.options import read_threads, refuse_negative
from limelight.stream.partial import Partial, merge
from limelight.stream.problem import Problem
from limelight.stream.where import ALL, indices, pieces, read_where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.stream.arrays import Array
    from limelight.stream.head import Head
    from limelight.stream.options import AttendOptions
    from limelight.stream.where import Choice, Where

STRIP = 256
"""Queries at a time."""

BLOCK = 512
"""Keys at a time."""


def attend_partial(
    q: Array,
    k: Array,
    v: Array,
    *,
    keys: Choice = ALL,
    top: int = 0,
    threads: int | None = None,
    **options: Unpack[AttendOptions],
) -> Partial:
    """Return the state of every query over some of the keys, to merge with the rest's.

    Args:
        q: Queries (…, heads, queries, d).
        k: Keys (…, key heads, keys, d), all of them: positions count from the first.
        v: Values (…, key heads, keys, d_v).
        keys: Which keys: a slice, indices, or a bool for each; each key counts once.
        top: How many of the largest scores to keep.
        threads: For the compiled kernel; the result does not depend on it.
        **options: See `AttendOptions`. Sinks belong to no key, so that they are refused: merge
            `Partial.of_sink` once.

    Raises:
        LimelightError: An argument cannot be used; the message names it.

    >>> import numpy as np
    >>> q = k = v = np.eye(3)[None]
    >>> attend_partial(q, k, v, keys=[0, 2]).l.shape
    (1, 3)
    """
    read_threads(threads)
    problem = Problem.read(q, k, v, options)
    top = refuse_negative("top", top)
    _refuse_sinks(problem)
    where = read_where("keys", keys, problem.keys)
    if not isinstance(where, slice):
        where = np.unique(where)
    return partial_over(problem, where, top=top)


def _refuse_sinks(problem: Problem) -> None:
    if problem.options.sinks is not None:
        msg = (
            "sinks belong to no key: expected none for a part of the keys, got "
            f"{problem.options.sinks.shape}.\n"
            "  Every part would count them once more.\n"
            "  Merge Partial.of_sink(scores, d_v=…) once, at the end."
        )
        raise OptionError(msg)


def partial_over(problem: Problem, keys: Where, *, top: int = 0) -> Partial:
    """Return the state of every query of every head over *keys*, ascending."""
    whole = Partial.identity(*problem.leading, d_v=problem.d_v, top=top)
    for at, head in problem.heads():
        for rows in pieces(slice(0, problem.queries), STRIP):
            _put(whole, (*at, rows), strip_partial(head, rows, keys, top=top))
    return whole


def strip_partial(
    head: Head, rows: Where, keys: Where, *, top: int = 0, valued: bool = True
) -> Partial:
    """Return the state of some queries of one head over *keys*, block by block.

    Without *valued* the values are not looked at, and o has no columns.
    """
    d_v = head.v.shape[-1] if valued else 0
    state = Partial.identity(len(indices(rows)), d_v=d_v, top=top)
    for block in visible_pieces(head, rows, keys):
        values = head.values(block)[:, :d_v]
        scores = head.scores(rows, block)
        state = merge(state, Partial.of(scores, values, indices(block), top=top))
    return state


def visible_pieces(head: Head, rows: Where, keys: Where) -> Iterator[Where]:
    """Go through the blocks of keys of which some query of *rows* may see something."""
    for block in pieces(keys, BLOCK):
        if not head.sight.sees_none(rows, block):
            yield block


def _put(whole: Partial, at: tuple[Any, ...], part: Partial) -> None:
    """Write the state of some queries of one head where they belong."""
    for field in fields(Partial):
        if field.name != "top":
            getattr(whole, field.name)[at] = getattr(part, field.name)
    for into, numbers in zip(whole.top, part.top, strict=True):
        into[at] = numbers

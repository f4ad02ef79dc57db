"""How good is a sparse pattern? Exactly, from two partials: the kept keys, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from limelight.errors import ArrayError
from limelight.stream.arrays import give_back, read
from limelight.stream.options import read_threads
from limelight.stream.partial import Partial, finish, merge
from limelight.stream.problem import Problem, refuse_spread
from limelight.stream.reference import partial_over
from limelight.stream.weights import statistic_dtype

if TYPE_CHECKING:
    from limelight.stream.arrays import Array, Floats, Source
    from limelight.stream.options import AttendOptions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparseAudit:
    """What a sparse pattern keeps, for each query, (…, heads, queries).

    Attributes:
        kept_mass: The share of the weight that falls on kept keys; 1 where no key is visible.
        moved: How far the output moves, ‖output of the kept keys - output‖₂.
        relative: The same as a share of ‖output‖₂.
    """

    kept_mass: Array
    moved: Array
    relative: Array


def audit_sparse(
    q: Array,
    k: Array,
    v: Array,
    kept: Array,
    *,
    threads: int | None = None,
    **options: Unpack[AttendOptions],
) -> SparseAudit:
    """Say how much weight a sparse pattern keeps and how far the output moves, exactly.

    Args:
        q: Queries (…, heads, queries, d).
        k: Keys (…, key heads, keys, d).
        v: Values (…, key heads, keys, d_v).
        kept: True where the pattern computes the weight, bool, broadcastable to
            (…, heads, queries, keys). A query of which nothing is kept gives 0.
        threads: Taken as `attend` takes it; today the reference works this, with one.
        **options: Those of `attend`; a sink always counts as kept.

    Raises:
        LimelightError: An argument cannot be used; the message names it.

    Source:
        2512.07647: with S kept and T not, mass = e^(lse_S - lse), and the output moves by
        the mass of T times the distance of the two means.

    >>> import numpy as np
    >>> q = k = v = np.zeros((1, 4, 2))
    >>> audit_sparse(q, k, v, np.arange(4) < 3).kept_mass
    array([[0.75, 0.75, 0.75, 0.75]])
    """
    read_threads(threads)
    problem = Problem.read(q, k, v, options)
    source = _read_kept(kept, problem)
    inside, outside = (
        partial_over(replace(problem, kept=which), slice(0, problem.keys))
        for which in (source, replace(source, array=~source.array))
    )
    sinks = problem.sinks()
    if sinks is not None:
        scores = np.broadcast_to(sinks, inside.m.shape).copy()
        inside = merge(inside, Partial.of_sink(scores, d_v=problem.d_v))
    whole = merge(inside, outside)
    dropped = _mass(outside, whole)
    moved, size = _moved(inside, outside, dropped), _length(finish(whole).output)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(moved == 0, 0.0, moved / size)
    results = {
        "kept_mass": np.where(dropped == 0, 1.0, _mass(inside, whole)),
        "moved": moved,
        "relative": relative,
    }
    dtype = statistic_dtype(problem)
    return SparseAudit(
        **{name: give_back(each, problem.q, dtype=dtype) for name, each in results.items()}
    )


def _read_kept(kept: Array, problem: Problem) -> Source:
    source = read("kept", kept)
    if source.dtype != "bool":
        msg = (
            f"kept must say what is kept: expected bool, got {source.dtype}.\n"
            f"  It is {source.shape}.\n"
            "  True where the pattern computes the weight."
        )
        raise ArrayError(msg)
    refuse_spread(source, problem.pairs, exact=False)
    return source


def _mass(part: Partial, whole: Partial) -> Floats:
    """Return the share of all weight that a part has, from what is relative to the maximum.

    It is e^(lse_part - lse), without the digits that the difference of the two would lose.
    """
    empty = np.isneginf(part.m)
    with np.errstate(invalid="ignore", under="ignore"):
        power = np.exp(np.where(empty, 0.0, part.m - whole.m)) * part.l
        return np.where(empty, 0.0, power / np.where(empty, 1.0, whole.l))


def _moved(inside: Partial, outside: Partial, dropped: Floats) -> Floats:
    """Return how far the output moves; without a kept key all of it is lost."""
    kept, lost = finish(inside).output, finish(outside).output
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.isneginf(inside.m), _length(lost), dropped * _length(kept - lost))


def _length(vectors: Floats) -> Floats:
    length: Floats = np.linalg.norm(vectors, axis=-1)
    return length

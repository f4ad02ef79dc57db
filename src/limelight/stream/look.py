"""Look at every head, strip by strip, and gather what is wanted; all in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from limelight.stream.partial import Partial, finish, merge
from limelight.stream.reference import STRIP, strip_partial, visible_pieces
from limelight.stream.sweep import Patterns, Pooled, Received
from limelight.stream.top import NO_KEY
from limelight.stream.weights import weights_of
from limelight.stream.where import pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.stream.arrays import Floats, Index, Source
    from limelight.stream.head import Head
    from limelight.stream.problem import Problem
    from limelight.stream.where import Where

Gathered: TypeAlias = dict[str, npt.NDArray[Any]]
"""Results by name, each of all heads."""

At: TypeAlias = tuple[int, ...]
"""One head: (batch…, head)."""

Progress: TypeAlias = "Callable[[int, int], object]"
"""Called now and then with what is done and what there is to do."""

SWEPT = frozenset({"received", "picture", "attention_distance", "detection"})
"""What needs finished rows, and so every score a second time."""

PATTERNS = ("previous_token", "duplicate_token", "induction")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wanted:
    """What to gather; what is not wanted costs nothing.

    Attributes:
        names: Fields of `Observation`.
        top: How many top keys.
        picture: How many bins a side, at most.
        tokens: The token at each key's position, spread over the batch, or None.
    """

    names: frozenset[str]
    top: int = 0
    picture: int = 0
    tokens: Source | None = None

    def bins(self, problem: Problem) -> tuple[int, int]:
        """Return how many bins of queries and of keys: no more than there are of either."""
        return min(self.picture, problem.queries), min(self.picture, problem.keys)


def look(problem: Problem, wanted: Wanted, progress: Progress | None = None) -> Gathered:
    """Return what is wanted by name, and m and l of every query."""
    found = _room(problem, wanted)
    sinks = problem.sinks()
    strips = pieces(slice(0, problem.queries), STRIP)
    done, heads = 0, list(problem.heads())
    for at, head in heads:
        sweep = _Sweep(problem, wanted, at, head)
        for rows in strips:
            own = (*at, rows)
            state = strip_partial(
                head,
                rows,
                slice(0, problem.keys),
                top=wanted.top if "top_keys" in wanted.names else 0,
                valued="output" in wanted.names,
            )
            _keep(found, "max_logit", own, state.m)
            if sinks is not None:
                state = _with_sink(state, sinks[at[-1]])
            _keep_finished(found, own, state)
            if "sink_mass" in found and problem.keys:
                scores = head.scores(rows, slice(0, 1))
                found["sink_mass"][own] = weights_of(scores, state.m, state.l)[:, 0]
            if wanted.names & SWEPT:
                sweep.add(rows, state, found.get("attention_distance"))
            done += 1
            if progress is not None:
                progress(done, len(heads) * len(strips))
        sweep.keep(found)
    return found


def visible_share(problem: Problem, bins: tuple[int, int]) -> Floats:
    """Return the share of each bin's cells that the options leave visible."""
    found = np.zeros((*problem.leading[:-1], *bins))
    for at, head in problem.heads():
        pooled = Pooled(bins, (problem.queries, problem.keys))
        for rows in pieces(slice(0, problem.queries), STRIP):
            for keys in visible_pieces(head, rows, slice(0, problem.keys)):
                pooled.add((rows, keys), (~head.hidden(rows, keys)).astype(np.float64))
        found[at] = pooled.mean()
    return found


def _with_sink(state: Partial, sink: Floats) -> Partial:
    rows, top = state.top.scores.shape
    score = np.broadcast_to(sink, rows).copy()
    return merge(state, Partial.of_sink(score, d_v=state.o.shape[-1], top=top))


def _keep_finished(found: Gathered, own: Index, state: Partial) -> None:
    done = finish(state)
    for name in ("output", "lse", "entropy", "top_indices", "top_weights"):
        _keep(found, name, own, getattr(done, name))
    for name in ("m", "l"):
        _keep(found, name, own, getattr(state, name))


def _keep(found: Gathered, name: str, own: Index, numbers: npt.NDArray[Any]) -> None:
    if name in found:
        found[name][own] = numbers


def _room(problem: Problem, wanted: Wanted) -> Gathered:
    """Return empty arrays for everything that is wanted."""
    rows, heads, keys = problem.leading, problem.leading[:-1], problem.keys
    top, bins = (*rows, wanted.top), (*heads, *wanted.bins(problem))
    shapes = {
        "output": {"output": (*rows, problem.d_v)},
        "top_keys": {"top_weights": top},
        "received": {"received": (*heads, keys), "received_mean": (*heads, keys)},
        "picture": dict.fromkeys(("picture_mean", "picture_max"), bins),
        "detection": dict.fromkeys(PATTERNS if wanted.tokens else PATTERNS[:1], heads),
    }
    found: Gathered = {name: np.zeros(rows) for name in ("m", "l")}
    for name in wanted.names:
        for each, shape in shapes.get(name, {name: rows}).items():
            found[each] = np.zeros(shape)
    if "top_keys" in wanted.names:
        found["top_indices"] = np.full(top, NO_KEY)
    return found


class _Sweep:
    """What is added up over the finished rows of one head."""

    def __init__(self, problem: Problem, wanted: Wanted, at: At, head: Head) -> None:
        self.at, self.head, self.keys = at, head, problem.keys
        self.mass = 0.0
        names, tokens = wanted.names, wanted.tokens
        sizes = (problem.queries, problem.keys)
        self.received = Received(problem.keys) if "received" in names else None
        self.pooled = Pooled(wanted.bins(problem), sizes) if "picture" in names else None
        self.patterns = None
        if "detection" in names:
            own = None if tokens is None else tokens.array[at[:-1]]
            self.patterns = Patterns(sight=head.sight, tokens=own)
        self.detected = np.zeros(len(PATTERNS))

    def add(self, rows: Where, state: Partial, distance: Floats | None) -> None:
        """Add the weights of finished rows."""
        for keys in visible_pieces(self.head, rows, slice(0, self.keys)):
            scores = self.head.scores(rows, keys)
            weights = weights_of(scores, state.m, state.l)
            if self.received:
                self.received.add(keys, weights, ~np.isneginf(scores))
            if self.pooled:
                self.pooled.add((rows, keys), weights)
            if distance is not None:
                apart = np.abs(self.head.sight.distances(rows, keys))
                distance[(*self.at, rows)] += (weights * apart).sum(axis=-1)
            if self.patterns:
                self.mass += float(weights.sum())
                for number, pattern in enumerate(self.patterns.at(rows, keys)):
                    self.detected[number] += weights[pattern].sum()

    def keep(self, found: Gathered) -> None:
        """Put what was added up where it belongs."""
        at = self.at
        if self.received:
            found["received"][at] = self.received.total
            found["received_mean"][at] = self.received.mean()
        if self.pooled:
            found["picture_mean"][at] = self.pooled.mean()
            found["picture_max"][at] = self.pooled.largest
        for name, mass in zip(PATTERNS, self.detected, strict=True):
            if name in found:
                found[name][at] = mass / self.mass if self.mass else 0.0

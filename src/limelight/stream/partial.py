"""The state of queries over a set of keys, which merges with that over any other set.

With s the scaled and masked scores of a query over the keys, relative to their maximum m:

    l = Σ e^(s-m)    o = Σ e^(s-m) v    e = Σ e^(s-m) (s-m)    q2 = Σ e^(2(s-m))

Everything stays relative to m. To merge (log-sum-exp, normalised output) instead, as is often
done, loses digits as the scores grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.errors import ShapeError
from limelight.stream.top import NO_KEY, Top, merge_top, top_of

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats, Indices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partial:
    """What is known of each query from some of the keys; `merge` adds what others know.

    Arrays of float64, their leading axes (…, heads, queries).

    Attributes:
        m: The largest score, -∞ where no key is visible.
        l: Σ e^(s-m).
        o: Σ e^(s-m) v, (…, heads, queries, d_v).
        e: Σ e^(s-m) (s-m), at most 0.
        q2: Σ e^(2(s-m)).
        top: The largest scores and their keys, (…, heads, queries, k), -1 for no key.

    >>> import numpy as np
    >>> from limelight import attend_partial, merge
    >>> q = k = v = np.eye(4)[None]
    >>> left, right = (attend_partial(q, k, v, keys=half) for half in (slice(2), slice(2, 4)))
    >>> float(merge(left, right).finish().output.sum().round(12))
    4.0
    """

    m: Floats
    l: Floats  # noqa: E741 - the letter of the papers
    o: Floats
    e: Floats
    q2: Floats
    top: Top

    @classmethod
    def identity(cls, *leading: int, d_v: int, top: int = 0) -> Partial:
        """Return the state over no keys at all: merged with any other it leaves that one."""
        return cls(
            m=np.full(leading, -np.inf),
            l=np.zeros(leading),
            o=np.zeros((*leading, d_v)),
            e=np.zeros(leading),
            q2=np.zeros(leading),
            top=Top(np.full((*leading, top), -np.inf), np.full((*leading, top), NO_KEY)),
        )

    @classmethod
    def of(cls, scores: Floats, values: Floats, keys: Indices, *, top: int = 0) -> Partial:
        """Return the state of one head over some keys.

        Args:
            scores: Scaled and masked, (queries, keys); -∞ hides a key.
            values: (keys, d_v).
            keys: The index of each key, ascending.
            top: How many of the largest scores to keep.
        """
        if not scores.shape[-1]:
            return cls.identity(scores.shape[0], d_v=values.shape[-1], top=top)
        m = scores.max(axis=-1)
        hidden = np.isneginf(scores)
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            below = np.where(hidden, 0.0, scores - _floor(m)[:, None])
            power = np.where(hidden, 0.0, np.exp(below))
            return cls(
                m=m,
                l=power.sum(axis=-1),
                o=weighted(power, values, hidden),
                e=_times(power, below).sum(axis=-1),
                q2=np.square(power).sum(axis=-1),
                top=top_of(scores, keys, top),
            )

    @classmethod
    def of_sink(cls, sink: Floats, *, d_v: int, top: int = 0) -> Partial:
        """Return the state over one key that has a score but neither value nor index."""
        nothing = cls.identity(*sink.shape, d_v=d_v, top=top)
        seen = np.where(np.isneginf(sink), 0.0, 1.0)
        return cls(m=sink, l=seen, o=nothing.o, e=nothing.e, q2=seen.copy(), top=nothing.top)

    def finish(self) -> Finished:
        """Return the softmax and what follows from it; see `finish`."""
        return finish(self)


class Finished(NamedTuple):
    """What a partial comes to, taken over all the keys it has seen.

    Attributes:
        output: The weighted values, (…, heads, queries, d_v); 0 where no key is visible.
        lse: ln Σ e^s; -∞ where no key is visible.
        entropy: -Σ p ln p, in nats.
        sum_squares: Σ p².
        largest: The largest weight.
        top_indices: The keys of the largest weights, (…, heads, queries, k), -1 for none.
        top_weights: Those weights.
    """

    output: Floats
    lse: Floats
    entropy: Floats
    sum_squares: Floats
    largest: Floats
    top_indices: Indices
    top_weights: Floats


def merge(a: Partial, b: Partial) -> Partial:
    """Return the state over the keys of both; no key may be in both.

    The order does not matter, and `Partial.identity` changes nothing, so that any tree of
    merges gives what one pass over all the keys gives.

    Raises:
        ShapeError: The two are not about the same queries, or keep other numbers of keys.

    Source:
        Milakov & Gimelshein 2018 (1805.02867), eq. 4, with e and q2 carried along.
    """
    if a.o.shape != b.o.shape or a.top.scores.shape != b.top.scores.shape:
        msg = (
            "two partials merge when they are about the same queries: expected "
            f"{a.o.shape}, got {b.o.shape}.\n"
            f"  They keep {a.top.scores.shape[-1]} and {b.top.scores.shape[-1]} top keys.\n"
            "  Use the same queries, values and top for both."
        )
        raise ShapeError(msg)
    with np.errstate(invalid="ignore", under="ignore", over="ignore"):
        m = np.maximum(a.m, b.m)
        down_a, down_b = _down(a.m, m), _down(b.m, m)
        factor_a, factor_b = _factor(a.m, down_a), _factor(b.m, down_b)
        return Partial(
            m=m,
            l=factor_a * a.l + factor_b * b.l,
            o=factor_a[..., None] * a.o + factor_b[..., None] * b.o,
            e=_times(factor_a, a.e + down_a * a.l) + _times(factor_b, b.e + down_b * b.l),
            q2=np.square(factor_a) * a.q2 + np.square(factor_b) * b.q2,
            top=merge_top(a.top, b.top),
        )


def finish(partial: Partial) -> Finished:
    """Return the softmax over the keys of *partial*, and what follows from it.

    entropy = ln l - e/l adds two terms of one sign; lse - E[s] would cancel.
    """
    empty = np.isneginf(partial.m)
    with np.errstate(invalid="ignore", under="ignore", over="ignore"):
        total = np.where(empty, 1.0, partial.l)
        weights = np.exp(partial.top.scores - _floor(partial.m)[..., None]) / total[..., None]
        return Finished(
            output=partial.o / total[..., None],
            lse=np.where(empty, -np.inf, partial.m + np.log(total)),
            entropy=np.log(total) - partial.e / total,
            sum_squares=partial.q2 / np.square(total),
            largest=np.where(empty, 0.0, 1 / total),
            top_indices=partial.top.indices,
            top_weights=np.where(partial.top.indices == NO_KEY, 0.0, weights),
        )


def weighted(power: Floats, values: Floats, hidden: Bools) -> Floats:
    """Return power @ values, with nothing of the values that are hidden.

    A hidden NaN must not leak, but 0 · NaN is NaN; a visible one must come through.
    """
    odd = np.flatnonzero(~np.isfinite(values).all(axis=-1))
    if not odd.size:
        return power @ values
    plain = values.copy()
    plain[odd] = 0.0
    total = power @ plain
    for key in odd:
        total += np.where(hidden[:, key, None], 0.0, power[:, key, None] * values[key])
    return total


def _floor(m: Floats) -> Floats:
    """Return what scores are taken relative to: m, or 0 where no key is visible."""
    return np.where(np.isneginf(m), 0.0, m)


def _down(own: Floats, m: Floats) -> Floats:
    return np.where(np.isneginf(own), 0.0, own - m)


def _factor(own: Floats, down: Floats) -> Floats:
    """Return e^down; 0 for a part without a visible key, whose sums are 0 as well."""
    return np.where(np.isneginf(own), 0.0, np.exp(down))


def _times(factor: Floats, terms: Floats) -> Floats:
    """Return factor · terms, 0 where the factor has vanished, were the term -∞."""
    return np.where(factor == 0.0, 0.0, factor * terms)

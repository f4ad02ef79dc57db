"""What was seen of attention, in the caller's kind of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.shown import Shown
from limelight.stream.arrays import give_back, refuse_sizes
from limelight.stream.look import visible_share
from limelight.stream.page import page_of
from limelight.stream.plot import plot
from limelight.stream.weights import statistic_dtype, weights_of
from limelight.stream.where import ALL, count, read_where

if TYPE_CHECKING:
    from limelight.stream.arrays import Array, Floats
    from limelight.stream.plot import Figure
    from limelight.stream.problem import Problem
    from limelight.stream.where import Choice


class TopKeys(NamedTuple):
    """The keys of the largest weights of each query, ties by the lowest index.

    Attributes:
        indices: (…, heads, queries, k), -1 where no further key is visible.
        weights: Their weights, 0 where there is none.
    """

    indices: Array
    weights: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The weights pooled over bins of queries and keys.

    Of n tokens in b bins, token i is in bin ⌊i · b / n⌋.

    Attributes:
        mean: (…, heads, query bins, key bins), hidden cells counting as 0.
        max: The same, the largest weight.
        problem: The arrays and the options.
    """

    mean: Array
    max: Array
    problem: Problem

    @property
    def visible(self) -> Array:
        """The share of each bin's cells that the options leave visible: 0 for a hidden bin.

        It is worked out when it is asked for, from the options alone.
        """
        share = visible_share(self.problem, self.mean.shape[-2:])
        return give_back(share, self.problem.q, dtype=statistic_dtype(self.problem))


class Detection(NamedTuple):
    """What share of all weight falls where such a head looks, (…, heads).

    Attributes:
        previous_token: On the token before.
        duplicate_token: On earlier copies of the token; None without tokens.
        induction: On what followed earlier copies; None without tokens.
    """

    previous_token: Array
    duplicate_token: Array | None
    induction: Array | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What recomputes any weight: p = e^(s-m) / l.

    Attributes:
        problem: The arrays, as they came, and the options.
        m: What l is relative to: the largest score of each query, sinks included, or one that
            is little less, (…, heads, queries).
        l: Σ e^(s-m), sinks included.
    """

    problem: Problem
    m: Floats
    l: Floats  # noqa: E741 - the letter of the papers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Observation(Shown):
    """What `observe` saw; what was not wanted is None.

    Statistics are float64 for float64 inputs and float32 otherwise.

    Attributes:
        output: (…, heads, queries, d_v), as `attend` gives it.
        lse: ln Σ e^s, (…, heads, queries); -∞ where no key is visible.
        entropy: -Σ p ln p in nats, (…, heads, queries).
        max_logit: The largest score, without sinks, (…, heads, queries).
        top_keys: The keys of the largest weights.
        received: Σ of the weights that a key receives, (…, heads, keys).
        received_mean: The same, divided by the number of queries that can see the key.
        picture: The weights, pooled.
        sink_mass: The weight on the first key, (…, heads, queries).
        attention_distance: Σ p |i - j| in tokens, (…, heads, queries).
        detection: How much a head looks as previous-token, duplicate-token and induction
            heads do.
        rows: What `weights` recomputes weights from.
    """

    rows: Rows
    output: Array | None = None
    lse: Array | None = None
    entropy: Array | None = None
    max_logit: Array | None = None
    top_keys: TopKeys | None = None
    received: Array | None = None
    received_mean: Array | None = None
    picture: Picture | None = None
    sink_mass: Array | None = None
    attention_distance: Array | None = None
    detection: Detection | None = None

    def weights(self, queries: Choice = ALL, keys: Choice = ALL) -> Array:
        """Recompute any part of the weights, exactly, from q and k as they are by now.

        Args:
            queries: Which queries: a slice, an index, indices, or a bool for each.
            keys: Which keys, likewise.

        Returns:
            (…, heads, queries chosen, keys chosen).

        Raises:
            OptionError: There are no such queries or keys.
            ArrayError: More is asked for than can be addressed.
        """
        problem = self.rows.problem
        rows = read_where("queries", queries, problem.queries)
        columns = read_where("keys", keys, problem.keys)
        shape = (*problem.leading[:-1], count(rows), count(columns))
        refuse_sizes("the weights", shape)
        found = np.empty(shape)
        for at, head in problem.heads():
            scores = head.scores(rows, columns)
            found[at] = weights_of(scores, self.rows.m[at][rows], self.rows.l[at][rows])
        return give_back(found, problem.q, dtype=statistic_dtype(problem))

    def plot(self, head: tuple[int, ...] | int = 0) -> Figure:
        """Draw picture, entropy and received of one head; matplotlib draws (extra `plot`).

        Args:
            head: (batch…, head), or the head of the first batch entry.

        Raises:
            MissingExtraError: matplotlib is not installed.
            OptionError: There is no such head, or nothing to draw was wanted.
        """
        return plot(self, head)

    def __repr__(self) -> str:
        """Say what was seen."""
        seen = [name for name in self.__slots__ if name != "rows" and _is_there(self, name)]
        return f"Observation({self.rows.problem.pairs}: {', '.join(seen)})"

    def _repr_html_(self) -> str:
        """Return HTML for a notebook."""
        return page_of(self)


def _is_there(observation: Observation, name: str) -> bool:
    return getattr(observation, name) is not None

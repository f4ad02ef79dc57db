"""Engineers' mistakes, each written into plain NumPy as people write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.auditing import wrongly
from tests.auditing.plain import Array, Case, Plain

if TYPE_CHECKING:
    from collections.abc import Callable


class Bug(NamedTuple):
    """A mistake, and where it can be made.

    Attributes:
        mistake: The id of its entry.
        says: Which of the entry's rewritings or signatures it is.
        features: Of the cases in which it shows.
        written: What is written in place of methods of `Plain`.
        unseen: Whether the output alone does not tell it.
    """

    mistake: str
    says: str
    features: str
    written: dict[str, Callable[..., Any]]
    unseen: bool = False

    @property
    def name(self) -> str:
        """Id, what is done, and where."""
        return f"{self.mistake} {self.says} {self.features}".strip()

    def run(self, case: Case) -> dict[str, Array]:
        """Work a case with the mistake in it."""
        made = type("Mistaken", (Plain,), self.written)(case)
        result: dict[str, Array] = made.run()
        return result


BUGS: tuple[Bug, ...] = (
    Bug("E1", "not scaled", "", {"scale": lambda _, scores: scores}),
    Bug("E2", "scale times scale", "", {"scale": wrongly.times(lambda at: at.factor**2)}),
    Bug("E2", "scale times scale", "scale", {"scale": wrongly.times(lambda at: at.factor**2)}),
    Bug(
        "E3",
        "S/√d_model",
        "x",
        {"scale": wrongly.times(lambda at: at.given["x"].shape[-1] ** -0.5)},
    ),
    Bug("E3", "S/√d_model", "", {"scale": wrongly.times(lambda at: (at.heads * at.d_k) ** -0.5)}),
    Bug("E4", "S/√heads", "", {"scale": wrongly.times(lambda at: at.heads**-0.5)}),
    Bug("E5", "S·√d_k", "", {"scale": wrongly.times(lambda at: 1 / at.factor)}),
    Bug("E6", "S/√d_k", "scale", {"scale": wrongly.times(lambda at: at.d_k**-0.5)}),
    Bug("E7", "over the queries", "", {"softmax": wrongly.softmax_over(-2)}),
    Bug("E7", "over the heads", "", {"softmax": wrongly.softmax_over(1)}),
    Bug("E8", "softmax, then times the mask", "causal", {"softmax": wrongly.late}),
    Bug("E8", "softmax, then times the mask", "mask", {"softmax": wrongly.late}),
    Bug("E9", "times the mask", "causal", {"mask": lambda _, s, visible: s * visible}),
    Bug("E9", "times the mask", "mask", {"mask": lambda _, s, visible: s * visible}),
    Bug("E10", "the whole mask", "mask", {"handed_in": lambda at: ~at.given["mask"]}),
    Bug(
        "E10",
        "the mask handed in",
        "mask, causal",
        {"handed_in": lambda at: ~at.given["mask"]},
    ),
    Bug("E10", "the padding", "lengths", {"real": lambda at: ~Plain.real(at)}),
    Bug("E10", "the padding", "lengths, top-left", {"real": lambda at: ~Plain.real(at)}),
    Bug(
        "E11", "its own key hidden", "causal, cache", {"by_position": wrongly.behind_and(1, None)}
    ),
    Bug("E11", "the next key seen", "causal", {"by_position": wrongly.behind_and(-1, None)}),
    Bug(
        "E12",
        "the other corner",
        "causal, cache",
        {"first": lambda at: np.zeros(at.batch, int)},
    ),
    Bug(
        "E12",
        "the other corner",
        "top-left, cache",
        {"first": lambda at: at.stops() - at.queries},
    ),
    Bug("E13", "no causal mask", "causal", {"by_position": wrongly.behind_and(-99, None)}),
    Bug("E15", "biases scaled", "bias", {"add_biases": wrongly.biases_scaled}),
    Bug("E15", "biases scaled", "numbers", {"add_biases": wrongly.biases_scaled}),
    Bug("E15", "biases scaled", "alibi, causal", {"add_biases": wrongly.biases_scaled}),
    Bug("E16", "-20 for a hidden score", "causal", {"mask": wrongly.filled(-20.0)}),
    Bug("E16", "-20 added to it", "mask", {"mask": wrongly.lowered(-20.0)}),
    Bug(
        "E16",
        "a finite number for minus infinity",
        "causal",
        {"mask": wrongly.filled(-7.0)},
        unseen=True,
    ),
    Bug(
        "E16",
        "a finite number for minus infinity",
        "mask",
        {"mask": wrongly.lowered(-5.0)},
        unseen=True,
    ),
    Bug("E20", "padding seen", "lengths", {"real": wrongly.one()}),
    Bug("E20", "padding seen", "left padding", {"real": wrongly.one()}),
    Bug("E20", "mask left out", "mask", {"handed_in": wrongly.one()}),
    Bug("E20", "mask left out beside positions", "mask, causal", {"handed_in": wrongly.one()}),
    Bug("E21", "lengths held against queries", "lengths", {"real": wrongly.ends_on_queries}),
    Bug("E21", "mask transposed", "mask", {"handed_in": lambda at: at.given["mask"].mT}),
    Bug("E22", "one key more", "causal, window", {"by_position": wrongly.behind_and(0, 3)}),
    Bug("E22", "one key less", "causal, window", {"by_position": wrongly.behind_and(0, 1)}),
    Bug("E22", "no window", "causal, window", {"by_position": wrongly.behind_and(0, None)}),
    Bug("E22", "one key more ahead", "two-sided", {"by_position": wrongly.behind_and(-2, 2)}),
    Bug("E22", "one key less ahead", "two-sided", {"by_position": wrongly.behind_and(0, 2)}),
    Bug("E23", "a view as (heads, tokens, dim)", "joined", {"cut": wrongly.view}),
    Bug("E23", "a view as (heads, tokens, dim)", "joined, grouped", {"cut": wrongly.view}),
    Bug("E24", "a raw reshape", "", {"merge": wrongly.raw_merge}),
    Bug("E24", "a raw reshape", "out", {"merge": wrongly.raw_merge}),
    Bug(
        "E25",
        "the mask of another entry",
        "mask",
        {"handed_in": lambda at: wrongly.tile_heads(at.given["mask"], at.heads)},
    ),
    Bug(
        "E25",
        "the mask of another entry",
        "mask, causal",
        {"handed_in": lambda at: wrongly.tile_heads(at.given["mask"], at.heads)},
    ),
    Bug(
        "E26",
        "keys and values tiled",
        "grouped",
        {"share": lambda at, heads: np.tile(heads, (1, at.group, 1, 1))},
    ),
    Bug(
        "E26",
        "keys and values tiled",
        "grouped, rope",
        {"share": lambda at, heads: np.tile(heads, (1, at.group, 1, 1))},
    ),
    Bug(
        "E26",
        "tiled where they are cut",
        "grouped, joined",
        {"cut": wrongly.tiled_cut, "share": lambda _, heads: heads},
    ),
    Bug("E27", "keys and values repeated", "grouped", {"share": wrongly.along_sequence}),
    Bug("E27", "keys and values repeated", "grouped, norm", {"share": wrongly.along_sequence}),
    Bug("E28", "the other pairs", "rope", {"rotate": wrongly.other_pairs}),
    Bug("E28", "the other pairs", "neighbours", {"rotate": wrongly.other_pairs}),
    Bug("E29", "queries from position 0", "rope, cache", {"positions": wrongly.no_cache}),
    Bug("E29", "queries one further", "rope", {"positions": wrongly.moved(1)}),
    Bug("E29", "queries one before", "rope", {"positions": wrongly.moved(-1)}),
    Bug(
        "E30",
        "queries",
        "rope, left padding, norm",
        {"positions": wrongly.padding_counted("qk")},
        unseen=True,
    ),
    Bug("E30", "queries", "rope, left padding", {"positions": wrongly.padding_counted("q")}),
    Bug("E30", "keys", "rope, left padding", {"positions": wrongly.padding_counted("k")}),
    Bug("E31", "factor 1", "rope, factor", {"frequencies": wrongly.frequencies(None, 1.0)}),
    Bug("E31", "base 10,000", "rope, base", {"frequencies": wrongly.frequencies(10_000.0, None)}),
    Bug("E32", "all features turned", "partial", {"angles": wrongly.turned_wholly}),
    Bug("E32", "angles of all features", "partial", {"angles": wrongly.turned_by_first}),
    Bug("E33", "no softcap", "softcap", {"cap": lambda _, scaled: scaled}),
    Bug(
        "E33",
        "softcap before the scale",
        "softcap",
        {"cap": lambda at, _: wrongly.capped_first(at, at.made["scores"])},
    ),
    Bug("E33", "softcap after the mask", "softcap, causal", {"mask": wrongly.capped_last}),
    Bug("E34", "no sink", "sinks", {"sums": wrongly.summed(lambda _: np.zeros(()))}),
    Bug(
        "E34",
        "the sink scaled",
        "sinks",
        {"sums": wrongly.summed(lambda at: np.exp(wrongly.sinks(at) * at.factor))},
    ),
    Bug("E34", "the sink not raised", "sinks", {"sums": wrongly.summed(wrongly.sinks)}),
    Bug("E35", "neither normed", "norm", {"norm": wrongly.unless("qk")}),
    Bug("E35", "queries not normed", "norm, rope", {"norm": wrongly.unless("q")}),
    Bug("E35", "keys not normed", "norm", {"norm": wrongly.unless("k")}),
    Bug("E35", "all heads together", "norm, joined", {"norm": wrongly.one_norm}),
    Bug("E36", "turned, then normed", "norm, rope", {"turn": wrongly.norm_then}),
    Bug("E37", "the other gain", "norm + 1", {"gain": wrongly.other_gain}),
    Bug("E37", "the other gain", "norm", {"gain": wrongly.other_gain}),
    Bug("E38", "queries, keys and values", "x, biases", {"project": wrongly.unbiased("qkv")}),
    Bug("E38", "queries", "x, biases", {"project": wrongly.unbiased("q")}),
    Bug("E38", "keys", "x, biases, rope", {"project": wrongly.unbiased("k")}),
    Bug("E38", "values", "x, biases", {"project": wrongly.unbiased("v")}),
    Bug(
        "E38",
        "the output",
        "biases, out",
        {"finish": lambda at, joined: joined @ at.given["w_o"].T},
    ),
    Bug(
        "E39",
        "(3, heads, dim) read by heads",
        "joined, fused",
        {"cut": wrongly.fused(stored="blocks")},
    ),
    Bug(
        "E39",
        "(heads, 3, dim) read by letters",
        "joined, fused",
        {"cut": wrongly.fused(stored="groups")},
    ),
    Bug(
        "E39",
        "(heads, 3, dim) read by letters",
        "joined, fused, grouped",
        {"cut": wrongly.fused(stored="groups")},
    ),
    Bug("E40", "queries, keys and values", "x, square", {"project": wrongly.untransposed("qkv")}),
    Bug("E40", "queries", "x, square, biases", {"project": wrongly.untransposed("q")}),
    Bug("E40", "keys", "x, square", {"project": wrongly.untransposed("k")}),
    Bug("E40", "values", "x, square", {"project": wrongly.untransposed("v")}),
    Bug("E40", "the output", "out, square", {"finish": wrongly.finish_untransposed}),
    Bug("E41", "the joined heads", "out, square", {"finish": lambda _, joined: joined}),
    Bug("E41", "the joined heads", "out, square, biases", {"finish": lambda _, joined: joined}),
    Bug(
        "E41",
        "the joined heads and the bias",
        "out, square, biases",
        {"finish": lambda at, joined: joined + at.given["b_o"]},
    ),
    Bug("E42", "the sign", "alibi, causal", {"recession": lambda at: -Plain.recession(at)}),
    Bug(
        "E42",
        "heads counted from 0",
        "alibi, causal",
        {"slopes": lambda at: 2.0 ** (-8 * np.arange(at.heads) / at.heads)},
    ),
    Bug(
        "E42",
        "heads counted from 2",
        "alibi, causal",
        {"slopes": lambda at: 2.0 ** (-8 * np.arange(2, at.heads + 2) / at.heads)},
    ),
    Bug(
        "E42",
        "the last head first",
        "slopes, causal",
        {"slopes": lambda at: at.given["slopes"][::-1]},
    ),
    Bug(
        "E42",
        "2^(-8h/H) for all H",
        "alibi, odd heads",
        {"slopes": lambda at: 2.0 ** (-8 * np.arange(1, at.heads + 1) / at.heads)},
    ),
    Bug(
        "E42",
        "another slope",
        "alibi",
        {"slopes": lambda at: 0.37 / np.arange(1, at.heads + 1)},
        unseen=True,
    ),
    Bug("E43", "zeros, and one factor", "", {"softmax": wrongly.dropped}, unseen=True),
    Bug(
        "E43", "zeros, and one factor", "causal, sinks", {"softmax": wrongly.dropped}, unseen=True
    ),
    Bug("E45", "the tokens themselves", "x, out, square", {"last": lambda at, _: at.given["x"]}),
)
"""Every mistake that can be made in one type; test_types.py has those that types make."""


LEARNERS_BUGS: tuple[Bug, ...] = (
    Bug("L2", "QᵀK", "", {"score": lambda _, q, k: (q @ k.mT).mT}),
    Bug("L2", "QᵀK", "rope, norm", {"score": lambda _, q, k: (q @ k.mT).mT}),
    Bug("L3", "QᵀQ", "", {"score": lambda _, q, k: q @ q.mT + 0 * k.mT[..., :1, :]}),
    Bug("L3", "KᵀK", "rope", {"score": lambda _, q, k: k @ k.mT + 0 * q[..., :1]}),
    Bug("L10", "softmax(S) divided", "", {"softmax": wrongly.scaled_late}),
    Bug("L10", "softmax(S) divided", "causal", {"softmax": wrongly.scaled_late}),
    Bug("L17", "not divided", "", {"divide": lambda _, powers, sums: powers + 0 * sums}),
    Bug(
        "L17",
        "by the whole sum",
        "causal",
        {"divide": lambda _, powers, sums: powers / sums.sum(axis=-2, keepdims=True)},
    ),
    Bug("L18", "1 everywhere", "", {"softmax": lambda _, scores: np.ones_like(scores)}),
    Bug("L19", "W_K for W_V", "x, fused", {"project": wrongly.from_keys}),
    Bug("L20", "QA", "fused", {"mix": wrongly.other_values("q")}),
    Bug("L20", "KA", "fused, grouped", {"mix": wrongly.other_values("k")}),
    Bug("L21", "VAᵀ", "", {"mix": lambda _, weights, v: weights.mT @ v}),
    Bug("L22", "the sum of the values", "causal", {"mix": wrongly.summed_values}),
    Bug("L23", "cos(k, q)", "", {"score": wrongly.cosine}),
    Bug("L23", "cos(k, q)", "rope", {"score": wrongly.cosine}),
)
"""Learners' mistakes that code makes as well."""

"""Engineers' mistakes, each written into plain NumPy as people write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

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


def _times(factor: Callable[[Any], float]) -> Callable[[Any, Array], Array]:
    return lambda self, scores: scores * factor(self)


def _softmax_over(axis: int) -> Callable[[Any, Array], Array]:
    def softmax(self: Any, scores: Array) -> Array:  # noqa: ANN401 - a Plain
        powers = np.exp(scores)
        return self.divide(powers, powers.sum(axis=axis, keepdims=True))

    return softmax


def _capped_first(self: Any, scores: Array) -> Array:  # noqa: ANN401
    cap = self.case.setup["softcap"]
    return cap * np.tanh(scores / cap) * self.factor


def _capped_last(self: Any, scores: Array, visible: Array) -> Array:  # noqa: ANN401
    del scores
    cap, scaled = self.case.setup["softcap"], self.scale(self.made["scores"])
    return cap * np.tanh(Plain.mask(self, scaled, visible) / cap)


def _late(self: Any, scores: Array) -> Array:  # noqa: ANN401
    del scores
    free = self.add_biases(self.made["scaled"])
    return Plain.softmax(self, free) * self.visible()


def _ends_on_queries(self: Any) -> Array:  # noqa: ANN401
    at = np.arange(self.queries)
    starts = self.given.get("key_starts", np.zeros(self.batch, int))
    seen = (at >= starts[:, None]) & (at < self.stops()[:, None])
    return seen[:, None, :, None]


def _behind_and(low: int, high: int | None) -> Callable[[Any], Array]:
    """Who sees whom, by how far a key is behind at least and at most."""

    def by_position(self: Any) -> Array:  # noqa: ANN401
        behind = self.behind()
        seen = behind >= low
        return seen if high is None else seen & (behind <= high)

    return by_position


def _tile_heads(mask: Array, heads: int) -> Array:
    """mask.repeat(heads, 1, 1) of torch, viewed as (batch, heads, …)."""
    batch, _, queries, keys = mask.shape
    return np.tile(mask[:, 0], (heads, 1, 1)).reshape(batch, heads, queries, keys)


def _view(self: Any, letter: str) -> Array:  # noqa: ANN401
    joined = self.made[f"{letter}_proj"]
    batch, tokens, width = joined.shape
    heads = self.heads if letter == "q" else self.kv_heads
    return np.ascontiguousarray(joined).reshape(batch, heads, tokens, width // heads)


def _raw_merge(self: Any, heads: Array) -> Array:  # noqa: ANN401
    return np.ascontiguousarray(heads).reshape(self.batch, self.queries, -1)


def _along_sequence(self: Any, heads: Array) -> Array:  # noqa: ANN401
    batch, _, tokens, dim = heads.shape
    return np.repeat(heads, self.group, axis=2).reshape(batch, self.heads, tokens, dim)


def _other_pairs(self: Any, heads: Array, angles: Array) -> Array:  # noqa: ANN401
    if self.case.setup.get("rope_interleaved"):
        return self.rotate_halves(heads, angles)
    return self.rotate_neighbours(heads, angles)


def _moved(by: int, letters: str = "q") -> Callable[[Any, str], Array]:
    def positions(self: Any, letter: str) -> Array:  # noqa: ANN401
        return Plain.positions(self, letter) + (by if letter in letters else 0)

    return positions


def _no_cache(self: Any, letter: str) -> Array:  # noqa: ANN401
    positions = Plain.positions(self, letter)
    return positions - (self.keys - self.queries if letter == "q" else 0)


def _padding_counted(letters: str) -> Callable[[Any, str], Array]:
    def positions(self: Any, letter: str) -> Array:  # noqa: ANN401
        starts = self.given["key_starts"][:, None] if letter in letters else 0
        return Plain.positions(self, letter) + starts

    return positions


def _frequencies(theta: float | None, factor: float | None) -> Callable[[Any, int], Array]:
    def frequencies(self: Any, dims: int) -> Array:  # noqa: ANN401
        setup = self.case.setup
        base = setup["rope_theta"] if theta is None else theta
        by = setup.get("rope_factor", 1.0) if factor is None else factor
        return base ** (-np.arange(0, dims, 2) / dims) / by

    return frequencies


def _turned_wholly(self: Any, positions: Array) -> Array:  # noqa: ANN401
    return positions[..., None] * self.frequencies(self.d_k)


def _turned_by_first(self: Any, positions: Array) -> Array:  # noqa: ANN401
    return positions[..., None] * self.frequencies(self.d_k)[: self.dims // 2]


def _one_norm(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
    """Over the features of all heads of a token."""
    batch, count, tokens, dim = heads.shape
    flat = heads.transpose(0, 2, 1, 3).reshape(batch, tokens, -1)
    normed = self.rms(flat).reshape(batch, tokens, count, dim).transpose(0, 2, 1, 3)
    return normed * self.gain(letter)


def _norm_then(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
    """Turn what is not normed, then norm it."""
    del heads
    turned = Plain.turn(self, self.made[letter], letter)
    return Plain.norm(self, turned, letter)


def _unless(letters: str) -> Callable[[Any, Array, str], Array]:
    def norm(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
        return heads if letter in letters else Plain.norm(self, heads, letter)

    return norm


def _other_gain(self: Any, letter: str) -> Array:  # noqa: ANN401
    offset = 0.0 if self.case.setup.get("norm_offset") else 1.0
    return self.given[f"gamma_{letter}"] + offset


def _unbiased(letters: str) -> Callable[[Any, str], Array]:
    def project(self: Any, letter: str) -> Array:  # noqa: ANN401
        if letter in letters:
            return self.given["x"] @ self.given[f"w_{letter}"].T
        return Plain.project(self, letter)

    return project


def _untransposed(letters: str) -> Callable[[Any, str], Array]:
    def project(self: Any, letter: str) -> Array:  # noqa: ANN401
        if letter not in letters:
            return Plain.project(self, letter)
        bias = self.given.get(f"b_{letter}", 0.0)
        return self.given["x"] @ self.given[f"w_{letter}"] + bias

    return project


def _finish_untransposed(self: Any, joined: Array) -> Array:  # noqa: ANN401
    return joined @ self.given["w_o"] + self.given.get("b_o", 0.0)


def _fused(*, stored: str) -> Callable[[Any, str], Array]:
    """Unpack one product as the other layout than it is stored in."""

    def cut(self: Any, letter: str) -> Array:  # noqa: ANN401
        q, k, v = (Plain.cut(self, each) for each in "qkv")
        size, groups = self.heads // self.kv_heads, self.kv_heads
        groups_of = [
            (q[:, g * size : (g + 1) * size], k[:, g : g + 1], v[:, g : g + 1])
            for g in range(groups)
        ]
        by_group = np.concatenate([part for group in groups_of for part in group], axis=1)
        by_block = np.concatenate([q, k, v], axis=1)
        if stored == "blocks":
            parts = by_block.reshape(q.shape[0], groups, size + 2, *q.shape[2:])
            queries = parts[:, :, :size].reshape(q.shape)
            return {"q": queries, "k": parts[:, :, size], "v": parts[:, :, size + 1]}[letter]
        queries, keys, values = np.split(by_group, [self.heads, self.heads + groups], axis=1)
        return {"q": queries, "k": keys, "v": values}[letter]

    return cut


def _filled(sentinel: float) -> Callable[[Any, Array, Array], Array]:
    return lambda _, scores, visible: np.where(visible, scores, sentinel)


def _lowered(sentinel: float) -> Callable[[Any, Array, Array], Array]:
    return lambda _, scores, visible: scores + (1.0 - visible) * sentinel


def _dropped(self: Any, scores: Array) -> Array:  # noqa: ANN401
    weights = Plain.softmax(self, scores)
    return weights * (self.noise.random(weights.shape) >= 0.25) / 0.75


def _biases_scaled(self: Any, scaled: Array) -> Array:  # noqa: ANN401
    return scaled + (Plain.add_biases(self, scaled) - scaled) * self.factor


def _summed(sink: Callable[[Any], Array]) -> Callable[[Any, Array], Array]:
    def sums(self: Any, scores: Array) -> Array:  # noqa: ANN401
        return np.exp(scores).sum(axis=-1, keepdims=True) + sink(self)

    return sums


def _sinks(self: Any) -> Array:  # noqa: ANN401
    sinks: Array = self.given["sinks"][:, None, None]
    return sinks


def _one(shape: tuple[int, ...] = (1, 1, 1, 1)) -> Callable[[Any], Array]:
    return lambda _: np.ones(shape, bool)


def _tiled_cut(self: Any, letter: str) -> Array:  # noqa: ANN401
    heads = Plain.cut(self, letter)
    return heads if letter == "q" else np.tile(heads, (1, self.group, 1, 1))


BUGS: tuple[Bug, ...] = (
    Bug("E1", "not scaled", "", {"scale": lambda _, scores: scores}),
    Bug("E2", "scale times scale", "", {"scale": _times(lambda at: at.factor**2)}),
    Bug("E2", "scale times scale", "scale", {"scale": _times(lambda at: at.factor**2)}),
    Bug(
        "E3",
        "S/√d_model",
        "x",
        {"scale": _times(lambda at: at.given["x"].shape[-1] ** -0.5)},
    ),
    Bug("E3", "S/√d_model", "", {"scale": _times(lambda at: (at.heads * at.d_k) ** -0.5)}),
    Bug("E4", "S/√heads", "", {"scale": _times(lambda at: at.heads**-0.5)}),
    Bug("E5", "S·√d_k", "", {"scale": _times(lambda at: 1 / at.factor)}),
    Bug("E6", "S/√d_k", "scale", {"scale": _times(lambda at: at.d_k**-0.5)}),
    Bug("E7", "over the queries", "", {"softmax": _softmax_over(-2)}),
    Bug("E7", "over the heads", "", {"softmax": _softmax_over(1)}),
    Bug("E8", "softmax, then times the mask", "causal", {"softmax": _late}),
    Bug("E8", "softmax, then times the mask", "mask", {"softmax": _late}),
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
    Bug("E11", "its own key hidden", "causal, cache", {"by_position": _behind_and(1, None)}),
    Bug("E11", "the next key seen", "causal", {"by_position": _behind_and(-1, None)}),
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
    Bug("E13", "no causal mask", "causal", {"by_position": _behind_and(-99, None)}),
    Bug("E15", "biases scaled", "bias", {"add_biases": _biases_scaled}),
    Bug("E15", "biases scaled", "numbers", {"add_biases": _biases_scaled}),
    Bug("E15", "biases scaled", "alibi, causal", {"add_biases": _biases_scaled}),
    Bug("E16", "-20 for a hidden score", "causal", {"mask": _filled(-20.0)}),
    Bug("E16", "-20 added to it", "mask", {"mask": _lowered(-20.0)}),
    Bug(
        "E16",
        "a finite number for minus infinity",
        "causal",
        {"mask": _filled(-7.0)},
        unseen=True,
    ),
    Bug(
        "E16",
        "a finite number for minus infinity",
        "mask",
        {"mask": _lowered(-5.0)},
        unseen=True,
    ),
    Bug("E20", "padding seen", "lengths", {"real": _one()}),
    Bug("E20", "padding seen", "left padding", {"real": _one()}),
    Bug("E20", "mask left out", "mask", {"handed_in": _one()}),
    Bug("E20", "mask left out beside positions", "mask, causal", {"handed_in": _one()}),
    Bug("E21", "lengths held against queries", "lengths", {"real": _ends_on_queries}),
    Bug("E21", "mask transposed", "mask", {"handed_in": lambda at: at.given["mask"].mT}),
    Bug("E22", "one key more", "causal, window", {"by_position": _behind_and(0, 3)}),
    Bug("E22", "one key less", "causal, window", {"by_position": _behind_and(0, 1)}),
    Bug("E22", "no window", "causal, window", {"by_position": _behind_and(0, None)}),
    Bug("E22", "one key more ahead", "two-sided", {"by_position": _behind_and(-2, 2)}),
    Bug("E22", "one key less ahead", "two-sided", {"by_position": _behind_and(0, 2)}),
    Bug("E23", "a view as (heads, tokens, dim)", "joined", {"cut": _view}),
    Bug("E23", "a view as (heads, tokens, dim)", "joined, grouped", {"cut": _view}),
    Bug("E24", "a raw reshape", "", {"merge": _raw_merge}),
    Bug("E24", "a raw reshape", "out", {"merge": _raw_merge}),
    Bug(
        "E25",
        "the mask of another entry",
        "mask",
        {"handed_in": lambda at: _tile_heads(at.given["mask"], at.heads)},
    ),
    Bug(
        "E25",
        "the mask of another entry",
        "mask, causal",
        {"handed_in": lambda at: _tile_heads(at.given["mask"], at.heads)},
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
        {"cut": _tiled_cut, "share": lambda _, heads: heads},
    ),
    Bug("E27", "keys and values repeated", "grouped", {"share": _along_sequence}),
    Bug("E27", "keys and values repeated", "grouped, norm", {"share": _along_sequence}),
    Bug("E28", "the other pairs", "rope", {"rotate": _other_pairs}),
    Bug("E28", "the other pairs", "neighbours", {"rotate": _other_pairs}),
    Bug("E29", "queries from position 0", "rope, cache", {"positions": _no_cache}),
    Bug("E29", "queries one further", "rope", {"positions": _moved(1)}),
    Bug("E29", "queries one before", "rope", {"positions": _moved(-1)}),
    Bug(
        "E30",
        "queries",
        "rope, left padding, norm",
        {"positions": _padding_counted("qk")},
        unseen=True,
    ),
    Bug("E30", "queries", "rope, left padding", {"positions": _padding_counted("q")}),
    Bug("E30", "keys", "rope, left padding", {"positions": _padding_counted("k")}),
    Bug("E31", "factor 1", "rope, factor", {"frequencies": _frequencies(None, 1.0)}),
    Bug("E31", "base 10,000", "rope, base", {"frequencies": _frequencies(10_000.0, None)}),
    Bug("E32", "all features turned", "partial", {"angles": _turned_wholly}),
    Bug("E32", "angles of all features", "partial", {"angles": _turned_by_first}),
    Bug("E33", "no softcap", "softcap", {"cap": lambda _, scaled: scaled}),
    Bug(
        "E33",
        "softcap before the scale",
        "softcap",
        {"cap": lambda at, _: _capped_first(at, at.made["scores"])},
    ),
    Bug("E33", "softcap after the mask", "softcap, causal", {"mask": _capped_last}),
    Bug("E34", "no sink", "sinks", {"sums": _summed(lambda _: np.zeros(()))}),
    Bug(
        "E34",
        "the sink scaled",
        "sinks",
        {"sums": _summed(lambda at: np.exp(_sinks(at) * at.factor))},
    ),
    Bug("E34", "the sink not raised", "sinks", {"sums": _summed(_sinks)}),
    Bug("E35", "neither normed", "norm", {"norm": _unless("qk")}),
    Bug("E35", "queries not normed", "norm, rope", {"norm": _unless("q")}),
    Bug("E35", "keys not normed", "norm", {"norm": _unless("k")}),
    Bug("E35", "all heads together", "norm, joined", {"norm": _one_norm}),
    Bug("E36", "turned, then normed", "norm, rope", {"turn": _norm_then}),
    Bug("E37", "the other gain", "norm + 1", {"gain": _other_gain}),
    Bug("E37", "the other gain", "norm", {"gain": _other_gain}),
    Bug("E38", "queries, keys and values", "x, biases", {"project": _unbiased("qkv")}),
    Bug("E38", "queries", "x, biases", {"project": _unbiased("q")}),
    Bug("E38", "keys", "x, biases, rope", {"project": _unbiased("k")}),
    Bug("E38", "values", "x, biases", {"project": _unbiased("v")}),
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
        {"cut": _fused(stored="blocks")},
    ),
    Bug(
        "E39",
        "(heads, 3, dim) read by letters",
        "joined, fused",
        {"cut": _fused(stored="groups")},
    ),
    Bug(
        "E39",
        "(heads, 3, dim) read by letters",
        "joined, fused, grouped",
        {"cut": _fused(stored="groups")},
    ),
    Bug("E40", "queries, keys and values", "x, square", {"project": _untransposed("qkv")}),
    Bug("E40", "queries", "x, square, biases", {"project": _untransposed("q")}),
    Bug("E40", "keys", "x, square", {"project": _untransposed("k")}),
    Bug("E40", "values", "x, square", {"project": _untransposed("v")}),
    Bug("E40", "the output", "out, square", {"finish": _finish_untransposed}),
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
    Bug("E43", "zeros, and one factor", "", {"softmax": _dropped}, unseen=True),
    Bug("E43", "zeros, and one factor", "causal, sinks", {"softmax": _dropped}, unseen=True),
    Bug("E45", "the tokens themselves", "x, out, square", {"last": lambda at, _: at.given["x"]}),
)
"""Every mistake that can be made in one type; test_types.py has those that types make."""


def _scaled_late(self: Any, scores: Array) -> Array:  # noqa: ANN401
    del scores
    seen = np.where(self.visible(), self.made["scores"], -np.inf)
    return Plain.softmax(self, seen) * self.factor


def _other_values(name: str) -> Callable[[Any, Array, Array], Array]:
    """Mix another matrix; heads of keys are repeated, as they are for scores."""

    def mix(self: Any, weights: Array, v: Array) -> Array:  # noqa: ANN401
        del v
        other = self.given["x"][:, None] if name == "x" else self.made[name]
        return weights @ (self.share(other) if name == "k" else other)

    return mix


def _from_keys(self: Any, letter: str) -> Array:  # noqa: ANN401
    return Plain.project(self, "k" if letter == "v" else letter)


def _cosine(self: Any, q: Array, k: Array) -> Array:  # noqa: ANN401
    lengths = [np.linalg.norm(each, axis=-1, keepdims=True) for each in (q, k)]
    return Plain.score(self, q / lengths[0], k / lengths[1])


def _summed_values(self: Any, weights: Array, v: Array) -> Array:  # noqa: ANN401
    return np.broadcast_to(self.visible(), weights.shape).astype(v.dtype) @ v


LEARNERS_BUGS: tuple[Bug, ...] = (
    Bug("L2", "QᵀK", "", {"score": lambda _, q, k: (q @ k.mT).mT}),
    Bug("L2", "QᵀK", "rope, norm", {"score": lambda _, q, k: (q @ k.mT).mT}),
    Bug("L3", "QᵀQ", "", {"score": lambda _, q, k: q @ q.mT + 0 * k.mT[..., :1, :]}),
    Bug("L3", "KᵀK", "rope", {"score": lambda _, q, k: k @ k.mT + 0 * q[..., :1]}),
    Bug("L10", "softmax(S) divided", "", {"softmax": _scaled_late}),
    Bug("L10", "softmax(S) divided", "causal", {"softmax": _scaled_late}),
    Bug("L17", "not divided", "", {"divide": lambda _, powers, sums: powers + 0 * sums}),
    Bug(
        "L17",
        "by the whole sum",
        "causal",
        {"divide": lambda _, powers, sums: powers / sums.sum(axis=-2, keepdims=True)},
    ),
    Bug("L18", "1 everywhere", "", {"softmax": lambda _, scores: np.ones_like(scores)}),
    Bug("L19", "W_K for W_V", "x, fused", {"project": _from_keys}),
    Bug("L20", "QA", "fused", {"mix": _other_values("q")}),
    Bug("L20", "KA", "fused, grouped", {"mix": _other_values("k")}),
    Bug("L21", "VAᵀ", "", {"mix": lambda _, weights, v: weights.mT @ v}),
    Bug("L22", "the sum of the values", "causal", {"mix": _summed_values}),
    Bug("L23", "cos(k, q)", "", {"score": _cosine}),
    Bug("L23", "cos(k, q)", "rope", {"score": _cosine}),
)
"""Learners' mistakes that code makes as well."""

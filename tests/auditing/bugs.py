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
        says: What is done.
        features: Of the cases in which it shows.
        method: The method of `Plain` that is written otherwise.
        written: What is written in its place.
    """

    mistake: str
    says: str
    features: tuple[str, ...]
    method: str
    written: Callable[..., Array]

    @property
    def name(self) -> str:
        """Id and what is done."""
        return f"{self.mistake} {self.says}"

    def run(self, case: Case) -> dict[str, Array]:
        """Work a case with the mistake in it."""
        made = type("Mistaken", (Plain,), {self.method: self.written})(case)
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
        by_group = np.concatenate(
            [
                np.concatenate([q[:, g * size : g * size + size], k[:, g : g + 1], v[:, g : g + 1]], 1)
                for g in range(groups)
            ],
            axis=1,
        )
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
    return weights * (self.noise.random(weights.shape) >= 0.25) / 0.75  # noqa: PLR2004


def _biases_scaled(self: Any, scaled: Array) -> Array:  # noqa: ANN401
    return scaled + (Plain.add_biases(self, scaled) - scaled) * self.factor


def _summed(sink: Callable[[Any], Array]) -> Callable[[Any, Array], Array]:
    def sums(self: Any, scores: Array) -> Array:  # noqa: ANN401
        return np.exp(scores).sum(axis=-1, keepdims=True) + sink(self)

    return sums


def _sinks(self: Any) -> Array:  # noqa: ANN401
    sinks: Array = self.given["sinks"][:, None, None]
    return sinks


BUGS: tuple[Bug, ...] = (
    Bug("E1", "not scaled", (), "scale", lambda _, scores: scores),
    Bug("E2", "scaled twice", (), "scale", _times(lambda at: at.factor**2)),
    Bug(
        "E3",
        "by the model's width",
        ("x",),
        "scale",
        _times(lambda at: at.given["x"].shape[-1] ** -0.5),
    ),
    Bug("E3", "by all heads' width", (), "scale", _times(lambda at: (at.heads * at.d_k) ** -0.5)),
    Bug("E4", "by the heads", (), "scale", _times(lambda at: at.heads**-0.5)),
    Bug("E5", "inverted", (), "scale", _times(lambda at: 1 / at.factor)),
    Bug("E6", "scale lost", ("scale",), "scale", _times(lambda at: at.d_k**-0.5)),
    Bug("E7", "over queries", (), "softmax", _softmax_over(-2)),
    Bug("E7", "over heads", (), "softmax", _softmax_over(1)),
    Bug("E8", "mask after softmax", ("causal",), "softmax", _late),
    Bug("E8", "mask after softmax", ("mask",), "softmax", _late),
    Bug("E9", "times the mask", ("causal",), "mask", lambda _, s, visible: s * visible),
    Bug("E10", "all of it", ("mask",), "handed_in", lambda at: ~at.given["mask"]),
    Bug(
        "E10",
        "of a mask beside positions",
        ("mask", "causal"),
        "handed_in",
        lambda at: ~at.given["mask"],
    ),
    Bug("E10", "of the lengths", ("lengths",), "real", lambda at: ~Plain.real(at)),
    Bug("E11", "own key hidden", ("causal", "cache"), "by_position", _behind_and(1, None)),
    Bug("E11", "next key seen", ("causal",), "by_position", _behind_and(-1, None)),
    Bug(
        "E12",
        "top-left",
        ("causal", "cache"),
        "first",
        lambda at: np.zeros(at.batch, int),
    ),
    Bug(
        "E12",
        "bottom-right",
        ("top-left", "cache"),
        "first",
        lambda at: at.stops() - at.queries,
    ),
    Bug("E13", "no causal mask", ("causal",), "by_position", _behind_and(-99, None)),
    Bug("E15", "bias scaled", ("bias",), "add_biases", _biases_scaled),
    Bug("E15", "mask of numbers scaled", ("numbers",), "add_biases", _biases_scaled),
    Bug("E15", "linear biases scaled", ("alibi", "causal"), "add_biases", _biases_scaled),
    Bug("E16", "-20 written", ("causal",), "mask", _filled(-20.0)),
    Bug("E16", "-20 added", ("mask",), "mask", _lowered(-20.0)),
    Bug("E16", "-7 written", ("causal",), "mask", _filled(-7.0)),
    Bug("E16", "-5 added", ("causal",), "mask", _lowered(-5.0)),
    Bug("E20", "lengths", ("lengths",), "real", lambda _: np.ones((1, 1, 1, 1), bool)),
    Bug("E20", "left", ("left padding",), "real", lambda _: np.ones((1, 1, 1, 1), bool)),
    Bug("E20", "mask", ("mask",), "handed_in", lambda _: np.ones((1, 1, 1, 1), bool)),
    Bug(
        "E20",
        "mask beside positions",
        ("mask", "causal"),
        "handed_in",
        lambda _: np.ones((1, 1, 1, 1), bool),
    ),
    Bug("E21", "lengths", ("lengths",), "real", _ends_on_queries),
    Bug("E21", "mask turned", ("mask",), "handed_in", lambda at: at.given["mask"].mT),
    Bug("E22", "one more", ("causal", "window"), "by_position", _behind_and(0, 3)),
    Bug("E22", "one less", ("causal", "window"), "by_position", _behind_and(0, 1)),
    Bug("E22", "no window", ("causal", "window"), "by_position", _behind_and(0, None)),
    Bug("E22", "one more ahead", ("two-sided",), "by_position", _behind_and(-2, 2)),
    Bug("E22", "one less ahead", ("two-sided",), "by_position", _behind_and(0, 2)),
    Bug("E23", "a view", ("joined",), "cut", _view),
    Bug("E23", "a view of grouped heads", ("joined", "grouped"), "cut", _view),
    Bug("E24", "a raw reshape", (), "merge", _raw_merge),
    Bug("E24", "before the projection", ("out",), "merge", _raw_merge),
    Bug(
        "E25",
        "tiled",
        ("mask",),
        "handed_in",
        lambda at: _tile_heads(at.given["mask"], at.heads),
    ),
    Bug(
        "E25",
        "tiled beside positions",
        ("mask", "causal"),
        "handed_in",
        lambda at: _tile_heads(at.given["mask"], at.heads),
    ),
    Bug(
        "E26",
        "tiled",
        ("grouped",),
        "share",
        lambda at, heads: np.tile(heads, (1, at.group, 1, 1)),
    ),
    Bug(
        "E26",
        "tiled after rotation",
        ("grouped", "rope"),
        "share",
        lambda at, heads: np.tile(heads, (1, at.group, 1, 1)),
    ),
    Bug("E27", "along the sequence", ("grouped",), "share", _along_sequence),
    Bug("E28", "neighbours for halves", ("rope",), "rotate", _other_pairs),
    Bug("E28", "halves for neighbours", ("rope", "neighbours"), "rotate", _other_pairs),
    Bug("E29", "from 0", ("rope", "cache"), "positions", _no_cache),
    Bug("E29", "one further", ("rope",), "positions", _moved(1)),
    Bug("E29", "one before", ("rope",), "positions", _moved(-1)),
    Bug("E30", "both", ("rope", "left padding"), "positions", _padding_counted("qk")),
    Bug("E30", "queries", ("rope", "left padding"), "positions", _padding_counted("q")),
    Bug("E30", "keys", ("rope", "left padding"), "positions", _padding_counted("k")),
    Bug("E31", "factor", ("rope", "factor"), "frequencies", _frequencies(None, 1.0)),
    Bug("E31", "base", ("rope", "base"), "frequencies", _frequencies(10_000.0, None)),
    Bug("E32", "all turned", ("partial",), "angles", _turned_wholly),
    Bug("E32", "angles of all", ("partial",), "angles", _turned_by_first),
    Bug("E33", "missing", ("softcap",), "cap", lambda _, scaled: scaled),
    Bug("E33", "first", ("softcap",), "cap", lambda at, _: _capped_first(at, at.made["scores"])),
    Bug("E33", "last", ("softcap", "causal"), "mask", _capped_last),
    Bug("E34", "dropped", ("sinks",), "sums", _summed(lambda _: np.zeros(()))),
    Bug("E34", "scaled", ("sinks",), "sums", _summed(lambda at: np.exp(_sinks(at) * at.factor))),
    Bug("E34", "not raised", ("sinks",), "sums", _summed(_sinks)),
    Bug("E35", "skipped", ("norm",), "norm", _unless("qk")),
    Bug("E35", "queries", ("norm", "rope"), "norm", _unless("q")),
    Bug("E35", "keys", ("norm",), "norm", _unless("k")),
    Bug("E35", "over heads", ("norm", "joined"), "norm", _one_norm),
    Bug("E36", "exchanged", ("norm", "rope"), "turn", _norm_then),
    Bug("E37", "offset lost", ("norm + 1",), "gain", _other_gain),
    Bug("E37", "offset added", ("norm",), "gain", _other_gain),
    Bug("E38", "all", ("x", "biases"), "project", _unbiased("qkv")),
    Bug("E38", "queries", ("x", "biases"), "project", _unbiased("q")),
    Bug("E38", "keys", ("x", "biases", "rope"), "project", _unbiased("k")),
    Bug("E38", "values", ("x", "biases"), "project", _unbiased("v")),
    Bug(
        "E38",
        "output",
        ("biases", "out"),
        "finish",
        lambda at, joined: joined @ at.given["w_o"].T,
    ),
    Bug("E39", "blocks read by heads", ("joined", "fused"), "cut", _fused(stored="blocks")),
    Bug("E39", "heads read by blocks", ("joined", "fused"), "cut", _fused(stored="groups")),
    Bug(
        "E39",
        "groups read by blocks",
        ("joined", "fused", "grouped"),
        "cut",
        _fused(stored="groups"),
    ),
    Bug("E40", "all", ("x", "square"), "project", _untransposed("qkv")),
    Bug("E40", "values", ("x", "square"), "project", _untransposed("v")),
    Bug("E40", "queries", ("x", "square", "biases"), "project", _untransposed("q")),
    Bug("E40", "output", ("out", "square"), "finish", _finish_untransposed),
    Bug("E41", "missing", ("out", "square"), "finish", lambda _, joined: joined),
    Bug("E41", "with a bias", ("out", "square", "biases"), "finish", lambda _, joined: joined),
    Bug("E42", "sign", ("alibi", "causal"), "recession", lambda at: -Plain.recession(at)),
    Bug(
        "E42",
        "counted from 0",
        ("alibi", "causal"),
        "slopes",
        lambda at: 2.0 ** (-8 * np.arange(at.heads) / at.heads),
    ),
    Bug(
        "E42",
        "last first",
        ("slopes", "causal"),
        "slopes",
        lambda at: at.given["slopes"][::-1],
    ),
    Bug("E42", "any", ("alibi",), "slopes", lambda at: 0.37 / np.arange(1, at.heads + 1)),
    Bug("E43", "a quarter", (), "softmax", _dropped),
    Bug("E45", "x itself", ("x", "out", "square"), "last", lambda at, _: at.given["x"]),
)
"""Every mistake that arithmetic in one type can make; test_numbers.py has those of types."""

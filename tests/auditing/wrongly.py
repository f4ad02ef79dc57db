"""Steps of attention as people write them wrongly: methods for `Plain`, in plain NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.auditing.plain import Array, Plain

if TYPE_CHECKING:
    from collections.abc import Callable


def times(factor: Callable[[Any], float]) -> Callable[[Any, Array], Array]:
    """Multiply scores by another factor."""
    return lambda self, scores: scores * factor(self)


def softmax_over(axis: int) -> Callable[[Any, Array], Array]:
    """Take the softmax over another axis."""

    def softmax(self: Any, scores: Array) -> Array:  # noqa: ANN401 - a Plain
        powers = np.exp(scores)
        return self.divide(powers, powers.sum(axis=axis, keepdims=True))

    return softmax


def capped_first(self: Any, scores: Array) -> Array:  # noqa: ANN401
    """Bound the scores before they are scaled."""
    cap = self.case.setup["softcap"]
    return cap * np.tanh(scores / cap) * self.factor


def capped_last(self: Any, scores: Array, visible: Array) -> Array:  # noqa: ANN401
    """Bound them after they are masked."""
    del scores
    cap, scaled = self.case.setup["softcap"], self.scale(self.made["scores"])
    return cap * np.tanh(Plain.mask(self, scaled, visible) / cap)


def late(self: Any, scores: Array) -> Array:  # noqa: ANN401
    """Mask weights in place of scores."""
    del scores
    free = self.add_biases(self.made["scaled"])
    return Plain.softmax(self, free) * self.visible()


def ends_on_queries(self: Any) -> Array:  # noqa: ANN401
    """Hold queries against the lengths."""
    at = np.arange(self.queries)
    starts = self.given.get("key_starts", np.zeros(self.batch, int))
    seen = (at >= starts[:, None]) & (at < self.stops()[:, None])
    return seen[:, None, :, None]


def behind_and(low: int, high: int | None) -> Callable[[Any], Array]:
    """Who sees whom, by how far a key is behind at least and at most."""

    def by_position(self: Any) -> Array:  # noqa: ANN401
        behind = self.behind()
        seen = behind >= low
        return seen if high is None else seen & (behind <= high)

    return by_position


def tile_heads(mask: Array, heads: int) -> Array:
    """mask.repeat(heads, 1, 1) of torch, viewed as (batch, heads, …)."""
    batch, _, queries, keys = mask.shape
    return np.tile(mask[:, 0], (heads, 1, 1)).reshape(batch, heads, queries, keys)


def view(self: Any, letter: str) -> Array:  # noqa: ANN401
    """View (tokens, heads · dim) as (heads, tokens, dim)."""
    joined = self.made[f"{letter}_proj"]
    batch, tokens, width = joined.shape
    heads = self.heads if letter == "q" else self.kv_heads
    return np.ascontiguousarray(joined).reshape(batch, heads, tokens, width // heads)


def raw_merge(self: Any, heads: Array) -> Array:  # noqa: ANN401
    """Reshape without a transpose."""
    return np.ascontiguousarray(heads).reshape(self.batch, self.queries, -1)


def along_sequence(self: Any, heads: Array) -> Array:  # noqa: ANN401
    """Repeat tokens in place of heads."""
    batch, _, tokens, dim = heads.shape
    return np.repeat(heads, self.group, axis=2).reshape(batch, self.heads, tokens, dim)


def other_pairs(self: Any, heads: Array, angles: Array) -> Array:  # noqa: ANN401
    """Pair features as the other family of models does."""
    if self.case.setup.get("rope_interleaved"):
        return self.rotate_halves(heads, angles)
    return self.rotate_neighbours(heads, angles)


def moved(by: int, letters: str = "q") -> Callable[[Any, str], Array]:
    """Put queries, or keys, elsewhere."""

    def positions(self: Any, letter: str) -> Array:  # noqa: ANN401
        return Plain.positions(self, letter) + (by if letter in letters else 0)

    return positions


def no_cache(self: Any, letter: str) -> Array:  # noqa: ANN401
    """Let queries start from position 0."""
    positions = Plain.positions(self, letter)
    return positions - (self.keys - self.queries if letter == "q" else 0)


def padding_counted(letters: str) -> Callable[[Any, str], Array]:
    """Count positions from the padding."""

    def positions(self: Any, letter: str) -> Array:  # noqa: ANN401
        starts = self.given["key_starts"][:, None] if letter in letters else 0
        return Plain.positions(self, letter) + starts

    return positions


def frequencies(theta: float | None, factor: float | None) -> Callable[[Any, int], Array]:
    """Take another base, or another factor."""

    def frequencies(self: Any, dims: int) -> Array:  # noqa: ANN401
        setup = self.case.setup
        base = setup["rope_theta"] if theta is None else theta
        by = setup.get("rope_factor", 1.0) if factor is None else factor
        return base ** (-np.arange(0, dims, 2) / dims) / by

    return frequencies


def turned_wholly(self: Any, positions: Array) -> Array:  # noqa: ANN401
    """Turn all features."""
    return positions[..., None] * self.frequencies(self.d_k)


def turned_by_first(self: Any, positions: Array) -> Array:  # noqa: ANN401
    """Turn some features by the angles that all would have."""
    return positions[..., None] * self.frequencies(self.d_k)[: self.dims // 2]


def one_norm(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
    """Over the features of all heads of a token."""
    batch, count, tokens, dim = heads.shape
    flat = heads.transpose(0, 2, 1, 3).reshape(batch, tokens, -1)
    normed = self.rms(flat).reshape(batch, tokens, count, dim).transpose(0, 2, 1, 3)
    return normed * self.gain(letter)


def norm_then(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
    """Turn what is not normed, then norm it."""
    del heads
    turned = Plain.turn(self, self.made[letter], letter)
    return Plain.norm(self, turned, letter)


def unless(letters: str) -> Callable[[Any, Array, str], Array]:
    """Leave some without a norm."""

    def norm(self: Any, heads: Array, letter: str) -> Array:  # noqa: ANN401
        return heads if letter in letters else Plain.norm(self, heads, letter)

    return norm


def other_gain(self: Any, letter: str) -> Array:  # noqa: ANN401
    """Add 1 to the gain where it is whole; leave it where it is not."""
    offset = 0.0 if self.case.setup.get("norm_offset") else 1.0
    return self.given[f"gamma_{letter}"] + offset


def unbiased(letters: str) -> Callable[[Any, str], Array]:
    """Leave a bias out."""

    def project(self: Any, letter: str) -> Array:  # noqa: ANN401
        if letter in letters:
            return self.given["x"] @ self.given[f"w_{letter}"].T
        return Plain.project(self, letter)

    return project


def untransposed(letters: str) -> Callable[[Any, str], Array]:
    """Multiply by W in place of its transpose."""

    def project(self: Any, letter: str) -> Array:  # noqa: ANN401
        if letter not in letters:
            return Plain.project(self, letter)
        bias = self.given.get(f"b_{letter}", 0.0)
        return self.given["x"] @ self.given[f"w_{letter}"] + bias

    return project


def finish_untransposed(self: Any, joined: Array) -> Array:  # noqa: ANN401
    """Project out by W in place of its transpose."""
    return joined @ self.given["w_o"] + self.given.get("b_o", 0.0)


def fused(*, stored: str) -> Callable[[Any, str], Array]:
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


def filled(sentinel: float) -> Callable[[Any, Array, Array], Array]:
    """Write a finite number for minus infinity."""
    return lambda _, scores, visible: np.where(visible, scores, sentinel)


def lowered(sentinel: float) -> Callable[[Any, Array, Array], Array]:
    """Add a finite number for minus infinity."""
    return lambda _, scores, visible: scores + (1.0 - visible) * sentinel


def dropped(self: Any, scores: Array) -> Array:  # noqa: ANN401
    """Leave dropout on."""
    weights = Plain.softmax(self, scores)
    return weights * (self.noise.random(weights.shape) >= 0.25) / 0.75


def biases_scaled(self: Any, scaled: Array) -> Array:  # noqa: ANN401
    """Scale what is added."""
    return scaled + (Plain.add_biases(self, scaled) - scaled) * self.factor


def summed(sink: Callable[[Any], Array]) -> Callable[[Any, Array], Array]:
    """Take the sink otherwise."""

    def sums(self: Any, scores: Array) -> Array:  # noqa: ANN401
        return np.exp(scores).sum(axis=-1, keepdims=True) + sink(self)

    return sums


def sinks(self: Any) -> Array:  # noqa: ANN401
    """Return the sinks, one for each head."""
    sinks: Array = self.given["sinks"][:, None, None]
    return sinks


def one(shape: tuple[int, ...] = (1, 1, 1, 1)) -> Callable[[Any], Array]:
    """Let everything be seen."""
    return lambda _: np.ones(shape, bool)


def tiled_cut(self: Any, letter: str) -> Array:  # noqa: ANN401
    """Repeat heads of keys and values in turn."""
    heads = Plain.cut(self, letter)
    return heads if letter == "q" else np.tile(heads, (1, self.group, 1, 1))


def scaled_late(self: Any, scores: Array) -> Array:  # noqa: ANN401
    """Scale weights in place of scores."""
    del scores
    seen = np.where(self.visible(), self.made["scores"], -np.inf)
    return Plain.softmax(self, seen) * self.factor


def other_values(name: str) -> Callable[[Any, Array, Array], Array]:
    """Mix another matrix; heads of keys are repeated, as they are for scores."""

    def mix(self: Any, weights: Array, v: Array) -> Array:  # noqa: ANN401
        del v
        other = self.given["x"][:, None] if name == "x" else self.made[name]
        return weights @ (self.share(other) if name == "k" else other)

    return mix


def from_keys(self: Any, letter: str) -> Array:  # noqa: ANN401
    """Make values with the weights of keys."""
    return Plain.project(self, "k" if letter == "v" else letter)


def cosine(self: Any, q: Array, k: Array) -> Array:  # noqa: ANN401
    """Divide by lengths."""
    lengths = [np.linalg.norm(each, axis=-1, keepdims=True) for each in (q, k)]
    return Plain.score(self, q / lengths[0], k / lengths[1])


def summed_values(self: Any, weights: Array, v: Array) -> Array:  # noqa: ANN401
    """Add up the values that are seen."""
    return np.broadcast_to(self.visible(), weights.shape).astype(v.dtype) @ v

"""Attention as people write it in NumPy: rows are tokens, one method for each step.

Nothing here comes from Limelight. A mistake is made by writing one of the methods wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""A NumPy array; its dtype is not what the type checker is asked about."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What attention starts from, and how it is meant to be computed.

    Attributes:
        given: Tensors by the names of a dump.
        setup: Fields of `Setup`.
        dtype: What it is computed in.
    """

    given: dict[str, Array]
    setup: dict[str, Any] = field(default_factory=dict)
    dtype: str = "float64"

    def __contains__(self, name: str) -> bool:
        """Tell whether a tensor is given."""
        return name in self.given


class Plain:
    """Works a case, rightly."""

    def __init__(self, case: Case) -> None:
        """Take sizes from what is given."""
        self.case = case
        self.given = {
            name: array.astype(case.dtype) if array.dtype.kind == "f" else array
            for name, array in case.given.items()
        }
        setup = case.setup
        self.heads = setup["heads"]
        self.kv_heads = setup.get("kv_heads", self.heads)
        self.group = self.heads // self.kv_heads
        self.noise = np.random.default_rng(7)
        self.made: dict[str, Array] = {}

    def run(self) -> dict[str, Array]:
        """Work every step; return all that a dump may hold beside what is given."""
        with np.errstate(all="ignore"):
            self._run()
        return {
            name: array.astype(self.case.dtype)
            for name, array in self.made.items()
            if name not in self.given
        }

    def _run(self) -> None:
        made = self.made
        for letter in "qkv":
            if "x" in self.given:
                made[f"{letter}_proj"] = self.project(letter)
            elif f"{letter}_proj" in self.given:
                made[f"{letter}_proj"] = self.given[f"{letter}_proj"]
        for letter in "qkv":
            if letter in self.given:
                made[letter] = self.given[letter]
            else:
                made[letter] = self.cut(letter)
        self.batch, _, self.queries, self.d_k = made["q"].shape
        self.keys = made["k"].shape[2]
        q, k = made["q"], made["k"]
        if "gamma_q" in self.given:
            q = made["q_norm"] = self.norm(q, "q")
            k = made["k_norm"] = self.norm(k, "k")
        if "rope_theta" in self.case.setup:
            q = made["q_rope"] = self.turn(q, "q")
            k = made["k_rope"] = self.turn(k, "k")
        made["scores"] = self.score(q, self.share(k))
        made["scaled"] = self.cap(self.scale(made["scores"]))
        biased = self.add_biases(made["scaled"])
        if biased is not made["scaled"] or self.hides:
            made["masked"] = self.mask(biased, self.visible())
        made["weights"] = self.softmax(made.get("masked", biased))
        made["heads"] = self.mix(made["weights"], self.share(made["v"]))
        joined = self.merge(made["heads"])
        made["output"] = self.finish(joined) if "w_o" in self.given else joined
        self.made["output"] = self.last(made["output"])

    def project(self, letter: str) -> Array:
        """Tokens times Wᵀ, plus a bias."""
        made = self.given["x"] @ self.given[f"w_{letter}"].T
        bias = self.given.get(f"b_{letter}")
        return made if bias is None else made + bias

    def cut(self, letter: str) -> Array:
        """(batch, tokens, heads · dim) becomes (batch, heads, tokens, dim)."""
        joined = self.made[f"{letter}_proj"]
        heads = self.heads if letter == "q" else self.kv_heads
        batch, tokens, width = joined.shape
        return joined.reshape(batch, tokens, heads, width // heads).transpose(0, 2, 1, 3)

    def norm(self, heads: Array, letter: str) -> Array:
        """Divide by the root of the mean square, times the gain."""
        return self.rms(heads) * self.gain(letter)

    def rms(self, numbers: Array) -> Array:
        """Divide by the root of the mean square."""
        epsilon = self.case.setup.get("norm_epsilon", 1e-6)
        mean = (numbers.astype("float64") ** 2).mean(axis=-1, keepdims=True)
        return (numbers / np.sqrt(mean + epsilon)).astype(self.case.dtype)

    def gain(self, letter: str) -> Array:
        """Return what it is multiplied by."""
        return self.given[f"gamma_{letter}"] + self.case.setup.get("norm_offset", 0.0)

    def turn(self, heads: Array, letter: str) -> Array:
        """Rotary embedding."""
        return self.rotate(heads, self.angles(self.positions(letter)))

    def positions(self, letter: str) -> Array:
        """(batch, tokens)."""
        starts = self.given.get("key_starts", np.zeros(self.batch, int))
        if letter == "k":
            return np.arange(self.keys)[None] - starts[:, None]
        offset = self.case.setup.get("rope_offset", self.keys - self.queries)
        return np.arange(self.queries)[None] + offset - starts[:, None]

    @property
    def dims(self) -> int:
        """How many features are turned."""
        dims: int = self.case.setup.get("rope_dims") or self.d_k
        return dims

    def frequencies(self, dims: int) -> Array:
        """One for each pair."""
        theta = self.case.setup["rope_theta"]
        factor = self.case.setup.get("rope_factor", 1.0)
        return 1.0 / (theta ** (np.arange(0, dims, 2) / dims)) / factor

    def angles(self, positions: Array) -> Array:
        """(batch, tokens, pairs)."""
        return positions[..., None] * self.frequencies(self.dims)

    def rotate(self, heads: Array, angles: Array) -> Array:
        """Turn pairs of features."""
        if self.case.setup.get("rope_interleaved"):
            return self.rotate_neighbours(heads, angles)
        return self.rotate_halves(heads, angles)

    def rotate_halves(self, heads: Array, angles: Array) -> Array:
        """Pairs are of the two halves."""
        half = angles.shape[-1]
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        one, other = heads[..., :half], heads[..., half : 2 * half]
        turned = [one * cos - other * sin, other * cos + one * sin, heads[..., 2 * half :]]
        return np.concatenate(turned, axis=-1).astype(self.case.dtype)

    def rotate_neighbours(self, heads: Array, angles: Array) -> Array:
        """Pairs are neighbours."""
        wide = 2 * angles.shape[-1]
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        turned = heads.copy()
        turned[..., 0:wide:2] = heads[..., 0:wide:2] * cos - heads[..., 1:wide:2] * sin
        turned[..., 1:wide:2] = heads[..., 1:wide:2] * cos + heads[..., 0:wide:2] * sin
        return turned

    def share(self, heads: Array) -> Array:
        """Repeat heads of keys or values for their groups."""
        return np.repeat(heads, self.group, axis=1)

    def score(self, q: Array, k: Array) -> Array:
        """Q Kᵀ."""
        return q @ k.swapaxes(-1, -2)

    @property
    def factor(self) -> float:
        """What scores are multiplied by."""
        scale = self.case.setup.get("scale")
        return float(self.d_k**-0.5 if scale is None else scale)

    def scale(self, scores: Array) -> Array:
        """Times the scale."""
        return scores * self.factor

    def cap(self, scaled: Array) -> Array:
        """Softcap."""
        cap = self.case.setup.get("softcap")
        return scaled if cap is None else cap * np.tanh(scaled / cap)

    def add_biases(self, scaled: Array) -> Array:
        """Add whatever is added."""
        made = scaled
        if self.case.setup.get("alibi"):
            made = made + self.slopes()[:, None, None] * self.recession()
        if "bias" in self.given:
            made = made + self.given["bias"]
        mask = self.given.get("mask")
        if mask is not None and mask.dtype != bool:
            made = made + np.where(np.isfinite(mask), mask, 0)
        return made

    def slopes(self) -> Array:
        """One for each head."""
        if "slopes" in self.given:
            return self.given["slopes"]
        return np.array(_published_slopes(self.heads))

    def recession(self) -> Array:
        """Minus the distance."""
        return -np.abs(self.behind())[:, None]

    def behind(self) -> Array:
        """(batch, queries, keys): how far a key is behind a query."""
        first = self.first()[:, None, None]
        return np.arange(self.queries)[:, None] + first - np.arange(self.keys)

    def first(self) -> Array:
        """Return the position of the first query, (batch,)."""
        if self.case.setup.get("causal") == "bottom-right":
            return self.stops() - self.queries
        return np.zeros(self.batch, int)

    def stops(self) -> Array:
        """Return how many keys there are before the padding, (batch,)."""
        return self.given.get("key_lengths", np.full(self.batch, self.keys))

    @property
    def hides(self) -> bool:
        """Whether any key may be hidden."""
        names = ("mask", "key_lengths", "key_starts")
        setup = self.case.setup
        return any(name in self.given for name in names) or bool(
            setup.get("causal") or setup.get("window")
        )

    def visible(self) -> Array:
        """(batch, heads or 1, queries, keys)."""
        seen = self.by_position()[:, None] & self.real()
        return seen & self.handed_in()

    def by_position(self) -> Array:
        """(batch, queries, keys): causal, and within the window."""
        behind = self.behind()
        seen = np.ones(behind.shape, bool)
        if self.case.setup.get("causal"):
            seen &= behind >= 0
        left, right = self.case.setup.get("window") or (None, None)
        if left is not None:
            seen &= behind <= left
        if right is not None and not self.case.setup.get("causal"):
            seen &= behind >= -right
        return seen

    def real(self) -> Array:
        """(batch, 1, 1, keys): no padding."""
        at = np.arange(self.keys)
        starts = self.given.get("key_starts", np.zeros(self.batch, int))
        seen = (at >= starts[:, None]) & (at < self.stops()[:, None])
        return seen[:, None, None, :]

    def handed_in(self) -> Array:
        """Return the mask that is given."""
        mask = self.given.get("mask", np.ones((1, 1, 1, 1), bool))
        return mask if mask.dtype == bool else np.isfinite(mask)

    def mask(self, scores: Array, visible: Array) -> Array:
        """Hide."""
        return np.where(visible, scores, -np.inf).astype(self.case.dtype)

    def softmax(self, scores: Array) -> Array:
        """Over the keys, with a sink where there is one; 0 where nothing is seen."""
        return self.divide(self.raised(scores), self.sums(scores))

    def raised(self, scores: Array) -> Array:
        """Raise e to each score; scores here are small."""
        return np.exp(scores)

    def sums(self, scores: Array) -> Array:
        """Add up over the keys."""
        total = self.raised(scores).sum(axis=-1, keepdims=True)
        sinks = self.given.get("sinks")
        return total if sinks is None else total + np.exp(sinks)[:, None, None]

    def divide(self, powers: Array, sums: Array) -> Array:
        """0 / 0 is 0."""
        return np.divide(powers, sums, out=np.zeros_like(powers), where=sums != 0)

    def mix(self, weights: Array, v: Array) -> Array:
        """A V."""
        return weights @ v

    def merge(self, heads: Array) -> Array:
        """(batch, heads, queries, dim) becomes (batch, queries, heads · dim)."""
        batch, _, queries, _ = heads.shape
        return heads.transpose(0, 2, 1, 3).reshape(batch, queries, -1)

    def finish(self, joined: Array) -> Array:
        """Project out."""
        made = joined @ self.given["w_o"].T
        return made + self.given["b_o"] if "b_o" in self.given else made

    def last(self, output: Array) -> Array:
        """Hand it on."""
        return output


def _published_slopes(heads: int) -> list[float]:
    """Return the slopes of linear biases as their authors' code does."""
    exponent = np.log2(heads)
    if exponent.is_integer():
        start = 2.0 ** (-(2.0 ** -(exponent - 3)))
        return [float(start ** (1 + head)) for head in range(heads)]
    whole = 2 ** int(exponent)
    between = _published_slopes(2 * whole)[0::2][: heads - whole]
    return _published_slopes(whole) + between

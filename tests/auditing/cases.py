"""Random cases of attention with asked-for features."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.auditing.plain import Array, Case

FEATURES = (
    "x",  # from tokens and weights; else from q, k and v
    "joined",  # from q_proj, k_proj and v_proj
    "biases",  # of the projections
    "out",  # an output projection
    "grouped",
    "one kv head",
    "norm",
    "norm + 1",
    "rope",
    "partial",
    "neighbours",
    "factor",
    "base",
    "scale",
    "softcap",
    "bias",
    "alibi",
    "slopes",
    "causal",
    "top-left",
    "window",
    "two-sided",
    "mask",
    "mask by head",
    "numbers",  # a mask of numbers
    "lengths",
    "left padding",
    "sinks",
    "cache",  # more keys than queries
    "square",  # weights with as many rows as columns
)

USUAL = "usual"
"""The feature of cases whose sizes are powers of two and all alike: they hide most."""

_ROTARY = (
    ("partial", "rope_dims", 4),
    ("neighbours", "rope_interleaved", True),
    ("factor", "rope_factor", 4.0),
)
"""Features that are a setting of rotary embedding, and its value."""

_OUT = 5
"""Features of the output, and of a token: no other size is the same."""


class _Draw:
    """Draws one case."""

    def __init__(self, seed: int, features: set[str], dtype: str) -> None:
        self.rng = np.random.default_rng(seed)
        self.features = features
        self.dtype = dtype
        self.given: dict[str, Array] = {}
        self.setup: dict[str, Any] = {}

    def has(self, *names: str) -> bool:
        return bool(self.features & set(names))

    def normal(self, *shape: int, scale: float = 1.0) -> Array:
        # Whole 64ths are the same in every type, bfloat16 apart.
        return np.round(self.rng.normal(scale=scale, size=shape) * 64) / 64

    def pick(self, *choices: int) -> int:
        return int(self.rng.choice(choices))

    def case(self) -> Case:
        self._sizes()
        self._start()
        self._model()
        self._sight()
        if self.has("out"):
            joined = self.heads * self.d_v
            out = joined if self.has("square", USUAL) else _OUT
            self.given["w_o"] = self.normal(out, joined, scale=joined**-0.5)
            if self.has("biases"):
                self.given["b_o"] = self.normal(out)
        return Case(given=self.given, setup=self.setup, dtype=self.dtype)

    def _sizes(self) -> None:
        self.batch, self.queries = self.pick(2, 3), self.pick(4, 5, 7)
        self.heads = self.pick(4, 6) if self.has("grouped") else self.pick(2, 3, 4)
        if self.has("alibi"):
            self.heads = 4 if self.has("grouped") else self.pick(2, 4)
        if self.has("odd heads"):
            self.heads = self.pick(3, 6)
        self.d_k = self.pick(8, 12) if self.has("rope", "partial") else self.pick(6, 8, 12)
        if self.has(USUAL):
            self.batch, self.heads, self.queries, self.d_k = 2, 4, 4, 4
        cached = self.has("cache") and not self.has("x")
        self.keys = self.queries + (self.pick(2, 3, 4) if cached else 0)
        same = self.has("square", "fused", USUAL)
        self.d_v = self.d_k if same else self.d_k + self.pick(-2, 2, 1)
        self.kv_heads = self.heads // 2 if self.has("grouped") else self.heads
        if self.has("one kv head"):
            self.kv_heads = 1
        self.setup["heads"] = self.heads
        if self.kv_heads != self.heads:
            self.setup["kv_heads"] = self.kv_heads

    def _start(self) -> None:
        sizes = {
            "q": (self.heads, self.queries, self.d_k),
            "k": (self.kv_heads, self.keys, self.d_k),
            "v": (self.kv_heads, self.keys, self.d_v),
        }
        if self.has("x"):
            features = self.heads * self.d_k if self.has("square", USUAL) else _OUT
            self.given["x"] = self.normal(self.batch, self.queries, features)
            for letter, (heads, _, dim) in sizes.items():
                self.given[f"w_{letter}"] = self.normal(
                    heads * dim, features, scale=features**-0.5
                )
                if self.has("biases"):
                    self.given[f"b_{letter}"] = self.normal(heads * dim)
            return
        for letter, (heads, tokens, dim) in sizes.items():
            if self.has("joined"):
                self.given[f"{letter}_proj"] = self.normal(self.batch, tokens, heads * dim)
            else:
                self.given[letter] = self.normal(self.batch, heads, tokens, dim)

    def _model(self) -> None:
        setup, given = self.setup, self.given
        if self.has("norm", "norm + 1"):
            for letter in "qk":
                given[f"gamma_{letter}"] = self.normal(self.d_k, scale=0.4) + 0.75
        if self.has("norm + 1"):
            setup["norm_offset"] = 1.0
        if self.has("scale"):
            setup["scale"] = 0.25
        if self.has("softcap"):
            setup["softcap"] = 1.5
        if self.has("sinks"):
            given["sinks"] = self.normal(self.heads)
        self._places()

    def _places(self) -> None:
        setup, given = self.setup, self.given
        if self.has("rope", "partial", "neighbours", "factor", "base"):
            setup["rope_theta"] = 500.0 if self.has("base") else 10_000.0
        for feature, setting, value in _ROTARY:
            if self.has(feature):
                setup[setting] = value
        if self.has("bias"):
            given["bias"] = self.normal(1, self.heads, self.queries, self.keys)
        if self.has("alibi", "slopes"):
            setup["alibi"] = True
        if self.has("slopes"):
            given["slopes"] = 0.75 ** np.arange(1, self.heads + 1)

    def _sight(self) -> None:
        setup, given = self.setup, self.given
        if self.has("causal", "top-left"):
            setup["causal"] = "top-left" if self.has("top-left") else "bottom-right"
        if self.has("window", "two-sided"):
            setup["window"] = (2, 1) if self.has("two-sided") else (2, None)
        if self.has("lengths"):
            given["key_lengths"] = self._ends(self.keys)
        if self.has("left padding"):
            given["key_starts"] = self.keys - self._ends(self.keys)
        if self.has("mask", "mask by head", "numbers"):
            heads = self.heads if self.has("mask by head") else 1
            seen = self.rng.random((self.batch, heads, self.queries, self.keys)) < 0.6
            seen[..., 0] = True  # no row without a key
            given["mask"] = seen
            if self.has("numbers"):
                numbers = np.where(seen, self.normal(*seen.shape), -np.inf)
                given["mask"] = numbers

    def _ends(self, most: int) -> Array:
        """Return how many keys are real: not the same in every entry of the batch."""
        ends = most - np.arange(self.batch) % 3
        return self.rng.permutation(ends)


def draw(seed: int, *features: str, dtype: str = "float64") -> Case:
    """Draw a case that has some features."""
    return _Draw(seed, set(features), dtype).case()


def draw_any(seed: int) -> Case:
    """Draw a case with any features that go together."""
    rng = np.random.default_rng([seed, 1])
    chosen = {name for name in FEATURES if rng.random() < 0.25}
    if {"numbers", "mask"} <= chosen or {"numbers", "mask by head"} <= chosen:
        chosen.discard("numbers")
    dtype = "float32" if rng.random() < 0.4 else "float64"
    return _Draw(seed, chosen, dtype).case()

"""Dumps of attention as code makes them, step by step in NumPy; nothing here is Limelight's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

Array: TypeAlias = Any
"""A NumPy array; its dtype is not what the type checker is asked about."""

DTYPES: dict[str, Any] = {
    "float64": np.float64,
    "float32": np.float32,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
}


@dataclass(kw_only=True)
class Made:
    """A dump, and how it was made.

    Attributes:
        tensors: Every tensor, results of steps included.
        settings: Fields of `Setup`.
    """

    tensors: dict[str, Array] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def without(self, *names: str) -> dict[str, Array]:
        """Return its tensors but for some."""
        return {name: array for name, array in self.tensors.items() if name not in names}


@dataclass(kw_only=True)
class Maker:
    """Works attention in a dtype: stored so, and added up in float32 at least."""

    rng: np.random.Generator
    dtype: str = "float32"
    batch: int = 2
    heads: int = 4
    kv_heads: int = 2
    queries: int = 5
    keys: int = 7
    d_k: int = 8
    d_v: int = 6
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def wide(self) -> Any:  # noqa: ANN401 - a dtype
        """What is added up in."""
        return np.float64 if self.dtype == "float64" else np.float32

    def draw(self, *shape: int, scale: float = 1.0) -> Array:
        """Draw numbers of the dtype."""
        return self.store(self.rng.normal(size=shape) * scale)

    def store(self, array: Array) -> Array:
        """Round to the dtype."""
        with np.errstate(all="ignore"):
            return np.asarray(array).astype(DTYPES[self.dtype])

    def widen(self, array: Array) -> Array:
        """Take it as it is computed with."""
        return np.asarray(array).astype(self.wide)

    def product(self, left: Array, right: Array) -> Array:
        """Multiply in the wide dtype, and store."""
        return self.store(self.widen(left) @ self.widen(right))

    def make(self) -> Made:
        """Make a dump of everything."""
        made = Made(settings=self._settings())
        self._begin(made)
        q, k = self._prepare(made, "q"), self._prepare(made, "k")
        self._score(made, q, k)
        self._mask(made)
        self._mix(made)
        return made

    def _settings(self) -> dict[str, Any]:
        known = (
            *("scale", "softcap", "causal", "window", "alibi", "rope_theta", "rope_dims"),
            *("rope_interleaved", "rope_factor", "rope_offset", "norm_epsilon", "norm_offset"),
        )
        return {name: self.options[name] for name in known if name in self.options}

    def _begin(self, made: Made) -> None:
        tensors = made.tensors
        sizes = {
            "q": (self.heads, self.queries, self.d_k),
            "k": (self.kv_heads, self.keys, self.d_k),
        }
        sizes["v"] = (self.kv_heads, self.keys, self.d_v)
        if self.options.get("projected"):
            features = 11
            tensors["x"] = self.draw(self.batch, self.queries, features)
            made.settings |= {"heads": self.heads, "kv_heads": self.kv_heads}
            for name, (heads, tokens, width) in sizes.items():
                weight = tensors[f"w_{name}"] = self.draw(heads * width, features, scale=0.3)
                joined = self.product(tensors["x"], np.swapaxes(weight, 0, 1))
                if self.options.get("biased"):
                    bias = tensors[f"b_{name}"] = self.draw(heads * width)
                    joined = self.store(self.widen(joined) + self.widen(bias))
                tensors[f"{name}_proj"] = joined
                split = joined.reshape(self.batch, tokens, heads, width)
                tensors[name] = np.swapaxes(split, 1, 2)
            return
        for name, (heads, tokens, width) in sizes.items():
            tensors[name] = self.draw(self.batch, heads, tokens, width)

    def _prepare(self, made: Made, name: str) -> Array:
        """Norm and rotate."""
        tensors, last = made.tensors, made.tensors[name]
        if self.options.get("normed"):
            gamma = tensors[f"gamma_{name}"] = self.store(1 + 0.3 * self.rng.normal(size=self.d_k))
            wide = self.widen(last)
            epsilon = self.options.get("norm_epsilon", 1e-6)
            gain = self.widen(gamma) + self.options.get("norm_offset", 0)
            last = wide / np.sqrt((wide**2).mean(-1, keepdims=True) + epsilon) * gain
            last = tensors[f"{name}_norm"] = self.store(last)
        if "rope_theta" in self.options:
            last = tensors[f"{name}_rope"] = self.store(self._rotated(made, name, last))
        return last

    def _rotated(self, made: Made, name: str, array: Array) -> Array:
        options = self.options
        dims = options.get("rope_dims", self.d_k)
        first = options.get("rope_offset", self.keys - self.queries) if name == "q" else 0
        tokens = np.arange(array.shape[-2]) + first
        starts = made.tensors.get("key_starts", self.options.get("key_starts"))
        positions = tokens - (0 if starts is None else np.asarray(starts)[:, None, None])
        frequencies = options["rope_theta"] ** (-2.0 * np.arange(dims // 2) / dims)
        angles = positions[..., None] * frequencies / options.get("rope_factor", 1.0)
        cos, sin = np.cos(angles).astype(self.wide), np.sin(angles).astype(self.wide)
        wide = self.widen(array).copy()
        turned = wide[..., :dims]
        if options.get("rope_interleaved"):
            one, two = turned[..., 0::2], turned[..., 1::2]
            both = np.stack([one * cos - two * sin, two * cos + one * sin], axis=-1)
            wide[..., :dims] = both.reshape(turned.shape)
        else:
            one, two = turned[..., : dims // 2], turned[..., dims // 2 :]
            wide[..., :dims] = np.concatenate([one * cos - two * sin, two * cos + one * sin], -1)
        return wide

    def _score(self, made: Made, q: Array, k: Array) -> None:
        group = self.heads // self.kv_heads
        k = np.repeat(k, group, axis=1)
        scores = made.tensors["scores"] = self.product(q, np.swapaxes(k, -1, -2))
        scaled = self.widen(scores) * self.wide(self.options.get("scale", self.d_k**-0.5))
        cap = self.options.get("softcap")
        if cap is not None:
            scaled = np.tanh(scaled / self.wide(cap)) * self.wide(cap)
        made.tensors["scaled"] = self.store(scaled)

    def _mask(self, made: Made) -> None:
        behind, seen = self._sight(made)
        scores = self._biased(made, self.widen(made.tensors["scaled"]), behind)
        if "mask" in self.options:
            shape, kind = self.options["mask"]
            visible = self.rng.random(shape) < 0.7
            made.tensors["mask"] = visible
            if kind != "bool":
                numbers = self.draw(*shape)
                hidden = {"infinite": -np.inf, "finite": -30000.0}[kind]
                made.tensors["mask"] = self.store(np.where(visible, self.widen(numbers), hidden))
                scores = scores + np.where(visible, self.widen(numbers), 0)
            seen = seen & visible
        hide = self.options.get("hidden", -np.inf)
        masked = made.tensors["masked"] = self.store(np.where(seen, scores, hide))
        self._weigh(made, np.where(seen, self.widen(masked), -np.inf))

    def _sight(self, made: Made) -> tuple[Array, Array]:
        """Return how far each key is behind each query, and who sees whom by position."""
        options = self.options
        lengths = np.full(self.batch, self.keys)
        starts = np.zeros(self.batch, dtype=int)
        if "key_lengths" in options:
            lengths = made.tensors["key_lengths"] = np.asarray(options["key_lengths"])
        if "key_starts" in options:
            starts = made.tensors["key_starts"] = np.asarray(options["key_starts"])
        first = lengths - self.queries if options.get("causal") == "bottom-right" else 0 * lengths
        index, at = np.arange(self.keys), np.arange(self.queries)
        behind = first[:, None, None, None] + at[:, None] - index
        left, right = options.get("window") or (None, None)
        seen = (behind >= 0) | (not options.get("causal"))
        seen &= (behind <= (np.inf if left is None else left)) & (
            -behind <= (np.inf if right is None else right)
        )
        seen &= index < lengths[:, None, None, None]
        seen &= index >= starts[:, None, None, None]
        return behind, seen

    def _biased(self, made: Made, scores: Array, behind: Array) -> Array:
        if self.options.get("alibi"):
            slopes = 2.0 ** (-8.0 * (1 + np.arange(self.heads)) / self.heads)
            if self.options.get("own slopes"):
                slopes = made.tensors["slopes"] = self.store(self.rng.random(self.heads))
            scores = scores - self.widen(slopes)[:, None, None] * np.abs(behind)
        if "bias" in self.options:
            bias = made.tensors["bias"] = self.draw(*self.options["bias"])
            scores = scores + self.widen(bias)
        return scores

    def _weigh(self, made: Made, scores: Array) -> None:
        peak = scores.max(-1, keepdims=True)
        peak = np.where(np.isneginf(peak), 0, peak)
        powers = np.exp(scores - peak)
        total = powers.sum(-1, keepdims=True)
        if self.options.get("sinks"):
            sinks = made.tensors["sinks"] = self.draw(self.heads)
            total = total + np.exp(self.widen(sinks)[:, None, None] - peak)
        weights = powers / np.where(total == 0, 1, total)
        made.tensors["weights"] = self.store(weights)

    def _mix(self, made: Made) -> None:
        tensors = made.tensors
        values = np.repeat(tensors["v"], self.heads // self.kv_heads, axis=1)
        heads = tensors["heads"] = self.product(tensors["weights"], values)
        joined = np.swapaxes(heads, 1, 2).reshape(self.batch, self.queries, -1)
        if self.options.get("projected"):
            weight = tensors["w_o"] = self.draw(9, joined.shape[-1], scale=0.3)
            joined = self.product(joined, np.swapaxes(weight, 0, 1))
            if self.options.get("biased"):
                bias = tensors["b_o"] = self.draw(9)
                joined = self.store(self.widen(joined) + self.widen(bias))
        tensors["output"] = joined


def drawn(rng: np.random.Generator) -> Maker:
    """Draw sizes, a dtype and options."""

    def perhaps(share: float = 0.3) -> bool:
        return bool(rng.random() < share)

    def among(*choices: Any) -> Any:  # noqa: ANN401 - any of them
        return choices[int(rng.integers(len(choices)))]

    group, kv_heads = among(1, 2, 3), among(1, 2)
    queries, keys = int(rng.integers(1, 9)), int(rng.integers(1, 12))
    is_projected = perhaps()
    keys = queries if is_projected else keys
    maker = Maker(
        rng=rng,
        dtype=among(*DTYPES),
        batch=among(1, 2, 3),
        heads=group * kv_heads,
        kv_heads=kv_heads,
        queries=queries,
        keys=keys,
        d_k=among(2, 4, 8, 16),
        d_v=among(1, 3, 8),
    )
    shape = (among(1, maker.batch), among(1, maker.heads), among(1, maker.queries), maker.keys)
    lengths = rng.integers(0, keys + 1, size=(2, maker.batch))
    possible: list[tuple[float, dict[str, Any]]] = [
        (float(is_projected), {"projected": True, "biased": perhaps(0.5)}),
        (0.3, {"normed": True, "norm_offset": among(0.0, 1.0), "norm_epsilon": among(1e-6, 1e-3)}),
        (
            0.3,
            {
                "rope_theta": among(10_000.0, 100.0),
                "rope_interleaved": perhaps(0.5),
                "rope_dims": among(2, maker.d_k),
                "rope_factor": among(1.0, 4.0),
                "rope_offset": max(0, keys - queries),
            },
        ),
        (0.3, {"scale": among(1.0, 0.2, 0.5)}),
        (0.3, {"softcap": among(1.0, 3.0, 50.0)}),
        (0.5, {"causal": among("top-left", "bottom-right")}),
        (0.3, {"window": (among(None, 0, 2), among(None, 1))}),
        (0.3, {"key_lengths": lengths[0]}),
        (0.2, {"key_starts": lengths[1]}),
        (0.2, {"alibi": True, "own slopes": maker.heads & (maker.heads - 1) != 0 or perhaps(0.5)}),
        (0.3, {"mask": (shape, among("bool", "infinite", "finite"))}),
        (0.2, {"bias": shape}),
        (0.2, {"sinks": True}),
        (0.2, {"hidden": -10_000.0}),
    ]
    for share, options in possible:
        if perhaps(share):
            maker.options |= options
    return maker


OPTIONAL = (
    *("q_proj", "k_proj", "v_proj", "q_norm", "k_norm", "q_rope", "k_rope", "scores", "scaled"),
    *("masked", "weights", "heads", "output"),
)
"""Results of steps, any of which a dump may lack."""


def some(made: Made, rng: np.random.Generator) -> dict[str, Array]:
    """Take a random choice of the results of steps."""
    left_out = [name for name in OPTIONAL if rng.random() < 0.4]
    if "x" in made.tensors:
        left_out += [name for name in ("q", "k", "v") if rng.random() < 0.4]
    return made.without(*left_out)

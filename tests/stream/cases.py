"""Random problems of attention: sizes, options, ties, and rows that see nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from limelight import observe
from tests.stream.dense import Dense, attend_dense

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from tests.stream.dense import Array

EPSILON = float(np.finfo(np.float64).eps)

FIELDS = (
    *("output", "lse", "entropy", "max_logit", "received", "received_mean", "sink_mass"),
    *("attention_distance", "top_keys.indices", "top_keys.weights", "picture.mean"),
    *("picture.max", "detection.previous_token", "detection.duplicate_token"),
    "detection.induction",
)
"""Where an observation holds numbers."""

many = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
"""How often a property is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """q, k, v and options."""

    q: Array
    k: Array
    v: Array
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """The three arrays."""
        return self.q, self.k, self.v

    def cast(self, dtype: Any) -> Case:  # noqa: ANN401 - of NumPy or its extension
        """Return the same with arrays of a dtype."""
        q, k, v = (each.astype(dtype) for each in self.arrays)
        return Case(q=q, k=k, v=v, options=self.options)

    @property
    def dense(self) -> Dense:
        """What is right."""
        return attend_dense(*self.arrays, **self.options)

    @property
    def magnitude(self) -> float:
        """How large scores are, or the terms that they are sums of."""
        scores = self.dense.scores
        largest = np.abs(scores).max(initial=1.0, where=np.isfinite(scores))
        return max(self.condition, float(largest))

    @property
    def condition(self) -> float:
        """How large the terms are that scores are sums of: what their rounding grows with."""
        plain = {name: self.options[name] for name in ("scale",) if name in self.options}
        q, k = (np.abs(each.astype(np.longdouble)) for each in (self.q, self.k))
        terms = attend_dense(q, k, self.v, **plain).scores
        return max(1.0, float(np.abs(terms).max(initial=0.0)))


def looked(*arrays: Any, **options: Any) -> Any:  # noqa: ANN401
    """Observe, without saying to the type checker which fields were wanted."""
    return observe(*arrays, **options)


def fields_of(seen: Any) -> dict[str, Array]:  # noqa: ANN401 - an observation
    """Return every array of an observation that is there, by name."""
    found = {}
    for name in FIELDS:
        part = seen
        for step in name.split("."):
            part = getattr(part, step, None)
        if part is not None:
            found[name] = np.asarray(part)
    return found


def bits_of(seen: Any) -> dict[str, bytes]:  # noqa: ANN401 - an observation
    """Return the bits of every array of an observation."""
    return {name: array.tobytes() for name, array in fields_of(seen).items()}


def random_case(
    seed: int,
    *,
    batch: tuple[int, ...] = (),
    heads: tuple[int, int] = (1, 1),
    tokens: tuple[int, int] = (7, 9),
    dims: tuple[int, int] = (4, 3),
    spread: float = 1.0,
    **options: Any,  # noqa: ANN401 - options of attend
) -> Case:
    """Draw q, k, v: (query heads, key heads), (queries, keys), (d, d_v)."""
    random = np.random.default_rng(seed)
    return Case(
        q=random.normal(size=(*batch, heads[0], tokens[0], dims[0])) * spread,
        k=random.normal(size=(*batch, heads[1], tokens[1], dims[0])),
        v=random.normal(size=(*batch, heads[1], tokens[1], dims[1])),
        options=options,
    )


@st.composite
def cases(draw: DrawFn) -> Case:
    """Draw a problem with any options together."""
    batch = draw(st.sampled_from([(), (2,), (2, 1)]))
    key_heads, group = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    heads, queries, keys = key_heads * group, draw(st.integers(0, 7)), draw(st.integers(0, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    case = random_case(
        int(random.integers(2**32)),
        batch=batch,
        heads=(heads, key_heads),
        tokens=(queries, keys),
        dims=(draw(st.integers(1, 5)), draw(st.integers(1, 4))),
        spread=draw(st.sampled_from([0.0, 1.0, 30.0])),
    )
    if draw(st.booleans()):
        case.q[...], case.k[...] = np.round(case.q), np.round(case.k)
    return Case(
        q=case.q,
        k=case.k,
        v=case.v,
        options=draw(_options(random, batch, heads, (queries, keys))),
    )


@st.composite
def large_cases(draw: DrawFn) -> Case:
    """Draw a problem of several blocks and tiles, of any dtype, with any options together."""
    batch = draw(st.sampled_from([(), (2,)]))
    key_heads, group = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    tokens = draw(st.integers(1, 150)), draw(st.integers(1, 150))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    case = random_case(
        int(random.integers(2**32)),
        batch=batch,
        heads=(key_heads * group, key_heads),
        tokens=tokens,
        dims=(draw(st.integers(1, 20)), draw(st.integers(1, 20))),
        spread=draw(st.sampled_from([0.0, 1.0, 6.0])),
    ).cast(draw(st.sampled_from([np.float64, np.float32, np.float16, ml_dtypes.bfloat16])))
    options = draw(_options(random, batch, key_heads * group, tokens, 120))
    return Case(q=case.q, k=case.k, v=case.v, options=options)


@st.composite
def _options(
    draw: DrawFn,
    random: np.random.Generator,
    batch: tuple[int, ...],
    heads: int,
    tokens: tuple[int, int],
    furthest: int = 5,
) -> dict[str, Any]:
    queries, keys = tokens
    side = st.one_of(st.none(), st.integers(0, furthest))
    pairs = draw(
        st.sampled_from([tokens, (heads, *tokens), (*batch, 1, *tokens), (queries, 1), (keys,)])
    )
    bools = random.random(pairs) < draw(st.sampled_from([0.0, 0.5, 0.9]))
    numbers = np.where(random.random(pairs) < 0.3, -np.inf, random.normal(size=pairs))
    choices = {
        "scale": st.sampled_from([0.3, 1.0, -1.0, 0.0]),
        "softcap": st.sampled_from([0.5, 20.0]),
        "causal": st.sampled_from(["top-left", "bottom-right"]),
        "window": st.tuples(side, side),
        "mask": st.sampled_from([bools, numbers]),
        "key_lengths": st.just(random.integers(0, keys + 1, size=batch)),
        "sinks": st.just(random.normal(size=heads)),
        "bias": st.sampled_from([random.random(heads), random.normal(size=(heads, *tokens))]),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(choices)), max_size=4))
    return {name: draw(choices[name]) for name in sorted(chosen)}


def epsilon_of(dtype: Any) -> float:  # noqa: ANN401 - of NumPy, its extension, or jax
    """Return the distance from 1 to the next number of a dtype."""
    return float(ml_dtypes.finfo(dtype).eps)  # type: ignore[no-untyped-call]


def assert_close(
    actual: Array,
    expected: Array,
    epsilons: float,
    size: float = 1.0,
    *,
    epsilon: float = EPSILON,
) -> None:
    """Demand one shape, the same -∞ and NaN, and *epsilons* of the larger of |x| and *size*."""
    assert actual.shape == expected.shape
    with np.errstate(invalid="ignore"):
        allowed = epsilons * epsilon * np.maximum(np.abs(expected), size)
        near = np.abs(actual - expected) <= allowed
    same = near | (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    assert same.all(), f"{actual[~same][:5]} is not {expected[~same][:5]}"

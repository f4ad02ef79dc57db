"""Right functions of every kind, written in every order, are never accused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.auditing.adapters.known import ADAPTERS
from limelight.auditing.trials.cases import CASES
from limelight.auditing.trials.findings import Standing
from limelight.auditing.trials.frameworks import FRAMEWORKS
from limelight.auditing.trials.trying import Caller

Array = Any

TRIED = [name for name, case in CASES.items() if name != "float16 overflow"]
"""What stores products in float16 overflows there, and ought to be told so."""

SLOW = 10_000
"""Right functions in the long run."""


@dataclass(frozen=True)
class Style:
    """How a right implementation is written.

    Attributes:
        scaled: Where the scale goes in.
        block: Keys at a time, with a running maximum; None for all at once.
        wide: What it computes in; None for what it is given.
        hides: What hides a key.
        late: Whether sums divide the output and not the weights.
        backwards: Whether keys are gone through from the last to the first.
        repeats: Whether heads of keys are repeated, and not queries grouped.
    """

    scaled: str = "scores"
    block: int | None = None
    wide: str | None = None
    hides: str = "infinite"
    late: bool = False
    backwards: bool = False
    repeats: bool = True


STYLES = st.builds(
    Style,
    scaled=st.sampled_from(["scores", "queries", "keys", "both"]),
    block=st.sampled_from([None, 1, 2, 3, 64]),
    wide=st.sampled_from([None, "float32", "float64"]),
    hides=st.sampled_from(["infinite", "lowest"]),
    late=st.booleans(),
    backwards=st.booleans(),
    repeats=st.booleans(),
)


def written(style: Style) -> Any:  # noqa: ANN401 - a function
    """Return attention in a style."""

    def attend(
        q: Array,
        k: Array,
        v: Array,
        *,
        scale: float | None = None,
        softcap: float | None = None,
        causal: str | None = None,
        window: tuple[int | None, int | None] | None = None,
        mask: Array | None = None,
        bias: Array | None = None,
        sinks: Array | None = None,
        key_lengths: Array | None = None,
        key_starts: Array | None = None,
    ) -> Array:
        dtype = q.dtype
        wide = np.dtype(style.wide or dtype)
        wide = np.promote_types(wide, dtype) if dtype.kind == "f" else np.dtype("float32")
        q, k, v = (each.astype(wide) for each in (q, k, v))
        scores = products(style, q, k, q.shape[-1] ** -0.5 if scale is None else scale)
        if softcap is not None:
            scores = (softcap * np.tanh(scores / softcap)).astype(wide)
        seen = visible(q, k, causal, window, key_lengths, key_starts)
        if bias is not None:
            scores = scores + bias.astype(wide)
        if mask is not None and mask.dtype == bool:
            seen = seen & mask
        elif mask is not None:
            seen = seen & (mask > -1000)
            scores = scores + np.where(seen, mask, 0).astype(wide)
        lowest = -np.inf if style.hides == "infinite" else np.finfo(wide).min
        scores = np.where(seen, scores, lowest).astype(wide)
        v = np.repeat(v, q.shape[1] // v.shape[1], axis=1)
        v = np.where(seen.any(axis=-2)[..., None], v, 0).astype(wide)
        return weighed(style, scores, seen, v, sinks).astype(dtype)

    return attend


def products(style: Style, q: Array, k: Array, scale: float) -> Array:
    """Return scaled scores; the scale goes in where the style has it."""
    root = q.dtype.type(np.sqrt(abs(scale)))
    scale = q.dtype.type(scale)
    if style.scaled == "queries":
        q = q * scale
    elif style.scaled == "keys":
        k = k * scale
    elif style.scaled == "both":
        q, k = q * root, k * root
    if style.repeats:
        scores = q @ np.swapaxes(np.repeat(k, q.shape[1] // k.shape[1], axis=1), -1, -2)
    else:
        batch, heads, queries, width = q.shape
        grouped = q.reshape(batch, k.shape[1], heads // k.shape[1], queries, width)
        scores = grouped @ np.swapaxes(k, -1, -2)[:, :, None]
        scores = scores.reshape(batch, heads, queries, k.shape[2])
    return scores * scale if style.scaled == "scores" else scores


def visible(
    q: Array,
    k: Array,
    causal: str | None,
    window: tuple[int | None, int | None] | None,
    key_lengths: Array | None,
    key_starts: Array | None,
) -> Array:
    """Tell who sees whom."""
    batch, _, queries, _ = q.shape
    keys = k.shape[2]
    ends = np.full(batch, keys) if key_lengths is None else key_lengths
    starts = np.zeros(batch, int) if key_starts is None else key_starts
    first = ends - queries if causal == "bottom-right" else np.zeros(batch, int)
    rows = first[:, None, None, None] + np.arange(queries)[:, None]
    columns = np.arange(keys)
    seen = (columns < ends[:, None, None, None]) & (columns >= starts[:, None, None, None])
    seen = np.broadcast_to(seen, (batch, 1, queries, keys))
    left, right = window or (None, None)
    if causal:
        right = 0
    if left is not None:
        seen = seen & (columns >= rows - left)
    return seen if right is None else seen & (columns <= rows + right)


def weighed(style: Style, scores: Array, seen: Array, v: Array, sinks: Array | None) -> Array:
    """Go through blocks of keys with a running maximum and a running sum."""
    *leading, keys = scores.shape
    dtype = scores.dtype
    top = np.full((*leading, 1), -np.inf, dtype)
    total = np.zeros((*leading, 1), dtype)
    output = np.zeros((*leading, v.shape[-1]), dtype)
    if sinks is not None:
        top = np.broadcast_to(sinks[:, None, None], top.shape).astype(dtype)
        total = np.ones_like(total)
    size = style.block or max(keys, 1)
    starts = range(0, keys, size)
    seen = np.broadcast_to(seen, scores.shape)
    for start in reversed(starts) if style.backwards else starts:
        part = slice(start, start + size)
        new = np.maximum(top, scores[..., part].max(axis=-1, keepdims=True))
        origin = np.where(np.isneginf(new), 0, new)
        powers = np.where(seen[..., part], np.exp(scores[..., part] - origin), 0)
        shrunk = np.exp(top - origin)
        total = total * shrunk + powers.sum(axis=-1, keepdims=True)
        output = output * shrunk + powers @ v[:, :, part]
        top = new
    if not style.late and style.block is None and keys:
        origin = np.where(np.isneginf(top), 0, top)
        powers = np.where(seen, np.exp(scores - origin), 0)
        return powers / np.where(total == 0, 1, total) @ v
    return output / np.where(total == 0, 1, total)


def accused(style: Style, name: str, seed: int) -> str:
    """Return what is said against a right function; "" where nothing is."""
    return accused_of(written(style), name, seed, "limelight")


def accused_of(function: Any, name: str, seed: int, adapter: str = "plain") -> str:  # noqa: ANN401
    """Return the same of any function."""
    caller = Caller(function, ADAPTERS[adapter], FRAMEWORKS["numpy"], seed)
    trial, changed = caller.trial(CASES[name])
    if trial.standing in {Standing.RIGHT, Standing.CONVENTION} and not changed:
        return ""
    return f"{trial.standing}: {trial.remark} {trial.worst} {changed}"


@given(style=STYLES, name=st.sampled_from(TRIED), seed=st.integers(0, 2**32))
@settings(max_examples=300)
def test_right_functions_are_not_accused(style: Style, name: str, seed: int) -> None:
    """Whatever the order, the blocks and the precision, nothing is said against them."""
    assert accused(style, name, seed) == ""


@pytest.mark.slow
@given(style=STYLES, name=st.sampled_from(TRIED), seed=st.integers(0, 2**32))
@settings(max_examples=SLOW)
def test_thousands_of_right_functions_are_not_accused(style: Style, name: str, seed: int) -> None:
    """As above, for long."""
    assert accused(style, name, seed) == ""


@pytest.mark.parametrize("name", ["plain", "float16", "bfloat16", "large scores"])
def test_what_is_slightly_wrong_is_accused(name: str) -> None:
    """The claim can fail: scores that are a third too large are seen, in halves as well."""
    right = written(Style())

    def attend(q: Array, k: Array, v: Array) -> Array:
        return right(q * q.dtype.type(4 / 3), k, v)

    assert "WRONG" in accused_of(attend, name, 0)

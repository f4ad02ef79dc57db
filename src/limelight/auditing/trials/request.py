"""What is asked of a function: arrays drawn from a seed, and options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.stream.arrays import BFLOAT16, round_to

if TYPE_CHECKING:
    import numpy.typing as npt

    from limelight.auditing.setup import Window
    from limelight.auditing.trials.case import Alignment, Case
    from limelight.stream.arrays import Bools, Floats

HIDING = ("causal", "window", "key_starts", "key_lengths", "mask")
"""Options that hide keys, and that a mask can stand for."""

_SHARE = 0.6
"""Of the keys that a mask of bools lets be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call in the terms of `limelight.attend`: (batch, heads, tokens, features).

    Attributes:
        case: What was drawn from.
        q: Queries; values are those of the dtype. Of bfloat16 they are kept as float32.
        k: Keys.
        v: Values.
        scale: What scores are multiplied by, or None.
        softcap: c of c · tanh(score / c), or None.
        causal: The alignment that is asked for, or None.
        window: How many keys before and after its own a query sees, or None.
        mask: Bools, True for what is seen, or numbers to add; or None.
        bias: Numbers to add, or None.
        sinks: A score for each head, or None.
        key_starts: The first real key of each entry, or None.
        key_lengths: The number of the first key behind the real ones, or None.
    """

    case: Case
    q: npt.NDArray[Any]
    k: npt.NDArray[Any]
    v: npt.NDArray[Any]
    scale: float | None = None
    softcap: float | None = None
    causal: Alignment | None = None
    window: Window | None = None
    mask: npt.NDArray[Any] | None = None
    bias: npt.NDArray[Any] | None = None
    sinks: npt.NDArray[Any] | None = None
    key_starts: npt.NDArray[np.int64] | None = None
    key_lengths: npt.NDArray[np.int64] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What is asked for beside q, k and v."""
        names = ("scale", "softcap", "bias", "sinks", *HIDING)
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """(batch, heads, queries, keys)."""
        batch, heads, queries, _ = self.q.shape
        return batch, heads, queries, self.k.shape[-2]

    def first(self) -> npt.NDArray[np.int64]:
        """Return the position of the first query, of each entry of the batch."""
        batch, _, queries, keys = self.sizes
        if self.causal != "bottom-right":
            return np.zeros(batch, dtype=np.int64)
        ends = np.full(batch, keys) if self.key_lengths is None else self.key_lengths
        return np.asarray(ends - queries, dtype=np.int64)

    def seen(self, *names: str) -> Bools:
        """Return what some of the options let be seen, (batch, 1 or heads, queries, keys)."""
        batch, _, queries, keys = self.sizes
        rows = self.first()[:, None, None, None] + np.arange(queries)[:, None]
        columns = np.arange(keys)
        visible = np.ones((batch, 1, queries, keys), dtype=bool)
        if "causal" in names and self.causal:
            visible &= columns <= rows
        if "window" in names and self.window:
            left, right = self.window
            visible &= True if left is None else columns >= rows - left
            visible &= True if right is None else columns <= rows + right
        if "key_starts" in names and self.key_starts is not None:
            visible &= columns >= self.key_starts[:, None, None, None]
        if "key_lengths" in names and self.key_lengths is not None:
            visible &= columns < self.key_lengths[:, None, None, None]
        if "mask" in names and self.mask is not None:
            visible = visible & (self.mask if self.mask.dtype == bool else shown_by(self.mask))
        return visible

    def empty_rows(self) -> Bools:
        """Tell which queries see no key, (batch, heads, queries)."""
        batch, heads, queries, _ = self.sizes
        rows = ~self.seen(*HIDING).any(axis=-1)
        return np.broadcast_to(rows, (batch, heads, queries))

    def by_mask(self, *names: str) -> Request:
        """Return the same with a mask that hides what some of the options hide."""
        if self.mask is None or self.mask.dtype == bool:
            return self.masked(self.seen(*names), *names)
        others = [name for name in names if name != "mask"]
        numbers = np.where(self.seen(*others), self.mask, lowest(self.case.dtype))
        return self.masked(kept(numbers, self.case.dtype), *others)

    def masked(self, mask: npt.NDArray[Any], *names: str) -> Request:
        """Return the same with a mask in place of some options."""
        without: dict[str, Any] = dict.fromkeys(names)
        return replace(self, **(without | {"mask": mask}))


def other_than(alignment: Alignment) -> Alignment:
    """Return the other causal alignment."""
    return "top-left" if alignment == "bottom-right" else "bottom-right"


def shown_by(mask: Floats) -> Bools:
    """Tell which keys a mask of numbers lets be seen: it also holds biases."""
    return np.asarray(mask > _HIDES, dtype=bool)


_HIDES = -1000.0
"""From here down a number of a mask hides its key."""


def lowest(dtype: str) -> float:
    """Return the lowest finite number of a type."""
    if dtype == BFLOAT16:
        return -(2.0 - 2.0**-7) * 2.0**127
    return float(np.finfo(dtype).min)


def kept(values: Floats, dtype: str) -> npt.NDArray[Any]:
    """Round to a type; what is bfloat16 is returned as float32, which has all its numbers."""
    rounded = round_to(values, dtype)
    if dtype != BFLOAT16:
        return rounded
    return (rounded.astype(np.uint32) << np.uint32(16)).view(np.float32)


def draw(case: Case, seed: int = 0) -> Request:
    """Draw what a case asks for; the same seed gives the same numbers.

    >>> from limelight.auditing.trials.cases import CASES
    >>> draw(CASES["grouped heads"]).k.shape
    (2, 2, 5, 8)
    """
    numbers = np.random.default_rng(seed)
    q = numbers.normal(size=(case.batch, case.heads, case.queries, case.d_k)) * case.spread
    k = numbers.normal(size=(case.batch, case.kv_heads, case.keys, case.d_k))
    v = numbers.normal(size=(case.batch, case.kv_heads, case.keys, case.d_v))
    if case.holds_nan and case.lengths is not None:
        for entry, length in enumerate(case.lengths):
            k[entry, :, length:] = v[entry, :, length:] = np.nan
    mask = None if case.mask is None else _mask(case, numbers)
    shape = (case.batch, case.heads, case.queries, case.keys)
    return Request(
        case=case,
        q=kept(q, case.dtype),
        k=kept(k, case.dtype),
        v=kept(v, case.dtype),
        scale=case.scale,
        softcap=case.softcap,
        causal=case.causal,
        window=case.window,
        mask=mask,
        bias=kept(numbers.normal(size=shape), case.dtype) if case.has_bias else None,
        sinks=kept(numbers.normal(size=case.heads), case.dtype) if case.has_sinks else None,
        key_starts=None if case.starts is None else np.array(case.starts),
        key_lengths=None if case.lengths is None else np.array(case.lengths),
    )


def _mask(case: Case, numbers: np.random.Generator) -> npt.NDArray[Any]:
    """Draw a mask in which every query sees a key, unless it is to have a row that sees none."""
    heads = case.heads if case.mask == "bool by head" else 1
    shape = (case.batch, heads, case.queries, case.keys)
    visible = numbers.random(shape) < _SHARE
    own = numbers.integers(max(case.keys, 1), size=shape[:-1])
    np.put_along_axis(visible, own[..., None], values=True, axis=-1)
    # A mask that hides nothing, or the same of every query, would hide mistakes.
    visible[..., 0, 0] = True
    visible[..., 0, -1] = case.keys == 1
    if case.hides_row:
        visible[-1, :, 1] = False
    if case.mask in {"infinite", "finite"}:
        hidden = -np.inf if case.mask == "infinite" else lowest(case.dtype)
        return kept(np.where(visible, numbers.normal(size=shape), hidden), case.dtype)
    return visible

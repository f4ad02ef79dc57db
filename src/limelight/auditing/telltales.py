"""What mistakes that no rewriting reproduces leave in the numbers of a tile.

Each function tells which of a tile's wrong cells are so because of one mistake. None of them
looks at how large an error is: they look for a law that the wrong numbers follow.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.work import Missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.auditing.signatures import Evidence
    from limelight.stream.arrays import Bools, Floats

LARGEST_HALF = 65_504.0
"""The largest finite number of float16."""

_CLOSE = 2e-2
"""Logarithms of weights may differ by so much where they ought to be the same: bfloat16 has
eight bits."""

_HALVES = frozenset({"float16", "bfloat16"})


def dropped(evidence: Evidence) -> Bools:
    """Weights are 0 or larger by one factor, and none that could be seen is as it should be."""
    value, error = _expected(evidence)
    found, wrong = evidence.found, evidence.wrong
    grown = wrong & (found > value) & (value > error)
    gone = wrong & (found == 0) & (value > 0)
    if not grown.any() or not gone.any():
        return _none(evidence)
    factor = float(np.median(found[grown] / value[grown]))
    law = np.abs(found - factor * value) <= 2 * factor * error + 1e-6 * np.abs(found)
    untouched = ~wrong & ((factor - 1) * value > 2 * error)
    return _none(evidence) if untouched.any() else gone | (wrong & law)


def filled(evidence: Evidence) -> Bools:
    """Hidden scores have one finite number, or had one added."""
    before, hidden = _before_mask(evidence), _hidden(evidence)
    if before is None or hidden is None:
        return _none(evidence)
    if evidence.name == "masked":
        return evidence.wrong & _shares_one(evidence, evidence.found, before, hidden)
    with np.errstate(all="ignore"):
        logs = np.log(evidence.found)
        usable = np.isfinite(logs)
        level = _level(logs - before, ~hidden & usable)
    scores = np.where(usable, logs - level, -np.inf)
    kept = np.abs(scores - before) <= _CLOSE
    leaks = _shares_one(evidence, scores, before, hidden & usable)
    fits = (kept | hidden).all(axis=-2, keepdims=True) & leaks.any(axis=-2, keepdims=True)
    law = np.where(hidden, leaks, kept) & fits
    return evidence.wrong & law


def steeper(evidence: Evidence) -> Bools:
    """What was added to visible scores is distance times another slope of the head."""
    recede = _of(evidence, "recede")
    hidden = _hidden(evidence)
    if recede is None:
        return _none(evidence)
    value, error = _expected(evidence)
    recede = np.broadcast_to(recede, value.shape)
    seen = np.ones(value.shape, dtype=bool) if hidden is None else ~hidden
    apart = seen & (recede != 0) & np.isfinite(evidence.found)
    if len(np.unique(recede[apart])) < 2:  # noqa: PLR2004 - one distance has any slope
        return _none(evidence)
    more = float(np.median((evidence.found - value)[apart] / recede[apart]))
    if abs(more + 1 - _scale(evidence)) < _CLOSE * abs(_scale(evidence)):
        return _none(evidence)  # E15 says it: the biases were scaled
    law = np.abs(evidence.found - value - more * recede) <= 4 * error + 1e-6 * np.abs(value)
    return evidence.wrong & seen & law


def no_number(evidence: Evidence) -> Bools:
    """Visible scores are no numbers, since 0 was multiplied by minus infinity."""
    is_nan = np.isnan(evidence.found)
    if evidence.name == "masked":
        hidden = _hidden(evidence)
        if hidden is None or (is_nan & hidden).any() or not is_nan[~hidden].all():
            return _none(evidence)
        return evidence.wrong & is_nan
    is_masked = evidence.work.material.step("M1") is not None
    if not is_masked or not is_nan[evidence.wrong].all() or not _is_half(evidence, _HALVES):
        return _none(evidence)
    spoilt = _spoilt_values(evidence)
    beyond = _beyond(evidence)
    if (spoilt is not None and spoilt.any()) or (beyond is not None and beyond.any()):
        return _none(evidence)
    return evidence.wrong & is_nan


def leaked(evidence: Evidence) -> Bools:
    """What is no number is so where a hidden key or value is none."""
    spoilt = _spoilt_values(evidence)
    rows = _spoilt_rows(evidence)
    law = np.zeros(evidence.found.shape, dtype=bool)
    for bad in (spoilt, rows):
        if bad is not None:
            law |= bad
    return evidence.wrong & ~np.isfinite(evidence.found) & law


def overflowed(evidence: Evidence) -> Bools:
    """What is wrong follows from a score that float16 cannot hold."""
    beyond = _beyond(evidence)
    if beyond is None or not _is_half(evidence, frozenset({"float16"})):
        return _none(evidence)
    if evidence.name in {"scores", "scaled", "masked"}:
        return evidence.wrong & beyond & ~np.isfinite(evidence.found)
    return evidence.wrong & beyond.any(axis=-2, keepdims=True)


def _none(evidence: Evidence) -> Bools:
    return np.zeros(evidence.found.shape, dtype=bool)


def _expected(evidence: Evidence) -> tuple[Floats, Floats]:
    shape = evidence.found.shape
    expected = evidence.expected
    return np.broadcast_to(expected.value, shape), np.broadcast_to(expected.error, shape)


def _of(evidence: Evidence, family: str) -> Floats | None:
    """Return a step of the tile's head, or None where there is none or it cannot be worked."""
    name = f"{family}{evidence.head or ''}"
    if evidence.work.material.step(name) is None:
        return None
    try:
        return evidence.work[name].value
    except Missing:
        return None


def _before_mask(evidence: Evidence) -> Floats | None:
    """Return the scores of the head before they are masked."""
    step = evidence.work.material.step(f"M{evidence.head or ''}")
    try:
        return None if step is None else evidence.work[step.operands[0]].value
    except Missing:
        return None


def _hidden(evidence: Evidence) -> Bools | None:
    """Tell which scores of the head are hidden."""
    step = evidence.work.material.step(f"M{evidence.head or ''}")
    if step is None:
        return None
    try:
        mask = evidence.work[step.operands[1]].value
    except Missing:
        return None
    return np.broadcast_to(mask == 0, evidence.found.shape)


def _level(numbers: Floats, where: Bools) -> Floats:
    """Return the mean of each column over some cells; no number where there are none."""
    count = where.sum(axis=-2, keepdims=True)
    total = np.where(where, numbers, 0).sum(axis=-2, keepdims=True)
    level: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return level


def _shares_one(evidence: Evidence, scores: Floats, before: Floats, at: Bools) -> Bools:
    """Tell which of some scores are one number, or what they were with one number added.

    Added, 0 is no sentinel but a key that is seen; in its place, 0 is a product with the mask,
    and minus the softcap is a softcap after the mask: other entries have these.
    """
    finite = at & np.isfinite(scores)
    if not finite.any():
        return finite
    cap = evidence.work.material.tensors.setup.softcap
    others = (0.0,) if cap is None else (0.0, -cap)
    for numbers, not_these in ((scores, others), (scores - before, (0.0,))):
        one = float(np.median(numbers[finite]))
        near = np.abs(numbers - one) <= _CLOSE * max(1.0, abs(one) / 100)
        if near[finite].all() and all(abs(one - other) > _CLOSE for other in not_these):
            return finite
    return np.zeros_like(finite)


def _scale(evidence: Evidence) -> float:
    tensors = evidence.work.material.tensors
    scale = tensors.setup.scale
    return 1 / math.sqrt(tensors.sizes.get("d_k", 1)) if scale is None else float(scale)


def _is_half(evidence: Evidence, types: frozenset[str]) -> bool:
    tensors = evidence.work.material.tensors
    return bool({tensors.sources[evidence.name].dtype, tensors.setup.dtype} & types)


def _heads(evidence: Evidence) -> list[int]:
    if evidence.head is not None:
        return [evidence.head]
    return list(range(1, evidence.work.material.tensors.size("heads") + 1))


def _spoilt_values(evidence: Evidence) -> Bools | None:
    """Tell which features of the result have a value that is no number, or infinite."""
    if evidence.name not in {"heads", "output"}:
        return None
    try:
        spoilt = [
            ~np.isfinite(evidence.work[f"V{head}"].value).all(axis=-1, keepdims=True)
            for head in _heads(evidence)
        ]
    except Missing:
        return None
    joined: Bools = np.concatenate(spoilt, axis=-2)
    is_spread = joined.shape[-2] != evidence.found.shape[-2]  # by W_O, over all features
    return _of_columns(joined) if is_spread else joined


def _spoilt_rows(evidence: Evidence) -> Bools | None:
    """Tell which queries have a score that is no number, such as one that is hidden."""
    told = _any_head(evidence, lambda scores: ~np.isfinite(scores))
    return None if told is None else _of_columns(told)


def _beyond(evidence: Evidence) -> Bools | None:
    """Tell which scores, or queries where scores are gone, leave float16."""
    return _any_head(evidence, lambda scores: np.abs(scores) > LARGEST_HALF)


def _any_head(evidence: Evidence, tell: Callable[[Floats], Bools]) -> Bools | None:
    """Ask it of the scores of the head; of all heads, and for whole queries, where joined."""
    if evidence.name == "scores":
        return tell(_expected(evidence)[0])
    try:
        told = [tell(evidence.work[f"S{head}"].value) for head in _heads(evidence)]
    except Missing:
        return None
    if evidence.name in {"scores", "scaled", "masked", "weights"}:
        return told[0]
    found: Bools = np.any([_of_columns(each) for each in told], axis=0)
    return found


def _of_columns(told: Bools) -> Bools:
    """Tell of each column whether it is so anywhere."""
    columns: Bools = np.any(told, axis=-2, keepdims=True)
    return columns

"""A problem, as the compiled kernels take it: results are arrays that they write into."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from limelight.stream import kernel
from limelight.stream.arrays import BFLOAT16
from limelight.stream.look import PATTERNS
from limelight.stream.sweep import bin_sizes
from limelight.stream.top import NO_KEY
from limelight.stream.weights import statistic_dtype

if TYPE_CHECKING:
    from limelight.stream.arrays import Floats, Source
    from limelight.stream.look import Gathered, Progress, Wanted
    from limelight.stream.problem import Problem

ROWS = ("lse", "entropy", "max_logit", "sink_mass", "attention_distance")
"""Statistics of which there is one for each query."""

MOST_TOKENS = 2**31 - 1
"""Kernels count no more than these; beyond, the reference computes."""


def look_compiled(
    problem: Problem,
    wanted: Wanted,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    output: Any = None,  # noqa: ANN401 - an array of the dtype of q
) -> Gathered:
    """Return what `look` returns, computed by the kernel that was chosen.

    The arithmetic is float32, and float64 for float64. m need not be the largest score but may be
    a little less, with l relative to it.

    Args:
        problem: Arrays and options.
        wanted: What to gather.
        threads: How many; the result does not depend on it, to the bit.
        progress: Called now and then, and at the end, with what is done and what there is to do.
        output: An array for the output, C-contiguous.
    """
    found = _room(problem, wanted, output)
    options = problem.options
    left, right = (-1 if side is None else min(side, problem.reach) for side in options.window)
    query_bins, key_bins = wanted.bins(problem) if "picture" in wanted.names else (0, 0)
    slopes, bias = _bias(problem)
    kernel.native.work(
        kernel.chosen(),
        readable(problem.q.array),
        readable(problem.k.array),
        readable(problem.v.array),
        found,
        scale=problem.scale,
        softcap=options.softcap or 0.0,
        left=left,
        right=0 if options.causal else right,
        bottom_right=options.causal == "bottom-right",
        lengths=_lengths(problem),
        mask=_spread(options.mask, problem),
        bias=bias,
        slopes=slopes,
        sinks=None if options.sinks is None else options.sinks.floats(),
        tokens=_tokens(wanted, problem),
        top=wanted.top if "top_keys" in wanted.names else 0,
        query_bins=query_bins,
        key_bins=key_bins,
        threads=kernel.threads_in_use(threads),
        progress=progress,
    )
    _finish(found, problem, wanted)
    return found


def readable(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that kernels can read where it lies: in this machine's order of bytes."""
    even = all(stride % array.itemsize == 0 for stride in array.strides)
    if array.dtype.isnative and even:
        return array
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def _room(problem: Problem, wanted: Wanted, output: Any) -> Gathered:  # noqa: ANN401
    """Return an array for each result, 0 where a kernel adds up."""
    rows, heads, names = problem.leading, problem.leading[:-1], wanted.names
    statistic = statistic_dtype(problem)
    found: Gathered = {name: np.empty(rows, statistic) for name in ("m", "l")}
    found |= {name: np.empty(rows, statistic) for name in ROWS if name in names}
    if "output" in names:
        dtype = np.uint16 if problem.q.dtype == BFLOAT16 else problem.q.dtype
        found["output"] = np.empty((*rows, problem.d_v), dtype) if output is None else output
    if "top_keys" in names:
        found["top_indices"] = np.full((*rows, wanted.top), NO_KEY, dtype=np.int32)
        found["top_weights"] = np.zeros((*rows, wanted.top), statistic)
    if "received" in names:
        found["received"] = np.zeros((*heads, problem.keys))
        found["seers"] = np.zeros((*heads, problem.keys), dtype=np.int32)
    if "picture" in names:
        for name in ("picture_mean", "picture_max"):
            found[name] = np.zeros((*heads, *wanted.bins(problem)), statistic)
    if "detection" in names:
        found["detected"] = np.zeros((*heads, 4))
    return found


def _finish(found: Gathered, problem: Problem, wanted: Wanted) -> None:
    """Turn sums into means and shares."""
    if "top_indices" in found:  # so narrow while a kernel needs room of its own
        found["top_indices"] = found["top_indices"].astype(np.int64)
    if "received" in found:
        found["received_mean"] = found["received"] / np.maximum(found.pop("seers"), 1)
    if "picture_mean" in found:
        # By one axis and then by the other, so that no array of counts takes room.
        queries, keys = bin_sizes(wanted.bins(problem), (problem.queries, problem.keys))
        found["picture_mean"] /= queries[:, None].astype(found["picture_mean"].dtype)
        found["picture_mean"] /= keys.astype(found["picture_mean"].dtype)
    if "detected" in found:
        detected = found.pop("detected")
        mass = detected[..., 3]
        known = len(PATTERNS) if wanted.tokens else 1
        for number, name in enumerate(PATTERNS[:known]):
            found[name] = np.where(mass > 0, detected[..., number] / np.where(mass, mass, 1), mass)


def _bias(problem: Problem) -> tuple[Floats | None, Any]:
    bias = problem.options.bias
    if bias is None:
        return None, None
    if bias.array.ndim == 1:
        return bias.floats(), None
    return None, _spread(bias, problem)


def _spread(source: Source | None, problem: Problem) -> Any:  # noqa: ANN401 - an array or None
    return None if source is None else readable(source.spread(problem.pairs).array)


def _lengths(problem: Problem) -> Any:  # noqa: ANN401 - an array or None
    lengths = problem.options.key_lengths
    if lengths is None:
        return None
    return np.ascontiguousarray(lengths.spread(problem.batch).array, dtype=np.int64).reshape(-1)


def _tokens(wanted: Wanted, problem: Problem) -> Any:  # noqa: ANN401 - an array or None
    """Return a small number for each token, equal where tokens are."""
    if wanted.tokens is None or "detection" not in wanted.names:
        return None
    _, numbers = np.unique(wanted.tokens.array, return_inverse=True)
    return numbers.astype(np.int32).reshape(math.prod(problem.batch), problem.keys)

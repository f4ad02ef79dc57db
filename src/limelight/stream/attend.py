"""Exact softmax attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from limelight.stream.arrays import give_back, read_out, round_to, stands_apart
from limelight.stream.gather import gather
from limelight.stream.look import Wanted
from limelight.stream.options import read_threads
from limelight.stream.problem import Problem
from limelight.stream.quick import attend_quickly

if TYPE_CHECKING:
    from limelight.stream.arrays import Array
    from limelight.stream.look import Progress
    from limelight.stream.options import AttendOptions


def attend(
    q: Array,
    k: Array,
    v: Array,
    *,
    out: Array | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[AttendOptions],
) -> Array:
    """Return softmax(scale · q kᵀ) v, exactly, in memory linear in the number of tokens.

    The kernel computes in float32, and in float64 for float64; the reference, where there is no
    kernel, in float64. The result is rounded once. Ctrl-C stops it.

    Args:
        q: Queries (…, heads, queries, d): NumPy, torch, jax, or anything with DLPack or
            `__array__`; float64, float32, float16 or bfloat16.
        k: Keys (…, key heads, keys, d); their heads divide those of q, and each serves
            several in turn (interleaved repeat).
        v: Values (…, key heads, keys, d_v).
        out: An array for the result.
        threads: How many to use; where it is None, LIMELIGHT_THREADS, or else all processors
            that the process may use. The result does not depend on it, to the bit.
        progress: Called with what is done and what there is to do, about 20 times a second and
            once at the end; what it raises stops the call.
        **options: scale, softcap, causal, window, mask, key_lengths, sinks, bias: see
            `AttendOptions`.

    Returns:
        (…, heads, queries, d_v), of the kind and dtype of q; 0 where a query sees no key.

    Raises:
        LimelightError: An argument cannot be used; the message names it, what was expected
            and what came.

    Source:
        Vaswani et al. 2017, eq. 1, with the options of the ONNX operator Attention.

    >>> import numpy as np
    >>> q = k = v = np.eye(3)[None]
    >>> attend(q, k, v, causal="top-left").round(2)[0, 1]
    array([0.36, 0.64, 0.  ])
    """
    if progress is None:
        quick = attend_quickly(q, k, v, out=out, threads=threads, options=options)
        if quick is not None:
            return quick
    read_threads(threads)
    problem = Problem.read(q, k, v, options)
    wanted = Wanted(names=frozenset({"output"}))
    if out is None:
        output = gather(problem, wanted, threads=threads, progress=progress)["output"]
        return give_back(output, problem.q, dtype=problem.q.dtype)
    target = read_out(out, (*problem.leading, problem.d_v), problem.q)
    room = target.array if stands_apart(target, problem.sources()) else None
    found = gather(problem, wanted, threads=threads, progress=progress, output=room)["output"]
    if found is not room:
        target.array[...] = round_to(found, problem.q.dtype)
    return out

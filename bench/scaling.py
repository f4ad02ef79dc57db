"""How time grows with tokens, how it falls with threads, and what one small call costs.

Aim: a call on small arrays takes at most as long as torch's.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import peers
import torch
from timing import asked_for_quick, interleaved, processors, ratio, row, say_machine, spread, table
from truth import tensors, verify

import limelight

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth import Inputs

HEADS, WIDTH = 8, 64
LENGTHS = [1024 << doubling for doubling in range(7)]
SMALL = (16, 32, 64, 128, 256, 512)
THREADS_AT = 4096
QUICK = 4  # times fewer tokens
LONGEST = 20.0
"""Seconds: a program that would take longer leaves the race."""

ROOM = 8e9
"""Bytes that a dense program may take."""

COPIES = 3
"""Arrays of all the weights that a dense program holds at once, at most."""

RUNS, SMALL_RUNS = 3, 25
LASTING = 0.02
OURS = "Limelight"
DENSE: dict[str, Callable[[Inputs], peers.Program]] = {
    "torch, dense softmax": peers.eager,
    "NumPy, dense softmax": peers.numpy_dense,
}


def by_length(lengths: list[int], *, runs: int) -> None:
    """Time longer and longer inputs of one head, until a program would take too long."""
    names = [OURS, "torch", *DENSE]
    table(f"One head, d = {WIDTH}, {processors()} threads", "n", *names, f"torch / {OURS}")
    left = set(names)
    for n in lengths:
        if 4 * COPIES * n * n > ROOM:
            left -= set(DENSE)
        inputs = tensors(1, n, n, WIDTH)
        made: dict[str, peers.Program] = {
            OURS: partial(limelight.attend, *inputs),
            "torch": peers.fused(inputs),
        }
        made |= {name: dense(inputs) for name, dense in DENSE.items()}
        programs = {name: program for name, program in made.items() if name in left}
        seconds = interleaved(programs, runs=runs)
        times = [spread(seconds[name]) if name in seconds else "–" for name in names]
        both = {OURS, "torch"} <= left
        row(n, *times, f"{ratio(seconds, 'torch', OURS):.2f}" if both else "–")
        verify({name: run() for name, run in programs.items()}, inputs, causal=False)
        # Twice the tokens take four times as long.
        left -= {name for name in left if 4 * statistics.median(seconds[name]) > LONGEST}


def by_threads(n: int, *, runs: int) -> None:
    """Time the same with more and more threads."""
    inputs = tensors(HEADS, n, n, WIDTH)
    table(
        f"{HEADS} heads, n = {n}, d = {WIDTH}",
        *("threads", OURS, "faster", "torch", "faster"),
    )
    first: dict[str, float] = {}
    for threads in range(1, processors() + 1):
        torch.set_num_threads(threads)
        ours = partial(limelight.attend, *inputs, threads=threads)
        seconds = interleaved({OURS: ours, "torch": peers.fused(inputs)}, runs=runs)
        medians = {name: statistics.median(taken) for name, taken in seconds.items()}
        first = first or medians
        cells = [(spread(seconds[name]), f"{first[name] / medians[name]:.2f}") for name in medians]
        row(threads, *(cell for pair in cells for cell in pair))
        verify({OURS: ours(), "torch": peers.fused(inputs)()}, inputs, causal=False)


def small(*, runs: int) -> None:
    """Time small calls, with as many threads as each takes by itself."""
    table(f"Small calls, {HEADS} heads, d = {WIDTH}", "n", OURS, "torch", "ratio", "aim")
    for n in SMALL:
        inputs = tensors(HEADS, n, n, WIDTH)
        programs: dict[str, peers.Program] = {
            OURS: partial(limelight.attend, *inputs),
            "torch": peers.fused(inputs),
        }
        seconds = interleaved(programs, runs=runs, warm_up=2, lasting=LASTING)
        faster = f"{ratio(seconds, 'torch', OURS):.2f}"
        row(n, spread(seconds[OURS]), spread(seconds["torch"]), faster, "1")
        verify({name: program() for name, program in programs.items()}, inputs, causal=False)


def overhead(*, runs: int) -> None:
    """Time the smallest call, for each kind of array."""
    n = SMALL[0]
    inputs = tensors(HEADS, n, n, WIDTH)
    arrays = [tensor.numpy() for tensor in inputs]
    programs: dict[str, peers.Program] = {
        "torch": peers.fused(inputs),
        OURS: partial(limelight.attend, *inputs),
        f"{OURS}, out=": partial(limelight.attend, *inputs, out=torch.empty_like(inputs.q)),
        f"{OURS}, NumPy": partial(limelight.attend, *arrays),
        f"{OURS}, NumPy, out=": partial(limelight.attend, *arrays, out=np.empty_like(arrays[0])),
    }
    seconds = interleaved(programs, runs=runs, warm_up=2, lasting=LASTING)
    table(f"One call, {HEADS} heads, n = {n}, d = {WIDTH}", "program", "time", "of torch's")
    for name in programs:
        row(name, spread(seconds[name]), f"{ratio(seconds, name, 'torch'):.2f}")
    verify({name: program() for name, program in programs.items()}, inputs, causal=False)


def main() -> None:
    """Time, print and verify all of it."""
    quick = asked_for_quick("How time grows with tokens, and what one small call costs.")
    say_machine("torch")
    torch.set_num_threads(processors())
    by_length(LENGTHS[:2] if quick else LENGTHS, runs=1 if quick else RUNS)
    by_threads(THREADS_AT // QUICK if quick else THREADS_AT, runs=1 if quick else RUNS)
    small(runs=1 if quick else SMALL_RUNS)
    overhead(runs=1 if quick else SMALL_RUNS)


if __name__ == "__main__":
    main()

"""One query against many keys, as when a model writes its next token; against torch.

Such a call is bound by memory: each key and value is read once. So the arrays of one call do not
fit into a cache, and several sets of them take turns. What the memory gives in the same minutes
is seen from a sum over the same bytes. Aims, as how many times as long torch takes: see `CASES`.
"""

from __future__ import annotations

import itertools
import statistics
from typing import TYPE_CHECKING

import peers
import torch
from timing import asked_for_quick, interleaved, processors, ratio, row, say_machine, spread, table
from truth import SEED, Inputs, tensors, verify

import limelight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truth import Tensor

HEADS = 8
KEYS = 32768
SETS = 3
RUNS = 15
QUICK = 2048  # keys
CASES = (("float32", 64, 1.6), ("float32", 128, 2.8), ("bfloat16", 64, 10), ("bfloat16", 128, 10))
OURS, TORCH, SUM = "Limelight", "torch", "a sum"


def taking_turns(programs: Iterable[peers.Program]) -> peers.Program:
    """Return a program that runs the next of *programs* each time it is called."""
    turns = itertools.cycle(programs)

    def program() -> Tensor:
        return next(turns)()

    return program


def ours(inputs: Inputs) -> peers.Program:
    """Return our own."""
    return lambda: limelight.attend(*inputs, threads=processors())


def summed(inputs: Inputs) -> peers.Program:
    """Return what reads keys and values and does next to nothing with them."""
    words = [tensor.view(torch.float32) for tensor in inputs[1:]]
    return lambda: words[0].sum() + words[1].sum()


def against_torch(dtype: str, d: int, aim: float, *, keys: int, runs: int) -> None:
    """Time one case, print its row, and verify both."""
    sets = [tensors(HEADS, 1, keys, d, dtype=dtype, seed=SEED + index) for index in range(SETS)]
    seconds = interleaved(
        {
            OURS: taking_turns([ours(inputs) for inputs in sets]),
            TORCH: taking_turns([peers.fused(inputs) for inputs in sets]),
            SUM: taking_turns([summed(inputs) for inputs in sets]),
        },
        runs=runs,
        warm_up=SETS,
    )
    read = sum(tensor.numel() * tensor.element_size() for tensor in sets[0][1:])
    speeds = {name: read / statistics.median(runs) / 1e9 for name, runs in seconds.items()}
    row(
        f"{dtype}, d = {d}",
        *(spread(seconds[name]) for name in (OURS, TORCH)),
        f"{ratio(seconds, TORCH, OURS):.2f}",
        aim,
        *(f"{speeds[name]:.1f} GB/s" for name in (OURS, SUM)),
    )
    for inputs in sets:
        outputs = {OURS: ours(inputs)(), TORCH: peers.fused(inputs)()}
        verify(outputs, inputs, causal=False, dtype=dtype)


def main() -> None:
    """Time, print and verify every case."""
    quick = asked_for_quick("One query against many keys, against torch.")
    keys = QUICK if quick else KEYS
    say_machine("torch")
    torch.set_num_threads(processors())
    table(
        f"1 query, {keys} keys, {HEADS} heads, {processors()} threads",
        *("what", OURS, TORCH, "ratio", "aim", f"{OURS} reads", f"{SUM} reads"),
    )
    for dtype, d, aim in CASES:
        against_torch(dtype, d, aim, keys=keys, runs=1 if quick else RUNS)


if __name__ == "__main__":
    main()

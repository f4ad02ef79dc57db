"""What it costs to see where attention looks, against torch's output alone.

Aim: output, lse, entropy, top keys, received and picture together in 0.80 of the time that
torch's fused attention takes for the output.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import peers
import torch
from timing import asked_for_quick, interleaved, processors, ratio, row, say_machine, spread, table
from truth import SEED, Inputs, tensors, verify_looks

import limelight
from limelight.stream.observe import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limelight import Observation

HEADS, WIDTH = 8, 64
TOP, BINS = 8, 512
SIX = ("output", "lse", "entropy", "top_keys", "received", "picture")
AIM = 0.80
VOCABULARY = 1000
SIZES = (4096, 8192)
RUNS = 5
QUICK = 1024  # tokens
TORCH, OURS, TODAY = "torch, output alone", "Limelight, six things", "torch, a block at a time"


def observing(inputs: Inputs, want: Sequence[str], *, causal: bool) -> Callable[[], Observation]:
    """Return the program that observes."""
    random = np.random.default_rng(SEED)
    tokens = random.integers(0, VOCABULARY, inputs.k.shape[-2]) if "detection" in want else None
    return partial(
        limelight.observe,
        *inputs,
        want=want,
        top=TOP,
        picture=BINS,
        tokens=tokens,
        threads=processors(),
        causal="top-left" if causal else None,
    )


def by_name(seen: Observation) -> dict[str, Any]:
    """Return the six as `peers.looking` returns them: without a batch axis."""
    assert seen.top_keys is not None
    assert seen.picture is not None
    named = {name: getattr(seen, name) for name in ("output", "lse", "entropy", "received")}
    named |= {"top_indices": seen.top_keys.indices, "top_weights": seen.top_keys.weights}
    named |= {"picture_mean": seen.picture.mean, "picture_max": seen.picture.max}
    return {name: array[0] for name, array in named.items()}


def six_things(n: int, *, causal: bool, runs: int) -> None:
    """Time the six against torch's output and torch users' way today, and verify them."""
    inputs = tensors(HEADS, n, n, WIDTH)
    observe = observing(inputs, SIX, causal=causal)
    look = peers.looking(inputs, causal=causal, top=TOP, bins=BINS)
    programs = {TORCH: peers.fused(inputs, causal=causal), OURS: observe, TODAY: look}
    seconds = interleaved(programs, runs=runs)
    row(
        f"{'causal' if causal else 'full'}, n = {n}",
        *(spread(seconds[name]) for name in programs),
        f"{ratio(seconds, OURS, TORCH):.2f}",
        AIM,
        f"{ratio(seconds, TODAY, OURS):.2f}",
    )
    found = {OURS: by_name(observe()), TODAY: look()}
    verify_looks(found, inputs, causal=causal)


def each_alone(n: int, *, causal: bool, runs: int) -> None:
    """Time every statistic added to the output alone."""
    inputs = tensors(HEADS, n, n, WIDTH)
    alone, everything = "nothing", "everything"
    wants = {alone: ["output"]}
    wants |= {name: ["output", name] for name in EVERYTHING if name != "output"}
    wants |= {everything: list(EVERYTHING)}
    programs = {name: observing(inputs, want, causal=causal) for name, want in wants.items()}
    seconds = interleaved({TORCH: peers.fused(inputs, causal=causal)} | programs, runs=runs)
    base = statistics.median(seconds[alone])
    table(
        f"What is added to the output, {'causal' if causal else 'full'}, n = {n}",
        *("added", "time", "more than the output", "share of torch's time"),
    )
    for name in (TORCH, *programs):
        more = (statistics.median(seconds[name]) - base) * 1000
        cost = f"{more:+.1f} ms" if name in wants and name != alone else ""
        row(name, spread(seconds[name]), cost, f"{ratio(seconds, name, TORCH):.2f}")


def main() -> None:
    """Time and print both tables, and verify the six."""
    quick = asked_for_quick("What it costs to see where attention looks.")
    runs = 1 if quick else RUNS
    say_machine("torch")
    torch.set_num_threads(processors())
    table(
        f"{', '.join(SIX)}; float32, {HEADS} heads, d = {WIDTH}, {processors()} threads",
        *("what", TORCH, OURS, TODAY, "share of torch's time", "aim", "today / Limelight"),
    )
    for n in (QUICK,) if quick else SIZES:
        for causal in (False, True):
            six_things(n, causal=causal, runs=runs)
    for causal in (False, True):
        each_alone(QUICK if quick else SIZES[0], causal=causal, runs=runs)


if __name__ == "__main__":
    main()

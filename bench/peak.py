"""How much of what the machine can do attention does: floating-point operations per second.

Two ceilings are measured along: large matrix products in torch and NumPy, and the multiply-adds
of the compiled kernel's instruction set in registers alone.
"""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import peers
import torch
from timing import asked_for_quick, interleaved, processors, row, say_machine, spread, table
from truth import SAME, doubles, off, sample, tensors, verify

import limelight
from limelight.stream import kernel

if TYPE_CHECKING:
    from truth import Inputs, Tensor

HEADS = 8
WIDTHS = (64, 128)
TOKENS, SIDE = 4096, 4096
QUICK = 8  # times smaller
RUNS = 5
LOOP_SECONDS = 1.0
DTYPES = ("float32", "bfloat16")
OURS, TORCH = "Limelight", "torch"


class Job(NamedTuple):
    """Something to run, and the floating-point operations in it."""

    program: peers.Program
    operations: float


def product(side: int, dtype: str) -> tuple[Tensor, Tensor]:
    """Return two square matrices."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(side, side, generator=generator) for _ in range(2))
    return left.to(getattr(torch, dtype)), right.to(getattr(torch, dtype))


def products(left: Tensor, right: Tensor, *, threads: int) -> dict[str, Job]:
    """Return the same product in torch and, where it has as many threads, in NumPy."""
    operations = 2.0 * len(left) ** 3
    jobs = {"torch.mm": Job(partial(torch.mm, left, right), operations)}
    if left.dtype == torch.float32 and threads == processors():
        arrays = left.numpy(), right.numpy()
        jobs["numpy.matmul"] = Job(partial(np.matmul, *arrays), operations)
    return jobs


def attentions(inputs: Inputs, *, threads: int) -> dict[str, Job]:
    """Return full attention, ours and torch's."""
    _, heads, n, d = inputs.q.shape
    operations = 4.0 * heads * n * n * d
    return {
        f"{OURS}, d = {d}": Job(partial(limelight.attend, *inputs, threads=threads), operations),
        f"{TORCH}, d = {d}": Job(peers.fused(inputs), operations),
    }


def multiply_adds(dtype: str, *, threads: int) -> float | None:
    """Return what the kernel's multiply-adds reach at once in all threads, in GFLOP/s."""
    if kernel.chosen() == kernel.REFERENCE:
        return None
    one = partial(kernel.native.peak, kernel.chosen(), dtype, LOOP_SECONDS)
    with ThreadPoolExecutor(threads) as pool:
        return float(sum(pool.map(lambda _: one(), range(threads)))) / 1e9


def against_peak(dtype: str, *, threads: int, n: int, side: int, runs: int) -> None:
    """Time all of one dtype, print each one's share of the ceiling, and verify them."""
    left, right = product(side, dtype)
    ceilings = products(left, right, threads=threads)
    given = [tensors(HEADS, n, n, d, dtype=dtype) for d in WIDTHS]
    jobs = dict(ceilings)
    for inputs in given:
        jobs |= attentions(inputs, threads=threads)
    seconds = interleaved({name: job.program for name, job in jobs.items()}, runs=runs)
    rates = {
        name: job.operations / statistics.median(seconds[name]) / 1e9 for name, job in jobs.items()
    }
    reached = multiply_adds(dtype, threads=threads)
    largest = max(rates[name] for name in ceilings)
    if reached is not None:
        share = f"{reached / largest:.0%}"
        row(f"{dtype}, multiply-adds", threads, "", f"{reached:.0f}", share, "100%")
    for name, rate in rates.items():
        shares = f"{rate / largest:.0%}", f"{rate / reached:.0%}" if reached else "–"
        row(f"{dtype}, {name}", threads, spread(seconds[name]), f"{rate:.0f}", *shares)
    rows = sample(side)
    right_answer = doubles(left[rows]) @ doubles(right)
    for name, job in ceilings.items():
        assert off(job.program()[rows], right_answer) <= SAME[dtype], name
    for inputs in given:
        own = attentions(inputs, threads=threads)
        outputs = {name.split(",")[0]: job.program() for name, job in own.items()}
        verify(outputs, inputs, causal=False, dtype=dtype)


def main() -> None:
    """Measure with one thread and with all."""
    quick = asked_for_quick("How much of what the machine can do attention does.")
    smaller = QUICK if quick else 1
    n, side = TOKENS // smaller, SIDE // smaller
    say_machine("torch")
    table(
        f"Products of {side} × {side}; full attention of {HEADS} heads, n = {n}",
        *("what", "threads", "time", "GFLOP/s", "of the products", "of the multiply-adds"),
    )
    for threads in sorted({1, processors()}):
        torch.set_num_threads(threads)
        for dtype in DTYPES:
            against_peak(dtype, threads=threads, n=n, side=side, runs=1 if quick else RUNS)


if __name__ == "__main__":
    main()

"""Exact attention on the CPU, against torch with as many threads, and against others.

Aims, as how many times as long the peer takes: see `CASES`; ONNX Runtime at least 1.1.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import peers
import torch
from timing import asked_for_quick, interleaved, processors, ratio, row, say_machine, spread, table
from truth import Inputs, tensors, verify

import limelight

HEADS = 8
WIDTHS = (64, 128)
RUNS = 7
QUICK = 16  # times fewer tokens
PEERS_AT = 4096
OURS = "Limelight"


class Case(NamedTuple):
    """What is measured, and the aim for each of `WIDTHS`."""

    dtype: str
    causal: bool
    n: int
    aims: tuple[float, float]


CASES = (
    Case("float32", causal=False, n=4096, aims=(1.35, 1.30)),
    Case("float32", causal=False, n=8192, aims=(1.35, 1.30)),
    Case("float32", causal=True, n=4096, aims=(1.5, 1.4)),
    Case("float32", causal=True, n=1024, aims=(2.0, 1.85)),
    Case("bfloat16", causal=False, n=4096, aims=(2.65, 2.45)),
    Case("bfloat16", causal=True, n=4096, aims=(3.0, 2.75)),
)


def ours(inputs: Inputs, *, causal: bool, threads: int) -> peers.Program:
    """Return our own."""
    return partial(
        limelight.attend, *inputs, causal="top-left" if causal else None, threads=threads
    )


def against_torch(case: Case, d: int, aim: float, *, threads: int, runs: int) -> None:
    """Time one case, print its row, and verify both."""
    inputs = tensors(HEADS, case.n, case.n, d, dtype=case.dtype)
    programs = {
        OURS: ours(inputs, causal=case.causal, threads=threads),
        "torch": peers.fused(inputs, causal=case.causal),
    }
    seconds = interleaved(programs, runs=runs)
    row(
        f"{case.dtype} {'causal' if case.causal else 'full'}, n = {case.n}, d = {d}",
        threads,
        *(spread(seconds[name]) for name in programs),
        f"{ratio(seconds, 'torch', OURS):.2f}",
        aim,
    )
    outputs = {name: program() for name, program in programs.items()}
    verify(outputs, inputs, causal=case.causal, dtype=case.dtype)


def against_others(n: int, *, runs: int) -> None:
    """Time the others in one run, print their rows, and verify all."""
    threads = processors()
    inputs = tensors(HEADS, n, n, WIDTHS[0])
    programs = {
        OURS: ours(inputs, causal=False, threads=threads),
        "torch": peers.fused(inputs),
        "torch, dense softmax": peers.eager(inputs),
        "jax.nn.dot_product_attention": peers.jax_compiled(inputs),
        "NumPy, dense softmax": peers.numpy_dense(inputs),
    }
    if peers.has_onnxruntime():
        programs["ONNX Runtime"] = peers.onnxruntime_operator(inputs, threads=threads)
    seconds = interleaved(programs, runs=runs)
    for name in programs:
        aim = "1.1" if name == "ONNX Runtime" else ""
        row(name, spread(seconds[name]), f"{ratio(seconds, name, OURS):.2f}", aim)
    outputs = {name: program() for name, program in programs.items()}
    for name in {"jax.nn.dot_product_attention", "ONNX Runtime"} & set(outputs):
        outputs[name] = peers.heads_first(outputs[name], inputs.q)
    verify(outputs, inputs, causal=False)


def main() -> None:
    """Time, print and verify every case."""
    quick = asked_for_quick("Exact attention on the CPU, against torch and others.")
    runs = 1 if quick else RUNS
    say_machine("torch", "jax", "onnxruntime")
    table(
        f"Against torch's fused attention, {HEADS} heads",
        *("what", "threads", OURS, "torch", "ratio", "aim"),
    )
    for threads in sorted({1, processors()}):
        torch.set_num_threads(threads)
        for case in CASES:
            smaller = case._replace(n=case.n // QUICK) if quick else case
            for d, aim in zip(WIDTHS, case.aims, strict=True):
                against_torch(smaller, d, aim, threads=threads, runs=runs)
    n = PEERS_AT // QUICK if quick else PEERS_AT
    title = f"Against others, {HEADS} heads, n = {n}, d = {WIDTHS[0]}, {processors()} threads"
    table(title, "program", "time", "ratio", "aim")
    against_others(n, runs=runs)
    if not peers.has_onnxruntime():
        print("\nONNX Runtime is left out: pip install 'limelight[bench]'")


if __name__ == "__main__":
    main()

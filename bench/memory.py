"""The most memory that a call takes above its inputs, each in a process of its own.

What is returned counts. Aims, in MB: see `CASES`. Linux only, whose kernel keeps the peak.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from timing import asked_for_quick, processors, row, say_machine, table
from truth import SAME, SEED, Inputs, arrays, attended, off, sample, tensors

if TYPE_CHECKING:
    from collections.abc import Callable

    from truth import Tensor

WIDTH = 64
TOP, BINS = 8, 512
VOCABULARY = 1000
TINY = 256  # tokens of the call before, so that what is loaded once does not count
QUICK = 4  # times fewer tokens
MB = 1e6
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Case(NamedTuple):
    """What is measured, and how much memory it may take, in MB."""

    program: str
    heads: int
    n: int
    aim: str = ""


EVERYTHING = "Limelight, everything"
CASES = (
    Case(EVERYTHING, heads=8, n=4096, aim="30"),
    Case("Limelight, output alone", heads=8, n=4096),
    Case("torch, fused", heads=8, n=4096),
    Case("torch, dense softmax", heads=8, n=4096),
    Case("torch, a block at a time, six things", heads=8, n=4096),
    Case(EVERYTHING, heads=1, n=131_072, aim="200"),
)
LARGE = 100_000  # tokens


def everything(inputs: Inputs) -> Callable[[], Tensor]:
    """Return the program that observes all there is, and holds it until it has returned."""
    from limelight import observe  # noqa: PLC0415 - each process imports what it measures

    tokens = np.random.default_rng(SEED).integers(0, VOCABULARY, inputs.k.shape[-2])

    def program() -> Tensor:
        seen = observe(*inputs, top=TOP, picture=BINS, tokens=tokens, threads=processors())
        return seen.output

    return program


def output_alone(inputs: Inputs) -> Callable[[], Tensor]:
    """Return the program that attends."""
    from limelight import attend  # noqa: PLC0415 - as above

    return lambda: attend(*inputs, threads=processors())


def peer(name: str) -> Callable[[Inputs], Callable[[], Tensor]]:
    """Return what makes one of torch's programs."""

    def made(inputs: Inputs) -> Callable[[], Tensor]:
        import peers  # noqa: PLC0415 - as above

        if name == "looking":
            bins = min(BINS, inputs.q.shape[-2] // 4)
            look = peers.looking(inputs, causal=False, top=TOP, bins=bins)
            return lambda: look()["output"][None]
        program: Callable[[], Tensor] = getattr(peers, name)(inputs)
        return program

    return made


MAKERS: dict[str, Callable[[Inputs], Callable[[], Tensor]]] = {
    EVERYTHING: everything,
    "Limelight, output alone": output_alone,
    "torch, fused": peer("fused"),
    "torch, dense softmax": peer("eager"),
    "torch, a block at a time, six things": peer("looking"),
}


def measured(case: Case) -> float:
    """Return the bytes that a call takes above its inputs, at most; then verify it."""
    of_kind: Any = tensors if case.program.startswith("torch") else arrays
    inputs = of_kind(case.heads, case.n, case.n, WIDTH)
    make = MAKERS[case.program]
    make(of_kind(case.heads, TINY, TINY, WIDTH))()
    program = make(inputs)
    before = settled()
    output = program()
    peak = resident("VmHWM")
    rows = sample(case.n)
    error = off(output[:, :, rows], attended(inputs, rows, causal=False))
    assert error <= SAME["float32"], f"{case.program} is off by {error:.1e}"
    return peak - before


def settled() -> float:
    """Return what is resident, after giving back what is not used and forgetting the peak."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
    FORGET.write_text("5")
    return resident("VmRSS")


def resident(name: str) -> float:
    """Return a size of this process in bytes: VmRSS now, VmHWM at its peak."""
    found = re.search(rf"{name}:\s*(\d+) kB", STATUS.read_text())
    assert found is not None
    return int(found[1]) * 1024


def in_fresh_process(case: Case) -> float:
    """Measure in a new interpreter, which has imported nothing and freed nothing."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (case,))


def main() -> None:
    """Measure and print every case."""
    quick = asked_for_quick("The most memory that a call takes above its inputs.")
    say_machine("torch")
    if not FORGET.exists():
        sys.exit("This program needs Linux, whose kernel keeps the peak of a process.")
    table(f"Above the inputs, float32, d = {WIDTH}", "program", "heads", "n", "MB", "aim")
    for case in CASES:
        if quick and case.n > LARGE:
            continue
        smaller = case._replace(n=case.n // QUICK) if quick else case
        taken = in_fresh_process(smaller)
        row(smaller.program, smaller.heads, smaller.n, f"{taken / MB:.1f}", smaller.aim)


if __name__ == "__main__":
    main()

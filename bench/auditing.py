"""Audit a dump of many scores: how long it takes, and how much memory above the mapped file.

32 heads × 4,096 × 4,096 scores and weights in float16, 2.1 GB on disk, once right and once with a
mistake: one head's scores divided by d_k. Aim: under 1 GB above the mapped file. Linux only, whose
kernel tells the pages of a file from a program's own. NumPy's sum over the same tensors is the
yardstick: what it takes to read them at all.
"""

from __future__ import annotations

import multiprocessing
import re
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from timing import asked_for_quick, row, say_machine, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limelight.auditing.findings import Findings

HEADS, TOKENS, WIDTH = 32, 4096, 128
QUICK = 8  # times fewer tokens
WRONG = 17  # the head with a mistake
AIM = "1000 MB"
MB = 1e6
SEED = 0
EVERY = 0.005  # seconds between two looks at the memory
STATUS = Path("/proc/self/status")


class Took(NamedTuple):
    """What an audit took, in a process of its own.

    Attributes:
        seconds: How long.
        memory: The most memory that was no page of the file, in MB, above that at the start.
        first_wrong: The first wrong tensor, or "".
        wrong: How many of its cells.
        heads: The heads that its causes name.
        causes: Their ids.
    """

    seconds: float
    memory: float
    first_wrong: str
    wrong: int
    heads: tuple[int, ...]
    causes: tuple[str, ...]


def write_dump(path: Path, tokens: int, *, is_right: bool) -> None:
    """Write a dump head by head, so that its scores never lie in memory together."""
    rng = np.random.default_rng(SEED)
    q, k, v = (
        rng.standard_normal((1, HEADS, tokens, WIDTH), dtype=np.float32).astype(np.float16)
        for _ in range(3)
    )
    shape = (1, HEADS, tokens, tokens)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        arrays: dict[str, NDArray[np.float16]] = {"q": q, "k": k, "v": v}
        for name in ("scores", "weights"):
            where = Path(folder, name)
            arrays[name] = np.memmap(where, np.float16, mode="w+", shape=shape)
        arrays["heads"] = np.empty_like(v)
        for head in range(HEADS):
            wide = q[0, head].astype(np.float32) @ k[0, head].astype(np.float32).T
            arrays["scores"][0, head] = wide
            root = WIDTH if head == WRONG and not is_right else WIDTH**0.5
            powers = np.exp(arrays["scores"][0, head].astype(np.float32) / np.float32(root))
            powers *= np.tri(tokens, dtype=np.float32)
            powers /= powers.sum(axis=1, keepdims=True)
            arrays["weights"][0, head] = powers
            used = arrays["weights"][0, head].astype(np.float32)
            arrays["heads"][0, head] = used @ v[0, head].astype(np.float32)
        np.savez(path, **arrays, metadata='{"causal": "top-left"}')  # type: ignore[arg-type]


def own_memory() -> float:
    """Return how many bytes this process holds that are no pages of a file."""
    found = re.search(r"RssAnon:\s+(\d+) kB", STATUS.read_text(encoding="ascii"))
    return float(found[1]) * 1024 if found else 0.0


class Watch(threading.Thread):
    """Looks at the memory of this process all the time."""

    def __init__(self) -> None:
        """Begin at what is held now."""
        super().__init__(daemon=True)
        self.start_at = self.most = own_memory()
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look until it is over."""
        while not self.is_over.wait(EVERY):
            self.most = max(self.most, own_memory())


def watched(path: Path) -> Took:
    """Audit a file in this process, which does nothing else."""
    from limelight.auditing.audit import audit_dump  # noqa: PLC0415 - it is not loaded before

    watch = Watch()
    watch.start()
    begin = time.perf_counter()
    findings = audit_dump(path)
    seconds = time.perf_counter() - begin
    watch.is_over.set()
    watch.join()
    return told(findings, seconds, (watch.most - watch.start_at) / MB)


def told(findings: Findings, seconds: float, memory: float) -> Took:
    """Gather what is said of an audit."""
    wrong = findings.first_wrong
    return Took(
        seconds=seconds,
        memory=memory,
        first_wrong=wrong.name if wrong else "",
        wrong=wrong.wrong_cells if wrong else 0,
        heads=tuple(sorted({head for cause in findings.causes for head in cause.heads})),
        causes=tuple(dict.fromkeys(cause.mistake for cause in findings.causes)),
    )


def summed(path: Path) -> float:
    """Return the seconds that it takes NumPy to add up every number of the file."""
    from limelight.auditing.dump import read_dump  # noqa: PLC0415
    from limelight.stream.arrays import Source  # noqa: PLC0415

    begin = time.perf_counter()
    for source in read_dump(path).tensors.values():
        assert isinstance(source, Source)
        for head in range(HEADS):
            source.array[0, head].sum(dtype=np.float64)
    return time.perf_counter() - begin


def apart(path: Path) -> tuple[Took, float]:
    """Audit and add up in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(watched, (path,)), pool.apply(summed, (path,))


def main() -> None:
    """Measure a right dump and one with a mistake, and verify what is said of both."""
    quick = asked_for_quick("How long auditing a dump takes, and how much memory.")
    tokens = TOKENS // QUICK if quick else TOKENS
    say_machine()
    table(
        f"{HEADS} heads × {tokens} × {tokens} scores and weights, float16",
        *("dump", "on disk", "time", "memory above the file", "aim", "added up by NumPy"),
    )
    with tempfile.TemporaryDirectory() as folder:
        for is_right in (True, False):
            path = Path(folder, "dump.npz")
            write_dump(path, tokens, is_right=is_right)
            took, sums = apart(path)
            size = f"{path.stat().st_size / MB:.0f} MB"
            name = "right" if is_right else f"a mistake in head {WRONG}"
            times = f"{took.seconds:.1f} s", f"{took.memory:.0f} MB", AIM, f"{sums:.1f} s"
            row(name, size, *times)
            if is_right:
                assert not took.first_wrong, took
            else:
                assert (took.first_wrong, took.heads) == ("weights", (WRONG,)), took
                assert "E2" in took.causes, took


if __name__ == "__main__":
    main()

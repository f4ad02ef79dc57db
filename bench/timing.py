"""Time several things in turn, so that a machine that drifts slows them all."""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import statistics
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAUSE = 0.2
"""Seconds between two programs: the threads of the one before spin for a while, then sleep.

Those of OpenBLAS, which NumPy multiplies with, spin for 2^28 cycles, a tenth of a second; with a
pause of 10 ms, what ran after NumPy had one processor less.
"""

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def interleaved(
    programs: Mapping[str, Callable[[], object]],
    *,
    runs: int,
    warm_up: int = 1,
    lasting: float = 0.0,
) -> dict[str, list[float]]:
    """Run every program once, then all of them again, and so on.

    Args:
        programs: What to run, by name.
        runs: How often each is timed.
        warm_up: How often each is run before that.
        lasting: Seconds that a timed run lasts at least: one that takes less is called several
            times in it.

    Returns:
        The seconds that each call took, by program; the mean of a run with several calls.
    """
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    calls = dict.fromkeys(programs, 1)
    for index in range(runs + warm_up):
        for name, program in programs.items():
            time.sleep(PAUSE)
            start = time.perf_counter()
            for _ in range(calls[name]):
                program()
            took = (time.perf_counter() - start) / calls[name]
            if index >= warm_up:
                seconds[name].append(took)
            else:
                calls[name] = max(1, math.ceil(lasting / took))
    return seconds


def report(title: str, seconds: Mapping[str, list[float]], *, against: str) -> None:
    """Print median, spread and the ratio to one of the programs."""
    print(f"{title}\n  Python {platform.python_version()}, {platform.machine()}, {sys.platform}")
    print(f"  {'':34}{'median':>10}{'min':>10}{'max':>10}{'ratio':>8}")
    yardstick = statistics.median(seconds[against])
    for name, runs in seconds.items():
        median = statistics.median(runs)
        times = "".join(f"{value * 1000:8.1f}ms" for value in (median, min(runs), max(runs)))
        print(f"  {name:34}{times}{median / yardstick:8.2f}")


def ratio(seconds: Mapping[str, list[float]], numerator: str, denominator: str) -> float:
    """Return how many times as long the one takes as the other, by their medians."""
    return statistics.median(seconds[numerator]) / statistics.median(seconds[denominator])


def spread(runs: list[float]) -> str:
    """Write the median, and the smallest and largest in parentheses: 1.53 ms (1.50–1.62)."""
    median = statistics.median(runs)
    unit, name = next((entry for entry in UNITS if median >= entry[0]), UNITS[-1])
    middle, least, most = (f"{value / unit:.3g}" for value in (median, min(runs), max(runs)))
    return f"{middle} {name} ({least}–{most})"


def table(title: str, *columns: str) -> None:
    """Print the head of a Markdown table."""
    print(f"\n{title}\n")
    row(*columns)
    row(*("---" for _ in columns))


def row(*cells: object) -> None:
    """Print a row of a Markdown table, at once: the next may take minutes."""
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


def asked_for_quick(purpose: str) -> bool:
    """Read the command line: a program has one option, --quick."""
    parser = argparse.ArgumentParser(description=purpose)
    says = "small sizes and few runs: shows that the program works, and measures nothing"
    parser.add_argument("--quick", action="store_true", help=says)
    return bool(parser.parse_args().quick)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def say_machine(*packages: str) -> None:
    """Print what the numbers depend on: the machine, Python, and versions of packages."""
    cpuinfo = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    model = named[1] if named else platform.processor()
    versions = ", ".join(_versioned(name) for name in ("limelight", "numpy", *packages))
    print(f"{model}, {platform.machine()}, {processors()} processors, {platform.system()}")
    print(f"Python {platform.python_version()}, {versions}")


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"

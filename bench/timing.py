"""Time several things in turn, so that a machine that drifts slows them all."""

from __future__ import annotations

import platform
import statistics
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def interleaved(
    programs: Mapping[str, Callable[[], object]], *, runs: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Run every program once, then all of them again, and so on.

    Returns:
        The seconds that each run took, by program.
    """
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for index in range(runs + warm_up):
        for name, program in programs.items():
            start = time.perf_counter()
            program()
            if index >= warm_up:
                seconds[name].append(time.perf_counter() - start)
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

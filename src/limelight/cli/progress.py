"""How far a command is, where somebody is looking, and how many processes may work for it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], object] | None]:
    """Show a bar where somebody is looking; what it yields is told how many are done, of all."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - for a terminal alone
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as shown:
        row = shown.add_task(label)
        yield lambda done, total: shown.update(row, completed=done, total=total)


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Fresh processes that attend, each on a kernel of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60
"""Seconds after which a process hangs."""

ASKED = ("LIMELIGHT_KERNEL", "LIMELIGHT_THREADS")


def started(program: str, **environment: str) -> subprocess.Popen[str]:
    """Start *program*; of what the environment asks of kernels only *environment* counts."""
    inherited = {name: value for name, value in os.environ.items() if name not in ASKED}
    return subprocess.Popen(
        [sys.executable, "-u", "-c", dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=inherited | environment,
    )


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Leave no process behind, nor its pipes, however the test ends."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def ran(program: str, **environment: str) -> str:
    """Return what *program* writes, errors behind the rest, once it has ended well."""
    with ended(started(program, **environment)) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, f"{process.returncode}: {out}{err}"
    return out + err

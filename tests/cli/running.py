"""Run the command line: as a process of its own, or quickly inside this one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from limelight.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

PROGRAM = (sys.executable, "-m", "limelight")
PATIENCE = 20
"""Seconds after which a command hangs."""

WISHES = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "COLORTERM", "PYTHONIOENCODING")


class Ran(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


def environment(wishes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without anybody's wishes about colours and widths but these."""
    plain = {name: value for name, value in os.environ.items() if name not in WISHES}
    return plain | {"TERM": "xterm-256color"} | dict(wishes or {})


def limelight(
    *arguments: str | Path, wishes: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> Ran:
    """Run the command line as a process of its own; one that hangs raises."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        check=False,
        encoding=encoding,
        env=environment(wishes),
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def inside(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run the command line inside this process, which is quicker."""
    capsys.readouterr()
    status = run([str(argument) for argument in arguments])
    return Ran(status, *capsys.readouterr())


def faults(ran: Ran) -> list[str]:
    """Return what is wrong with the way in which a command refused its input."""
    lines = ran.err.splitlines()
    is_usage = ran.err.startswith(("Usage: limelight", "Error: "))
    demands = {
        "the exit status is 2": ran.status == 2,
        "nothing stands on standard output": not ran.out,
        "there is no traceback": "Traceback" not in ran.err,
        "the message says who speaks": is_usage or ran.err.startswith("limelight: "),
        "there is one message": sum(map(ran.err.count, ("limelight: ", "Error: "))) == 1,
        "rule, facts and way out take a line each": is_usage or len(lines) >= 3,
        "facts and way out are indented": is_usage
        or all(line.startswith("  ") for line in lines[1:]),
        "the way out is a sentence": is_usage or ran.err.endswith(".\n"),
    }
    return [demand for demand, holds in demands.items() if not holds]

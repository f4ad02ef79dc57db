"""How long `limelight work` takes from the command line, against the bare interpreter.

Aim: at most 10 times the bare interpreter, about 0.15 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

from timing import interleaved, report

RUNS = 25
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "import limelight": ["-c", "import limelight"],
    "import click": ["-c", "import click"],
    "limelight work": ["-m", "limelight", "work"],
    "limelight work encoder-block": ["-m", "limelight", "work", "encoder-block"],
    "limelight gallery": ["-m", "limelight", "gallery"],
}


def run(arguments: list[str]) -> str:
    """Run a fresh interpreter and return what it printed."""
    command = [sys.executable, *arguments]
    # Bytecode is kept, as it is wherever a program has been installed and run once.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept)  # noqa: S603 - ours
    return done.stdout


def main() -> None:
    """Time every program, then verify that the worked exercise was printed."""
    seconds = interleaved(
        {name: partial(run, arguments) for name, arguments in PROGRAMS.items()}, runs=RUNS
    )
    report("Start-up, whole processes", seconds, against="python -c pass")
    assert "180/23" in run(PROGRAMS["limelight work"])


if __name__ == "__main__":
    main()

"""The rooms import each other as the contracts in pyproject.toml allow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


def check_contracts(source: Path) -> tuple[int, str]:
    """Hold the package in *source* to our contracts; return the exit status and the report."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("lint-imports")),
            f"--config={ROOT / 'pyproject.toml'}",
            "--no-cache",
            "--no-logo",
        ],
        capture_output=True,
        check=False,
        cwd=source,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(source)},
    )
    return done.returncode, done.stdout + done.stderr


def test_contracts_are_kept() -> None:
    """Every contract holds for the package as it stands."""
    status, report = check_contracts(SOURCE)

    assert (status, "0 broken" in report) == (0, True), report


@pytest.mark.parametrize(
    ("room", "breach", "contract"),
    [
        ("mechanism", "import limelight.exercises.kinds", "Rooms look down only"),
        ("errors.py", "import limelight.shown", "Rooms look down only"),
        ("kitchen.py", "", "Rooms look down only"),
        ("render", "import limelight.mechanism.plan", "Renderers see sheets"),
        ("notation", "import numpy", "Outside packages stay"),
        ("render", "import click", "Renderers know neither"),
        ("stream", "import limelight.mechanism.plan", "Rooms look down only"),
        ("mechanism", "import limelight.stream", "Rooms look down only"),
        ("stream", "import torch", "Streaming and auditing need NumPy"),
        ("auditing", "import torch", "Streaming and auditing need NumPy"),
        ("marking", "import limelight.auditing.setup", "Rooms look down only"),
        ("cli", "import numpy", "Arrays stay"),
        ("cli", "import xlsxwriter", "What writes workbooks stays"),
        ("render", "import openpyxl", "What writes workbooks stays"),
    ],
)
def test_breach_is_seen(room: str, breach: str, contract: str, tmp_path: Path) -> None:
    """The contracts can fail: one import too many breaks the contract that is about it."""
    copy = tmp_path / "limelight"
    shutil.copytree(SOURCE / "limelight", copy)
    module = copy / room if room.endswith(".py") else copy / room / "breach.py"
    with module.open("a", encoding="utf-8") as file:
        file.write(f"\n{breach}\n")

    status, report = check_contracts(tmp_path)
    broken = [line for line in report.splitlines() if " BROKEN" in line]

    assert (status, [line.startswith(contract) for line in broken]) == (1, [True]), report

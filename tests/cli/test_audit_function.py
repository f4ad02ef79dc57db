"""limelight audit module:function: what it imports, writes, and ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PROGRAM, Ran, environment

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
import sys
import time

import numpy as np

print("said while it is imported")


def right(q, k, v, mask=None):
    print("said while it is called")
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True) @ v


def wrong(q, k, v):
    return right(2 * q, k, v)


def raising(q, k, v):
    raise ValueError("no \\x1b[31m\\nsuch thing")


def shapeless(q, k, v):
    return q.sum(-1)


def leaving(q, k, v):
    sys.exit(3)


calls = []


def hanging(q, k, v):
    calls.append(1)
    if len(calls) > 9:
        print("hanging", file=sys.stderr, flush=True)
        time.sleep(600)
    return right(q, k, v)


class Holder:
    inner = staticmethod(right)


nothing = None
"""

PATIENCE = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a module, and one that cannot be imported."""
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "torn.py").write_text("import sys\nsys.exit('torn\\x1b[31m')\n", encoding="utf-8")
    return tmp_path


def audit(folder: Path, *arguments: str) -> Ran:
    """Run the command in a folder."""
    done = subprocess.run(
        [*PROGRAM, "audit", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=environment({"COLUMNS": "80"}),
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_right_function_ends_with_0(folder: Path) -> None:
    """It says what was imported; what the function prints is not in the way."""
    ran = audit(folder, "mine:right", "--feature", "multi-query")

    assert ran.status == 0
    assert ran.out.startswith("Audit: right\n")
    assert "Imported   mine, mine.py\n" in ran.out
    assert "said while it is imported" in ran.err
    assert "said while it is called" in ran.err
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_a_wrong_function_ends_with_1(folder: Path) -> None:
    """With the mistake and its remedy."""
    ran = audit(folder, "mine:wrong")

    assert ran.status == 1
    assert "wrong in" not in ran.err
    assert "grouped heads" in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_json_is_all_there_is_on_standard_output(folder: Path) -> None:
    """Whatever the function prints, a program can read it."""
    ran = audit(folder, "mine:Holder.inner", "--format", "json", "--seed", "7")
    document = json.loads(ran.out)

    assert (ran.status, document["right"], document["seed"]) == (0, True, 7)
    assert document["imported"] == "mine, mine.py"
    assert {each["verdict"] for each in document["configurations"]} <= {
        "right",
        "convention",
        "lacks",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mine:wrigth"], "There is no function in mine named 'wrigth'"),
        (["mine:Holder.outer"], "There is no function in mine named 'outer'"),
        (["nowhere:right"], "ModuleNotFoundError: No module named 'nowhere'"),
        (["torn:right"], "torn must be a module that can be imported"),
        (["mine:nothing"], "what is audited must be callable"),
        (["mine:raising"], "raises ValueError: no"),
        (["mine:leaving"], "raises SystemExit: 3"),
        (["mine:right", "--feature", "causall"], "There is no feature named 'causall'"),
        (["mine:right", "--adapter", "pytorch"], "There is no adapter named 'pytorch'"),
        (["mine:right", "--seed", "one"], "seed must be a whole number from 0"),
        (["mine:right", "--scale", "2"], "--scale: such options are for a dump."),
        (["dump.npz", "--feature", "scale"], "--feature: such options are for a function."),
        (["dump.npz", "--layout", "one head"], "--layout: such options are for a function."),
    ],
)
def test_what_cannot_be_audited_ends_with_2(folder: Path, arguments: list[str], said: str) -> None:
    """With one message, without a traceback and without anything that steers a terminal."""
    ran = audit(folder, *arguments)

    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err


def test_a_wrong_shape_is_wrong(folder: Path) -> None:
    """It is said what came and what was expected."""
    ran = audit(folder, "mine:shapeless", "--feature", "plain")

    assert ran.status == 1
    assert "what it returned must be (batch, heads, queries, features)" in ran.out.replace(
        "\n    ", " "
    )


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal of POSIX")
def test_what_was_found_stays_when_it_is_stopped(folder: Path) -> None:
    """Ctrl-C shows the configurations so far, and ends as Ctrl-C does."""
    with subprocess.Popen(
        [*PROGRAM, "audit", "mine:hanging"],
        cwd=folder,
        encoding="utf-8",
        env=environment({"COLUMNS": "80"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line == "hanging\n":
                break
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)

    assert running.returncode == 130
    assert "  plain " in out
    assert "stopped; the configurations so far are above" in err
    assert "Traceback" not in err


def test_nothing_but_what_is_named_is_imported(folder: Path) -> None:
    """A path of a file is none of a module, and no framework is loaded unasked."""
    program = (
        "import sys\n"
        "from limelight.cli.main import run\n"
        "run(['audit', 'mine:right', '--feature', 'plain'])\n"
        "print(*sorted({'torch', 'jax', 'torn'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=folder,
        encoding="utf-8",
        env=environment(),
        timeout=PATIENCE,
    )

    assert done.stderr.splitlines()[-1] == ""

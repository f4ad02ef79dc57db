"""What becomes of the output: pipes that close, disks that are full, terminals, encodings."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import struct
import subprocess
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PATIENCE, PROGRAM, environment, faults, limelight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COMMANDS = {
    "work": ["work"],
    "long": ["work", "encoder-block", "--format", "json"],
    "gallery": ["gallery"],
    "help": ["work", "--help"],
}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
FULL = Path("/dev/full")


def start(arguments: list[str], stdout: int) -> subprocess.Popen[str]:
    """Start the command line with its output going somewhere."""
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    )


def ending(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait, and return the exit status and what stands on standard error."""
    with process:
        assert process.stderr
        err = process.stderr.read()
        return process.wait(PATIENCE), err


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_pipe_that_is_closed_is_left_quietly(arguments: list[str]) -> None:
    """Where nobody reads from the beginning, it ends with status 0 and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    process = start(arguments, writing)
    os.close(writing)

    assert ending(process) == (0, "")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_pipe_that_closes_is_left_quietly(form: str, tmp_path: Path) -> None:
    """Where somebody stops reading, as head does, it ends with status 0 and says nothing."""
    process = start(["work", str(endless(tmp_path)), "--format", form], subprocess.PIPE)
    assert process.stdout
    first = process.stdout.readline()
    process.stdout.close()

    assert first
    assert ending(process) == (0, "")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full, as Linux has")
@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_full_disk_is_reported(arguments: list[str]) -> None:
    """What cannot be written is reported in a line, with status 2."""
    with FULL.open("w") as full:
        status, err = ending(start(arguments, full.fileno()))

    assert status == 2
    assert err.startswith("limelight: the output cannot be written: No space left on device.")
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", ["work", "work --format json", "--help"])
def test_no_output_at_all_is_reported(arguments: str) -> None:
    """Started with its output closed, it says so, with status 2."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {arguments} >&-', "sh", *PROGRAM],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment(),
        timeout=PATIENCE,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("limelight: the output cannot be written")
    assert "Traceback" not in done.stderr


def endless(folder: Path, tokens: int = 150) -> Path:
    """Write an exercise whose output takes long to write."""
    features = [[(7 * row + 3 * token) % 5 for token in range(tokens)] for row in range(4)]
    inputs = {"X": features, "W_Q": [[1, 0, 1, 0]], "W_K": [[0, 1, 1, 0]], "W_V": [[1, 2, 3, 4]]}
    document = {"format": "limelight-exercise-1", "kind": "self-attention", "inputs": inputs}
    path = folder / "endless.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str, bool]:
    """Press Ctrl-C; return exit status, what was said, and whether that was soon."""
    process.send_signal(signal.SIGINT)
    before = time.monotonic()
    status, err = ending(process)
    return status, err.strip(), time.monotonic() - before < 5


def test_ctrl_c_ends_the_writing(tmp_path: Path) -> None:
    """Interrupted while it writes, it ends at once with status 130 and no traceback."""
    process = start(["work", str(endless(tmp_path))], subprocess.PIPE)
    assert process.stdout
    first = process.stdout.readline()

    assert first
    assert interrupted(process) == (130, "", True)


def test_ctrl_c_ends_the_work(tmp_path: Path) -> None:
    """Interrupted while it works, it ends at once with status 130 and no traceback."""
    path = tmp_path / "long.json"
    matrix = [["1/3"] * 990] * 100
    document = {"format": "limelight-exercise-1", "kind": "dot-product"}
    path.write_text(
        json.dumps(document | {"inputs": {"K": matrix, "Q": matrix}}), encoding="utf-8"
    )
    process = start(["work", str(path)], subprocess.DEVNULL)
    time.sleep(1.5)

    assert process.poll() is None, "it must still be at work; give it more to do"
    assert interrupted(process) == (130, "", True)


def on_terminal(wishes: Mapping[str, str], columns: int = 80) -> str:
    """Run limelight work on a terminal of its own, and return what stands on it."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*PROGRAM, "work"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment(wishes)
    )
    os.close(theirs)
    with process:
        seen = b"".join(chunks(ours))
    os.close(ours)
    return seen.decode("utf-8").replace("\r\n", "\n")


def chunks(terminal: int) -> Iterator[bytes]:
    """Read until the other side is closed, which Linux calls an error."""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            return
        if not chunk:
            return
        yield chunk


@pytest.mark.parametrize(
    ("wishes", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour(wishes: dict[str, str], *, is_coloured: bool) -> None:
    """A terminal gets colour unless it does not want any; the words are the same."""
    seen = on_terminal(wishes)

    assert bool(ESCAPE.search(seen)) == is_coloured
    assert ESCAPE.sub("", seen) == limelight("work").out


def test_a_pipe_gets_colour_when_forced() -> None:
    """FORCE_COLOR colours what goes to a file."""
    plain, coloured = limelight("work"), limelight("work", wishes={"FORCE_COLOR": "1"})

    assert ESCAPE.search(plain.out) is None
    assert ESCAPE.search(coloured.out)
    assert ESCAPE.sub("", coloured.out) == plain.out


@pytest.mark.parametrize("columns", [50, 120])
def test_a_terminal_is_filled(columns: int) -> None:
    """Lines are as long as the terminal is wide, prose excepted, and no longer."""
    lines = ESCAPE.sub("", on_terminal({}, columns)).splitlines()

    assert 0.7 * columns < max(map(len, lines)) <= columns


@pytest.mark.parametrize(
    ("arguments", "encoding"),
    [
        ("work causal-self-attention", "ascii"),
        ("work causal-self-attention", "cp1252"),
        ("work --format markdown", "cp1252"),
        ("work --help", "cp1252"),
        ("gallery", "ascii"),
    ],
)
def test_every_encoding_is_served(arguments: str, encoding: str) -> None:
    """No command fails where the output cannot hold our letters."""
    wishes = {"PYTHONIOENCODING": encoding}
    ran = limelight(*arguments.split(), wishes=wishes, encoding=encoding)

    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) > 5


def test_every_encoding_gets_messages() -> None:
    """Messages too come through where our letters do not."""
    ran = limelight("work", "猫", wishes={"PYTHONIOENCODING": "cp1252"}, encoding="cp1252")

    assert faults(ran) == []

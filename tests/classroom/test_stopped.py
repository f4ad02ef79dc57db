"""A class set that is stopped, at whatever moment and by whatever, is whole and goes on."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from limelight.classroom.manifest import MANIFEST
from tests.classroom.sets import contents, faults
from tests.cli.running import PATIENCE, PROGRAM, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COUNT = 300
SIGNS = (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT)
STATUS = {signal.SIGKILL: -9, signal.SIGTERM: -15, signal.SIGINT: 130}


def started(
    folder: Path, count: int = COUNT, limits: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Start to write a class set."""
    set_of = ["sheet", "softmax", "--variants", str(count), "--format", "text"]
    return subprocess.Popen(
        [*PROGRAM, *set_of, "--out", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
        preexec_fn=limits,  # noqa: PLW1509 - no thread is about
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait, and return the exit status and what was said on standard error."""
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


def stopped_at_random(folder: Path, sign: signal.Signals) -> int:
    """Stop the writing some time after its first file is there; return the exit status."""
    before = names(folder)
    process = started(folder)
    while process.poll() is None and names(folder) == before:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.1))  # noqa: S311 - any moment will do
    process.send_signal(sign)
    status, err = ended(process)

    assert "Traceback" not in err
    return status


def names(folder: Path) -> set[str]:
    """Return the names of what is in a folder, if it is there."""
    return set(os.listdir(folder)) if folder.exists() else set()  # noqa: PTH208 - names alone


def drafts(folder: Path) -> set[str]:
    """Return the names of what is not finished."""
    return {name for name in names(folder) if name.endswith(".part")}


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    """Killed and taken up again and again, it never has half a file, and ends as if never."""
    folder, whole = tmp_path / "class", tmp_path / "whole"
    assert ended(started(whole)) == (0, "")
    there = contents(whole)
    seen = []
    for turn in range(20):
        sign = SIGNS[turn % len(SIGNS)]
        seen.append((sign, stopped_at_random(folder, sign)))
        if sign is not signal.SIGKILL:
            assert drafts(folder) == set()
        finished = names(folder) - drafts(folder) - {MANIFEST}

        assert [name for name in finished if contents(folder)[name] != there[name]] == []
    last = ended(started(folder))
    stops = [status == STATUS[sign] for sign, status in seen]

    assert stops.count(True) > len(stops) / 2, "it must mostly be stopped; give it more to do"
    assert all(status in {STATUS[sign], 0} for sign, status in seen)
    assert last == (0, "")
    assert contents(folder) == there
    assert faults(folder) == []


def test_who_stops_it_is_told_how_to_go_on(tmp_path: Path) -> None:
    """On Ctrl-C and when told to end, it says in a line that the same command goes on."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        folder = tmp_path / sign.name
        process = started(folder)
        while not (folder / MANIFEST).exists():
            time.sleep(0.001)
        process.send_signal(sign)

        said = "limelight: stopped; the same command goes on where it stopped."
        status, err = ended(process)
        assert (status, err.strip()) == (STATUS[sign], said)


def test_a_limit_on_files_leaves_what_is_finished(tmp_path: Path) -> None:
    """Where the key is too large to be written, the sheets stay, and it can go on."""
    folder, count = tmp_path / "class", 40
    assert ended(started(folder, count))[0] == 0
    whole = contents(folder)
    key = len(whole["key.txt"])
    assert key > len(whole[MANIFEST])
    shutil.rmtree(folder)

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (key - 1, key - 1))

    status, err = ended(started(folder, count, limits))

    assert status == 2
    assert err.startswith("limelight: ")
    assert "key.txt cannot be written: file too large" in err
    assert len(err.splitlines()) == 3
    assert set(contents(folder)) == set(whole) - {"key.txt"}
    assert ended(started(folder, count)) == (0, "")
    assert contents(folder) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]  # page by page
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs to mount a disk in memory, as root may on Linux")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607 - found above


def test_a_full_disk_leaves_what_is_finished(small_disk: Path, tmp_path: Path) -> None:
    """Where the disk is full, it says so; every file there is whole, and it can go on."""
    status, err = ended(started(small_disk / "class", 40))
    left = contents(small_disk / "class")

    assert status == 2
    assert "cannot be written: no space left on device" in err
    assert (len(err.splitlines()), "Traceback" in err) == (3, False)
    assert drafts(small_disk / "class") == set()
    assert MANIFEST in left
    shutil.copytree(small_disk / "class", tmp_path / "class")
    assert ended(started(tmp_path / "class", 40)) == (0, "")
    assert faults(tmp_path / "class") == []
    now = contents(tmp_path / "class")
    assert [name for name in set(left) - {MANIFEST} if left[name] != now[name]] == []

"""Files: whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from limelight.errors import FileError
from limelight.files import make_folder, read_text, refuse_target, remove_drafts, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

LARGE = 3_000_000


def message_of(call: Callable[[], object]) -> str:
    """Return what a call is refused with, three lines."""
    with pytest.raises(FileError) as caught:
        call()
    message = str(caught.value)

    assert len(message.split("\n")) == 3
    return message


@pytest.mark.parametrize("content", [b"", b"\x00\xff", "Kᵀ\n", "a\r\nb\n", "x" * LARGE])
def test_what_is_written_is_there(content: str | bytes, tmp_path: Path) -> None:
    """A file holds exactly what was to be written, text as UTF-8 with its own ends of lines."""
    path = tmp_path / "file"
    write_whole(path, content)

    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_stays_unless_it_may_go(tmp_path: Path) -> None:
    """Nothing is replaced unasked, not even a link that leads nowhere."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_text("old", encoding="utf-8")
    link.symlink_to(tmp_path / "nowhere")

    for target in (path, link):
        assert "is there already" in message_of(lambda: write_whole(target, "new", replace=False))  # noqa: B023
        assert "--force" in message_of(lambda: refuse_target(target, replace=False))  # noqa: B023
    assert path.read_text(encoding="utf-8") == "old"
    write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "new"


def test_only_files_are_replaced(tmp_path: Path) -> None:
    """A folder, a pipe or a device is never replaced by a file, by whatever name it is called."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(os.devnull)
    before = Path(os.devnull).stat().st_mode

    for target in (tmp_path, pipe, link, Path(os.devnull)):
        message = message_of(lambda: write_whole(target, "x"))  # noqa: B023
        assert "cannot be written: it must be a file" in message
    assert (pipe.is_fifo(), link.is_symlink()) == (True, True)
    assert Path(os.devnull).stat().st_mode == before


@pytest.mark.parametrize("name", ["x" * 250, "[ab]*?.txt", "é 猫.txt", "-"])
def test_every_name_that_a_file_can_have_is_served(name: str, tmp_path: Path) -> None:
    """A long name, or one with marks of its own, is no hindrance."""
    write_whole(tmp_path / name, "x")

    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "x" * 5000, "\ud800", "none/file"])
def test_impossible_names_are_told(name: str, tmp_path: Path) -> None:
    """A path that no file can have, or in a folder that is not there, is refused."""
    message_of(lambda: write_whole(tmp_path / name if name else Path(), "x"))

    assert list(tmp_path.iterdir()) == []


def test_half_a_character_is_told(tmp_path: Path) -> None:
    """Text that UTF-8 cannot hold is refused, and nothing is written."""
    assert "half of a character" in message_of(lambda: write_whole(tmp_path / "a", "\udc00"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error at the last moment leaves the old file, and no draft."""

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = tmp_path / "file"
    write_whole(path, "old")
    with monkeypatch.context() as broken:
        broken.setattr(os if step == "fsync" else Path, step, fail)
        assert "input/output error" in message_of(lambda: write_whole(path, "new"))

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_beyond_the_limit_of_the_process_is_told(tmp_path: Path) -> None:
    """Where no more bytes may be written, the old file stays and no draft is left."""
    path = tmp_path / "file"
    write_whole(path, "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        message = message_of(lambda: write_whole(path, b"x" * LARGE))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert "cannot be written: file too large" in message
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


WRITER = textwrap.dedent(
    f"""
    import sys
    from pathlib import Path
    from limelight.files import write_whole
    path = Path(sys.argv[1])
    write_whole(path, b"0" * {LARGE})
    print("begun", flush=True)
    turn = 0
    while True:
        turn += 1
        write_whole(path, b"%d" % (turn % 10) * {LARGE})
    """
)


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed while it writes without a pause, it leaves the file before or the file after."""
    path = tmp_path / "file"
    drafts = 0
    for turn in range(15):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == b"begun\n"
            time.sleep(turn * 0.003)
            writer.send_signal(signal.SIGKILL)
        content = path.read_bytes()
        drafts += len(list(tmp_path.iterdir())) - 1

        assert (len(content), len(set(content))) == (LARGE, 1)
    assert drafts > 0, "no kill came while a draft was being written"
    remove_drafts(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_drafts_of_others_stay(tmp_path: Path) -> None:
    """Only what is left of our own writing is removed."""
    others = {tmp_path / name for name in (".part", ".other-1.part", "limelight-1.part", "a.part")}
    for path in others:
        path.touch()
    (tmp_path / ".limelight-1-2.part").touch()
    remove_drafts(tmp_path)
    remove_drafts(tmp_path / "none")

    assert set(tmp_path.iterdir()) == others


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    """A folder may be there; a file in its place, or none to make it in, is told."""
    make_folder(tmp_path / "new")
    make_folder(tmp_path / "new")
    (tmp_path / "file").touch()

    assert (tmp_path / "new").is_dir()
    for place in ("file", "file/new", "none/new", "a\0b"):
        message_of(lambda: make_folder(tmp_path / place))  # noqa: B023


def test_a_text_is_read_up_to_its_limit(tmp_path: Path) -> None:
    """As many bytes as there may be are read; one more is refused with how many there are."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1_000_001)

    assert read_text(path, 1_000_001) == "x" * 1_000_001
    assert "1,000,001 bytes" in message_of(lambda: read_text(path, 1_000_000))

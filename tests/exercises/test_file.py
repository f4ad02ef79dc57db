"""Exercise files on disk: what cannot be read or written is told, and nothing is half done."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from limelight.errors import FileError, LimelightError
from limelight.exercises.exercise import Exercise
from limelight.exercises.file import MAX_BYTES, read_exercise, write_exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.recipe import Recipe
from tests.oracles.limits import within

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(path: str | Path) -> str:
    """Return the error that reading *path* gives, at once."""
    with within(5), pytest.raises(FileError) as caught:
        read_exercise(path)
    message = str(caught.value)

    assert len(message.splitlines()) == 3
    return message


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_survives_a_file(name: str, tmp_path: Path) -> None:
    """An exercise of the gallery, written and read, is the same exercise."""
    path = tmp_path / "exercise.json"
    write_exercise(gallery(name), path)

    assert read_exercise(path) == gallery(name)
    assert read_exercise(str(path)) == gallery(name)
    assert list(tmp_path.iterdir()) == [path]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """A file that an editor has begun with a byte order mark is read."""
    path = tmp_path / "exercise.json"
    write_exercise(gallery(), path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert read_exercise(path) == gallery()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is named, with the folder it was looked for from."""
    message = refusal(tmp_path / "none.json")

    assert "none.json cannot be read: no such file or directory" in message
    assert str(Path.cwd()) in message


def test_a_folder_is_told(tmp_path: Path) -> None:
    """A folder is no file."""
    assert "it is a folder" in refusal(tmp_path)


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused, not waited for."""
    path = tmp_path / "pipe"
    os.mkfifo(path)

    assert "it is a device or pipe" in refusal(path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_a_device_does_not_hang(path: str) -> None:
    """An endless device is refused."""
    if Path(path).exists():
        assert "must be a file" in refusal(path)


def test_a_large_file_is_told(tmp_path: Path) -> None:
    """More than 10 MB are refused unread."""
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    assert "must be at most 10 MB" in refusal(path)
    assert "It has 10,000,001 bytes" in refusal(path)


def test_a_file_of_the_limit_is_read(tmp_path: Path) -> None:
    """10 MB are fine as far as size goes."""
    path = tmp_path / "large.json"
    path.write_bytes(b" " * MAX_BYTES)

    assert "is empty" in refusal(path)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b'{"title": "\xe4"}', "{}".encode("utf-16")])
def test_other_encodings_are_told(content: bytes, tmp_path: Path) -> None:
    """Text that is not UTF-8 is refused with the byte that gives it away."""
    path = tmp_path / "latin.json"
    path.write_bytes(content)

    assert "must be text in UTF-8" in refusal(path)


@pytest.mark.parametrize("path", ["a\0b.json", "x" * 5000, "", "\ud800.json"])
def test_impossible_paths_are_told(path: str) -> None:
    """A path that no file can have is refused, not passed on as some other error."""
    with pytest.raises(FileError):
        read_exercise(path)


def test_an_unreadable_file_is_told(guarded_folder: Path) -> None:
    """A file that may not be read is refused with the reason."""
    path = guarded_folder / "secret.json"
    write_exercise(gallery(), path)
    path.chmod(0)

    assert "cannot be read: permission denied" in refusal(path)


def test_a_file_that_fails_while_it_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the disk is refused with the reason."""
    path = tmp_path / "exercise.json"
    write_exercise(gallery(), path)
    monkeypatch.setattr(Path, "open", failing(errno.EACCES))

    assert "cannot be read: permission denied" in refusal(path)


def failing(number: int) -> Callable[..., None]:
    """Return something that fails as the system does."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("method", ["replace", "open"])
def test_a_failing_write_leaves_the_old_file(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old file stays whole and no draft stays behind."""
    path = tmp_path / "exercise.json"
    write_exercise(gallery("softmax"), path)
    before = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(Path, method, failing(errno.ENOSPC))
        with pytest.raises(FileError, match="cannot be written: no space left on device"):
            write_exercise(gallery("transformer"), path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a person interrupts, the old file stays whole and no draft stays behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "exercise.json"
    write_exercise(gallery("softmax"), path)
    before = path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_exercise(gallery("transformer"), path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("title", ["\ud800", "half a pair: \udc00"])
def test_text_that_utf8_cannot_hold_is_told(title: str, tmp_path: Path) -> None:
    """A title that no file can hold is refused, and no draft stays behind."""
    path = tmp_path / "exercise.json"
    exercise = Exercise(kind="softmax", inputs=gallery("softmax").inputs, title=title)
    try:
        write_exercise(exercise, path)
    except FileError:
        assert not list(tmp_path.iterdir())
    else:
        assert read_exercise(path) == exercise


UNUSUAL: dict[str, dict[str, Any]] = {
    "a name of words": {"name": "My exercise"},
    "no name": {"name": ""},
    "a long title": {"title": "x" * 300},
    "a long source": {"source": "x" * 3000},
    "an empty label": {"labels": {"C": ("",)}},
    "a long label": {"labels": {"C": ("x" * 50,)}},
    "a list of labels": {"labels": {"C": ["one"]}},
    "a long recipe name": {"recipe": Recipe(name="x" * 100)},
    "a recipe with another's name": {"recipe": Recipe(name="by-hand")},
}


@pytest.mark.parametrize("changes", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_written_can_be_read(changes: dict[str, Any], tmp_path: Path) -> None:
    """An exercise is refused before it is written, or it is the same when it is read."""
    path = tmp_path / "exercise.json"
    try:
        exercise = replace(gallery("softmax"), **changes)
        write_exercise(exercise, path)
    except LimelightError:
        assert not list(tmp_path.iterdir())
    else:
        assert read_exercise(path) == exercise


@pytest.mark.parametrize("place", ["none/exercise.json", "file/exercise.json", "folder"])
def test_where_nothing_can_be_written_is_told(place: str, tmp_path: Path) -> None:
    """No folder, a file in a folder's place, and a folder in the file's place are refused."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileError, match="cannot be written: "):
        write_exercise(gallery(), tmp_path / place)

    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", ["a\0b.json", "x" * 5000, "", ".", "/", "\ud800.json"])
def test_impossible_targets_are_told(path: str) -> None:
    """A path that no file can have is refused, not passed on as some other error."""
    with pytest.raises(FileError):
        write_exercise(gallery(), path)


def test_an_unwritable_folder_is_told(guarded_folder: Path) -> None:
    """A folder that may not be written to is refused with the reason."""
    folder = guarded_folder / "closed"
    folder.mkdir(mode=0o500)

    with pytest.raises(FileError, match="cannot be written: permission denied"):
        write_exercise(gallery(), folder / "exercise.json")

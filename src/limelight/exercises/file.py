"""Exercise files on disk: read with limits, written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.problems import Problems
from limelight.exercises.schema import validate

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

MAX_BYTES = 10_000_000
"""The largest file that is read."""


def read_exercise(path: str | os.PathLike[str]) -> Exercise:
    """Read an exercise file.

    Args:
        path: A JSON file of at most 10 MB, as docs/FORMAT.md describes it.

    Raises:
        FileError: The file cannot be read, is too large, is no JSON, or breaks a rule of
            the format; every problem is named with its path in the file.

    >>> from limelight import write_exercise, gallery
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mine.json")
    ...     write_exercise(gallery("softmax"), path)
    ...     read_exercise(path).kind
    'softmax'
    """
    return parse_exercise(_read_text(Path(path)), _named(Path(path)))


def write_exercise(exercise: Exercise, path: str | os.PathLike[str]) -> None:
    """Write an exercise file, replacing one that is there; never half a file.

    Raises:
        FileError: It cannot be written there, or breaks a rule of the format, such as a title
            that is too long: what is written can be read.
    """
    target = Path(path)
    document = exercise_document(exercise)
    problems = Problems(_named(target))
    validate(document, problems)
    problems.refuse()
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    try:
        _replace(target, text)
    except OSError as error:
        raise _unusable(target, "written", error) from None
    except ValueError:  # no name, a character that no path can have, text beyond UTF-8
        msg = (
            f"{str(target)!r} cannot be written: the path or the text cannot be.\n"
            "  A path needs a name, and UTF-8 holds no half of a character.\n"
            "  Name a file, and check title, about, source and labels."
        )
        raise FileError(msg) from None


def _replace(target: Path, text: str) -> None:
    """Write beside the file, then put the new one in its place; leave nothing behind."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        with suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)


def _read_text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError(_not_a_file(path))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(path, "read", error) from None
    except ValueError:
        msg = (
            f"{str(path)[:60]!r} is no path of a file.\n"
            "  It holds a character that no path can have.\n  Name a file that exists."
        )
        raise FileError(msg) from None
    if len(content) > MAX_BYTES:
        msg = (
            f"{_named(path)} must be at most {MAX_BYTES // 1_000_000} MB.\n"
            f"  It has {max(status.st_size, len(content)):,} bytes.\n"
            "  An exercise is meant to be read by people: make it smaller."
        )
        raise FileError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = (
            f"{_named(path)} must be text in UTF-8.\n"
            f"  Byte {error.start + 1} is not.\n"
            "  Save it as UTF-8, or check that it is the right file."
        )
        raise FileError(msg) from None


def _not_a_file(path: Path) -> str:
    kind = "a folder" if path.is_dir() else "a device or pipe"
    return (
        f"{_named(path)} must be a file; it is {kind}.\n"
        "  An exercise is read from one JSON file.\n  Name the file."
    )


def _unusable(path: Path, verb: str, error: OSError) -> FileError:
    return FileError(
        f"{_named(path)} cannot be {verb}: {(error.strerror or 'unknown reason').lower()}.\n"
        f"  It was looked for from {_here()}.\n"
        "  Check the path and its permissions."
    )


def _named(path: Path) -> str:
    """Name a path in a message; one that would break or steer the lines in quotes."""
    name = str(path)
    return name if name.isprintable() else repr(name)


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is gone"

"""Files on disk: read with a limit, written whole or not at all; what fails is a FileError."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import get_ident

from limelight.errors import FileError

_DRAFT = ".limelight-{}.part"
"""What a file is called as long as it is being written."""


def read_text(path: Path, most: int) -> str:
    """Read a file of at most *most* bytes as text in UTF-8.

    Raises:
        FileError: It is no file, cannot be read, is too large, or is not UTF-8.
    """
    return decoded(read_bytes(path, most), path)


def read_bytes(path: Path, most: int) -> bytes:
    """Read a file of at most *most* bytes.

    Raises:
        FileError: It is no file, cannot be read, or is too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError(_not_a_file(path, "read"))
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise _unusable(path, "read", error) from None
    except ValueError:
        msg = (
            f"{str(path)[:60]!r} is no path of a file.\n"
            "  It holds a character that no path can have.\n  Name a file that exists."
        )
        raise FileError(msg) from None
    if len(content) > most:
        msg = (
            f"{named(path)} must be at most {most // 1_000_000} MB.\n"
            f"  It has {max(status.st_size, len(content)):,} bytes.\n"
            "  Make it smaller, or check that it is the right file."
        )
        raise FileError(msg)
    return content


def mapped(path: Path) -> mmap:
    """Map a file of any size, to be read where it is looked at.

    Raises:
        FileError: It is no file, is empty, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileError(_not_a_file(path, "read"))
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError as error:
        if path.is_dir():
            raise FileError(_not_a_file(path, "read")) from None
        raise _unusable(path, "read", error) from None
    except ValueError:
        msg = (
            f"{named(path)[:60]} cannot be read: it is empty, or no path of a file.\n"
            "  A file of tensors begins with a header.\n  Name a file that exists."
        )
        raise FileError(msg) from None


def decoded(content: bytes, path: Path) -> str:
    """Return the text of a file that was read.

    Raises:
        FileError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = (
            f"{named(path)} must be text in UTF-8.\n"
            f"  Byte {error.start + 1} is not.\n"
            "  Save it as UTF-8, or check that it is the right file."
        )
        raise FileError(msg) from None


def write_whole(path: Path, content: str | bytes, *, replace: bool = True) -> None:
    r"""Write a file so that at any moment it is there whole, as it was before, or not at all.

    Args:
        path: Where to; its folder is there.
        content: Bytes, or text that is written as UTF-8.
        replace: A file that is there may be replaced.

    Raises:
        FileError: It cannot be written, is no file, or is there and must not be replaced.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "note.txt")
    ...     write_whole(path, "Kᵀ")
    ...     path.read_bytes()
    b'K\xe1\xb5\x80'
    """
    refuse_target(path, replace=replace)
    try:
        _put(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise _unusable(path, "written", error) from None
    except ValueError:  # text beyond UTF-8
        raise _impossible(path) from None


def refuse_target(path: Path, *, replace: bool) -> None:
    """Refuse to write where there is no file but something else, or one that must stay.

    Raises:
        FileError: As `write_whole` raises it, so that nobody works for nothing.
    """
    try:
        # Where links lead, so that a device is not taken for a file; the link itself, so that
        # one that leads nowhere is not replaced unasked.
        is_there = os.path.lexists(path)
        if path.exists() and not path.is_file():
            raise FileError(_not_a_file(path, "written"))
        path.with_name(path.name)  # a path without a name is none of a file
    except OSError as error:
        raise _unusable(path, "written", error) from None
    except ValueError:
        raise _impossible(path) from None
    if is_there and not replace:
        msg = (
            f"{named(path)} is there already.\n"
            "  Nothing was written, and it stays as it is.\n"
            "  Name another file, or add --force to replace it."
        )
        raise FileError(msg)


def make_folder(path: Path) -> None:
    """Make a folder unless it is there; the one that it lies in must be.

    Raises:
        FileError: It cannot be made, or is no folder.
    """
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise _unusable(path, "made a folder", error) from None
    except ValueError:
        raise _impossible(path) from None


def remove_drafts(folder: Path) -> None:
    """Remove what a process has left that was killed while it wrote into *folder*."""
    for draft in folder.glob(_DRAFT.format("*")):
        with suppress(OSError):
            draft.unlink()


def named(path: Path) -> str:
    """Name a path in a message; one that would break or steer the lines in quotes."""
    name = str(path)
    return name if name.isprintable() else repr(name)


def _put(target: Path, content: bytes) -> None:
    """Write beside the file, then put the new one in its place; leave nothing behind."""
    draft = target.with_name(_DRAFT.format(f"{os.getpid()}-{get_ident()}"))
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a name could survive a power cut without its content
        draft.replace(target)
    finally:
        with suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)


def _not_a_file(path: Path, verb: str) -> str:
    kind = "a folder" if path.is_dir() else "a device or pipe"
    return (
        f"{named(path)} cannot be {verb}: it must be a file, and it is {kind}.\n"
        f"  It was looked for from {_here()}.\n"
        "  Name a file."
    )


def _unusable(path: Path, verb: str, error: OSError) -> FileError:
    return FileError(
        f"{named(path)} cannot be {verb}: {(error.strerror or 'unknown reason').lower()}.\n"
        f"  It was looked for from {_here()}.\n"
        "  Check the path, its permissions, and the room on the disk."
    )


def _impossible(path: Path) -> FileError:
    return FileError(
        f"{str(path)[:60]!r} cannot be written: the path or the text cannot be.\n"
        "  A path needs a name, and UTF-8 holds no half of a character.\n"
        "  Name a file, and check title, about, source and labels."
    )


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is gone"

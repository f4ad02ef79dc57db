"""Mark the sheets of a class: every file of a folder, side by side; none stops the others."""

from __future__ import annotations

import os
import traceback
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.classroom.crew import worked
from limelight.classroom.manifest import MANIFEST
from limelight.errors import FileError, LimelightError
from limelight.files import named
from limelight.marking.check import check
from limelight.marking.outcome import Outcome
from limelight.marking.read import ENDINGS
from limelight.marking.scheme import Scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.exercises.exercise import Exercise

MOST_FILES = 10_000
"""The most files of a class."""

_NO_SHEETS = (".", "~$")
"""How the names of files begin that office programs leave beside a sheet that is open."""

_SCHEME = Scheme()


def mark_class(
    folder: str | os.PathLike[str],
    exercise: Exercise | None = None,
    *,
    scheme: Scheme = _SCHEME,
    processes: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> tuple[Outcome, ...]:
    """Mark every file of a folder that may hold answers.

    Args:
        folder: Where the files are; folders in it are left alone.
        exercise: What all of them were to work; may be left out where they carry it.
        scheme: How points are given.
        processes: How many mark side by side; a program of yours that asks for several begins
            under `if __name__ == "__main__":`.
        progress: Called with the files that are done and the files there are.

    Returns:
        What is said of each, in the order of their names. A file that cannot be marked says why.

    Raises:
        FileError: The folder cannot be read, or has no such file or too many.
    """
    paths = _files(Path(folder))
    report = progress or (lambda _done, _total: None)
    report(0, len(paths))
    crew = max(1, min(processes, len(paths)))
    outcomes: dict[Path, Outcome] = {}
    with closing(worked(partial(mark_file, exercise, scheme), iter(paths), crew)) as results:
        for path, outcome in results:
            outcomes[path] = outcome
            report(len(outcomes), len(paths))
    return tuple(outcomes[path] for path in paths)


def mark_file(exercise: Exercise | None, scheme: Scheme, path: Path) -> Outcome:
    """Mark one file, whatever is in it."""
    try:
        return Outcome.of(path.name, check(path, exercise, scheme=scheme))
    except LimelightError as error:
        return Outcome.unmarked(path.name, str(error).replace(named(path), path.name))
    except Exception:  # noqa: BLE001 - one sheet must not stop those of the others
        fault = traceback.format_exc().strip().split("\n")[-1][:200]
        return Outcome.unmarked(path.name, f"a fault of Limelight's own, not of the file: {fault}")


def _files(folder: Path) -> list[Path]:
    """List the files that may hold answers, by name."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if _may_be_answers(entry))
    except OSError as error:
        msg = (
            f"{named(folder)} cannot be read: {(error.strerror or 'unknown reason').lower()}.\n"
            "  It is to be a folder with the files of a class.\n"
            "  Check the path and its permissions."
        )
        raise FileError(msg) from None
    if not 1 <= len(names) <= MOST_FILES:
        msg = (
            f"{named(folder)} must have 1 to {MOST_FILES:,} files with answers; "
            f"it has {len(names):,}.\n"
            f"  Their names end in {', '.join(ENDINGS)}; folders in it are left alone.\n"
            "  Name the folder that they lie in."
        )
        raise FileError(msg)
    return [folder / name for name in names]


def _may_be_answers(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name.startswith(_NO_SHEETS) or name == MANIFEST or not entry.is_file():
        return False
    return name.lower().endswith(ENDINGS)

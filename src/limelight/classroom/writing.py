"""Write a class set into a folder: resumable, and whole at any moment."""

from __future__ import annotations

import os
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from limelight.classroom.crew import worked
from limelight.classroom.drawing import Task, draw
from limelight.classroom.manifest import Manifest
from limelight.errors import FileError
from limelight.files import make_folder, named, remove_drafts, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limelight.classroom.class_set import ClassSet, Piece
    from limelight.classroom.drawing import Drawn
    from limelight.exercises.exercise import Exercise

_MOST_WAITING = 32
_LONGEST_WAIT = 0.5
"""So many files, or seconds, pass before the manifest is written again, which names them all."""

_NAMED_AT_MOST = 3


class Written(NamedTuple):
    """How a class set came to be.

    Attributes:
        fresh: Files that were written.
        kept: Files that were there already.
    """

    fresh: int
    kept: int


def write_class_set(
    class_set: ClassSet,
    folder: str | os.PathLike[str],
    *,
    force: bool = False,
    processes: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> Written:
    """Write the sheets of a class set, their key, and manifest.json.

    What an earlier call with the same demand has finished is kept, so a call that was stopped,
    at whatever moment, is taken up by calling again.

    Args:
        class_set: What to write.
        folder: Where to; made unless it is there.
        force: Replace files that are there and belong to another set, or to none.
        processes: How many draw side by side. Several are started as Python's multiprocessing
            does by "spawn", so a program of yours that asks for them begins under
            `if __name__ == "__main__":`.
        progress: Called with the files that are done and the files there are to be.

    Raises:
        FileError: The folder holds another set or files of somebody else's, or cannot be
            written to. What is finished stays.
        OptionError: The set cannot be made as it is asked for.
        UnknownNameError: There is no such format, mistake or step.
        LimelightError: A sheet cannot be drawn; the message says why.
    """
    writing = _Writing(class_set, Path(folder), force=force)
    report = progress or (lambda _done, _total: None)
    report(writing.done, writing.total)
    crew = max(1, min(processes, writing.total - writing.done))
    with closing(worked(partial(draw, class_set), writing.tasks(), crew)) as results:
        try:
            for task, drawn in results:
                writing.take(task.piece, drawn)
                report(writing.done, writing.total)
        finally:
            writing.settle()
    return Written(fresh=writing.total - len(writing.kept), kept=len(writing.kept))


class _Writing:
    """A class set on its way into a folder.

    Attributes:
        total: Files that there are to be.
        kept: Names of those that an earlier call has finished.
        done: How many there are, drawn if not yet written.
    """

    def __init__(self, class_set: ClassSet, folder: Path, *, force: bool) -> None:
        self._class_set = class_set
        self._folder = folder
        self._exercises = class_set.exercises()
        self._manifest, self._outdated = _taken_up(class_set, folder, force=force)
        self.total = sum(1 for _ in class_set.pieces())
        self.kept = self._find_kept(force=force)
        self.done = len(self.kept)
        self._waiting: list[tuple[Piece, Drawn]] = []
        self._settled: float | None = None

    def tasks(self) -> Iterator[Task]:
        """Make the exercises of each file that is not there, in order."""
        made: dict[int, Exercise] = {}
        numbered = enumerate(self._exercises, 1)
        for piece in self._class_set.pieces():
            while piece.last not in made:
                number, exercise = next(numbered)
                made[number] = exercise
            if piece.file not in self.kept:
                yield Task(piece, tuple(made[n] for n in range(piece.first, piece.last + 1)))
            if piece.file == piece.key:  # the last that is made of them
                made.clear()

    def take(self, piece: Piece, drawn: Drawn) -> None:
        """Take over what was drawn; the first file is written at once, later ones in batches."""
        self._waiting.append((piece, drawn))
        self.done += 1
        waited = self._settled is None or time.monotonic() - self._settled > _LONGEST_WAIT
        if waited or len(self._waiting) >= _MOST_WAITING:
            self.settle()

    def settle(self) -> None:
        """Write the manifest and then what it names as new.

        Raises:
            FileError: Something cannot be written; it is not tried again.
        """
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        if self._settled is None:
            self._prepare()
        for piece, drawn in waiting:
            self._manifest.note(piece.file, drawn.content, drawn.sheets)
        self._manifest.save(self._folder)
        for piece, drawn in waiting:
            write_whole(self._folder / piece.file, drawn.content)
        self._settled = time.monotonic()

    def _prepare(self) -> None:
        """Make the folder, and clear away what a stopped call or an outdated set has left."""
        make_folder(self._folder)
        remove_drafts(self._folder)
        if self._outdated:
            self._outdated.clear_away(self._folder)

    def _find_kept(self, *, force: bool) -> frozenset[str]:
        """Find the files of this set that are there; refuse those of somebody else."""
        kept, others = set(), []
        for piece in self._class_set.pieces():
            path = self._folder / piece.file
            if not self._manifest.holds(path):
                others += [piece.file] if os.path.lexists(path) else []
            elif self._manifest.knows(range(piece.first, piece.last + 1)):
                kept.add(piece.file)
        if others and not force:
            raise FileError(_others_there(self._folder, others))
        return frozenset(kept)


def _taken_up(
    class_set: ClassSet, folder: Path, *, force: bool
) -> tuple[Manifest, Manifest | None]:
    """Return the manifest to go on with, and that of another set that is to be replaced."""
    fresh = Manifest(demand=class_set.demand())
    try:
        found = Manifest.read(folder)
    except FileError:
        if not force:
            raise
        found = None
    if found is None:
        return fresh, None
    differences = found.differences(fresh.demand)
    if not differences:
        return found, None
    if not force:
        msg = (
            f"{named(folder)} holds another class set than the one that is asked for.\n"
            f"  It differs in {', '.join(differences)}.\n"
            "  Name another folder, ask for the same set to go on with it, or add --force to "
            "replace it."
        )
        raise FileError(msg)
    return fresh, found


def _others_there(folder: Path, names: list[str]) -> str:
    more = len(names) - _NAMED_AT_MOST
    listed = ", ".join(names[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
    return (
        f"{named(folder)} must not hold files that a class set would replace; "
        f"it holds {listed}.\n"
        "  They were not written by this set, or were changed after that.\n"
        "  Name another folder, move them away, or add --force to replace them."
    )

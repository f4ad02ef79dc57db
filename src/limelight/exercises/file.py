"""Exercise files on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.problems import Problems
from limelight.exercises.schema import validate
from limelight.files import named, read_text, write_whole

if TYPE_CHECKING:
    import os

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
    return parse_exercise(read_text(Path(path), MAX_BYTES), named(Path(path)))


def write_exercise(exercise: Exercise, path: str | os.PathLike[str]) -> None:
    """Write an exercise file, replacing one that is there; never half a file.

    Raises:
        FileError: It cannot be written there, or breaks a rule of the format, such as a title
            that is too long: what is written can be read.
    """
    target = Path(path)
    document = exercise_document(exercise)
    problems = Problems(named(target))
    validate(document, problems)
    problems.refuse()
    write_whole(target, json.dumps(document, indent=1, ensure_ascii=False) + "\n")

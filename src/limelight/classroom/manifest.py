"""The manifest of a class set: what was asked for, and every sheet and file that there is.

A file's digest is in the manifest before the file is in the folder. So a file that the manifest
does not know, or knows otherwise, is somebody else's, and an unfinished set can go on.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any

from limelight.errors import LONGEST_QUOTE, FileError
from limelight.files import named, read_text, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMAT = "limelight-class-set-1"
MANIFEST = "manifest.json"
MAX_BYTES = 50_000_000

_UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError),
    *(RecursionError, TypeError, ValueError),
)
"""What comes of reading JSON that is something else."""

_OURS = re.compile(r"(sheet|key|quiz)(-[0-9]{1,4}){0,2}\.[a-z]{1,8}", re.ASCII)
"""How files of a set are called; a manifest cannot speak of any other."""


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What is known of a class set.

    Attributes:
        demand: What was asked for.
        sheets: Number of a sheet to what is to be known of it: file, identity, what it reveals.
        files: Name of a file to the digest of its content.
    """

    demand: dict[str, Any]
    sheets: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """Read the manifest of a folder, if it has one.

        Raises:
            FileError: It cannot be read, or is none of a class set.
        """
        path = folder / MANIFEST
        if not os.path.lexists(path):
            return None
        text = read_text(path, MAX_BYTES)
        try:
            document = json.loads(text)
            manifest = cls(
                demand=dict(document["demand"]),
                sheets={int(sheet["number"]): dict(sheet) for sheet in document["sheets"]},
                files={str(name): str(digest) for name, digest in document["files"].items()},
            )
        except _UNREADABLE:
            manifest = None
        if manifest is None or document.get("format") != FORMAT:
            raise FileError(_not_ours(path))
        if not all(map(_OURS.fullmatch, manifest.files)):
            raise FileError(_not_ours(path))
        return manifest

    def save(self, folder: Path) -> None:
        """Write the manifest.

        Raises:
            FileError: It cannot be written.
        """
        document = {
            "format": FORMAT,
            "demand": self.demand,
            "sheets": [self.sheets[number] for number in sorted(self.sheets)],
            # Sorted, so that a set that was stopped and went on ends like one that was not.
            "files": dict(sorted(self.files.items())),
        }
        write_whole(folder / MANIFEST, f"{json.dumps(document, indent=1)}\n")

    def note(self, file: str, content: bytes, sheets: Iterable[dict[str, Any]]) -> None:
        """Take down what a file is going to hold, and what is to be known of its sheets."""
        self.files[file] = sha256(content).hexdigest()
        self.sheets |= {sheet["number"]: sheet for sheet in sheets}

    def knows(self, numbers: Iterable[int]) -> bool:
        """Tell whether all these sheets are known."""
        return all(number in self.sheets for number in numbers)

    def holds(self, path: Path) -> bool:
        """Tell whether a file is there as it was made."""
        if path.name not in self.files:
            return False
        try:
            with path.open("rb") as file:
                return file_digest(file, "sha256").hexdigest() == self.files[path.name]
        except OSError:
            return False

    def clear_away(self, folder: Path) -> None:
        """Remove the files of the set, those excepted that somebody has changed."""
        for name in self.files:
            if self.holds(folder / name):
                with suppress(OSError):
                    (folder / name).unlink()

    def differences(self, demand: dict[str, Any]) -> list[str]:
        """Say where *demand* is another than the one that this is the manifest of."""
        ours = json.loads(json.dumps(demand))
        names = dict.fromkeys([*ours, *self.demand])
        return [
            f"{name} ({_said(self.demand.get(name))} there, {_said(ours.get(name))} asked for)"
            for name in names
            if self.demand.get(name) != ours.get(name)
        ]


def _said(value: object) -> str:
    if value is None:
        return "not said"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _not_ours(path: Path) -> str:
    return (
        f"{named(path)} must be the manifest of a class set, and it is not.\n"
        "  It was written by something else, or changed.\n"
        "  Name another folder, or add --force to replace it."
    )

"""A small class set, and what a folder holds."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from limelight.classroom.class_set import ClassSet
from limelight.classroom.manifest import MANIFEST
from limelight.exercises.gallery import gallery
from limelight.exercises.generate import Form

if TYPE_CHECKING:
    from pathlib import Path


def softmax_set(count: int = 5, **changes: Any) -> ClassSet:  # noqa: ANN401 - any field of it
    """Return a set that is drawn quickly."""
    plain = ClassSet(form=Form.like(gallery("softmax")), sheets=count, seed=7, format="text")
    return plain._replace(**changes)


def contents(folder: Path) -> dict[str, bytes]:
    """Return what every file holds, drafts too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest as any program would read it."""
    document: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return document


def faults(folder: Path) -> list[str]:
    """Return what is wrong with a finished set: a manifest and files that do not agree."""
    manifest = manifest_of(folder)
    there = {name: content for name, content in contents(folder).items() if name != MANIFEST}
    digests = {name: sha256(content).hexdigest() for name, content in there.items()}
    count = manifest["demand"]["sheets"]
    numbers = [sheet["number"] for sheet in manifest["sheets"]]
    demands = {
        "the manifest names every file, with its digest": manifest["files"] == digests,
        "every sheet is there, in order": numbers == list(range(1, count + 1)),
        "every sheet is in a file": {sheet["file"] for sheet in manifest["sheets"]} <= set(there),
        "every key is there": {sheet["key"] for sheet in manifest["sheets"]} <= set(there),
        "no two are alike": len({sheet["identity"] for sheet in manifest["sheets"]}) == count,
    }
    return [demand for demand, holds in demands.items() if not holds]

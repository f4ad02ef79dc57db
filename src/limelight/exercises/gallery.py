"""The gallery: exercises that come with Limelight, one file each."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

from limelight.errors import UnknownNameError
from limelight.exercises.document import parse_exercise

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

DEFAULT = "self-attention"

# os.path, because pathlib would take as long to import as the exercise to be worked.
_FOLDER = os.path.join(os.path.dirname(__file__), "gallery_files")  # noqa: PTH118, PTH120
_ORDER = (
    "softmax",
    "dot-product",
    "self-attention",
    "causal-self-attention",
    "cross-attention",
    "multi-head-attention",
    "transformer",
    "encoder-block",
)


def gallery_names() -> tuple[str, ...]:
    """Return the names of the gallery's exercises, in the order in which to learn them.

    >>> gallery_names()[0]
    'softmax'
    """
    return _ORDER


def gallery(name: str = DEFAULT) -> Exercise:
    """Return an exercise of the gallery.

    Raises:
        UnknownNameError: There is none of that name; near names are suggested.

    >>> gallery("self-attention").sizes["tokens"]
    4
    """
    if name not in _ORDER:
        raise UnknownNameError.among("exercise", name, _ORDER)
    path = os.path.join(_FOLDER, f"{name}.json")  # noqa: PTH118
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return parse_exercise(file.read(), name, trusted=True)

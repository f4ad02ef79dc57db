"""Limelight makes self-attention visible: every number of it.

    >>> import limelight
    >>> trace = limelight.work(limelight.gallery("self-attention"))
    >>> trace["Z"][0, 0]
    Fraction(180, 23)

Importing this loads nothing heavy: each name is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.auditing.subject import audit
    from limelight.errors import LimelightError
    from limelight.exercises.exercise import Exercise, work
    from limelight.exercises.file import read_exercise, write_exercise
    from limelight.exercises.gallery import gallery
    from limelight.marking.check import check
    from limelight.mechanism.compare import compare
    from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
    from limelight.mechanism.trace import Trace
    from limelight.stream.attend import attend
    from limelight.stream.observation import Observation
    from limelight.stream.observe import observe
    from limelight.stream.partial import Partial, merge
    from limelight.stream.reference import attend_partial
    from limelight.stream.sparse import audit_sparse

__version__ = "0.1.0"

__all__ = [
    "BY_HAND",
    "EXACT",
    "Exercise",
    "LimelightError",
    "Observation",
    "Partial",
    "Recipe",
    "Trace",
    "attend",
    "attend_partial",
    "audit",
    "audit_sparse",
    "check",
    "compare",
    "gallery",
    "merge",
    "observe",
    "read_exercise",
    "work",
    "write_exercise",
]

_HOMES = {
    "BY_HAND": "limelight.mechanism.recipe",
    "EXACT": "limelight.mechanism.recipe",
    "Exercise": "limelight.exercises.exercise",
    "LimelightError": "limelight.errors",
    "Observation": "limelight.stream.observation",
    "Partial": "limelight.stream.partial",
    "Recipe": "limelight.mechanism.recipe",
    "Trace": "limelight.mechanism.trace",
    "attend": "limelight.stream.attend",
    "attend_partial": "limelight.stream.reference",
    "audit": "limelight.auditing.subject",
    "audit_sparse": "limelight.stream.sparse",
    "check": "limelight.marking.check",
    "compare": "limelight.mechanism.compare",
    "gallery": "limelight.exercises.gallery",
    "merge": "limelight.stream.partial",
    "observe": "limelight.stream.observe",
    "read_exercise": "limelight.exercises.file",
    "work": "limelight.exercises.exercise",
    "write_exercise": "limelight.exercises.file",
}


def __getattr__(name: str) -> object:
    """Fetch a public name from the room that defines it."""
    if name not in _HOMES:
        msg = f"module 'limelight' has no attribute {name!r}"
        raise AttributeError(msg)
    _let_notebooks_draw()
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found  # to ask here again takes as long as a small call
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)


def _let_notebooks_draw() -> None:
    """Hand the rooms below a renderer, so that objects show themselves in a notebook."""
    from limelight.shown import Shown  # noqa: PLC0415 - only once a name is used

    Shown.drawn_by = staticmethod(_draw)


def _draw(shown: object) -> str:
    from limelight.render.notebook import draw  # noqa: PLC0415 - only when something is shown

    return draw(shown)

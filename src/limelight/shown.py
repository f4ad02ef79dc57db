"""Objects that show themselves in a notebook without knowing the room that draws them.

The rooms below must not import a renderer; the front door hands one in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable


class Shown:
    """Something a notebook shows as HTML."""

    __slots__ = ()

    drawn_by: ClassVar[Callable[[object], str] | None] = None
    """Turns the object into HTML; set once, by the front door."""

    def _repr_html_(self) -> str | None:
        """Return HTML for a notebook, or None where nothing draws."""
        draw = Shown.drawn_by
        return draw(self) if draw else None

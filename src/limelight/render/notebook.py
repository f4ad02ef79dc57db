"""What a notebook shows of our objects."""

from __future__ import annotations

from limelight.render.html import Html
from limelight.sheet.overview import sheet_of


def draw(shown: object) -> str:
    """Return HTML for a trace, a step, an exercise or a comparison."""
    return Html(sheet_of(shown)).text()

"""How much room words take at most: what is estimated too small is set smaller by the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.render.pdf.drawing import Text
from limelight.render.pdf.measures import LEADING, PARAGRAPH, SIZES, breadth

if TYPE_CHECKING:
    from limelight.render.pdf.drawing import Run
    from limelight.render.pdf.words import Paragraph

_MATHEMATICS_IS_WIDER = 1.25
"""So much wider it is than its plain text in the text's own type."""

_BOLD_IS_WIDER = 1.03

_BOLD = frozenset({"title", "part", "heading"})

_FILLED = 0.85
"""A line that is broken at a space is filled at least so far, nearly always."""

_LETTERS = 1.16
"""From the top of the tallest letters to the foot of the deepest, in ems."""

_MILLIMETRES = 25.4 / 72


def paragraph_breadth(paragraph: Paragraph) -> float:
    """Return how wide a paragraph is on one line."""
    return sum(map(_run_breadth, paragraph))


def note_height(paragraphs: tuple[Paragraph, ...], width: float) -> float:
    """Return how high paragraphs are, set in lines of a width."""
    heights = [_paragraph_height(paragraph, width) for paragraph in paragraphs if paragraph]
    return sum(heights) + PARAGRAPH * (len(heights) - 1)


def _paragraph_height(paragraph: Paragraph, width: float) -> float:
    across = paragraph_breadth(paragraph)
    lines = 1 if across <= width else int(across / (_FILLED * width)) + 1
    size = max(SIZES[run.style] for run in paragraph) * _MILLIMETRES
    return (lines * (_LETTERS + LEADING) - LEADING) * size


def _run_breadth(run: Run) -> float:
    if isinstance(run, Text):
        wider = _BOLD_IS_WIDER if run.style in _BOLD else 1.0
        return breadth(run.text, SIZES[run.style]) * wider
    return breadth(run.alternative, SIZES[run.style]) * _MATHEMATICS_IS_WIDER

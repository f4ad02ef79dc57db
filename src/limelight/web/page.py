"""A page in one file: it opens from a disk, fetches nothing, and runs its own script only."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from limelight.render.page import document
from limelight.web.content import View, page_content

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

_AS_IT_IS = View()


def page(exercise: Exercise, view: View = _AS_IT_IS) -> str:
    """Return the page of an exercise: a whole HTML document.

    >>> from limelight import gallery
    >>> page(gallery("softmax"))[:15]
    '<!DOCTYPE html>'
    """
    content = json.dumps(page_content(exercise, view), separators=(",", ":"))
    data = content.replace("<", "\\u003c")  # no text within it can end the element
    body = (
        '<div id="limelight"></div>',
        f'<script type="application/json" id="limelight-content">{data}</script>',
        f"<noscript><p>{_WITHOUT_SCRIPT}</p></noscript>",
    )
    title = f"{exercise.title or exercise.name} · Limelight"
    return document(title, (_built("style.css"),), body, scripts=(_built("page.js"),))


_WITHOUT_SCRIPT = (
    "This page works its exercise with JavaScript, which is switched off here. "
    "limelight sheet --key makes one that needs none."
)


def _built(name: str) -> str:
    """Return what was bundled from web/."""
    return files("limelight.web").joinpath("static", name).read_text(encoding="utf-8").strip()

"""Small pieces of HTML that every page of ours is made of."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from limelight.render.lines import printable

if TYPE_CHECKING:
    from limelight.sheet.model import Fact


def escaped(text: str) -> str:
    """Return text that is shown as it is, without anything invisible that could steer.

    >>> escaped("<b> & co")
    '&lt;b&gt; &amp; co'
    """
    return html.escape(printable(text))


def paragraph(text: str, kind: str = "") -> str:
    """Write a paragraph; nothing where there is nothing to say."""
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escaped(text)}</p>" if text else ""


def definitions(facts: tuple[Fact, ...]) -> str:
    """Write labelled lines: sizes, rules, source."""
    lines = (f"<dt>{escaped(fact.label)}</dt><dd>{escaped(fact.text)}</dd>" for fact in facts)
    return f"<dl>{''.join(lines)}</dl>" if facts else ""

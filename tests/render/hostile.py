"""Texts by which a stranger's file might take over what draws it, and everything that draws."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from limelight.render.html import Html
from limelight.render.markdown import Markdown
from limelight.render.paint import paint
from limelight.render.terminal import Terminal
from tests.render.drawing import drawn

if TYPE_CHECKING:
    from limelight.sheet.model import Sheet

STEERING = {
    "colour": "\x1b[31mred\x1b[0m",
    "cursor": "\x1b[2J\x1b[H",
    "title of the window": "\x1b]0;taken\x07",
    "link": "\x1b]8;;file:///etc\x1b\\here\x1b]8;;\x1b\\",
    "8-bit control": "\x9b31mred",
    "carriage return": "nothing to see\rlimelight",
    "backspace": "bad\b\b\bgood",
    "nul": "a\x00b",
    "delete": "a\x7fb",
    "right to left": "\u202egnp.exe",
    "isolate": "\u2066a\u2069",
    "mark": "a\u200fb",
    "no width": "a\u200bb\ufeff",
    "line separator": "a\u2028b\u2029c",
    "next line": "a\x85b",
    "form feed": "a\x0bb\x0cc",
    "tag letters": "a\U000e0041b",
    "private": "a\ue000b",
    "half of a pair": "a\ud800b",
    "no character": "a\uffffb",
    "new lines": "a\n\n# b\n\n- c",
}
MARKUP = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "attribute": "\"><img src=x onerror=alert(1)> ' onclick='x",
    "style": "</style><style>*{display:none}</style>",
    "comment": "<!-- hidden",
    "cdata": "<![CDATA[x]]>",
    "entity": "&lt;b&gt; &amp; &#0;",
    "section": "</section></div></td></table>",
    "link": "[here](http://example.invalid) [there](javascript:alert(1))",
    "reference": "[here]: http://example.invalid",
    "picture": "![x](http://example.invalid/x.png)",
    "autolink": "<http://example.invalid>",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "heading": " # big",
    "heading ends": "C #",
    "list": " - item",
    "number": " 1. item",
    "code": "    indented",
    "ticks": "`code` ``` fence",
    "tildes": "~~~ fence",
    "rule": " ***",
    "underline": "===",
    "emphasis": "**bold** _slanted_ ~~struck~~",
    "formula": "$$ x $$ \\(y\\) \\[z\\] \\begin{x}",
    "backslash": "a\\",
    "quote": " > quoted",
    "break": "a  \nb\\\nc",
}
EVERYTHING = STEERING | MARKUP
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def text_of(sheet: Sheet) -> str:
    """For a terminal, without colour."""
    return "\n".join(drawn(sheet))


def coloured(sheet: Sheet) -> str:
    """For a terminal in colour, without the colours."""
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORCE_COLOR", "1")
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("TERM", "xterm-256color")
        paint(Terminal(sheet).lines(), stream)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


def markdown(sheet: Sheet) -> str:
    """For a viewer of Markdown."""
    return "\n".join(Markdown(sheet).lines())


def html(sheet: Sheet) -> str:
    """For a browser."""
    return Html(sheet).text()


RENDERERS = {"text": text_of, "coloured": coloured, "markdown": markdown, "html": html}


def unseen(output: str) -> list[str]:
    """Return every character that steers instead of being read, line ends excepted."""
    return [
        repr(character)
        for character in output
        if character != "\n" and unicodedata.category(character) in UNSEEN
    ]

"""A stranger's text stays text in Markdown: nothing of it opens anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from limelight.render.lines import printable
from limelight.sheet.model import Sheet
from tests.render.drawing import sheet_written_by
from tests.render.hostile import EVERYTHING, MARKUP, markdown

if TYPE_CHECKING:
    from markdown_it.token import Token


def tokens_of(source: str) -> list[Token]:
    """Read Markdown as a viewer does, tables and strikes included."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in reader.parse(source) for inner in (token, *(token.children or ()))]


def kinds_of(source: str) -> list[str]:
    """Return what a viewer makes of Markdown: headings, lists, emphasis, …."""
    return [token.type for token in tokens_of(source)]


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_markdown_is_what_it_is_with_plain_words(text: str) -> None:
    """A text opens no HTML, link, table, heading, list or fence that a plain word does not."""
    hostile = Sheet(title=text, about=text, sections=())
    harmless = Sheet(title="word", about="word", sections=())

    assert kinds_of(markdown(hostile)) == kinds_of(markdown(harmless))


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_markdown_shows_the_text_itself(text: str) -> None:
    """What a viewer shows of a title is what was written, made printable."""
    tokens = tokens_of(markdown(Sheet(title=text, sections=())))
    shown = "".join(token.content for token in tokens if token.type.startswith("text"))

    assert shown == printable(text).strip()


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_whole_markdown_sheet_opens_nothing(text: str) -> None:
    """A whole sheet with a text everywhere has neither HTML nor links nor tables nor code."""
    kinds = set(kinds_of(markdown(sheet_written_by(text))))

    assert (
        kinds
        & {
            "html_inline",
            "html_block",
            "link_open",
            "image",
            "table_open",
            "code_inline",
            "code_block",
            "fence",
            "hr",
            "s_open",
            "hardbreak",
        }
        == set()
    )


def test_markdown_that_opens_something_is_seen() -> None:
    """The check of Markdown can fail: unescaped, most of these texts open something."""
    harmless = kinds_of("# word\n\nword")
    opened = [name for name, text in MARKUP.items() if kinds_of(f"# word\n\n{text}") != harmless]

    assert {"script", "link", "table", "heading", "list", "code", "emphasis"} <= set(opened)

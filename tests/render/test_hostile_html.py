"""A stranger's text stays text in a page: it adds no element and no attribute."""

from __future__ import annotations

import html5lib
import pytest

from limelight.render.lines import printable
from tests.render.drawing import sheet_written_by
from tests.render.hostile import EVERYTHING, MARKUP, html


def shape_of(source: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a page with their attributes, the label of the section aside."""
    tree = html5lib.parseFragment(source, namespaceHTMLElements=False)
    return [
        (element.tag, {key: value for key, value in element.items() if key != "aria-label"})
        for element in tree.iter()
    ]


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_html_is_what_it_is_with_plain_words(text: str) -> None:
    """A text adds no element and no attribute to the page that a plain word does not."""
    assert shape_of(html(sheet_written_by(text))) == shape_of(html(sheet_written_by("word")))


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_html_shows_the_text_itself(text: str) -> None:
    """The heading of the page, and what it is called, are what was written, made printable."""
    tree = html5lib.parseFragment(html(sheet_written_by(text)), namespaceHTMLElements=False)
    heading, section = tree.find(".//h3"), tree.find(".//section")

    assert heading.text == printable(text)
    assert section.get("aria-label") == printable(text)


def test_html_that_opens_something_is_seen() -> None:
    """The check of pages can fail: unescaped, a script is seen."""
    harmless = html(sheet_written_by("word"))

    assert shape_of(harmless.replace("word", MARKUP["script"])) != shape_of(harmless)

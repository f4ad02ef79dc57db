"""A stranger's text stays text in Moodle: it adds no field, no element and no category."""

from __future__ import annotations

import html
from functools import cache

import html5lib
import pytest

from limelight.render.lines import printable
from limelight.render.moodle import LONGEST_NAME, Moodle
from tests.render.hostile import EVERYTHING, unseen
from tests.render.moodle_reading import Category, embedded, read
from tests.render.quiz_answers import strange

CLOZE = {
    "short answer": "{1:SHORTANSWER:=x}",
    "number": "{2:NM:=1:9}",
    "field in a field": "}{1:SA:=x~=y}",
    "place of a field": "{#1}",
    "escaped": "\\{1:SA:=x\\}",
    "answers": "%100%x~*#y}",
    "file": "@@PLUGINFILE@@/x.png",
    "formula": "\\(x\\) $$y$$",
    "path": "a/b//c",
    "slashes": "///",
    "slash first and last": "/a/",
    "context": "$system$/top",
}
TEXTS = EVERYTHING | CLOZE


@cache
def category(stranger: str) -> Category:
    """Read back the file of an exercise whose every text is a stranger's."""
    (found,) = read(Moodle((strange(stranger),)).text())
    return found


def shape(found: Category) -> list[object]:
    """Return what a stranger has no say in: elements with attributes, fields, sizes of paths."""
    elements = [
        (element.tag, dict(element.items()))
        for question in found.questions
        for element in question.page.iter()
    ]
    fields = [question.fields for question in found.questions]
    return [elements, fields, len(found.path), [question.kind for question in found.questions]]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_file_is_what_it_is_with_plain_words(text: str) -> None:
    """A text adds nothing that a plain word does not add."""
    assert shape(category(text)) == shape(category("word"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_text_itself_is_read(text: str) -> None:
    """Labels and the category show what was written, made printable."""
    found = category(text)
    labels = {
        "".join(label.itertext())
        for label in found.questions[0].page.iter("th")
        if label.get("scope") == "col"
    }

    assert labels - {"1", "2"} == {printable(text[:40]), "b"}
    assert html.unescape(found.path[-1]) == f"{printable(text[:200])} (one)".strip()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_steers(text: str) -> None:
    """No sign that Moodle looks for is left of a stranger's, and none that is unseen."""
    for question in category(text).questions:
        fields, page = embedded(question.html)

        assert not set("{}\\$@") & set(page)
        assert unseen(question.html) == []
        assert question.kind != "cloze" or len(fields) == len(question.fields)


def test_a_long_name_is_cut_before_it_breaks_an_entity() -> None:
    """A name of two hundred signs that are escaped still fits Moodle's column."""
    (found,) = read(Moodle((strange("<" * 200),)).text())

    assert len(found.path[-1]) <= LONGEST_NAME
    assert html.unescape(found.path[-1]) == "<" * 62


def test_a_field_that_a_stranger_adds_is_seen() -> None:
    """The check can fail: an unescaped brace is a field more."""
    text = category("word").questions[0].html
    spoilt = text.replace("word", CLOZE["short answer"])

    assert len(embedded(spoilt)[0]) > len(embedded(text)[0])


def test_the_pages_are_html_without_an_error() -> None:
    """A strict parser finds nothing to mend in the text of a question."""
    for question in category("word").questions:
        parser = html5lib.HTMLParser(strict=True)

        assert parser.parseFragment(embedded(question.html)[1]) is not None

"""A stranger's text stays text in a package: it adds no element, no file and no rule."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.render.lines import printable
from limelight.render.qti import Qti
from tests.render.hostile import EVERYTHING, unseen
from tests.render.qti_reading import document, read
from tests.render.quiz_answers import strange
from tests.render.quiz_reading import named

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

WORDS = {"title"}
"""Attributes that show a stranger's words."""


@cache
def package(stranger: str) -> bytes:
    """Return the package of an exercise whose every text is a stranger's."""
    return Qti((strange(stranger, stranger),)).package()


def shape(content: bytes) -> list[object]:
    """Return what a stranger has no say in: files, elements, and attributes that are no words."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [
            (name, [_plain(element) for element in document(archive.read(name)).iter()])
            for name in archive.namelist()
            if name.endswith(".xml")
        ]


def _plain(element: Element) -> tuple[str, dict[str, str]]:
    return element.tag, {key: text for key, text in element.items() if key not in WORDS}


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_a_package_is_what_it_is_with_plain_words(text: str) -> None:
    """A text adds nothing that a plain word does not add."""
    assert shape(package(text)) == shape(package("word"))


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_the_text_itself_is_read(text: str) -> None:
    """Labels and the section's title show what was written, made printable."""
    content = package(text)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (section,) = named(document(archive.read("test.xml")), "assessmentSection")
    labels = {
        "".join(label.itertext())
        for label in named(read(content)[0].root, "th")
        if label.get("scope") == "col"
    }

    assert labels - {"1", "2"} == {printable(text[:40]), "b"}
    assert section.get("title", "").startswith(printable(text[:200].strip()))
    assert [mark for part in (section.get("title", ""), *labels) for mark in unseen(part)] == []


def test_an_element_that_a_stranger_adds_is_seen() -> None:
    """The check can fail: with an element more, a package has another shape."""
    added = io.BytesIO(package("word"))
    with zipfile.ZipFile(added) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(added, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content.replace(b"<p>", b"<p><br/>"))

    assert shape(added.getvalue()) != shape(package("word"))

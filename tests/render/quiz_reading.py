"""Cells of tables as a reader of the page finds them: by caption and by labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.render.quiz_answers import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element


def cells(page: Element) -> Iterator[tuple[Place, Element]]:
    """Go through the cells of every table, with where each one is."""
    for table in named(page, "table"):
        symbol = "".join(next(named(table, "caption")).itertext()).partition(":")[0]
        head, *rows = named(table, "tr")
        labels = ["".join(label.itertext()) for label in named(head, "th")]
        for row in rows:
            heading, *entries = row
            assert tag(heading) == "th"
            assert heading.get("scope") == "row"
            for label, entry in zip(labels, entries, strict=True):
                yield Place(symbol, "".join(heading.itertext()), label), entry


def named(element: Element, name: str) -> Iterator[Element]:
    """Go through the elements of a name, whatever their namespace."""
    return (part for part in element.iter() if tag(part) == name)


def tag(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]

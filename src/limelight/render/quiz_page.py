"""The page of a question as elements of XML that HTML and QTI share: words and tables.

Tables stand as on a worksheet, operands above and at the left of what is asked for, so that a
row and a column meet in the cell that they make. A reader that knows no style sheet still has
the tables in the order in which they are read, each with its caption and labelled cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from limelight.notation.plain import symbol_text
from limelight.render.lines import printable
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limelight.render.quiz import Question
    from limelight.sheet.worksheet import Box

STYLES = {
    "scroll": "overflow-x:auto;max-width:100%;margin:0.8em 0",
    "tableau": "display:inline-grid;grid-template-columns:auto auto;gap:0.8em 1.2em",
    "top": "grid-column:2;justify-self:start",
    "left": "grid-column:1;justify-self:end",
    "asked": "grid-column:2;justify-self:start",
    "table": "border-collapse:collapse;width:auto;margin:0",
    "caption": "caption-side:top;text-align:left;font-weight:bold;padding:0 0 0.2em;"
    "white-space:nowrap;color:inherit",
    "th": "font-weight:normal;height:2em;padding:0.1em 0.4em;text-align:center;"
    "overflow-wrap:anywhere",
    "label": "font-weight:normal;min-width:3em;padding:0.1em 0.5em;text-align:right",
    "td": "min-width:2em;height:2.6em;padding:0.1em 0.4em;text-align:center;"
    "border:1px solid #767676",
    "meeting": "min-width:8.5em;height:2.6em;padding:0.1em 0.4em;text-align:center;"
    "border:1px solid #767676",
    "corner": "border:0",
}
"""What each element looks like, by its class or else by its name. Cells above each other are of
one width, which has room for a field."""


class Fill(NamedTuple):
    """Puts the field of a blank cell, by row and column of the whole box, into its cell."""

    into: Callable[[Element, int, int], None]


def page(question: Question, fill: Fill) -> Iterator[Element]:
    """Go through the paragraphs and tables of a question."""
    yield paragraph(question.title.partition(" ")[2], kind="strong")
    for text in question.statement():
        yield paragraph(text)
    yield _tableau(question, fill)
    yield paragraph(question.instruction())


def paragraph(text: str, kind: str = "") -> Element:
    """Return a paragraph of words, in an element of a kind where one is named."""
    element = Element("p")
    inner = SubElement(element, kind) if kind else element
    inner.text = printable(text)
    return element


def _tableau(question: Question, fill: Fill) -> Element:
    """Lay operands and what is asked for out as on a worksheet."""
    scroll = Element("div", {"class": "scroll"})
    grid = SubElement(scroll, "div", {"class": "tableau"})
    places = {"top": question.top, "left": question.left, "asked": (question.box,)}
    for place, boxes in places.items():
        if boxes:
            part = SubElement(grid, "div", {"class": place})
            part.extend(_table(question, box, fill) for box in boxes)
    return scroll


def _table(question: Question, box: Box, fill: Fill) -> Element:
    table = Element("table")
    caption = f"{symbol_text(box.name)}: {box.row_axis} × {box.column_axis}"
    SubElement(table, "caption").text = printable(caption)
    heads = SubElement(SubElement(table, "thead"), "tr")
    SubElement(heads, "td", {"class": "corner"})
    for label in box.column_labels:
        SubElement(heads, "th", {"scope": "col"}).text = printable(label)
    body = SubElement(table, "tbody")
    lines = [SubElement(body, "tr") for _ in box.row_labels]
    for line, label in zip(lines, box.row_labels, strict=True):
        SubElement(line, "th", {"scope": "row", "class": "label"}).text = printable(label)
    down = box.first[0]
    kind = {} if box in question.left else {"class": "meeting"}
    for row, column, number, state in box.cells():
        cell = SubElement(lines[row - down], "td", kind)
        if state is State.BLANK:
            fill.into(cell, row, column)
        else:
            cell.text = question.writer.number(number)
    return table

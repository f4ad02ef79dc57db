"""Worksheets as pages: strict HTML, tables that speak, nothing fetched, every cell there."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from functools import cache
from typing import TYPE_CHECKING

import html5lib
import pytest
from html5lib.html5parser import ParseError

from limelight.render.lines import printable
from limelight.render.tableau_html import room_of
from limelight.render.worksheet_style import PAGE_STYLE, STYLE
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose
from tests.render.test_html import FETCHING, mute
from tests.render.worksheets import (
    CASES,
    NAMES,
    page,
    piece,
    texts_of,
    worksheet_of,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from limelight.sheet.worksheet import Worksheet

MATHML = {"math", "mi", "mn", "mo", "mrow", "mfrac", "msup", "msub", "msubsup", "msqrt", "mspace"}
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section"),
    *("h1", "h2", "h3", "h4", "h5", "p", "dl", "dt", "dd", "div", "span", "small", "i", "wbr"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
    *MATHML,
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "scope", "role", "tabindex"),
    *("aria-label", "form", "mathvariant", "width"),
}
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@cache
def tree_of(name: str, purpose: Purpose, view: str) -> Element:
    """Read a page of an exercise, once."""
    return read_strictly(page(worksheet_of(name, purpose, view)))


def read_strictly(source: str) -> Element:
    """Read a document; the first thing that is not HTML raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(source)
    return tree


def cut(worksheet: Worksheet) -> Worksheet:
    """Return the worksheet as it is cut for a page."""
    return flowed(worksheet, room_of(worksheet))


def spoken(element: Element | None) -> str:
    """Return the words of an element."""
    return "" if element is None else "".join(element.itertext()).strip()


def cell_text(cell: Element) -> str:
    """Return what a cell shows: number and decimal with a space between, or ""."""
    return " ".join(filter(None, [cell.text, spoken(cell.find("small"))]))


@pytest.mark.parametrize(("name", "purpose", "view"), CASES)
def test_tables_hold_the_cells(name: str, purpose: Purpose, view: str) -> None:
    """There is a table for each box, in order, with its labels, numbers and blanks."""
    worksheet = worksheet_of(name, purpose, view)
    tables = list(tree_of(name, purpose, view).iter("table"))
    for table, box in zip(tables, cut(worksheet).boxes, strict=True):
        rows = list(table.iterfind("tbody/tr"))

        assert [spoken(head) for head in table.iterfind("thead/tr/th")] == list(
            map(printable, box.column_labels)
        )
        assert [spoken(row[0]) for row in rows] == list(map(printable, box.row_labels))
        assert [[*map(cell_text, row[1:])] for row in rows] == texts_of(worksheet, box)
        assert [[cell.get("class") for cell in row[1:]] for row in rows] == [
            [state.value for state in states] for states in box.states
        ]


@pytest.mark.parametrize(("name", "purpose", "view"), CASES)
def test_tables_speak(name: str, purpose: Purpose, view: str) -> None:
    """Tables have captions, heads say what they are for, and a blank cell says that it is."""
    tree = tree_of(name, purpose, view)
    blanks = [cell.get("aria-label") for cell in tree.iter("td") if cell.get("class") == "blank"]

    assert mute(tree) == []
    assert set(blanks) <= {"blank"}
    assert bool(blanks) == (purpose is not Purpose.KEY)


@pytest.mark.parametrize("name", NAMES)
def test_headings_are_in_order(name: str) -> None:
    """One heading of the first level, and no level is left out on the way down."""
    levels = [
        int(element.tag[1])
        for element in tree_of(name, Purpose.KEY, "columns").iter()
        if re.fullmatch("h[1-6]", str(element.tag))
    ]

    assert levels.count(1) == 1 == levels[0]
    assert all(deeper <= level + 1 for level, deeper in itertools.pairwise(levels))


@pytest.mark.parametrize(("name", "purpose", "view"), CASES)
def test_pages_fetch_nothing(name: str, purpose: Purpose, view: str) -> None:
    """No element and no attribute can fetch or run anything, and the styles do not either."""
    tree = tree_of(name, purpose, view)
    attributes = {attribute for element in tree.iter() for attribute in element.attrib}
    styles = [spoken(style) for style in tree.iter("style")]

    assert {str(element.tag).removeprefix(NAMESPACE) for element in tree.iter()} <= ELEMENTS
    assert attributes <= ATTRIBUTES
    assert styles[1] == STYLE
    assert styles[0].startswith(PAGE_STYLE)
    assert [FETCHING.findall(style) for style in styles] == [[], []]


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_allows_the_styles_and_nothing_else(name: str) -> None:
    """Each style's digest stands in the policy; there is no other source."""
    tree = tree_of(name, Purpose.BLANK, "columns")
    (policy,) = [meta.get("content") for meta in tree.iter("meta") if meta.get("http-equiv")]
    digests = [
        base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
        for style in tree.iter("style")
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)

    assert policy == (
        f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'"
    )


def test_style_of_a_piece_touches_only_our_own() -> None:
    """Every rule of the style that a piece brings along is for what is inside it."""
    inner = re.sub(r"@(?:media|container)[^{]*\{((?:[^{}]*\{[^{}]*\})*)\}", r"\1", STYLE)
    selectors = [selector.strip() for selector in re.findall(r"([^{}]+)\{", inner)]

    assert selectors
    assert [one for one in selectors if not one.startswith(".limelight-worksheet")] == []
    assert [one for one in selectors if re.search(r",(?! ?\.limelight)(?![^(]*\))", one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_piece_is_one_section(name: str) -> None:
    """Within a page of somebody else's a worksheet is a section, and strict HTML as well."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parseFragment(piece(worksheet_of(name)))

    assert [element.tag for element in tree] == ["section"]
    assert [element for element in tree.iter() if element.tag in {"main", "h1", "body"}] == []


def test_the_sheet_says_which_it_is() -> None:
    """Title, foot, and the foot of every printed page tell this sheet from others."""
    tree = tree_of("self-attention", Purpose.KEY, "columns")
    running = re.findall(r'content:"([^"]*)"', spoken(tree.find(".//style")))

    assert spoken(tree.find(".//title")) == "Self-attention · key · 3 of 30"
    assert spoken(tree.find(".//footer")) == "Exercise SA-4x6Seed 7Sheet 3 of 30"
    assert running == ["Self-attention · key · Exercise SA-4x6 · Seed 7 · Sheet 3 of 30"]


def test_a_name_is_asked_for_on_what_is_handed_in() -> None:
    """A sheet has lines for name and date, a key has none."""
    asks = {
        purpose: spoken(tree_of("softmax", purpose, "columns").find(".//p[@class='person']"))
        for purpose in Purpose
    }

    assert asks == {Purpose.BLANK: "NameDate", Purpose.HINTS: "NameDate", Purpose.KEY: ""}


def test_what_is_wrong_is_seen() -> None:
    """The checks can fail: an element left open, a mute table, a number that is another."""
    source = page(worksheet_of("softmax", Purpose.KEY))
    bare = re.sub(r"<caption>.*?</caption>", "", source).replace(' scope="row"', "")
    changed = read_strictly(source.replace(">27/40<", ">27/41<"))

    with pytest.raises(ParseError):
        read_strictly(source.replace("</table>", "", 1))
    assert set(mute(read_strictly(bare))) == {"table", "th"}
    assert "27/41 0.675" in {cell_text(cell) for cell in changed.iter("td")}
    assert "27/40 0.675" not in {cell_text(cell) for cell in changed.iter("td")}

"""Pages: strict HTML, readable by a screen reader, asking nobody for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import html5lib
import pytest
from html5lib.html5parser import ParseError

from limelight.render.html import STYLE, Html
from tests.render.drawing import shows
from tests.sheet.looking import EVERY_SHEET, NAMES, grids_of, sheet_of_trace

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ELEMENTS = frozenset(
    {"section", "style", "h3", "h4", "p", "dl", "dt", "dd", "div", "span", "small"}
    | {"table", "caption", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = frozenset({"class", "scope", "aria-label"})
FETCHING = re.compile(r"url\(|@import|https?:|expression\(|//", re.IGNORECASE)
SHOWN = {
    "Exercise": "limelight.gallery('softmax')",
    "Trace": "limelight.work(limelight.gallery('softmax'))",
    "Worked": "limelight.work(limelight.gallery('softmax'))['A']",
    "given": "limelight.work(limelight.gallery('softmax'))['C']",
    "Comparison": (
        "limelight.compare(*(limelight.work(limelight.gallery('softmax'), recipe)"
        " for recipe in (limelight.BY_HAND, limelight.EXACT)))"
    ),
}


def page_of(name: str, recipe: str, view: str) -> str:
    """Draw a sheet of the gallery."""
    return Html(sheet_of_trace(name, recipe, view)).text()


@cache
def tree_of(name: str, recipe: str, view: str) -> Element:
    """Read such a page, once."""
    return read_strictly(page_of(name, recipe, view))


def read_strictly(source: str) -> Element:
    """Read a piece of HTML; the first thing that is not HTML raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parseFragment(source)
    return tree


def mute(tree: Element) -> list[str]:
    """Return tables without a caption, and headings that do not say what they are for."""
    tables = [table for table in tree.iter("table") if not _spoken(table.find("caption"))]
    heads = [head for head in tree.iter("th") if head.get("scope") not in {"row", "col"}]
    return [element.tag for element in (*tables, *heads)]


def _spoken(caption: Element | None) -> str:
    return "" if caption is None else "".join(caption.itertext()).strip()


@pytest.mark.parametrize(("name", "recipe", "view"), EVERY_SHEET)
def test_every_page_is_strict_html(name: str, recipe: str, view: str) -> None:
    """Every sheet of the gallery parses without an error, as one section."""
    assert [element.tag for element in tree_of(name, recipe, view)] == ["section"]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_fits_into_a_page(name: str) -> None:
    """A sheet stands in a whole document without an error as well."""
    head = "<!DOCTYPE html><html lang=en><head><title>t</title></head>"
    page = page_of(name, "by-hand", "columns")
    document = html5lib.HTMLParser(strict=True).parse(f"{head}<body>{page}</body></html>")

    assert len(document) == 2


def test_what_is_no_html_is_seen() -> None:
    """The strict reading can fail: an element left open, a number that is no character."""
    page = page_of("softmax", "by-hand", "columns")
    for broken in (page.replace("</table>", "", 1), page + "&#0;", f"{page}</div>"):
        with pytest.raises(ParseError):
            read_strictly(broken)


@pytest.mark.parametrize("name", NAMES)
def test_tables_speak(name: str) -> None:
    """Every table has a caption, and every head says whether it is of a row or a column."""
    assert mute(tree_of(name, "by-hand", "columns")) == []


def test_a_mute_table_is_seen() -> None:
    """The check of tables can fail: without captions or scopes it sees them missing."""
    page = page_of("softmax", "by-hand", "columns")
    bare = re.sub(r"<caption>.*?</caption>", "", page).replace(' scope="row"', "")

    assert set(mute(read_strictly(bare))) == {"table", "th"}


@pytest.mark.parametrize(("name", "recipe", "view"), EVERY_SHEET)
def test_pages_fetch_nothing(name: str, recipe: str, view: str) -> None:
    """No element and no attribute can fetch or run anything, and the style does not either."""
    tree = tree_of(name, recipe, view)
    attributes = {attribute for element in tree.iter() for attribute in element.attrib}

    assert {element.tag for element in tree.iter()} - {"DOCUMENT_FRAGMENT"} <= ELEMENTS
    assert attributes <= ATTRIBUTES
    assert [style.text for style in tree.iter("style")] == [STYLE]
    assert FETCHING.findall(STYLE) == []


def test_a_style_that_fetches_is_seen() -> None:
    """The check of styles can fail: it sees what would fetch something."""
    fetching = ["@import 'a.css'", "background:url(x.png)", "https://example.invalid", "//x.y/z"]

    assert [bool(FETCHING.search(style)) for style in fetching] == [True] * 4


def test_style_touches_only_our_own() -> None:
    """Every rule of the style is for what is inside our section."""
    selectors = re.findall(r"([^{}]+)\{", STYLE)
    parts = [part.strip() for selector in selectors for part in selector.split(",")]

    assert [part for part in parts if not part.startswith(".limelight")] == []


@pytest.mark.parametrize(("name", "recipe", "view"), EVERY_SHEET)
def test_tables_hold_the_numbers(name: str, recipe: str, view: str) -> None:
    """Each table has the labels and the numbers of its grid, in order."""
    tables = list(tree_of(name, recipe, view).iter("table"))
    grids = grids_of(sheet_of_trace(name, recipe, view))
    for table, grid in zip(tables, grids, strict=True):
        body = [[cell.text or "" for cell in row] for row in table.iterfind("tbody/tr")]
        heads = [head.text for head in table.iter("th") if head.get("scope") == "col"]

        assert heads == list(grid.column_labels)
        assert [row[0] for row in body] == list(grid.row_labels)
        assert all(
            shows(text, number)
            for row, numbers in zip(body, grid.numbers, strict=True)
            for text, number in zip(row[1:], numbers, strict=True)
        )


def test_result_is_marked() -> None:
    """The grid that a block is about has a class of its own; its operands have none."""
    tree = tree_of("softmax", "by-hand", "columns")

    assert [table.get("class") for table in tree.iter("table")] == [
        *(None, "result"),
        *(None, "result"),
        *(None, None, "result"),
    ]


def test_notebooks_are_shown_html_in_a_fresh_process() -> None:
    """After `import limelight` an exercise, a trace, a step and a comparison show themselves."""
    program = ["import limelight"]
    program += [f"print(ascii(({thing})._repr_html_()))" for thing in SHOWN.values()]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(program)],
        capture_output=True,
        check=True,
        encoding="ascii",
    )
    pages = dict(zip(SHOWN, done.stdout.splitlines(), strict=True))

    assert {name: page[:27] for name, page in pages.items()} == dict.fromkeys(
        SHOWN, '\'<section class="limelight"'
    )
    assert [len(re.findall("<table", page)) for page in pages.values()] == [1, 7, 3, 1, 9]

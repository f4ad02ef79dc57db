"""Worksheets in a real browser: nothing overflows, columns are aligned, paper cuts no box."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from pypdf import PdfReader

from limelight.render.tableau_html import room_of
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose
from tests.render.browser import chromium, shown
from tests.render.worksheets import SAMPLES, page, piece, texts_of, worksheet_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page
    from pypdf import PageObject

    from limelight.sheet.worksheet import Box, Worksheet

WIDTHS = [320, 420, 1280, 3840]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READ = [
    ("self-attention", Purpose.BLANK, "columns"),
    ("dot-product", Purpose.KEY, "columns"),
    ("softmax", Purpose.HINTS, "rows"),
    ("long numbers", Purpose.KEY, "columns"),
]
LEAST_CONTRAST = 4.5

OVERFLOWING = """() => {
  const root = document.documentElement, wrong = [];
  if (root.scrollWidth > root.clientWidth) wrong.push("page");
  for (const part of document.querySelectorAll("td, th, caption, h1, h2, h3, p, dd, footer"))
    if (part.scrollWidth > part.clientWidth + 1) wrong.push(part.textContent);
  return wrong;
}"""
"""What is wider than its place: the page, or anything but a tableau, which scrolls."""

CROOKED = """() => {
  const at = (table, side) => [...table.querySelectorAll("tbody tr:first-child td")]
    .map(cell => cell.getBoundingClientRect()[side]).join();
  const rows = table => [...table.querySelectorAll("tbody tr")]
    .map(row => row.getBoundingClientRect().top + " " + row.getBoundingClientRect().bottom).join();
  const differ = (tables, place) => new Set(tables.map(place)).size > 1;
  const wrong = [];
  for (const lines of document.querySelectorAll(".lines")) {
    const main = [...lines.querySelectorAll(".main table")];
    if (differ(main, table => at(table, "left") + at(table, "right"))) wrong.push("columns");
    for (const line of lines.querySelectorAll(".line"))
      if (differ([...line.querySelectorAll("table")], rows)) wrong.push("rows");
  }
  for (const columns of document.querySelectorAll(".columns")) {
    const stacks = [...columns.querySelectorAll(".column")];
    if (differ(stacks.map(stack => stack.lastElementChild), rows)) wrong.push("rows");
    for (const stack of stacks)
      if (differ([...stack.children], table => at(table, "left"))) wrong.push("columns");
  }
  return wrong;
}"""
"""Where rows or columns that belong together do not meet, to the pixel."""

OVERLAPPING = """() => {
  const wrong = [];
  for (const tableau of document.querySelectorAll(".tableau")) {
    const boxes = [...tableau.querySelectorAll("table, .words, .begins")]
      .map(part => part.getBoundingClientRect());
    boxes.forEach((one, index) => boxes.slice(index + 1).forEach(two => {
      if (one.left < two.right - 1 && two.left < one.right - 1 &&
          one.top < two.bottom - 1 && two.top < one.bottom - 1) wrong.push(tableau.ariaLabel);
    }));
  }
  return wrong;
}"""

PALE = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const seen = colours => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = colour => colour.map(part => part / 255)
    .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [.2126, .7152, .0722][index], 0);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const ground = getComputedStyle(probe).color;
  probe.remove();
  const found = {ground: seen([ground]), least: 21};
  for (const part of document.querySelectorAll("body *")) {
    if (![...part.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const [one, two] = [seen([ground]), seen([ground, getComputedStyle(part).color])].map(light);
    const contrast = (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
    found.least = Math.min(found.least, contrast);
  }
  return found;
}"""
"""The least contrast of any letter with the ground that it stands on."""


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """Chromium, started once."""
    with chromium() as context:
        yield context


@pytest.mark.parametrize(("name", "purpose", "view"), SAMPLES)
def test_pages_fit_every_screen(
    browser: BrowserContext, name: str, purpose: Purpose, view: str
) -> None:
    """From a phone to a wall: the page does not overflow, and rows and columns meet."""
    window, complaints = shown(browser, page(worksheet_of(name, purpose, view)))
    found = []
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": 900})
        found.append((width, *map(window.evaluate, (OVERFLOWING, CROOKED, OVERLAPPING))))
    window.close()

    assert found == [(width, [], [], []) for width in WIDTHS]
    assert complaints == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "purpose", "view"), READ)
def test_pages_can_be_read_by_everybody(
    browser: BrowserContext, name: str, purpose: Purpose, view: str
) -> None:
    """The rules of WCAG 2.2 AA and good practice find nothing, in light and in dark."""
    window, _ = shown(browser, page(worksheet_of(name, purpose, view)), 420)
    violations = [violations_of(window)]
    window.emulate_media(color_scheme="dark")
    violations.append(violations_of(window))
    window.close()

    assert violations == [[], []]


def violations_of(window: Page) -> list[str]:
    """Return the rules that a page breaks."""
    window.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    result: dict[str, Any] = window.evaluate("options => axe.run(document, options)", options)
    return [f"{broken['id']}: {broken['nodes'][0]['html']}" for broken in result["violations"]]


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", [255, 255, 255]), ("dark", [18, 18, 18])]
)
def test_letters_stand_out(
    browser: BrowserContext, scheme: Literal["light", "dark"], ground: list[int]
) -> None:
    """In light and dark every letter has the contrast that small letters need."""
    window, _ = shown(browser, page(worksheet_of("encoder-block", Purpose.KEY)))
    window.emulate_media(color_scheme=scheme)
    found = window.evaluate(PALE)
    window.close()

    assert found["ground"] == ground
    assert found["least"] >= LEAST_CONTRAST


def test_a_blank_cell_is_announced(browser: BrowserContext) -> None:
    """A screen reader hears "blank" in each cell to be filled, in tables that have names."""
    window, _ = shown(browser, page(worksheet_of("softmax")))
    blanks = window.get_by_role("cell", name="blank", exact=True).count()
    heads = window.get_by_role("columnheader").count()
    tables = [window.get_by_role("table", name=re.compile(name)).count() for name in "CEA"]
    window.close()

    assert blanks == 4 + 1 + 4
    assert heads == 4
    assert tables == [1, 1, 1]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("name", "purpose", "view"), SAMPLES)
def test_paper_has_every_cell(
    browser: BrowserContext, name: str, purpose: Purpose, view: str, paper: str
) -> None:
    """Printed, each box stands whole on one page, and no letter stands beyond the edge."""
    worksheet = worksheet_of(name, purpose, view)
    printed = print_of(browser, page(worksheet), paper)

    assert cut_boxes(worksheet, printed) == []
    assert [left for sheet in printed for left in beyond(sheet)] == []


class Printed:
    """A page of paper: its words, and where they stand."""

    def __init__(self, sheet: PageObject) -> None:
        """Read a page of a PDF."""
        self.width = float(sheet.mediabox.width)
        self.places: list[tuple[float, str]] = []

        def visit(text: str, page: list[float], letters: list[float], *_: object) -> None:
            if text.strip():
                across, down = letters[4:6]
                self.places.append((across * page[0] + down * page[2] + page[4], text))

        self.words = Counter(sheet.extract_text(visitor_text=visit).split())


def print_of(browser: BrowserContext, source: str, paper: str) -> list[Printed]:
    """Print a page."""
    window, _ = shown(browser, source)
    reader = PdfReader(io.BytesIO(window.pdf(format=paper)))
    window.close()
    return [Printed(sheet) for sheet in reader.pages]


def beyond(sheet: Printed) -> list[str]:
    """Return what begins outside a page."""
    return [text for left, text in sheet.places if not 0 <= left < sheet.width]


def cut_boxes(worksheet: Worksheet, printed: list[Printed]) -> list[str]:
    """Return the boxes whose cells do not stand together on one page."""
    boxes = flowed(worksheet, room_of(worksheet)).boxes
    return [
        box.name
        for box in boxes
        if not any(words_of(worksheet, box) <= sheet.words for sheet in printed)
    ]


def words_of(worksheet: Worksheet, box: Box) -> Counter[str]:
    """Count the numbers that a box shows."""
    return Counter(" ".join(text for row in texts_of(worksheet, box) for text in row).split())


def test_the_foot_of_every_page_says_which_sheet_it_is(browser: BrowserContext) -> None:
    """Loose pages can be told apart: identity, seed, number of the sheet and of the page."""
    printed = print_of(browser, page(worksheet_of("encoder-block")), "A4")

    assert len(printed) > 2
    for number, sheet in enumerate(printed, 1):
        assert {"SA-4x6", "Seed", "7", "30", str(number), "/"} <= set(sheet.words)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_cells_have_room_for_a_pencil(browser: BrowserContext, paper: str) -> None:
    """On paper a cell is at least 7 mm high and 9 mm wide, and no box wider than the page."""
    window, _ = shown(browser, page(worksheet_of("encoder-block")), 688)
    window.emulate_media(media="print")
    sizes = window.evaluate(
        """() => [...document.querySelectorAll("tbody td")].map(
            cell => cell.getBoundingClientRect()).map(cell => [cell.height, cell.width])"""
    )
    widest = window.evaluate(
        """() => Math.max(...[...document.querySelectorAll("table")].map(
            table => table.getBoundingClientRect().right))"""
    )
    window.close()
    millimetre = 96 / 25.4

    assert min(height for height, _ in sizes) >= 7 * millimetre
    assert min(width for _, width in sizes) >= 9 * millimetre
    assert widest <= {"A4": 182, "Letter": 187}[paper] * millimetre


def test_a_notebook_shows_a_piece(browser: BrowserContext) -> None:
    """Within a dark page of somebody else's a worksheet takes its colours from there."""
    dark = "<!DOCTYPE html><body style='background:#111;color:#eee'><h1>Mine</h1>"
    window, complaints = shown(browser, dark + piece(worksheet_of("softmax", Purpose.KEY)))
    colour = window.evaluate("getComputedStyle(document.querySelector('td.worked')).color")
    heading = window.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight")
    wrong = [window.evaluate(look) for look in (OVERFLOWING, CROOKED, OVERLAPPING)]
    window.close()

    assert colour == "rgb(238, 238, 238)"
    assert heading == "700"
    assert wrong == [[], [], []]
    assert complaints == []


def test_what_is_wrong_is_seen(browser: BrowserContext) -> None:
    """The checks can fail: pages that are crooked, pale, mute, or that run something."""
    good = page(worksheet_of("self-attention", Purpose.KEY))
    bare = re.sub(r"<meta http-equiv[^>]*>", "", good)
    looks = {
        OVERFLOWING: "td{width:10px;padding:0 40px}",
        CROOKED: ".main table{margin-left:1px} .head table{margin-left:0}",
        OVERLAPPING: ".words{margin-left:-9em}",
    }
    for look, style in looks.items():
        rule = f"<style>{style.replace('}', '!important}')}</style></head>"
        window, _ = shown(browser, bare.replace("</head>", rule))
        assert window.evaluate(look) != [], style
        window.close()
    grey = "<style>small{color:#999!important}</style></head>"
    window, _ = shown(browser, bare.replace("</head>", grey).replace('scope="row"', ""))
    assert window.evaluate(PALE)["least"] < LEAST_CONTRAST
    assert violations_of(window) != []
    window.close()
    _, complaints = shown(browser, good.replace("</head>", "<script>1</script></head>"))
    assert any("Content Security Policy" in text for text in complaints)


def test_a_box_that_is_cut_is_seen(browser: BrowserContext) -> None:
    """The check of paper can fail: without its rules a box is cut by the end of a page."""
    worksheet = worksheet_of("12 × 6 × 3", Purpose.KEY, "rows")
    source = re.sub(r"<meta http-equiv[^>]*>", "", page(worksheet))
    loose = source.replace("break-inside:avoid", "break-inside:auto")

    assert cut_boxes(worksheet, print_of(browser, loose, "A4")) != []


def test_an_empty_worksheet_is_a_page() -> None:
    """Nothing but a title is a page as well."""
    worksheet = worksheet_of("softmax")._replace(parts=(), facts=(), about="")

    assert "<main>\n</main>" in page(worksheet)

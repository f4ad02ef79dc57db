"""The page for everybody: every screen, light and dark, on paper, without a mouse or motion."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from pypdf import PdfReader

from limelight.exercises.gallery import gallery
from tests.render.worksheets import large
from tests.web.pages import opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

WIDTHS = [320, 480, 768, 1024, 1280, 1920, 3840]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OVERFLOWING = """() => {
  const root = document.documentElement, wrong = [];
  if (root.scrollWidth > root.clientWidth) wrong.push("page");
  for (const part of document.querySelectorAll("h1, h2, h3, .about, .words, .why, .field, .card"))
    if (part.scrollWidth > part.clientWidth + 1) wrong.push(part.className + part.textContent);
  return wrong;
}"""
"""What is wider than its place: the page, or anything but a tableau, which scrolls."""

CROOKED = """() => {
  const at = (box, side) => [...box.querySelectorAll("tbody tr:first-child td")]
    .map(cell => Math.round(2 * cell.getBoundingClientRect()[side])).join();
  const rows = box => [...box.querySelectorAll("tbody tr")]
    .map(row => Math.round(2 * row.getBoundingClientRect().top)).join();
  const differ = (boxes, place) => new Set(boxes.map(place)).size > 1;
  const wrong = [];
  for (const tableau of document.querySelectorAll(".tableau:not(.turned)")) {
    const main = [...tableau.querySelectorAll(".main .box")];
    if (differ(main, box => at(box, "left") + at(box, "right"))) wrong.push("columns");
    for (const beside of tableau.querySelectorAll(".beside")) {
      const line = [...beside.querySelectorAll(".box"), beside.nextElementSibling];
      if (differ(line, rows)) wrong.push("rows of " + line.at(-1).textContent);
    }
  }
  for (const tableau of document.querySelectorAll(".tableau.turned")) {
    if (differ([...tableau.querySelectorAll(".main .box")], rows)) wrong.push("rows");
    for (const beside of tableau.querySelectorAll(".beside")) {
      const line = [...beside.querySelectorAll(".box"), beside.nextElementSibling];
      if (differ(line, box => at(box, "left"))) wrong.push("columns of " + line[0].textContent);
    }
  }
  return wrong;
}"""
"""Where rows or columns that belong together do not meet, to half a pixel."""


def violations_of(window: Page) -> list[str]:
    """Return the rules of WCAG that a page breaks."""
    window.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    result: dict[str, Any] = window.evaluate("options => axe.run(document, options)", options)
    return [f"{broken['id']}: {broken['nodes'][0]['html']}" for broken in result["violations"]]


@pytest.mark.parametrize("view", ["columns", "rows"])
@pytest.mark.parametrize("name", ["self-attention", "encoder-block", "large"])
def test_the_page_fits_every_screen(
    browser: BrowserContext, tmp_path: Path, name: str, view: str
) -> None:
    """From a phone to a wall nothing overflows, and rows and columns meet."""
    exercise = large(tokens=12, features=6, heads=3) if name == "large" else gallery(name)
    found = {}
    with opened(browser, tmp_path, exercise) as page:
        if view == "rows":
            page.press("As rows")
            page.press("Compare rules")
        for width in WIDTHS:
            page.window.set_viewport_size({"width": width, "height": 900})
            found[width] = page.window.evaluate(OVERFLOWING) + page.window.evaluate(CROOKED)
        assert page.complaints == []

    assert found == {width: [] for width in WIDTHS}


def test_what_is_crooked_is_seen(browser: BrowserContext, tmp_path: Path) -> None:
    """The checks can fail: a box that is moved, and a title that is too wide."""
    shift = 'document.querySelector(`[data-name="S"]`).style.marginLeft = "2px"'
    widen = 'document.querySelector("h1").style.cssText = "width: 50px; white-space: nowrap"'
    with opened(browser, tmp_path) as page:
        page.window.evaluate(shift)
        page.window.evaluate(widen)

        assert page.window.evaluate(CROOKED) == ["columns"]
        assert page.window.evaluate(OVERFLOWING) != []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["self-attention", "encoder-block"])
def test_the_page_can_be_read_by_everybody(
    browser: BrowserContext, tmp_path: Path, name: str, scheme: Literal["light", "dark"]
) -> None:
    """The rules of WCAG 2.2 AA find nothing: at rest, lit, stepping, compared, turned, narrow."""
    found = {}
    with opened(browser, tmp_path, gallery(name)) as page:
        window = page.window
        window.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found["rest"] = violations_of(window)
        page.cell("Q", 0, 0).click()
        page.press("Everything it comes from")
        window.locator(".tokens button").first.click()
        found["lit"] = violations_of(window)
        page.press("Compare rules")
        page.press("As rows")
        found["compared and turned"] = violations_of(window)
        page.press("Walk me through")
        page.press("Step forward")
        found["stepping"] = violations_of(window)
        window.set_viewport_size({"width": 360, "height": 740})
        found["narrow"] = violations_of(window)

    assert not any(found.values()), found


def test_a_rule_that_is_broken_is_seen(browser: BrowserContext, tmp_path: Path) -> None:
    """The check can fail: grey letters, and a list without a name."""
    with opened(browser, tmp_path) as page:
        page.window.evaluate('document.querySelector(".about").style.color = "#bbb"')
        page.window.evaluate('document.querySelector("select").removeAttribute("aria-label")')
        found = violations_of(page.window)

    assert {broken.partition(":")[0] for broken in found} == {"color-contrast", "select-name"}


def test_grids_have_names(browser: BrowserContext, tmp_path: Path) -> None:
    """A screen reader hears what a matrix is, and in each cell which row and column it is in."""
    with opened(browser, tmp_path) as page:
        grid = page.window.get_by_role("grid", name="S: keys down, queries across, S = Kᵀ Q")
        heads = grid.get_by_role("columnheader").count()
        rows = grid.get_by_role("rowheader").count()
        cells = grid.get_by_role("gridcell").count()

    assert (heads, rows) == (4, 4)
    assert cells >= 16


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_motion_can_be_declined(
    browser: BrowserContext, tmp_path: Path, motion: Literal["reduce", "no-preference"]
) -> None:
    """Whoever asks for less motion sees none."""
    with opened(browser, tmp_path) as page:
        page.window.emulate_media(reduced_motion=motion)
        lasts = page.cell("S", 0, 0).evaluate("td => getComputedStyle(td).transitionDuration")

    assert (lasts == "0s") == (motion == "reduce")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_worksheet_is_printed(browser: BrowserContext, tmp_path: Path, width: int) -> None:
    """On paper stand the title and every number, whatever the screen shows, and no controls."""
    with opened(browser, tmp_path, width=width) as page:
        page.cell("Q", 0, 0).click()
        reader = PdfReader(io.BytesIO(page.window.pdf(format="A4")))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)

    assert "Self-attention" in text
    assert "27/46" in text
    assert "180/23" in text
    for control in ("Walk me through", "Compare rules", "Who asks?", "Everything it comes from"):
        assert control not in text

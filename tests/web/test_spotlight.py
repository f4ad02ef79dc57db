"""The spotlight: what a cell is made of lights up, and its arithmetic stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.matrix import Cell
from limelight.notation.plain import Plain
from tests.web.pages import opened, place

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from limelight.mechanism.trace import Worked
    from tests.web.pages import Opened

WIDTHS = [320, 768, 1280, 3840]
HIDDEN_CARD = """() => {
  const card = document.querySelector(".card"), spot = document.querySelector("td.spot");
  const at = card.getBoundingClientRect(), cell = spot.getBoundingClientRect(), wrong = [];
  if (card.hidden) wrong.push("hidden");
  if (at.left < 0 || at.top < 0 || at.right > innerWidth || at.bottom > innerHeight)
    wrong.push("beyond the edge");
  if (at.left < cell.right - 1 && cell.left < at.right - 1 &&
      at.top < cell.bottom - 1 && cell.top < at.bottom - 1) wrong.push("over the cell");
  if (card.scrollHeight > card.clientHeight + 1) wrong.push("cut");
  return wrong;
}"""
"""What keeps the arithmetic from being read."""


def made_from(worked: Worked, at: Cell) -> set[tuple[str, int, int]]:
    """Return the cells that one is made from."""
    return {place(operand.name, cell) for operand, cells in worked.made_from(at) for cell in cells}


def spoken(page: Opened) -> str:
    """Return what a screen reader says of the cell in the light."""
    return page.window.locator("#limelight-arithmetic").text_content() or ""


@pytest.mark.parametrize("name", gallery_names())
def test_what_a_cell_is_made_of_lights_up(
    browser: BrowserContext, tmp_path: Path, name: str
) -> None:
    """The last cell of every step: its row and its column are lit, its arithmetic is said."""
    trace = work(gallery(name))
    with opened(browser, tmp_path, gallery(name)) as page:
        for worked in trace.steps:
            at = Cell(worked.shape.rows - 1, worked.shape.columns - 1)
            page.point(worked.name, *at)

            assert page.marked("lit") == made_from(worked, at)
            assert page.marked("spot") == {place(worked.name, at)}
            assert spoken(page) == Plain().equation(worked.equation(at)).replace(
                "{column}", "column"
            )
        assert page.complaints == []


@pytest.mark.parametrize("name", ["self-attention", "multi-head-attention", "encoder-block"])
def test_everything_a_cell_comes_from_lights_up(
    browser: BrowserContext, tmp_path: Path, name: str
) -> None:
    """Asked for, the light goes all the way back to the inputs; asked again, it comes back."""
    trace = work(gallery(name))
    at = Cell(0, trace.result.shape.columns - 1)
    wanted = trace.result.back_to_inputs(at)
    drawn = {place(name, cell) for name, cells in wanted.items() for cell in cells}
    with opened(browser, tmp_path, gallery(name)) as page:
        page.cell(trace.result.name, *at).click()
        page.press("Everything it comes from")
        found = page.marked("origin")
        given = sum(len(cells) for key, cells in wanted.items() if not trace[key].step)
        page.window.get_by_role("button", name=f"It comes from {given} given numbers").click()

        assert found == drawn
        assert page.marked("origin") == set()


def test_the_card_can_be_reached(browser: BrowserContext, tmp_path: Path) -> None:
    """The mouse goes from a cell to its card without the light going out; elsewhere it does."""
    with opened(browser, tmp_path) as page:
        page.point("A", 0, 0)
        page.press("Everything it comes from")
        found = page.marked("origin")
        page.press("It comes from 60 given numbers")
        page.window.keyboard.press("Escape")

    assert ("X", 0, 0) in found


def test_the_light_goes_out(browser: BrowserContext, tmp_path: Path) -> None:
    """Away from every cell nothing is lit."""
    with opened(browser, tmp_path) as page:
        page.point("A", 0, 0)
        page.window.mouse.move(1, 1)
        page.window.locator(".card").wait_for(state="hidden")

        assert page.marked("spot") == page.marked("lit") == set()


def test_the_light_follows_the_keys(browser: BrowserContext, tmp_path: Path) -> None:
    """Tab to a matrix, arrows within it, Space for its origins, Escape to let go."""
    with opened(browser, tmp_path) as page:
        page.cell("S", 0, 0).focus()
        keys = page.window.keyboard
        keys.press("ArrowDown")
        keys.press("ArrowRight")
        keys.press("ArrowRight")
        moved = page.marked("spot")
        keys.press("ArrowUp")
        keys.press("ArrowUp")
        keys.press("Space")
        origins = page.marked("origin")
        described = page.cell("S", 0, 2).get_attribute("aria-describedby")
        keys.press("Escape")

        assert moved == {("S", 1, 2)}
        assert ("X", 0, 2) in origins
        assert described == "limelight-arithmetic"
        assert page.marked("spot") == set()
        assert page.window.locator(".card").is_hidden()


def test_one_tab_leads_to_each_matrix(browser: BrowserContext, tmp_path: Path) -> None:
    """A matrix takes one tab stop, whatever its size, and remembers where one was."""
    with opened(browser, tmp_path) as page:
        stops = page.window.evaluate(
            """() => [...document.querySelectorAll("[role=grid]")].map(
            grid => grid.querySelectorAll("td[tabindex='0']").length)"""
        )
        page.cell("Q", 0, 0).focus()
        page.window.keyboard.press("ArrowRight")
        page.window.keyboard.press("Tab")
        page.window.keyboard.press("Shift+Tab")

        assert set(stops) == {1}
        assert page.marked("spot") == {("Q", 0, 1)}


def test_a_finger_lights_a_cell(browser: BrowserContext, tmp_path: Path) -> None:
    """A tap does what pointing does, and stays."""
    with opened(browser, tmp_path) as page:
        page.cell("A", 1, 0).dispatch_event("click")

        assert page.marked("lit") == {("E", 1, 0), ("sums", 0, 0)}
        assert spoken(page) == "A[2,1] = 9 / (46/3) = 27/46 ≈ 0.587"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_arithmetic_is_never_out_of_sight(
    browser: BrowserContext, tmp_path: Path, width: int
) -> None:
    """Wherever a cell stands on the screen, the card is whole, within it, and beside the cell."""
    with opened(browser, tmp_path, gallery("multi-head-attention"), width=width) as page:
        steps = [worked.name for worked in work(gallery("multi-head-attention")).steps]
        for index, name in enumerate(steps):
            if width < 700:  # a step at a time
                if index:
                    page.press("Step forward")
                page.cell(name, 0, 0).scroll_into_view_if_needed()
            else:
                page.point(name, 0, 0)

            assert page.window.evaluate(HIDDEN_CARD) == [], name


def test_a_card_out_of_sight_is_seen(browser: BrowserContext, tmp_path: Path) -> None:
    """The check can fail: a card below the fold, or on the cell itself."""
    with opened(browser, tmp_path) as page:
        page.cell("S", 0, 0).click()
        put = 'where => Object.assign(document.querySelector(".card").style, where)'
        page.window.evaluate(put, {"top": "2000px"})
        below = page.window.evaluate(HIDDEN_CARD)
        box = page.cell("S", 0, 0).bounding_box()
        assert box is not None
        page.window.evaluate(put, {"top": f"{box['y']}px", "left": f"{box['x']}px"})

        assert below == ["beyond the edge"]
        assert page.window.evaluate(HIDDEN_CARD) == ["over the cell"]


@pytest.mark.parametrize("name", ["causal-self-attention", "cross-attention", "transformer"])
def test_a_token_throws_light_on_what_it_attends_to(
    browser: BrowserContext, tmp_path: Path, name: str
) -> None:
    """Keys glow as strongly as the weights say, and the weights are said in words."""
    weights = work(gallery(name))["A"]
    with opened(browser, tmp_path, gallery(name)) as page:
        chips = page.window.locator(".tokens button")
        keys = page.window.locator(".tokens .row:not([hidden])").last.locator(".chip")
        for query in range(weights.shape.columns):
            chips.nth(query).hover()
            glow = keys.evaluate_all(
                "all => all.map(chip => Number(chip.style.getPropertyValue('--glow')))"
            )
            said = page.window.locator(".tokens .said").text_content() or ""

            expected = [float(weights[key, query]) for key in range(weights.shape.rows)]
            assert glow == pytest.approx(expected)
            assert said.startswith(f"{weights.column_labels[query]} attends to")
            assert f"{round(100 * max(expected))} %" in said


def test_the_light_of_a_token_falls_on_the_sheet(browser: BrowserContext, tmp_path: Path) -> None:
    """Keys and values glow in the columns of the tokens, and stop when it is let go."""
    weights = work(gallery())["A"]
    read = "td => getComputedStyle(td).getPropertyValue('--glow').trim()"
    with opened(browser, tmp_path) as page:
        token = page.window.locator(".tokens button").first
        token.click()
        page.window.mouse.move(0, 0)
        token.blur()
        held = [float(page.cell("V", 0, key).evaluate(read)) for key in range(4)]
        token.click()
        page.window.mouse.move(0, 0)
        token.blur()

        assert held == pytest.approx([float(weights[key, 0]) for key in range(4)], abs=1e-3)
        assert page.cell("V", 0, 1).evaluate(read) == "0"

"""Step by step: each step is explained, and what comes later is still empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.sheet.layout import telling_cell
from tests.web.pages import opened, place, wrong_on

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext


@pytest.mark.parametrize("name", gallery_names())
def test_each_step_is_explained(browser: BrowserContext, tmp_path: Path, name: str) -> None:
    """Forward through every step: its stage and why, its telling cell in the light."""
    trace = work(gallery(name))
    explained = set()
    with opened(browser, tmp_path, gallery(name)) as page:
        page.press("Walk me through")
        for index, worked in enumerate(trace.steps):
            assert worked.step is not None
            if index:
                page.press("Step forward")
            stage = worked.step.stage
            words = page.window.locator(".explanation").text_content() or ""
            later = {
                step.name
                for step in trace.steps[index + 1 :]
                if any(any(row) for row in page.numbers(step.name))
            }

            assert stage.title in (page.window.locator(".step-title").text_content() or "")
            assert (stage.purpose if stage in explained else stage.why) in words
            assert page.marked("spot") == {place(worked.name, telling_cell(worked))}
            assert later == set()
            explained.add(stage)
        assert page.window.get_by_role("button", name="Step forward").is_disabled()
        page.press("Step back")
        page.press("Show everything")

        assert wrong_on(page, gallery(name)) == []
        assert page.complaints == []


def test_steps_follow_the_keys(browser: BrowserContext, tmp_path: Path) -> None:
    """Arrows step while the bar has the focus, and Escape leaves."""
    count = ".count"
    with opened(browser, tmp_path) as page:
        page.window.get_by_role("button", name="Walk me through").focus()
        keys = page.window.keyboard
        keys.press("Enter")
        keys.press("ArrowRight")
        keys.press("ArrowRight")
        keys.press("ArrowLeft")
        second = page.window.locator(count).text_content()
        keys.press("Escape")

        assert second == "Step 2 of 10"
        assert page.window.locator(count).text_content() == ""


def test_it_plays_by_itself(browser: BrowserContext, tmp_path: Path) -> None:
    """Played, a step follows the other until the last one; it can be paused."""
    count = ".count"
    with opened(browser, tmp_path) as page:
        page.window.clock.install()
        page.press("Walk me through")
        page.press("Play")
        page.window.clock.run_for(8500)
        third = page.window.locator(count).text_content()
        page.press("Pause")
        page.window.clock.run_for(60_000)
        paused = page.window.locator(count).text_content()
        page.press("Play")
        page.window.clock.run_for(60_000)

        assert third == paused == "Step 3 of 10"
        assert page.window.locator(count).text_content() == "Step 10 of 10"
        assert page.window.get_by_role("button", name="Play", exact=True).is_visible()


def test_a_first_visitor_is_taken_through_once(browser: BrowserContext, tmp_path: Path) -> None:
    """Whoever is here for the first time begins at the first step, and may leave at once."""
    with opened(browser, tmp_path, is_first=True) as page:
        first = page.window.locator(".count").text_content()
        lit = page.marked("spot")
        page.press("Show everything")

        assert first == "Step 1 of 10"
        assert lit
        assert wrong_on(page, gallery()) == []
    with opened(browser, tmp_path) as page:
        assert page.window.locator(".count").text_content() == ""


def test_a_narrow_screen_shows_a_step_at_a_time(browser: BrowserContext, tmp_path: Path) -> None:
    """On a phone a step stands with what it reads and nothing else; turned back, it is whole."""
    with opened(browser, tmp_path, width=360) as page:
        page.press("Step forward")
        names = page.window.locator(".box").evaluate_all("all => all.map(box => box.dataset.name)")
        page.window.set_viewport_size({"width": 1280, "height": 900})
        page.press("Show everything")
        page.window.set_viewport_size({"width": 360, "height": 900})
        page.window.get_by_text("Step 1 of 10").wait_for()
        page.window.set_viewport_size({"width": 1280, "height": 900})
        page.window.get_by_text("Walk me through").wait_for()

        assert names == ["X", "W_K", "K"]
        assert wrong_on(page, gallery()) == []

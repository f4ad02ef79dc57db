"""An exercise is a link; a link that is broken or hostile is refused with a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.document import exercise_document
from limelight.exercises.gallery import gallery
from tests.web.pages import fragment_of, fragment_with, opened, wrong_on

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

MARKUP = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def test_a_link_opens_its_exercise(browser: BrowserContext, tmp_path: Path) -> None:
    """What one sees is in the address, and opens from it on another page."""
    with opened(browser, tmp_path) as page:
        page.cell("X", 0, 0).click()
        page.window.keyboard.type("5")
        page.window.keyboard.press("Enter")
        page.choose("Hidden", "causal")
        fragment = page.window.evaluate("location.hash")
        sent = page.exercise()
    with opened(browser, tmp_path, gallery("softmax"), fragment=fragment) as page:
        assert wrong_on(page, sent) == []
        assert page.window.get_by_role("alert").is_hidden()
        page.choose("Rules", "exact")
        page.press("Start over")
        assert wrong_on(page, sent) == []


def test_python_writes_links_as_well(browser: BrowserContext, tmp_path: Path) -> None:
    """An exercise of the gallery, sent as its content."""
    sent = gallery("encoder-block")
    with opened(browser, tmp_path, fragment=fragment_of(sent)) as page:
        assert wrong_on(page, sent) == []
        assert page.complaints == []


@pytest.mark.parametrize(
    "fragment",
    [
        "#exercise=",
        "#exercise=%00%ff",
        "#exercise=AAAA",
        fragment_of(gallery())[:-40],
        fragment_with([]),
        fragment_with({"format": "limelight-exercise-1"}),
        fragment_with(exercise_document(gallery()) | {"kind": "none"}),
        fragment_with(exercise_document(gallery()) | {"kind": "__proto__"}),
        fragment_with(exercise_document(gallery()) | {"heads": 10**9}),
        fragment_with(exercise_document(gallery()) | {"inputs": {"X": [[1]]}}),
        fragment_with(exercise_document(gallery("softmax")) | {"inputs": {"C": [["1e9999"]]}}),
        fragment_with(exercise_document(gallery("softmax")) | {"inputs": {"C": [[0] * 9000] * 3}}),
    ],
    ids=range(12),
)
def test_a_broken_link_is_refused(browser: BrowserContext, tmp_path: Path, fragment: str) -> None:
    """The page says what is wrong and shows its own exercise."""
    with opened(browser, tmp_path, gallery("softmax"), fragment=fragment) as page:
        said = page.window.get_by_role("alert").text_content() or ""

        assert said.startswith("The link cannot be opened: ")
        assert wrong_on(page, gallery("softmax")) == []
        assert page.complaints == []


def test_a_hostile_link_is_only_text(browser: BrowserContext, tmp_path: Path) -> None:
    """Markup in every text of an exercise is shown as it is written, and nothing runs."""
    words = [MARKUP[:40]] * 4
    hostile = exercise_document(gallery()) | {
        "name": MARKUP,
        "title": MARKUP,
        "about": MARKUP,
        "labels": {"X": words},
    }
    with opened(browser, tmp_path, fragment=fragment_with(hostile)) as page:
        page.point("A", 0, 0)
        page.window.locator(".tokens button").first.hover()

        assert page.window.locator("img, #limelight script").count() == 0
        assert page.window.get_by_role("heading", level=1).text_content() == MARKUP
        assert page.complaints == []

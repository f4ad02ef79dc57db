"""A real browser, without a network, in which pages are looked at."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.tools import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[BrowserContext]:
    """Start Chromium, or skip where there is none."""
    path = program("chromium", "chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder, executable_path=path, args=_ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


def shown(browser: BrowserContext, source: str, width: int = 1280) -> tuple[Page, list[str]]:
    """Open a page, and return it with everything that the browser complains of."""
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(source)
    return page, complaints

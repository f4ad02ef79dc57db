"""One browser for all tests of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.render.browser import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext


@pytest.fixture(scope="package")
def browser() -> Iterator[BrowserContext]:
    """Chromium, started once."""
    with chromium() as context:
        yield context

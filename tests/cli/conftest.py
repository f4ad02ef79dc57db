"""Nobody's wishes about colours and widths reach the commands that are run in this process."""

from __future__ import annotations

import pytest

from tests.cli.running import WISHES


@pytest.fixture(autouse=True)
def _no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WISHES:
        monkeypatch.delenv(name, raising=False)

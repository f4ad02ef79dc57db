"""How Hypothesis draws, and a folder in which permissions bind even root."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534

# Freely on a desk, always the same where CI=true.
settings.register_profile(
    "desk", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")


@pytest.fixture
def guarded_folder() -> Iterator[Path]:
    """A folder, and for as long as the test runs somebody whom permissions bind."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    somebody = os.geteuid()
    if somebody == 0:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(somebody)
        folder.chmod(0o700)
        shutil.rmtree(folder)

"""How errors look: three lines, and what they begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight import LimelightError


def refused(call: Callable[[], object], error: type[LimelightError], text: str) -> None:
    """Demand an error in the house's form that begins with *text*."""
    with pytest.raises(error, match="^" + re.escape(text)) as raised:
        call()
    lines = str(raised.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("  ") for line in lines[1:])

"""What people see, kept letter by letter in tests/golden; renewed where one asks."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
RENEWING = bool(os.environ.get("LIMELIGHT_RENEW_GOLDEN"))


def difference(name: str, text: str) -> str:
    """Return how a text differs from the one kept, which is renewed first where one asks."""
    path = GOLDEN / name
    if RENEWING:
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    return "\n".join(difflib.unified_diff(kept.split("\n"), text.split("\n"), lineterm=""))

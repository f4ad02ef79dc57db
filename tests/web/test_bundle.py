"""What is bundled: from packages that no address is pinned for, and without a call home."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "limelight" / "web" / "static"
NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def test_the_lock_names_no_addresses() -> None:
    """Packages are pinned by version and digest, wherever they are downloaded from."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]

    assert all({"version", "integrity"} <= set(package) for package in packages)
    assert not any("resolved" in package for package in packages)


def test_the_bundle_calls_nobody() -> None:
    """The script knows no address but MathML's name, and no way to fetch one."""
    script = (STATIC / "page.js").read_text(encoding="utf-8")

    assert set(re.findall(r"https?://[^\"'`\s]+", script)) == {NAMESPACE}
    assert re.findall(r"\b(?:fetch|XMLHttpRequest|WebSocket|eval|Function)\s*\(", script) == []
    assert "url(" not in (STATIC / "style.css").read_text(encoding="utf-8")

"""Each change stands in changelog.d in the form that its README describes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "changelog.d"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.md")
ENTRY = re.compile(r"(Added|Changed|Fixed|Removed): \S.*[.!]\n")


def faults(folder: Path) -> dict[str, str]:
    """Return what is wrong with the entries of *folder*, by file name."""
    found = {}
    for path in folder.iterdir():
        if path.name == "README.md":
            continue
        if not SLUG.fullmatch(path.name):
            found[path.name] = "expected a name like column-sums.md"
        elif not ENTRY.fullmatch(path.read_text(encoding="utf-8")):
            found[path.name] = "expected one line: a category, a colon, and a sentence"
    return found


def test_entries_are_well_formed() -> None:
    """Every entry has a slug for a name and one categorised sentence for its content."""
    assert faults(FOLDER) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("column-sums.md", "Sums are shown.\n"),
        ("column-sums.md", "Improved: sums are shown.\n"),
        ("column-sums.md", "Added: sums are shown\n"),
        ("column-sums.md", "Added: sums are shown.\nAnd more.\n"),
        ("column-sums.md", "Added: sums are shown."),
        ("Column sums.md", "Added: sums are shown.\n"),
        ("column-sums.txt", "Added: sums are shown.\n"),
    ],
)
def test_malformed_entry_is_seen(name: str, text: str, tmp_path: Path) -> None:
    """The check can fail: an entry of another form is a fault."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert list(faults(tmp_path)) == [name]


def test_well_formed_entry_passes(tmp_path: Path) -> None:
    """An entry of the form that the README shows is no fault."""
    text = "Added: `limelight work --rows` shows every step for tokens as rows.\n"
    (tmp_path / "rows.md").write_text(text, encoding="utf-8")

    assert faults(tmp_path) == {}

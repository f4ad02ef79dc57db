"""docs/mistakes.md is the catalogue as it is.

It is renewed with the golden files: LIMELIGHT_RENEW_GOLDEN=1 pytest tests/docs/test_mistakes.py
"""

from __future__ import annotations

from pathlib import Path

from limelight.catalogue.catalogue import CATALOGUE
from limelight.render.catalogue_markdown import CatalogueMarkdown
from limelight.sheet.catalogue import lay_out_whole_catalogue
from tests.kept import RENEWING

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"


def drawn() -> str:
    """Draw the catalogue."""
    listing = lay_out_whole_catalogue()
    return "".join(f"{line}\n" for line in CatalogueMarkdown(listing).lines())


def test_the_page_is_the_catalogue() -> None:
    """Letter by letter."""
    if RENEWING:
        PAGE.write_text(drawn(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == drawn()


def test_every_entry_stands_in_it() -> None:
    """With its id as a heading, so that a changed catalogue changes the page."""
    headings = [line for line in drawn().splitlines() if line.startswith("### ")]

    assert [heading.split()[1] for heading in headings] == list(CATALOGUE)

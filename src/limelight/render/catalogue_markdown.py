"""Render the catalogue of mistakes as Markdown: docs/mistakes.md is made so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.markdown import escaped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.catalogue import Listing


class CatalogueMarkdown(NamedTuple):
    """Draws entries of the catalogue, a heading for each."""

    listing: Listing

    def lines(self) -> Iterator[str]:
        """Draw them, line by line."""
        yield f"# {escaped(self.listing.title)}"
        for entry in self.listing.entries:
            yield ""
            yield f"## {escaped(entry.title)}"
            yield ""
            yield f"{escaped(entry.sentence)} {escaped(entry.remedy)}"
            if entry.facts:
                yield ""
            yield from listed(entry.facts)
        yield ""
        yield escaped(self.listing.note)

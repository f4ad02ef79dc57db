"""Render the catalogue of mistakes as Markdown: docs/mistakes.md is made so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.markdown import escaped, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.catalogue import Listed, Listing


class CatalogueMarkdown(NamedTuple):
    """Draws entries of the catalogue, a heading for each half and for each entry."""

    listing: Listing

    def lines(self) -> Iterator[str]:
        """Draw them, line by line."""
        yield f"# {escaped(self.listing.title)}"
        for half in self.listing.halves:
            yield ""
            yield f"## {escaped(half.title)}"
            for entry in half.entries:
                yield ""
                yield from self._entry(entry)
        yield ""
        yield escaped(self.listing.note)

    @staticmethod
    def _entry(entry: Listed) -> Iterator[str]:
        yield f"### {escaped(entry.title)}"
        yield ""
        yield f"{escaped(entry.sentence)} {escaped(entry.remedy)}"
        if entry.facts:
            yield ""
        yield from listed(entry.facts)

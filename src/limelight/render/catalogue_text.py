"""Render the catalogue of mistakes as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.render.prose import INDENT, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.lines import Line
    from limelight.sheet.catalogue import Listed, Listing


class CatalogueText(NamedTuple):
    """Draws entries of the catalogue.

    Attributes:
        listing: What is drawn.
        width: Columns that no line is wider than.
        encoding: What the output is written in.
    """

    listing: Listing
    width: int = 80
    encoding: str = "utf-8"

    def lines(self) -> Iterator[Line]:
        """Draw them, line by line."""
        prose = Prose(self.width, self.encoding)
        yield from prose.lines(self.listing.title, style="title")
        for half in self.listing.halves:
            yield ()
            yield from prose.lines(half.title, style="title")
            for entry in half.entries:
                yield ()
                yield from self._entry(entry, prose)
        yield ()
        yield from prose.lines(self.listing.note, style="quiet")

    @staticmethod
    def _entry(entry: Listed, prose: Prose) -> Iterator[Line]:
        yield from prose.lines(entry.title, style="heading")
        yield from prose.lines(entry.sentence, indent=INDENT)
        yield from prose.lines(entry.remedy, indent=INDENT)
        if entry.facts:
            yield ()
            yield from prose.facts(entry.facts)

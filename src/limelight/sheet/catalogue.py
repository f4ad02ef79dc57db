"""Lay out the catalogue of mistakes: all of it, or one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.catalogue.catalogue import CATALOGUE, mistake
from limelight.sheet.model import Fact

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Mistake


class Listed(NamedTuple):
    """An entry.

    Attributes:
        title: Id and name.
        sentence: What happened, said to the person who did it.
        remedy: How to put it right.
        facts: Where it was seen and the like; only where one entry is shown.
    """

    title: str
    sentence: str
    remedy: str
    facts: tuple[Fact, ...] = ()


class Listing(NamedTuple):
    """Entries, and what a reader should know at the end."""

    title: str
    entries: tuple[Listed, ...]
    note: str


def lay_out_catalogue(name: str | None = None) -> Listing:
    """Lay out every entry in short, or the one with that id with all that is known of it.

    Raises:
        UnknownNameError: There is none of that id.
    """
    if name is not None:
        return Listing(_TITLE, (_in_full(mistake(name)),), _ONE)
    return Listing(_TITLE, tuple(map(_listed, CATALOGUE.values())), _ALL)


def lay_out_whole_catalogue() -> Listing:
    """Lay out every entry with all that is known of it."""
    return Listing(_TITLE, tuple(map(_in_full, CATALOGUE.values())), _ONE)


_TITLE = "What people get wrong"
_ALL = "limelight gallery --mistakes L11 shows one of them with what is known of it."
_ONE = "limelight check finds it on a sheet; limelight sheet --reveal makes one that shows it."


def _listed(entry: Mistake) -> Listed:
    return Listed(f"{entry.id} {entry.name}", entry.sentence, entry.remedy)


def _in_full(entry: Mistake) -> Listed:
    return _listed(entry)._replace(facts=tuple(_facts(entry)))


def _facts(entry: Mistake) -> list[Fact]:
    ways = "; ".join(dict.fromkeys(rewrite.says for rewrite in entry.rewrites))
    steps = list(dict.fromkeys(step for rewrite in entry.rewrites for step in rewrite.at))
    facts = [
        Fact("Steps", ", ".join(steps)),
        Fact("Done", ways),
        Fact("Shows", f"It needs {entry.needs}." if entry.needs else ""),
        Fact("Not made", entry.reason),
        Fact("Seen", entry.evidence),
    ]
    return [fact for fact in facts if fact.text]

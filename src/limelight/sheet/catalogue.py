"""Lay out the catalogue of mistakes: both halves of it, or one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.catalogue.catalogue import ENGINEERS, LEARNERS, mistake
from limelight.sheet.model import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Half(NamedTuple):
    """Entries of one kind of work, by hand or in code."""

    title: str
    entries: tuple[Listed, ...]


class Listing(NamedTuple):
    """Entries, and what a reader should know at the end."""

    title: str
    halves: tuple[Half, ...]
    note: str


def lay_out_catalogue(name: str | None = None) -> Listing:
    """Lay out every entry in short, or the one with that id with all that is known of it.

    Raises:
        UnknownNameError: There is none of that id.
    """
    if name is not None:
        entry = mistake(name)
        by_hand = entry.id in LEARNERS
        half = Half(_BY_HAND if by_hand else _IN_CODE, (_in_full(entry),))
        return Listing(_TITLE, (half,), _ON_SHEETS if by_hand else _IN_DUMPS)
    return Listing(_TITLE, _halves(_listed), _ALL)


def lay_out_whole_catalogue() -> Listing:
    """Lay out every entry with all that is known of it."""
    return Listing(_TITLE, _halves(_in_full), f"{_ON_SHEETS} {_IN_DUMPS}")


def _halves(lay_out: Callable[[Mistake], Listed]) -> tuple[Half, ...]:
    return (
        Half(_BY_HAND, tuple(map(lay_out, LEARNERS.values()))),
        Half(_IN_CODE, tuple(map(lay_out, ENGINEERS.values()))),
    )


_TITLE = "What people get wrong"
_BY_HAND = "By hand"
_IN_CODE = "In code"
_ALL = "limelight gallery --mistakes L11 shows one of them with what is known of it."
_ON_SHEETS = (
    "limelight check finds it on a sheet; limelight sheet --reveal makes one that shows it."
)
_IN_DUMPS = "limelight audit finds it in the arrays of code."

_TENSORS = {
    "q": ("Q", "P_Q"),
    "k": ("K", "P_K"),
    "v": ("V", "P_V"),
    "q_norm, k_norm": ("N_Q", "N_K"),
    "q_rope, k_rope": ("R_Q", "R_K", "positions_Q", "positions_K", "angles_Q", "angles_K"),
    "scores": ("K_T", "S"),
    "scaled": ("C", "L"),
    "masked": ("B", "B_O", "B_M", "recede", "sight", "mask", "M"),
    "weights": ("sums", "A"),
    "heads or output": ("Z",),
    "output": ("O", "P_O"),
}
"""For the tensors of a dump, the families of steps that first show in them."""


def _listed(entry: Mistake) -> Listed:
    return Listed(f"{entry.id} {entry.name}", entry.sentence, entry.remedy)


def _in_full(entry: Mistake) -> Listed:
    return _listed(entry)._replace(facts=tuple(_facts(entry)))


def _facts(entry: Mistake) -> list[Fact]:
    ways = "; ".join(dict.fromkeys(rewrite.says for rewrite in entry.rewrites))
    facts = [
        _place(entry),
        Fact("Done", ways),
        Fact("Told by", entry.told),
        Fact("Shows", f"It needs {entry.needs}." if entry.needs else ""),
        Fact("Not made", entry.reason),
        Fact("Seen", entry.evidence),
    ]
    return [fact for fact in facts if fact.text]


def _place(entry: Mistake) -> Fact:
    """Say where it shows: at which steps, or in which tensors of a dump."""
    steps = dict.fromkeys(step for rewrite in entry.rewrites for step in rewrite.at)
    if entry.id in LEARNERS:
        return Fact("Steps", ", ".join(steps))
    tensors = [name for name, families in _TENSORS.items() if set(families) & set(steps)]
    return Fact("Tensors", ", ".join(tensors))

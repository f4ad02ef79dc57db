"""What a generated exercise must show, and why it may be unable to."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from limelight.catalogue.catalogue import CATALOGUE, LEARNERS, mistake
from limelight.errors import OptionError
from limelight.exercises.generator.draw import shuffled
from limelight.exercises.generator.looking import EYE
from limelight.exercises.generator.workshop import workshop

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from limelight.catalogue.showing import Sight
    from limelight.exercises.generator.form import Form
    from limelight.exercises.generator.whole import Whole
    from limelight.exercises.generator.workshop import Candidate, Workshop

ALWAYS_DEMANDED = frozenset(f"L{number}" for number in range(1, 26)) - {"L7"}
"""What exercises of this version of the generator show where they can.

An entry that comes later is for the next version: by this one a seed gives what it always gave.
"""

PROBES = 300
"""So many usable candidates are looked at to find what a form can show together."""


class Demands(NamedTuple):
    """What is demanded of an exercise.

    Attributes:
        reveal: The entries that must show, by id.
        apart: Whether their wrong numbers must be told apart.
        alike: Pairs that this form cannot tell apart.
    """

    reveal: frozenset[str]
    apart: bool = False
    alike: frozenset[frozenset[str]] = frozenset()

    @classmethod
    def read(cls, form: Form, reveal: Collection[str] | None) -> Demands:
        """Read what is asked for; None asks for as much as the form can show.

        Raises:
            UnknownNameError: There is no such entry.
            OptionError: It has no rewriting, or nothing of this form can show it.
        """
        if reveal is None:
            return _usual(form)
        names = [reveal] if isinstance(reveal, str) else reveal
        demanded = frozenset(mistake(name).id for name in names)
        for name in sorted(demanded, key=_by_number):
            _refuse_hidden(name, form)
        return cls(demanded)

    def ties(self, shown: Iterable[Sight[Whole]]) -> frozenset[frozenset[str]]:
        """Find the pairs among the demanded entries, all of which show, that look too alike."""
        return EYE.alike(shown) - self.alike if self.apart else frozenset()


@lru_cache(maxsize=64)
def _usual(form: Form) -> Demands:
    """Find the most that exercises of a form can show together.

    That is everything where some candidate shows everything, else what the best one shows.
    """
    shop = workshop(form)
    names = sorted(ALWAYS_DEMANDED & shop.rewritings.of.keys(), key=_by_number)
    best = Demands(frozenset())
    for candidate in islice(_usable(shop), PROBES):
        sights = {name: candidate.look.sights(shop.rewritings.of[name]) for name in names}
        shown = {name: found for name, found in sights.items() if found is not None}
        alike = EYE.alike([sight for found in shown.values() for sight in found])
        if (len(shown), -len(alike)) > (len(best.reveal), -len(best.alike)) or not best.apart:
            best = Demands(frozenset(shown), apart=True, alike=alike)
        if len(shown) == len(names) and not alike:
            break
    return best


def _usable(shop: Workshop) -> Iterator[Candidate]:
    for number in islice(shuffled(0, shop.space), shop.patience):
        candidate = shop.candidate(number)
        if not candidate.fault:
            yield candidate


def _by_number(name: str) -> int:
    return int(name[1:])


def _refuse_hidden(name: str, form: Form) -> None:
    entry = CATALOGUE[name]
    reason = entry.reason if name in LEARNERS else "people make it in code, not by hand"
    if reason:
        msg = (
            f"{name} ({entry.name}) cannot be demanded of an exercise: {reason}.\n"
            "  An exercise shows a mistake when a step comes out otherwise by it.\n"
            f"  Leave {name} out."
        )
        raise OptionError(msg)
    if name in workshop(form).rewritings.of:
        return
    msg = (
        f"{name} ({entry.name}) does not show in any exercise of this form.\n"
        f"  {form}, {form.recipe.name}. It needs {entry.needs}.\n"
        f"  Leave {name} out, or choose other sizes or another kind."
    )
    raise OptionError(msg)

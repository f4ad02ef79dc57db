"""Look for candidates that meet the demands; where there are none, say what is in the way."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from limelight.catalogue.catalogue import CATALOGUE
from limelight.errors import OptionError
from limelight.exercises.generator.draw import shuffled
from limelight.exercises.generator.workshop import EYE, hides, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.exercises.generator.demands import Demands
    from limelight.exercises.generator.form import Form
    from limelight.exercises.generator.workshop import Candidate

_LOOKED_AT = 2000
"""So many candidates, at most, are looked at closely to say what is in the way."""


def search(form: Form, demands: Demands, seed: int) -> Iterator[Candidate]:
    """Go through the candidates that will do, each once, in the order that a seed decides.

    It ends where there are no more, or where too many candidates in a row would not do.
    """
    hunt = Hunt(form, demands)
    waited = 0
    for number in shuffled(seed, hunt.shop.space):
        candidate = hunt.candidate(number)
        if not candidate.fault:
            yield candidate
            waited = 0
            continue
        waited += 1
        if waited == hunt.shop.patience:
            return


class Hunt:
    """Looks at candidates, at what they are likely to hide first.

    What once failed to show is looked for from then on as soon as a candidate is worked that
    far; everything else when the candidate is worked. That changes the time and no result.
    """

    def __init__(self, form: Form, demands: Demands) -> None:
        """Begin with nothing that is likely to be hidden."""
        self.shop = workshop(form)
        self._demands = demands
        self._likely: list[str] = []
        self._rest = sorted(demands.reveal)
        self._checks = self.shop.checks(())

    def candidate(self, number: int) -> Candidate:
        """Make a candidate, work it, and look for everything that is demanded."""
        candidate = self.shop.candidate(number, self._checks)
        if candidate.fault:
            return candidate
        for name in self._rest:
            sights = EYE.sights(self.shop.groups[name], candidate.values)
            if sights is None:
                self._expect(name)
                return candidate._replace(fault=hides(name))
            candidate.shown.extend(sights)
        if self._demands.met_by(candidate):
            return candidate
        return candidate._replace(fault="two mistakes that look alike")

    def _expect(self, name: str) -> None:
        """Look for an entry early from now on."""
        self._rest.remove(name)
        self._likely.append(name)
        self._checks = self.shop.checks(self._likely)


def refusal(form: Form, demands: Demands, *, found: int, wanted: int) -> OptionError:
    """Say why there are no more exercises than were found."""
    shop = workshop(form)
    facts, way_out = _in_the_way(form, demands)
    if found:
        head = f"there must be {wanted} different exercises of this form; there are {found}"
        way_out = f"Ask for {found}, for larger sizes, or for less."
    else:
        head = f"no exercise of this form {_asked(demands)} was found"
    tried = min(shop.space, shop.patience)
    every = "all there are" if tried == shop.space else "one after the other"
    return OptionError(
        f"{head}, among {tried:,} candidates, {every}.\n"
        f"  {form}, {form.recipe.name}. {facts}\n"
        f"  {way_out}"
    )


def _asked(demands: Demands) -> str:
    names = sorted(demands.reveal, key=lambda name: int(name[1:]))
    return f"that shows {', '.join(names)}" if names else "that is friendly to a pencil"


def _in_the_way(form: Form, demands: Demands) -> tuple[str, str]:
    """Find what most often stands between a candidate and its use; return facts and way out."""
    shop = workshop(form)
    looked_at = min(shop.space, shop.patience, _LOOKED_AT)
    faults: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for number in islice(shuffled(0, shop.space), looked_at):
        candidate = shop.candidate(number)
        if candidate.fault:
            faults[candidate.fault] += 1
            continue
        missing = [
            name
            for name in sorted(demands.reveal)
            if EYE.sights(shop.groups[name], candidate.values) is None
        ]
        hidden.update(missing)
        if len(missing) == 1:
            alone.update(missing)
    usable = looked_at - faults.total()
    if not hidden and faults:
        fault, often = faults.most_common(1)[0]
        facts = f"{often:,} of {looked_at:,} have {fault}."
        return facts, "Ask for other sizes: fewer tokens, a smaller d_k, more features."
    if not hidden:
        return "Each of them can be used.", "Ask for larger sizes."
    name = (alone or hidden).most_common(1)[0][0]
    entry = CATALOGUE[name]
    facts = (
        f"In the way is most of all {name} ({entry.name}): {hidden[name]:,} of {usable:,} "
        f"usable candidates hide it. It needs {entry.needs}."
    )
    return facts, f"Leave {name} out of reveal, or ask for larger sizes."

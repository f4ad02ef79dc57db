"""Look at a candidate through the catalogue: what shows in it, each thing worked once.

Rewritings have much in common, with each other and with the plan. Here all of a plan's are one
list of moves, in which nothing is done twice, so that a candidate's `Look` works it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from limelight.catalogue.alternative import Do
from limelight.catalogue.showing import Eye, Sight
from limelight.errors import NumberError
from limelight.exercises.generator.whole import WHOLE_NUMBERS, Whole, differ

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from limelight.catalogue.alternative import Alternative, Operand
    from limelight.catalogue.showing import Group
    from limelight.mechanism.operations.operation import Operation
    from limelight.mechanism.plan import Plan

EYE = Eye(WHOLE_NUMBERS, differ)

LOOK_ALIKE = "two mistakes that look alike"


def hides(mistake: str) -> str:
    """Say that a candidate does not show a mistake."""
    return f"{mistake} would not show"


class Move(NamedTuple):
    """An operation that rewritings are made of.

    Attributes:
        place: Where its result is kept.
        operation: What is done.
        operands: Names of inputs and steps, or places of other moves.
    """

    place: int
    operation: Operation
    operands: tuple[str | int, ...]


class Moves(NamedTuple):
    """An alternative step, the last of whose moves makes it."""

    mistake: str
    step: str
    moves: tuple[Move, ...]


Rewriting: TypeAlias = "tuple[Moves, ...]"
"""One rewriting at every step that it changes, in the plan's order."""


class Rewritings:
    """Everything that the catalogue makes of a plan.

    Attributes:
        of: The rewritings of each entry, by its id.
        count: How many results there are to keep.
    """

    def __init__(self, groups: Mapping[str, tuple[Group, ...]], plan: Plan) -> None:
        """Take them apart into moves."""
        self._order = {step.name: place for place, step in enumerate(plan.steps)}
        self._steps = {Do(step.operation, step.operands): step.name for step in plan.steps}
        self._places: dict[Do, int] = {}
        self.of: dict[str, tuple[Rewriting, ...]] = {
            name: tuple(tuple(map(self._moves, group)) for group in rewritings)
            for name, rewritings in groups.items()
        }
        self.count = len(self._places)

    def _moves(self, alternative: Alternative) -> Moves:
        moves: dict[int, Move] = {}
        self._add(alternative.made, self._order[alternative.step], moves)
        return Moves(alternative.mistake, alternative.step, tuple(moves.values()))

    def _add(self, made: Do, before: int, moves: dict[int, Move]) -> int:
        """Add the moves of a tree, those of its parts first; return the place of its result."""
        operands = tuple(self._operand(operand, before, moves) for operand in made.operands)
        place = self._places.setdefault(made, len(self._places))
        moves.setdefault(place, Move(place, made.operation, operands))
        return place

    def _operand(self, part: Operand, before: int, moves: dict[int, Move]) -> str | int:
        """Return the name or place of a part; a name where an earlier step is the same."""
        if isinstance(part, str):
            return part
        name = self._steps.get(part)
        if name is not None and self._order[name] < before:
            return name
        return self._add(part, before, moves)


class Check(NamedTuple):
    """Rewritings that must show, and those of different mistakes otherwise than each other."""

    rewritings: tuple[Rewriting, ...]


class Look:
    """What shows in one candidate; it is found out when it is asked for, and kept."""

    __slots__ = ("_made", "_sights", "_values")

    def __init__(self, values: Mapping[str, Whole], rewritings: Rewritings) -> None:
        """Look at values, to which steps may still be added."""
        self._values = values
        self._made: list[Whole | None] = [None] * rewritings.count
        self._sights: dict[int, Sight[Whole] | None] = {}

    def forget(self) -> None:
        """Look afresh, since values have changed."""
        self._made = [None] * len(self._made)
        self._sights.clear()

    def sights(self, rewritings: Iterable[Rewriting]) -> list[Sight[Whole]] | None:
        """Find where each of an entry's rewritings shows; None where one of them does not."""
        found, known = [], self._sights
        for rewriting in rewritings:
            key = id(rewriting)
            if key not in known:
                known[key] = self._first(rewriting)
            sight = known[key]
            if sight is None:
                return None
            found.append(sight)
        return found

    def fault(self, check: Check) -> str:
        """Say which part of a check is not met; "" where it is."""
        sights = self.sights(check.rewritings)
        if sights is None:
            return hides(check.rewritings[0][0].mistake)
        return LOOK_ALIKE if len(sights) > 1 and EYE.alike(sights) else ""

    def _first(self, rewriting: Rewriting) -> Sight[Whole] | None:
        """Find the first step at which it shows, as `Eye.first` does."""
        for moves in rewriting:
            try:
                wrong = self._worked(moves.moves)
            except NumberError:
                continue
            if differ(wrong, self._values[moves.step]):
                return Sight(moves.mistake, moves.step, wrong)
        return None

    def _worked(self, moves: tuple[Move, ...]) -> Whole:
        """Work what has not been worked yet, and return the last result."""
        made, values = self._made, self._values
        for place, operation, names in moves:
            if made[place] is None:
                operands = [
                    values[name] if isinstance(name, str) else cast("Whole", made[name])
                    for name in names
                ]
                made[place] = operation.compute(WHOLE_NUMBERS, *operands)
        return cast("Whole", made[moves[-1].place])

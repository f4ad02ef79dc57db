"""Which mistakes an exercise lets be seen, and which of them look alike in it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

from limelight.catalogue.catalogue import alternatives
from limelight.errors import NumberError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from limelight.catalogue.alternative import Alternative
    from limelight.mechanism.arithmetic import Arithmetic
    from limelight.mechanism.matrix import Matrix, Shape
    from limelight.mechanism.plan import Plan
    from limelight.notation.numbers import Number

M = TypeVar("M")

VISIBLE = Fraction(1, 2000)
"""Decimals that differ by no more than this may be shown alike: sheets have three of them."""

Group: TypeAlias = "tuple[Alternative, ...]"
"""One rewriting at every step that it changes, in the plan's order."""


class Sight(NamedTuple, Generic[M]):
    """Where a rewriting shows first.

    Attributes:
        mistake: The id of the entry.
        step: The first step that comes out otherwise.
        wrong: What stands there.
    """

    mistake: str
    step: str
    wrong: M


class Eye(NamedTuple, Generic[M]):
    """How matrices are worked, and told apart by somebody who looks at them."""

    on: Arithmetic[M]
    differ: Callable[[M, M], bool]

    def first(self, group: Group, values: Mapping[str, M]) -> Sight[M] | None:
        """Find the first step at which a rewriting shows; None where it does not.

        What cannot be carried out with these numbers does not show.
        """
        for alternative in group:
            try:
                wrong = alternative.compute(self.on, values)
            except NumberError:
                continue
            if self.differ(wrong, values[alternative.step]):
                return Sight(alternative.mistake, alternative.step, wrong)
        return None

    def sights(self, groups: Iterable[Group], values: Mapping[str, M]) -> list[Sight[M]] | None:
        """Find where each of an entry's rewritings shows; None where one of them does not."""
        found = []
        for group in groups:
            sight = self.first(group, values)
            if sight is None:
                return None
            found.append(sight)
        return found

    def alike(self, sights: Iterable[Sight[M]]) -> frozenset[frozenset[str]]:
        """Find the pairs of entries one of whose rewritings gives the same wrong numbers."""
        found = set()
        by_step: dict[str, list[Sight[M]]] = {}
        for sight in sights:
            together = by_step.setdefault(sight.step, [])
            for other in together:
                if other.mistake != sight.mistake and not self.differ(other.wrong, sight.wrong):
                    found.add(frozenset({other.mistake, sight.mistake}))
            together.append(sight)
        return frozenset(found)


def groups_of(plan: Plan, shapes: Mapping[str, Shape]) -> dict[str, tuple[Group, ...]]:
    """Return, for every entry that a plan can show, its rewritings.

    Args:
        plan: Settled by a recipe.
        shapes: Of all its inputs and steps.
    """
    found: dict[str, dict[str, list[Alternative]]] = {}
    for alternative in alternatives(plan, shapes):
        rewritings = found.setdefault(alternative.mistake, {})
        rewritings.setdefault(alternative.says, []).append(alternative)
    return {
        name: tuple(tuple(group) for group in rewritings.values())
        for name, rewritings in found.items()
    }


def differ(one: Matrix, other: Matrix) -> bool:
    """Tell whether somebody who looks at two matrices sees that they differ.

    Fractions differ when they are not equal; where a decimal is among the numbers, by more
    than `VISIBLE`.
    """
    if one.shape != other.shape:
        return True
    pairs = list(zip(_numbers(one), _numbers(other), strict=True))
    if not any(isinstance(number, float) for pair in pairs for number in pair):
        return any(left != right for left, right in pairs)
    return any(
        left != right and abs(float(left) - float(right)) > VISIBLE for left, right in pairs
    )


def _numbers(matrix: Matrix) -> Iterator[Number]:
    return (number for _, number in matrix.cells())

"""Every entry of the catalogue, and what a plan lets be seen of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from limelight.catalogue import (
    mixing,
    projecting,
    raising,
    scoring,
    unworked,
    weighing,
)
from limelight.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.catalogue.alternative import Alternative
    from limelight.catalogue.mistake import Mistake
    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.plan import Plan

_ENTRIES = (
    weighing.OVER_ROWS,
    scoring.SCORES_TURNED,
    scoring.SAME_TWICE,
    projecting.ELEMENTWISE,
    projecting.WRONG_ORDER,
    projecting.LOST_SIGN,
    unworked.SLIP,
    scoring.DIVIDED_BY_WIDTH,
    scoring.WRONG_POWER,
    weighing.SCALED_LATE,
    scoring.TOWARD_ZERO,
    scoring.NOT_FLOORED,
    raising.OTHER_BASE,
    raising.POWER_MISREAD,
    raising.NEGATIVE_EXPONENT,
    weighing.NORMALISED_EARLY,
    weighing.NOT_DIVIDED,
    weighing.EACH_ALONE,
    projecting.VALUES_FROM_KEYS,
    mixing.OTHER_MIXED,
    mixing.WEIGHTS_TURNED,
    mixing.WEIGHTS_IGNORED,
    scoring.COSINE,
    projecting.ROLES_EXCHANGED,
    mixing.DEVIATION,
    unworked.POSITION,
    unworked.CARRIED,
)

CATALOGUE: Mapping[str, Mistake] = MappingProxyType({entry.id: entry for entry in _ENTRIES})
"""What people get wrong, by id: L1, L2, …"""


def mistake(name: str) -> Mistake:
    """Return an entry by its id, in upper or lower case.

    Raises:
        UnknownNameError: There is none; near names are suggested.

    >>> mistake("L11").name
    'floor of a negative number taken toward zero'
    """
    known = CATALOGUE.get(str(name).strip().upper())
    if known is None:
        raise UnknownNameError.among("mistake", str(name), CATALOGUE)
    return known


def alternatives(plan: Plan, shapes: Mapping[str, Shape]) -> tuple[Alternative, ...]:
    """Return everything that the entries of the catalogue make of a plan.

    Args:
        plan: Settled by a recipe.
        shapes: Of all its inputs and steps.

    Returns:
        Entry by entry; of an entry, rewriting by rewriting; of these, in the plan's order.
    """
    return tuple(
        alternative
        for entry in CATALOGUE.values()
        for alternative in entry.alternatives(plan, shapes)
    )

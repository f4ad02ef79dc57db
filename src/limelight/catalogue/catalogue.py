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
from limelight.catalogue.engineers import (
    heads,
    masks,
    norms,
    numbers,
    places,
    projections,
    scales,
    sights,
    weights,
)
from limelight.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.catalogue.alternative import Alternative
    from limelight.catalogue.mistake import Mistake
    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.plan import Plan

_BY_HAND = (
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

_IN_CODE = (
    scales.SCALE_MISSING,
    scales.SCALED_TWICE,
    scales.SCALED_BY_MODEL,
    scales.SCALED_BY_HEADS,
    scales.SCALE_INVERTED,
    scales.SCALE_LOST,
    weights.OVER_OTHER_AXIS,
    weights.MASKED_LATE,
    weights.MASK_MULTIPLIED,
    masks.INVERTED,
    sights.OFF_BY_ONE,
    sights.OTHER_ALIGNMENT,
    sights.CAUSAL_MISSING,
    masks.MASK_SCALED,
    weights.SENTINEL_LEAKS,
    numbers.SENTINEL_OVERFLOWS,
    numbers.DEAD_ROW,
    numbers.HIDDEN_LEAKS,
    masks.MASK_IGNORED,
    masks.PADDING_OF_QUERIES,
    sights.WINDOW_OFF,
    heads.CUT_BY_VIEW,
    heads.MERGED_RAW,
    masks.MASK_OF_ANOTHER,
    heads.GROUPS_TILED,
    heads.GROUPS_STRETCHED,
    places.OTHER_PAIRS,
    places.OFFSET_LOST,
    places.PADDING_COUNTED,
    places.SCALING_IGNORED,
    places.PARTIAL_IGNORED,
    scales.SOFTCAP_MISSING,
    weights.SINK_DROPPED,
    norms.NORM_SKIPPED,
    norms.NORM_LATE,
    norms.OFFSET_OF_GAIN,
    projections.BIAS_DROPPED,
    heads.UNPACKED_WRONG,
    projections.WEIGHT_TRANSPOSED,
    projections.NOT_PROJECTED,
    places.SLOPES_WRONG,
    numbers.DROPOUT_ON,
    numbers.OVERFLOW,
    projections.NOT_USED,
)

_BOTH = ("L2", "L3", "L10", "L17", "L18", "L19", "L20", "L21", "L22", "L23")
"""Learners' entries that code makes as well, and that no entry of the engineers' stands for."""

LEARNERS: Mapping[str, Mistake] = MappingProxyType({entry.id: entry for entry in _BY_HAND})
"""What people get wrong when they work by hand, by id: L1, L2, …"""

ENGINEERS: Mapping[str, Mistake] = MappingProxyType({entry.id: entry for entry in _IN_CODE})
"""What people get wrong when they write code, by id: E1, E2, …"""

CATALOGUE: Mapping[str, Mistake] = MappingProxyType({**LEARNERS, **ENGINEERS})
"""Everything that people get wrong, by id."""

OF_ARRAYS: Mapping[str, Mistake] = MappingProxyType(
    {**ENGINEERS, **{name: LEARNERS[name] for name in _BOTH}}
)
"""What is looked for in the arrays of code, by id."""


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


def alternatives(
    plan: Plan, shapes: Mapping[str, Shape], entries: Mapping[str, Mistake] = LEARNERS
) -> tuple[Alternative, ...]:
    """Return everything that entries of the catalogue make of a plan.

    Args:
        plan: Settled by a recipe.
        shapes: Of all its inputs and steps.
        entries: Those of learners for sheets, `OF_ARRAYS` for the arrays of code.

    Returns:
        Entry by entry; of an entry, rewriting by rewriting; of these, in the plan's order.
    """
    return tuple(
        alternative
        for entry in entries.values()
        for alternative in entry.alternatives(plan, shapes)
    )

"""Mistakes with powers: another base, another function, negative exponents."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.mistake import Mistake, Rewrite, Site
from limelight.catalogue.pieces import divided, negative, times, where_seen
from limelight.mechanism.operations.elementwise import Multiply
from limelight.mechanism.operations.forward import ReLU
from limelight.mechanism.operations.products import Add
from limelight.mechanism.operations.softmax import Raise

if TYPE_CHECKING:
    from limelight.mechanism.arithmetic import Base

_LARGEST_CUBE = 9
"""x to the power of a base beyond this is nobody's slip."""


def base_of(site: Site) -> Base:
    """Return what is raised."""
    rule = site.rule if isinstance(site.rule, Raise) else site.rule_of("E")
    if isinstance(rule, Raise) and rule.base is not None:
        return rule.base
    raise LookupError(site.step.name)


def _other_base(site: Site) -> Do:
    base: Base = Fraction(3) if base_of(site) == "e" else "e"
    return do(Raise(base=base), *site.step.operands)


def _multiplied(site: Site) -> Operand:
    base = base_of(site)
    factor = Fraction(math.e) if isinstance(base, str) else base
    return where_seen(site, times(site.of("C"), factor))


def _whole_multiplied(site: Site) -> Do | None:
    made = _multiplied(site)
    return made if isinstance(made, Do) else None


def _cubed(site: Site) -> Do | None:
    base = base_of(site)
    if isinstance(base, str) or base.denominator > 1 or base > _LARGEST_CUBE:
        return None
    made: Operand = site.of("C")
    for _ in range(base.numerator - 1):
        made = do(Multiply(), site.of("C"), made)
    seen = where_seen(site, made)
    return seen if isinstance(seen, Do) else None


def _not_negative(site: Site, base: Fraction) -> Do:
    """1 where the exponent is not negative, else 0: base^min(C, 0), rounded down."""
    lowered = negative(do(ReLU(), negative(site.of("C"))))
    return divided(do(Raise(base=base), lowered), Fraction(1), "floor")


def _zero_for_negative(site: Site) -> Do | None:
    base = base_of(site)
    if isinstance(base, str):
        return None
    return do(Multiply(), site_powers(site), _not_negative(site, base))


def _minus_for_negative(site: Site) -> Do | None:
    """-(3^|C|) where the exponent is negative."""
    base = base_of(site)
    if isinstance(base, str):
        return None
    kept = _not_negative(site, base)
    mirrored = do(Raise(base=base), do(ReLU(), negative(site.of("C"))))
    below = where_seen(site, do(Add(), kept, negative(mirrored)))
    return do(Add(), do(Multiply(), site_powers(site), kept), below)


def site_powers(site: Site) -> Do:
    """Write the step itself: it is rewritten by what is done to its right result."""
    return do(site.rule, *site.step.operands)


OTHER_BASE = Mistake(
    id="L13",
    name="e for 3, or 3 for e",
    sentence="The other base was raised: e in place of 3, or 3 in place of e.",
    remedy="Raise the base that the rules above the exercise name.",
    evidence="",
    needs="scores that are not all 0",
    rewrites=(Rewrite(says="the other base", at=("E",), made=_other_base),),
)

POWER_MISREAD = Mistake(
    id="L14",
    name="3·x or x³ for 3^x",
    sentence="The score was multiplied by the base, or raised to it.",
    remedy="The score is the exponent: 3^2 is 3·3.",
    evidence="",
    needs="scores that are not all 1 or 3",
    rewrites=(
        Rewrite(says="3·x", at=("E",), made=_whole_multiplied),
        Rewrite(says="x³", at=("E",), made=_cubed),
    ),
)

NEGATIVE_EXPONENT = Mistake(
    id="L15",
    name="3^-1 taken as 0 or as -3",
    sentence="A negative exponent gave 0 or a negative number.",
    remedy="A negative exponent divides: 3^-1 is 1/3, 3^-2 is 1/9. A power is never negative.",
    evidence="",
    needs="a base that is a fraction or a whole number, and a negative score that is seen",
    rewrites=(
        Rewrite(says="0", at=("E",), made=_zero_for_negative),
        Rewrite(says="-3^|x|", at=("E",), made=_minus_for_negative),
    ),
)

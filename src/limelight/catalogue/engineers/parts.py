"""What several of the engineers' rewritings are made of, and what they ask of a site."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.pieces import divided
from limelight.mechanism.operations.heads import Split
from limelight.mechanism.operations.shaping import SumsWithSink
from limelight.mechanism.operations.softmax import ColumnSums, Divide, Raise, Scale

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Site


def kept(made: Operand) -> Do:
    """Leave it as it is: the step is left out."""
    return divided(made, Fraction(1))


def left_out(site: Site) -> Do:
    """Pass the first operand on."""
    return kept(site.step.operands[0])


def shares(site: Site, scores: Operand) -> Do:
    """Take the softmax of scores as the site's head does, with its sink where it has one."""
    powers = do(Raise(base="e"), scores)
    if isinstance(site.rule_of("sums"), SumsWithSink):
        return do(Divide(), powers, do(SumsWithSink(), powers, scores, site.of("sink")))
    return do(Divide(), powers, do(ColumnSums(), powers))


def scale_in(site: Site) -> Scale | None:
    """Return how the scores of the head are scaled, if they are."""
    rule = site.rule_of("C") if site.has("C") else None
    return rule if isinstance(rule, Scale) else None


def heads_in(site: Site) -> int:
    """Count the query heads."""
    return max(step.head or 1 for step in site.plan.steps)


def kv_heads_in(site: Site) -> int:
    """Count the heads of keys and values."""
    rule = site.plan.step("K1").operation
    return rule.heads if isinstance(rule, Split) else 1

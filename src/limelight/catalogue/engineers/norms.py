"""Engineers' mistakes with the norm of queries and keys."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.engineers.parts import left_out
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.operations.heads import Concatenate, Split
from limelight.mechanism.operations.positions import Rotate
from limelight.mechanism.operations.shaping import RootMeanSquare

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Site

_NORMED = ("N_Q", "N_K")
_TURNED = ("R_Q", "R_K")


def _skipped(site: Site) -> Do | None:
    return left_out(site) if isinstance(site.rule, RootMeanSquare) else None


def _over_heads(site: Site) -> Do | None:
    """Norm a token's queries of all heads at once."""
    part, gain = site.step.operands
    cut = next((step.operation for step in site.plan.steps if step.name == part), None)
    if not isinstance(site.rule, RootMeanSquare) or not isinstance(cut, Split) or cut.heads == 1:
        return None
    whole = site.family[-1]
    gains = do(Concatenate(), *(gain,) * cut.heads)
    return do(cut, do(site.rule, whole, gains))


def _exchanged(site: Site) -> Do | None:
    """Turn what the norm was to have, and norm it then."""
    normed = site.of(site.family.replace("R_", "N_"))
    if not isinstance(site.rule, Rotate) or normed not in site.shapes:
        return None
    if site.step.operands[0] != normed:
        return None
    norm = site.plan.step(normed)
    before, gain = norm.operands
    return do(norm.operation, do(site.rule, before, site.step.operands[1]), gain)


def _other_offset(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, RootMeanSquare):
        return None
    offset = Fraction(0) if rule.offset else Fraction(1)
    return do(replace(rule, offset=offset), *site.step.operands)


NORM_SKIPPED = Mistake(
    id="E35",
    name="norm of queries and keys skipped, or over all heads",
    sentence="Queries and keys were not normed, or all heads of a token were normed together.",
    remedy="Norm each head of the queries and of the keys by itself, after they are cut.",
    evidence="vllm-metal PR #659",
    needs="gains of a norm of queries and keys",
    rewrites=(
        Rewrite(says="queries not normed", at=("N_Q",), made=_skipped),
        Rewrite(says="keys not normed", at=("N_K",), made=_skipped),
        Rewrite(says="neither normed", at=_NORMED, made=_skipped),
        Rewrite(says="all heads together", at=_NORMED, made=_over_heads),
    ),
)

NORM_LATE = Mistake(
    id="E36",
    name="norm and rotation exchanged",
    sentence="Queries and keys were turned first and normed afterwards.",
    remedy="Norm, then turn: the gain belongs to features that are not turned yet.",
    evidence="torchtune #2809",
    needs="gains that are not all alike, and rotary embedding",
    rewrites=(Rewrite(says="turned, then normed", at=_TURNED, made=_exchanged),),
)

OFFSET_OF_GAIN = Mistake(
    id="E37",
    name="1 missing from the gain of a norm, or added to it",
    sentence="The gain was taken as it is stored though it is stored less 1, or 1 was added to "
    "one that is stored whole.",
    remedy="Gemma stores gains less 1 and adds it when it multiplies; Llama and Qwen do not.",
    evidence="",
    needs="gains of a norm of queries and keys",
    rewrites=(Rewrite(says="the other gain", at=_NORMED, made=_other_offset),),
)

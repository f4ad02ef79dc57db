"""Mistakes with scores: what meets what, and how it is scaled."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.mistake import Mistake, Rewrite, Site
from limelight.catalogue.pieces import is_one_number
from limelight.mechanism.operations.elementwise import Unit
from limelight.mechanism.operations.products import Product, Transpose
from limelight.mechanism.operations.softmax import Scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.mechanism.arithmetic import Rounding


def _met(site: Site) -> tuple[str, str]:
    """Name the keys and the queries that meet: of code, what norms and rotations left."""
    turned, queries = site.step.operands
    return site.plan.step(turned).operands[0], queries


def _turned(site: Site) -> Do | None:
    if is_one_number(site.shape):
        return None
    keys, queries = _met(site)
    return do(Product(), do(Transpose(), queries), keys)


def _queries_twice(site: Site) -> Do:
    _, queries = _met(site)
    return do(Product(), do(Transpose(), queries), queries)


def _keys_twice(site: Site) -> Do:
    keys, _ = _met(site)
    return do(Product(), do(Transpose(), keys), keys)


def _cosine(site: Site) -> Do:
    keys, queries = _met(site)
    return do(Product(), do(Transpose(), do(Unit(), keys)), do(Unit(), queries))


def scale_of(site: Site) -> Scale:
    """Return how the scores of the head are scaled."""
    rule = site.rule_of("C")
    if isinstance(rule, Scale):
        return rule
    raise LookupError(site.step.name)


def _divided(site: Site, divisor: Fraction) -> Do | None:
    """Divide by another number, and round as the recipe does."""
    scale = scale_of(site)
    if scale.divisor == divisor or (scale.divisor == "sqrt" and divisor**2 == scale.d_k):
        return None
    return do(replace(scale, divisor=divisor), *site.step.operands)


def _by_d_k(site: Site) -> Do | None:
    return _divided(site, Fraction(scale_of(site).d_k or 1))


def _by_power(exponent: int) -> Callable[[Site], Do | None]:
    def made(site: Site) -> Do | None:
        d_k = Fraction(scale_of(site).d_k or 1)
        return _divided(site, d_k**exponent) if d_k > 1 else None  # powers of 1 are alike: L8

    return made


def _rounded(rounding: Rounding) -> Callable[[Site], Do | None]:
    def made(site: Site) -> Do | None:
        scale = scale_of(site)
        if scale.rounding != "floor":
            return None
        return do(replace(scale, rounding=rounding), *site.step.operands)

    return made


def _by_root(site: Site) -> Do | None:
    scale = scale_of(site)
    if scale.rounding != "floor":
        return None
    return do(replace(scale, divisor="sqrt", rounding="none"), *site.step.operands)


SCORES_TURNED = Mistake(
    id="L2",
    name="scores transposed",
    sentence="Every query met every key, but rows and columns of the scores are exchanged.",
    remedy="S = KᵀQ: a row for each key, a column for each query.",
    evidence="self-attention-gan #17",
    needs="at least two tokens: a single score is its own transpose",
    rewrites=(Rewrite(says="QᵀK", at=("S",), made=_turned),),
)

SAME_TWICE = Mistake(
    id="L3",
    name="Q used for K, or K for Q",
    sentence="The scores were made of one matrix alone: queries met queries, or keys met keys.",
    remedy="S = KᵀQ: every key meets every query.",
    evidence="learn-nlp-with-transformers PR #40",
    needs="keys and queries",
    rewrites=(
        Rewrite(says="QᵀQ", at=("S",), made=_queries_twice),
        Rewrite(says="KᵀK", at=("S",), made=_keys_twice),
    ),
)

COSINE = Mistake(
    id="L23",
    name="cosine taken for the dot product",
    sentence="The scores are cosines: each dot product was divided by the lengths of its key "
    "and its query.",
    remedy="A score is the dot product alone; lengths count.",
    evidence="the published exercise's own step [2] invites it",
    needs="keys and queries",
    rewrites=(Rewrite(says="cos(k, q)", at=("S",), made=_cosine),),
)

DIVIDED_BY_WIDTH = Mistake(
    id="L8",
    name="divided by d_k",
    sentence="The scores were divided by d_k itself.",
    remedy="Divide by √d_k; by hand, halve and round down.",
    evidence="solving-ml-papers #1",
    needs="a d_k other than what the scores are divided by: by hand not 2, else not 1",
    rewrites=(Rewrite(says="S/d_k", at=("C",), made=_by_d_k),),
)

WRONG_POWER = Mistake(
    id="L9",
    name="wrong power of d_k",
    sentence="The scores were divided by another power of d_k, or by nothing.",
    remedy="Divide by √d_k; by hand, halve and round down.",
    evidence="cntkx #10",
    needs="a d_k of at least 2, since all powers of 1 are 1 and tell nothing apart from L8",
    rewrites=(
        Rewrite(says="not scaled", at=("C",), made=_by_power(0)),
        Rewrite(says="S/d_k²", at=("C",), made=_by_power(2)),
    ),
)

TOWARD_ZERO = Mistake(
    id="L11",
    name="floor of a negative number taken toward zero",
    sentence="Half a negative score was cut toward zero: -3/2 became -1.",
    remedy="floor goes down, away from zero where the number is negative: -3/2 becomes -2.",
    evidence="",
    needs="a recipe that rounds scores down, and a negative score that is odd",
    rewrites=(Rewrite(says="trunc(S/2)", at=("C",), made=_rounded("trunc")),),
)

NOT_FLOORED = Mistake(
    id="L12",
    name="rounded, rounded up, or not floored",
    sentence="Half the score was rounded to the nearest number or up, or not rounded at all.",
    remedy="Always round down: 3/2 becomes 1.",
    evidence="",
    needs="a recipe that rounds scores down, and a score that is odd",
    rewrites=(
        Rewrite(says="round(S/2)", at=("C",), made=_rounded("nearest")),
        Rewrite(says="ceil(S/2)", at=("C",), made=_rounded("ceil")),
        Rewrite(says="S/2", at=("C",), made=_rounded("none")),
        Rewrite(says="S/√d_k", at=("C",), made=_by_root),
    ),
)

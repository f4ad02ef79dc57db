"""Engineers' mistakes with positions: rotary embedding, and linear biases."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.engineers.parts import heads_in
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.catalogue.pieces import negative, ones, times
from limelight.mechanism.operations.heads import Split
from limelight.mechanism.operations.positions import Angles, Recede, Rotate, slopes_of
from limelight.mechanism.operations.products import Add

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.catalogue.mistake import Site

_USUAL_BASE = 10_000.0

_TURNED = ("R_Q", "R_K")


def _other_pairs(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Rotate) or rule.dims == 2:  # noqa: PLR2004 - one pair is one either way
        return None
    return do(replace(rule, interleaved=not rule.interleaved), *site.step.operands)


def _from_zero(site: Site) -> Do:
    """Number queries as keys are: the first key is where it was without a cache."""
    return do(site.rule, site.step.operands[0], "first_K")


def _moved(by: int) -> Callable[[Site], Do]:
    def made(site: Site) -> Do:
        index, first = site.step.operands
        return do(Add(), do(site.rule, index, first), times(ones(index), by))

    return made


def _with_padding(site: Site) -> Do | None:
    if "start" not in site.shapes:
        return None
    return do(Add(), do(site.rule, *site.step.operands), "start")


def _unscaled(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Angles) or rule.factor == 1:
        return None
    return do(replace(rule, factor=1.0), *site.step.operands)


def _usual_base(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Angles) or rule.theta == _USUAL_BASE:
        return None
    return do(replace(rule, theta=_USUAL_BASE), *site.step.operands)


def _wholly(site: Site) -> Do | None:
    """Turn all features by angles that are spread over all of them."""
    rule, angles = site.rule, _angles_of(site)
    if not isinstance(rule, Rotate) or rule.dims == rule.of or angles is None or rule.of % 2:
        return None
    wide = do(replace(angles[0], dims=rule.of), angles[1])
    return do(replace(rule, dims=rule.of), site.step.operands[0], wide)


def _spread(site: Site) -> Do | None:
    """Turn the right features, by the first of the angles that all of them would have."""
    rule, angles = site.rule, _angles_of(site)
    if not isinstance(rule, Rotate) or rule.dims == rule.of or angles is None:
        return None
    if rule.of % rule.dims:
        return None
    wide = do(replace(angles[0], dims=rule.of), angles[1])
    return do(rule, site.step.operands[0], do(Split(1, rule.of // rule.dims), wide))


def _angles_of(site: Site) -> tuple[Angles, str] | None:
    """Return how the angles are made and of which positions, where they are no table."""
    name = site.step.operands[1]
    made = next((step for step in site.plan.steps if step.name == name), None)
    if made is None or not isinstance(made.operation, Angles):
        return None
    return made.operation, made.operands[0]


def _turned_sign(site: Site) -> Do:
    return negative(do(site.rule, *site.step.operands))


def _slope(other: Callable[[Site], Operand | None]) -> Callable[[Site], Do | None]:
    def made(site: Site) -> Do | None:
        slope = other(site)
        if slope is None or not isinstance(site.rule, Recede):
            return None
        return do(site.rule, *site.step.operands[:-1], slope)

    return made


def _one_step_steeper(site: Site) -> Operand:
    """The slopes start from 1: heads are counted from 0."""
    return times(site.step.operands[-1], _ratio(heads_in(site)))


def _one_step_flatter(site: Site) -> Operand:
    slope = site.step.operands[-1]
    return times(slope, 1 / _ratio(heads_in(site)))


def _ratio(heads: int) -> Fraction:
    whole = 2 ** math.floor(math.log2(heads))
    return Fraction(2.0 ** (8 / whole))


def _from_the_last(site: Site) -> Operand | None:
    heads, number = heads_in(site), site.step.head or 1
    return f"slope{heads + 1 - number}" if heads > 1 else None


def _evenly(site: Site) -> Operand | None:
    """2 to the power of -8h/H, where H is no power of two: the published slopes differ."""
    heads, number = heads_in(site), site.step.head or 1
    usual = slopes_of(heads)[number - 1]
    even = 2.0 ** (-8 * number / heads)
    if not heads & (heads - 1):
        return None
    return times(site.step.operands[-1], Fraction(even) / Fraction(usual))


OTHER_PAIRS = Mistake(
    id="E28",
    name="rotary pairs: neighbours for halves, or halves for neighbours",
    sentence="Other features were turned together than the weights were trained for.",
    remedy="Llama and GPT-NeoX pair the halves of a head; GPT-J and the paper pair neighbours. "
    "Permute the weights, or change the rotation.",
    evidence="transformers #25199; flash-attention #288",
    needs="rotary embedding of at least four features",
    rewrites=(Rewrite(says="the other pairs", at=_TURNED, made=_other_pairs),),
)

OFFSET_LOST = Mistake(
    id="E29",
    name="rotary offset lost under a cache, or off by one",
    sentence="The queries were turned as if they stood elsewhere, such as at position 0.",
    remedy="With a cache the first new token stands where the cache ends: hand its position on.",
    evidence="mlx-vlm #1983",
    needs="rotary embedding, and for the lost offset more keys than queries",
    rewrites=(
        Rewrite(says="queries from position 0", at=("positions_Q",), made=_from_zero),
        Rewrite(says="queries one further", at=("positions_Q",), made=_moved(1)),
        Rewrite(says="queries one before", at=("positions_Q",), made=_moved(-1)),
    ),
)

PADDING_COUNTED = Mistake(
    id="E30",
    name="left padding not taken off positions",
    sentence="Positions were counted from the padding, and not from the first token.",
    remedy="Count positions over the mask: cumsum(mask) - 1.",
    evidence="unsloth PR #3803",
    needs="rotary embedding and left padding; where queries and keys are moved alike, no score "
    "changes, and only the turned queries and keys show it",
    rewrites=(
        Rewrite(says="queries", at=("positions_Q",), made=_with_padding),
        Rewrite(says="keys", at=("positions_K",), made=_with_padding),
    ),
)

SCALING_IGNORED = Mistake(
    id="E31",
    name="rotary scaling ignored",
    sentence="Positions were not divided by the factor of the model, or another base was used.",
    remedy="Read rope_scaling and rope_theta of the model's configuration.",
    evidence="llama.cpp PR #8676",
    needs="rotary embedding with a factor, or with another base than 10,000",
    rewrites=(
        Rewrite(says="factor 1", at=("angles_Q", "angles_K"), made=_unscaled),
        Rewrite(says="base 10,000", at=("angles_Q", "angles_K"), made=_usual_base),
    ),
)

PARTIAL_IGNORED = Mistake(
    id="E32",
    name="partial rotary embedding ignored",
    sentence="All features of a head were turned, or the angles were spread over all of them.",
    remedy="Turn the first features alone, as many as the model says, with angles for so many.",
    evidence="mlx-lm PR #1698; transformers #48630",
    needs="rotary embedding of a part of the features",
    rewrites=(
        Rewrite(says="all features turned", at=_TURNED, made=_wholly),
        Rewrite(says="angles of all features", at=_TURNED, made=_spread),
    ),
)

SLOPES_WRONG = Mistake(
    id="E42",
    name="slopes of linear biases wrong, or their sign",
    sentence="The linear biases have another slope than the model's, or the wrong sign.",
    remedy="Head h of H, counted from 1, takes 2^(-8h/H) off for each step of distance.",
    evidence="mlx #343, PR #3071",
    needs="linear biases",
    told="What was added is a number for each head times the distance, and not the right one.",
    rewrites=(
        Rewrite(says="the sign", at=("recede",), made=_turned_sign),
        Rewrite(says="heads counted from 0", at=("recede",), made=_slope(_one_step_steeper)),
        Rewrite(says="heads counted from 2", at=("recede",), made=_slope(_one_step_flatter)),
        Rewrite(says="the last head first", at=("recede",), made=_slope(_from_the_last)),
        Rewrite(says="2^(-8h/H) for all H", at=("recede",), made=_slope(_evenly)),
    ),
)

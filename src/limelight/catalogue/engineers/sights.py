"""Engineers' mistakes with who sees whom by position: causal masks and windows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.operations.positions import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.catalogue.mistake import Site

_AT = ("sight", "mask")


def _ahead(right: int | None) -> Callable[[Site], Do | None]:
    """Let a query of a causal mask see so far ahead; -1 is not even itself."""

    def made(site: Site) -> Do | None:
        rule = site.rule
        if not isinstance(rule, Sight) or rule.right != 0:
            return None
        return do(replace(rule, right=right), *site.step.operands)

    return made


def _other_alignment(site: Site) -> Do | None:
    rule, other = site.rule, "first_other"
    if not isinstance(rule, Sight) or rule.right != 0 or other not in site.shapes:
        return None
    keys, queries, _, *ends = site.step.operands
    return do(rule, keys, queries, other, *ends)


def _wider(side: str, by: int) -> Callable[[Site], Do | None]:
    def made(site: Site) -> Do | None:
        rule = site.rule
        if not isinstance(rule, Sight):
            return None
        bound = rule.left if side == "left" else rule.right
        if bound is None or bound + by < 0 or (side == "right" and bound == 0):
            return None  # a causal mask that is off by one is E11
        changed = bound + by
        other = replace(rule, left=changed) if side == "left" else replace(rule, right=changed)
        return do(other, *site.step.operands)

    return made


def _no_window(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Sight) or (rule.left is None and rule.right in {0, None}):
        return None
    right = 0 if rule.right == 0 else None
    return do(replace(rule, left=None, right=right), *site.step.operands)


OFF_BY_ONE = Mistake(
    id="E11",
    name="causal mask off by one",
    sentence="Queries do not see their own key, or they see the one after it.",
    remedy="A query sees its own key and those before it: tril with diagonal 0, or triu with "
    "diagonal 1 for what is hidden.",
    evidence="former #10; GPT-SoVITS #965",
    needs="a causal mask, and at least two keys",
    rewrites=(
        Rewrite(says="its own key hidden", at=_AT, made=_ahead(-1)),
        Rewrite(says="the next key seen", at=_AT, made=_ahead(1)),
    ),
)

OTHER_ALIGNMENT = Mistake(
    id="E12",
    name="causal mask aligned at the other corner",
    sentence="The first query was aligned with the first key though the last ones belong "
    "together, or the other way round.",
    remedy="With a cache the last query sees the last key: tril with diagonal keys - queries.",
    evidence="pytorch #108108, #144858; onnx #8054; mlx PR #2836",
    needs="a causal mask, and another number of keys than of queries",
    rewrites=(Rewrite(says="the other corner", at=_AT, made=_other_alignment),),
)

CAUSAL_MISSING = Mistake(
    id="E13",
    name="causal mask missing",
    sentence="Queries see the keys after their own.",
    remedy="Ask for the causal mask; a mask that is handed in may replace it.",
    evidence="TransformerEngine #1524; xformers #103",
    needs="a causal mask, and at least two keys",
    rewrites=(Rewrite(says="no causal mask", at=_AT, made=_ahead(None)),),
)

WINDOW_OFF = Mistake(
    id="E22",
    name="sliding window off by one",
    sentence="Each query sees one key more or less than the window has, or the window is missing.",
    remedy="Look up whether a window of w counts the query's own key: w keys, or w before it.",
    evidence="transformers #39408, #29623; vllm #3385",
    needs="a window, and more keys than it has",
    rewrites=(
        Rewrite(says="one key more", at=_AT, made=_wider("left", 1)),
        Rewrite(says="one key less", at=_AT, made=_wider("left", -1)),
        Rewrite(says="one key more ahead", at=_AT, made=_wider("right", 1)),
        Rewrite(says="one key less ahead", at=_AT, made=_wider("right", -1)),
        Rewrite(says="no window", at=_AT, made=_no_window),
    ),
)

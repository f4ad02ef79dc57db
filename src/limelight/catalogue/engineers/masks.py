"""Engineers' mistakes with masks: their polarity, their place, whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.engineers.parts import left_out, scale_in
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.operations.elementwise import Complement, Multiply
from limelight.mechanism.operations.positions import Sight
from limelight.mechanism.operations.products import Add, Transpose
from limelight.mechanism.operations.softmax import Mask

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Site

_MASKS = ("sight", "mask")
"""Families of steps that tell by position who sees whom, or join that with a given mask."""

_PLACES = 3
"""How many operands of `Sight` say where tokens stand; those after them are padding."""


def _inverted(site: Site) -> Do:
    scores, mask = site.step.operands
    return do(Mask(), scores, do(Complement(), mask))


def _given_inverted(site: Site) -> Do | None:
    if not isinstance(site.rule, Multiply):
        return None
    sight, given = site.step.operands
    return do(Multiply(), sight, do(Complement(), given))


def _padding_inverted(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Sight) or len(site.step.operands) == _PLACES:
        return None
    sight = do(rule, *site.step.operands[:_PLACES])
    real = do(Sight(padding=rule.padding), *site.step.operands)
    return do(Multiply(), sight, do(Complement(), real))


def _not_masked(site: Site) -> Do | None:
    return left_out(site) if _given_of(site) else None


def _given_ignored(site: Site) -> Do | None:
    return left_out(site) if isinstance(site.rule, Multiply) else None


def _given_of(site: Site) -> str | None:
    """Return the mask that was handed in, where it alone hides keys."""
    mask = site.step.operands[1]
    return mask if mask.startswith("given") else None


def _biases_scaled(site: Site) -> Do | None:
    scale = scale_in(site)
    if scale is None or scale.divisor == 1 or not isinstance(site.rule, Add):
        return None
    scores, biases = site.step.operands
    return do(Add(), scores, do(scale, biases))


def _padding_ignored(site: Site) -> Do | None:
    if not isinstance(site.rule, Sight) or len(site.step.operands) == _PLACES:
        return None
    return do(site.rule, *site.step.operands[:_PLACES])


def _padding_of_queries(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Sight) or len(site.step.operands) == _PLACES:
        return None
    return do(replace(rule, padding="queries"), *site.step.operands)


def _given_turned(site: Site) -> Do | None:
    given = _given_of(site)
    if given is None or site.shape.rows != site.shape.columns:
        return None
    return do(Mask(), site.step.operands[0], do(Transpose(), given))


def _of_another(site: Site) -> Do | None:
    mine, other = site.of("given"), site.of("given_other")
    if not {mine, other} <= site.shapes.keys():
        return None
    scores, mask = site.step.operands
    seen: Operand = other if mask.startswith("given") else do(Multiply(), "sight", other)
    return do(Mask(), scores, seen)


INVERTED = Mistake(
    id="E10",
    name="mask polarity inverted",
    sentence="What ought to be hidden was seen, and what ought to be seen was hidden.",
    remedy="Look up what True means: see, as in scaled_dot_product_attention, or hide, as in "
    "MultiheadAttention.",
    evidence="LLMs-from-scratch #1061; pytorch PR #120668",
    needs="a hidden key",
    rewrites=(
        Rewrite(says="the whole mask", at=("M",), made=_inverted),
        Rewrite(says="the mask handed in", at=("mask",), made=_given_inverted),
        Rewrite(says="the padding", at=_MASKS, made=_padding_inverted),
    ),
)

MASK_IGNORED = Mistake(
    id="E20",
    name="padding, or the mask, ignored",
    sentence="Keys that stand for no token, or that a mask hides, were seen.",
    remedy="Hand the mask or the lengths on to whatever computes the weights.",
    evidence="IndicBERT #20",
    needs="padding, or a mask",
    rewrites=(
        Rewrite(says="padding seen", at=_MASKS, made=_padding_ignored),
        Rewrite(says="mask left out", at=("M",), made=_not_masked),
        Rewrite(says="mask left out beside positions", at=("mask",), made=_given_ignored),
    ),
)

MASK_SCALED = Mistake(
    id="E15",
    name="mask scaled together with the scores",
    sentence="What is added to the scores was scaled as they are.",
    remedy="Scale the scores, then add the mask or the bias.",
    evidence="tt-metal PR #42891",
    needs="a bias, a mask of numbers or linear biases, and a scale other than 1",
    rewrites=(Rewrite(says="biases scaled", at=("B", "B_O", "B_M"), made=_biases_scaled),),
)

PADDING_OF_QUERIES = Mistake(
    id="E21",
    name="padding mask on the query axis",
    sentence="The mask hid queries in place of keys: whole rows have no key to see.",
    remedy="Padding hides keys: give the mask the shape (batch, 1, 1, keys).",
    evidence="transformer PR #40 (hyunwoongko)",
    needs="padding, or a mask for as many queries as keys that is not its own transpose",
    rewrites=(
        Rewrite(says="lengths held against queries", at=_MASKS, made=_padding_of_queries),
        Rewrite(says="mask transposed", at=("M",), made=_given_turned),
    ),
)

MASK_OF_ANOTHER = Mistake(
    id="E25",
    name="mask repeated in the wrong order of heads and batch",
    sentence="Entries of the batch have the mask of others: it was repeated batch by batch, and "
    "not head by head.",
    remedy="Repeat the mask of an entry for each of its heads: repeat_interleave, or a "
    "broadcast over an axis of heads.",
    evidence="keras-transformer #36 (lsdefine)",
    needs="a mask that differs between the entries of a batch, and several heads",
    rewrites=(Rewrite(says="the mask of another entry", at=("M",), made=_of_another),),
)

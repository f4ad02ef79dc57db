"""Engineers' mistakes with the scale of scores, and with the softcap."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.engineers.parts import heads_in, left_out, scale_in
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.exact import square_root
from limelight.mechanism.operations.shaping import Softcap
from limelight.mechanism.operations.softmax import Mask, Scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.catalogue.mistake import Site


def _divisor(scale: Scale) -> Fraction:
    """Return what scores are divided by, as a number."""
    if isinstance(scale.divisor, Fraction):
        return scale.divisor
    return Fraction(square_root(Fraction(scale.d_k or 1)))


def _by(wanted: Callable[[Site, Fraction], Fraction | None]) -> Callable[[Site], Do | None]:
    """Divide by another number than the right one; one that comes to the same is no mistake."""

    def made(site: Site) -> Do | None:
        scale = scale_in(site)
        if scale is None:
            return None
        right = _divisor(scale)
        divisor = wanted(site, right)
        if divisor is None or divisor == right:
            return None
        return do(replace(scale, divisor=divisor), *site.step.operands)

    return made


def _root_of_model(site: Site, right: Fraction) -> Fraction | None:
    del right
    name = "X" if "X" in site.shapes else "Q"
    if name not in site.shapes:
        return None
    return Fraction(square_root(Fraction(site.shapes[name].rows)))


def _root_of_heads(site: Site, right: Fraction) -> Fraction | None:
    del right
    heads = heads_in(site)
    return Fraction(square_root(Fraction(heads))) if heads > 1 else None  # else it is E1


def _usual(site: Site, right: Fraction) -> Fraction | None:
    del right
    return Fraction(square_root(Fraction(site.shapes[site.of("Q")].rows)))


def _lost(site: Site) -> Do | None:
    scale = scale_in(site)
    if scale is None or scale.divisor == "sqrt" or not site.has("Q"):
        return None
    return _by(_usual)(site)


def _capped_first(site: Site) -> Do | None:
    scale = scale_in(site)
    if scale is None or not isinstance(site.rule, Softcap) or _divisor(scale) == 1:
        return None
    return do(scale, do(site.rule, site.of("S")))


def _capped_last(site: Site) -> Do | None:
    if not site.has("L") or site.step.operands[0] != site.of("L"):
        return None
    return do(site.rule_of("L"), do(Mask(), site.of("C"), site.step.operands[1]))


SCALE_MISSING = Mistake(
    id="E1",
    name="scale missing",
    sentence="The scores went on as the dot products are, without a scale.",
    remedy="Multiply the scores by 1/√d_k, or by the scale of the model.",
    evidence="mlc-llm PR #3426",
    needs="a scale other than 1",
    rewrites=(Rewrite(says="not scaled", at=("C",), made=_by(lambda *_: Fraction(1))),),
)

SCALED_TWICE = Mistake(
    id="E2",
    name="scale applied twice",
    sentence="The scale was applied twice, such as to the queries and to the scores again; to "
    "divide by d_k and not by its root comes to the same.",
    remedy="Scale once, by 1/√d_k: the queries or the scores; some kernels scale by themselves.",
    evidence="transformers PR #38290; maxtext #3138",
    needs="a scale other than 1",
    rewrites=(Rewrite(says="scale times scale", at=("C",), made=_by(lambda _, right: right**2)),),
)

SCALED_BY_MODEL = Mistake(
    id="E3",
    name="scale by d_model",
    sentence="The scores were divided by the root of the model's width.",
    remedy="Divide by the root of d_k, the width of one head.",
    evidence="ng-video-lecture PR #6; ViT-CIFAR PR #12",
    needs="a model that is wider than a head",
    rewrites=(Rewrite(says="S/√d_model", at=("C",), made=_by(_root_of_model)),),
)

SCALED_BY_HEADS = Mistake(
    id="E4",
    name="scale by the number of heads",
    sentence="The scores were divided by the root of the number of heads.",
    remedy="Divide by the root of d_k: mind the order of the axes heads and features.",
    evidence="tt-metal PR #56789",
    needs="several heads, and not as many as features in a head",
    rewrites=(Rewrite(says="S/√heads", at=("C",), made=_by(_root_of_heads)),),
)

SCALE_INVERTED = Mistake(
    id="E5",
    name="scale inverted",
    sentence="The scores were multiplied by what they ought to be divided by.",
    remedy="Multiply by 1/√d_k: d_k to the power of -0.5.",
    evidence="perceiver-io #9",
    needs="a scale other than 1",
    rewrites=(Rewrite(says="S·√d_k", at=("C",), made=_by(lambda _, right: 1 / right)),),
)

SCALE_LOST = Mistake(
    id="E6",
    name="custom scale lost",
    sentence="The scores were divided by √d_k, though a scale was given.",
    remedy="Hand the scale of the model on to whatever computes the scores.",
    evidence="timm #2280; TransformerLens PR #694",
    needs="a scale other than 1/√d_k",
    rewrites=(Rewrite(says="S/√d_k", at=("C",), made=_lost),),
)

SOFTCAP_MISSING = Mistake(
    id="E33",
    name="softcap missing, or not in its place",
    sentence="The scores were not bounded by the softcap, or not at the place where it belongs.",
    remedy="Scale, then cap · tanh(score / cap), then mask.",
    evidence="sglang #33915",
    needs="a softcap that is not far above every score",
    rewrites=(
        Rewrite(says="no softcap", at=("L",), made=left_out),
        Rewrite(says="softcap before the scale", at=("L",), made=_capped_first),
        Rewrite(says="softcap after the mask", at=("M",), made=_capped_last),
    ),
)

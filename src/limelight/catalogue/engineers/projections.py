"""Engineers' mistakes with projections: their weights, their biases, and what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.engineers.parts import kept, left_out
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.operations.products import Add, Product, Transpose

if TYPE_CHECKING:
    from limelight.catalogue.mistake import Site

_MADE = ("Q", "K", "V")


def _unbiased(site: Site) -> Do | None:
    return left_out(site) if isinstance(site.rule, Add) else None


def _transposed(site: Site) -> Do | None:
    if not isinstance(site.rule, Product) or not site.step.operands[0].startswith("W_"):
        return None
    weights, right = site.step.operands
    return do(Product(), do(Transpose(), weights), right)


def _unprojected(site: Site) -> Do | None:
    if site.shapes.get("Z") != site.shape:
        return None
    return kept("Z")


def _unused(site: Site) -> Do | None:
    is_last = site.step.name == site.plan.result.name
    if not is_last or site.shapes.get("X") != site.shape:
        return None
    return kept("X")


BIAS_DROPPED = Mistake(
    id="E38",
    name="bias of a projection dropped",
    sentence="Queries, keys, values or the output lack the bias of their projection.",
    remedy="Load the biases too, and add them; some models have them for three of four.",
    evidence="",
    needs="a bias; that of the keys alone changes no weight, unless they are normed or turned",
    rewrites=(
        Rewrite(says="queries", at=("Q",), made=_unbiased),
        Rewrite(says="keys", at=("K",), made=_unbiased),
        Rewrite(says="values", at=("V",), made=_unbiased),
        Rewrite(says="queries, keys and values", at=_MADE, made=_unbiased),
        Rewrite(says="the output", at=("O",), made=_unbiased),
    ),
)

WEIGHT_TRANSPOSED = Mistake(
    id="E40",
    name="weight transposed",
    sentence="Tokens were multiplied by the transpose of the weights.",
    remedy="torch.nn.Linear keeps (out, in) and works x · Wᵀ; Conv1D of GPT-2 keeps (in, out).",
    evidence="LLMs-from-scratch #857; AutoGPTQ PR #139",
    needs="weights with as many rows as columns; others do not fit",
    rewrites=(
        Rewrite(says="queries", at=("Q", "P_Q"), made=_transposed),
        Rewrite(says="keys", at=("K", "P_K"), made=_transposed),
        Rewrite(says="values", at=("V", "P_V"), made=_transposed),
        Rewrite(
            says="queries, keys and values", at=(*_MADE, "P_Q", "P_K", "P_V"), made=_transposed
        ),
        Rewrite(says="the output", at=("O", "P_O"), made=_transposed),
    ),
)

NOT_PROJECTED = Mistake(
    id="E41",
    name="output projection missing",
    sentence="The heads were joined, and that was handed on.",
    remedy="Multiply the joined heads by W_O.",
    evidence="transformer #117 (Kyubyong)",
    needs="an output projection with as many rows as columns; another size tells by itself",
    rewrites=(
        Rewrite(says="the joined heads", at=("O",), made=_unprojected),
        Rewrite(says="the joined heads and the bias", at=("P_O",), made=_unprojected),
    ),
)

NOT_USED = Mistake(
    id="E45",
    name="output of attention unused",
    sentence="What came in went out: attention was worked and its result not taken.",
    remedy="Hand the result on, and add it to what came in where there is a residual.",
    evidence="",
    needs="tokens that are as wide as the output",
    rewrites=(Rewrite(says="the tokens themselves", at=("O", "Z"), made=_unused),),
)

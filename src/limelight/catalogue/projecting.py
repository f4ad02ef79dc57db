"""Mistakes with products: of which matrices, in which order, by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.mistake import Mistake, Rewrite, Site
from limelight.catalogue.pieces import is_one_number, is_product, negative
from limelight.mechanism.operations.elementwise import Multiply
from limelight.mechanism.operations.forward import ReLU
from limelight.mechanism.operations.products import Add, Product, Transpose

if TYPE_CHECKING:
    from limelight.mechanism.plan import Plan

PRODUCTS = ("Q", "K", "V", "S", "Z", "O", "U", "D", "F")
"""The families of steps that may be matrix products."""

_WEIGHTED = ("Q", "K", "V", "O", "U", "D", "F")
"""Those of them whose first factor is a given matrix of weights."""


def _cell_by_cell(site: Site) -> Do | None:
    if not is_product(site) or is_one_number(site.shape):
        return None
    return do(Multiply(), *site.step.operands)


def _exchanged(site: Site) -> Do | None:
    if not is_product(site) or all(map(is_one_number, site.operands)):
        return None
    left, right = site.step.operands
    return do(Product(), right, left)


def _row_by_row(site: Site) -> Do | None:
    if not is_product(site) or is_one_number(site.operands[1]):
        return None
    left, right = site.step.operands
    return do(Product(), left, do(Transpose(), right))


def _unsigned(site: Site) -> Do | None:
    if not is_product(site):
        return None
    weights, right = site.step.operands
    positive = do(Add(), do(ReLU(), weights), do(ReLU(), negative(weights)))
    return do(Product(), positive, right)


def _values_from_keys(site: Site) -> Do | None:
    if not is_product(site):
        return None
    weights, right = site.step.operands
    return do(Product(), weights.replace("W_V", "W_K"), right)


def _from_the_other(site: Site) -> Do | None:
    sequences = _sequences(site.plan)
    if not is_product(site) or len(set(sequences)) == 1:
        return None
    weights, right = site.step.operands
    other = next(name for name in sequences if name != right)
    return do(Product(), weights, other)


def _sequences(plan: Plan) -> tuple[str, str]:
    """Return what queries and what keys are made of."""
    return plan.sequences.get("queries", "X"), plan.sequences.get("keys", "X")


ELEMENTWISE = Mistake(
    id="L4",
    name="elementwise product for a matrix product",
    sentence="The two matrices were multiplied cell by cell, each number with the one that "
    "lies in the same place.",
    remedy="A matrix product takes a row of the first and a column of the second, multiplies "
    "them number by number and adds up.",
    evidence="learnbyteaching.ai #1",
    needs="two factors of one shape, larger than 1 × 1, such as as many tokens as features as d_k",
    rewrites=(Rewrite(says="cell by cell", at=PRODUCTS, made=_cell_by_cell),),
)

WRONG_ORDER = Mistake(
    id="L5",
    name="factors in the wrong order, or row times row",
    sentence="The product was worked with its factors exchanged, or with rows of the second "
    "matrix in place of its columns.",
    remedy="Keep the factors in their order: a row of the first, a column of the second.",
    evidence="",
    needs="sizes that let the exchanged factors meet, and more than a single number",
    rewrites=(
        Rewrite(says="factors exchanged", at=PRODUCTS, made=_exchanged),
        Rewrite(
            says="row times row",
            at=tuple(name for name in PRODUCTS if name != "Z"),  # Z = V Aᵀ is L21
            made=_row_by_row,
        ),
    ),
)

LOST_SIGN = Mistake(
    id="L6",
    name="minus sign lost",
    sentence="A minus sign of the weights went missing on the way: every weight was taken as "
    "positive.",
    remedy="Carry the sign of each weight into its product before you add up.",
    evidence="",
    needs="a product with given weights, one of which is negative",
    rewrites=(Rewrite(says="weights without signs", at=_WEIGHTED, made=_unsigned),),
)

VALUES_FROM_KEYS = Mistake(
    id="L19",
    name="V made with W_K",
    sentence="The values were made with the weights of the keys.",
    remedy="Values have weights of their own: V = W_V times the tokens.",
    evidence="AnnotatedTransformer #1 (yflyzhang)",
    needs="W_K and W_V",
    rewrites=(Rewrite(says="W_K for W_V", at=("V",), made=_values_from_keys),),
)

ROLES_EXCHANGED = Mistake(
    id="L24",
    name="roles in cross-attention exchanged",
    sentence="Queries, keys or values were made of the other sequence.",
    remedy="Queries come from X, the sequence that asks; keys and values come from Y, the one "
    "that is looked at.",
    evidence="LLM_Survey #2; pytorch-seq2seq #143",
    needs="cross-attention whose two sequences have as many features",
    rewrites=(
        Rewrite(says="keys and values from X", at=("K", "V"), made=_from_the_other),
        Rewrite(says="queries from Y", at=("Q",), made=_from_the_other),
    ),
)

"""Mistakes with what weights mix, and with normalisation after it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.mistake import Mistake, Rewrite, Site
from limelight.catalogue.pieces import (
    column_shares,
    is_one_number,
    is_product,
    ones,
    where_seen,
)
from limelight.mechanism.operations.forward import Normalise
from limelight.mechanism.operations.products import Product, Transpose

if TYPE_CHECKING:
    from collections.abc import Callable

FAINTEST = Fraction(1, 1000)
"""A smaller epsilon cannot be seen in three decimals, wherever it is added."""


def _mixed(letter: str) -> Callable[[Site], Do | None]:
    """Weigh another matrix of the same head."""

    def made(site: Site) -> Do | None:
        if not is_product(site) or not site.has("Q", "K"):
            return None
        return do(Product(), site.of(letter), site.step.operands[1])

    return made


def _mixed_tokens(site: Site) -> Do | None:
    if not is_product(site) or not site.has("Q", "K"):
        return None
    return do(Product(), site.plan.sequences.get("keys", "X"), site.step.operands[1])


def _turned(site: Site) -> Do | None:
    if not is_product(site) or is_one_number(site.operands[1]):
        return None
    values, weights = site.step.operands
    return do(Product(), values, do(Transpose(), weights))


def _seen(site: Site) -> Operand:
    """1 where a weight is seen."""
    return where_seen(site, ones(site.step.operands[1]))


def _summed(site: Site) -> Do | None:
    if not is_product(site) or site.operands[1].rows == 1:
        return None  # a single key has the weight 1
    return do(Product(), site.step.operands[0], _seen(site))


def _averaged(site: Site) -> Do | None:
    if not is_product(site) or site.operands[1].rows == 1:
        return None
    return do(Product(), site.step.operands[0], column_shares(_seen(site)))


def _one_fewer(site: Site) -> Do | None:
    rule, rows = site.rule, site.shape.rows
    if not isinstance(rule, Normalise) or rows == 1:
        return None
    return do(replace(rule, count=rows - 1), *site.step.operands)


def _epsilon_outside(site: Site) -> Do | None:
    rule = site.rule
    if not isinstance(rule, Normalise) or rule.epsilon < FAINTEST:
        return None
    return do(replace(rule, outside=True), *site.step.operands)


OTHER_MIXED = Mistake(
    id="L20",
    name="Q, K or X mixed in place of V",
    sentence="The weights were used on the queries, the keys or the tokens themselves.",
    remedy="Weights mix the values: Z = VA.",
    evidence="notes #4 (kvfrans); grokking PR #7",
    needs="values made of tokens by W_V",
    rewrites=(
        Rewrite(says="QA", at=("Z",), made=_mixed("Q")),
        Rewrite(says="KA", at=("Z",), made=_mixed("K")),
        Rewrite(says="XA", at=("Z",), made=_mixed_tokens),
    ),
)

WEIGHTS_TURNED = Mistake(
    id="L21",
    name="weights transposed in the last product",
    sentence="The values were mixed with the rows of the weights.",
    remedy="Z = VA: each column of A says how one query mixes the values.",
    evidence="anime_person_translation #3",
    needs="as many keys as queries, at least two",
    rewrites=(Rewrite(says="VAᵀ", at=("Z",), made=_turned),),
)

WEIGHTS_IGNORED = Mistake(
    id="L22",
    name="weights ignored",
    sentence="All values were added up or averaged, whatever their weights.",
    remedy="Multiply each value by its weight before you add up.",
    evidence="found in a public formal-algorithms repository",
    needs="at least two keys",
    rewrites=(
        Rewrite(says="the sum of the values", at=("Z",), made=_summed),
        Rewrite(says="the mean of the values", at=("Z",), made=_averaged),
    ),
)

DEVIATION = Mistake(
    id="L25",
    name="layer norm with n - 1, or ε outside the root",
    sentence="The deviation was worked for a sample: the squares were divided by n - 1, or ε "
    "was added after the root.",
    remedy="Divide the squares by n, add ε, then take the root.",
    evidence="annotated-transformer PR #119; BERT-pytorch #30",
    needs="layer normalisation of at least two features; for ε one of at least 1/1000",
    rewrites=(
        Rewrite(says="n - 1", at=("N_A", "N_F"), made=_one_fewer),
        Rewrite(says="ε outside", at=("N_A", "N_F"), made=_epsilon_outside),
    ),
)

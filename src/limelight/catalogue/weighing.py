"""Mistakes on the way from powers to weights."""

from __future__ import annotations

from fractions import Fraction

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.mistake import Mistake, Rewrite, Site
from limelight.catalogue.pieces import column_shares, divided, ones, where_seen
from limelight.catalogue.raising import base_of
from limelight.catalogue.scoring import scale_of
from limelight.mechanism.operations.products import Product, Transpose
from limelight.mechanism.operations.softmax import ColumnSums, Divide, Mask, Raise, Scale


def over_rows(site: Site) -> Do | None:
    """Divide powers by the sums of their rows."""
    if site.shape.columns == 1:
        return None  # one query: each row is a single number, which is L18
    return do(Transpose(), column_shares(do(Transpose(), site.of("E"))))


def _scaled_late(site: Site) -> Do | None:
    if not site.has("S", "C"):
        return None
    scale = scale_of(site)
    scores = do(Mask(), site.of("S"), site.visible) if site.visible else site.of("S")
    shares = column_shares(do(Raise(base=base_of(site)), scores))
    # Nobody rounds a weight down to 0.
    return do(Scale(scale.width_of, scale.divisor, "none", scale.d_k), shares)


def _normalised_early(site: Site) -> Do:
    sums = do(ColumnSums(), where_seen(site, site.of("C")))
    shares = do(Divide(), site.of("C"), sums)
    seen = do(Mask(), shares, site.visible) if site.visible else shares
    return do(Raise(base=base_of(site)), seen)


def _not_divided(site: Site) -> Do:
    return divided(site.of("E"), Fraction(1))


def _by_whole_sum(site: Site) -> Do | None:
    if site.shape.columns == 1:
        return None  # the whole sum is that of the one column
    sums = site.of("sums")
    whole = do(ColumnSums(), do(Transpose(), sums))
    return do(Divide(), site.of("E"), do(Product(), whole, ones(sums)))


def _each_alone(site: Site) -> Do | None:
    if site.shape.rows == 1:
        return None  # one key has the weight 1
    made = where_seen(site, ones(site.of("C")))
    return made if isinstance(made, Do) else None


OVER_ROWS = Mistake(
    id="L1",
    name="softmax over rows",
    sentence="The weights add up to 1 along each row; they should do so down each column.",
    remedy="Each column belongs to a query. Divide its powers by the sum of that column.",
    evidence="labml #146; vision-transformer #1; pytorch_advanced #161",
    needs="at least two queries: with one, each row is a single number (L18)",
    rewrites=(Rewrite(says="along each row", at=("A",), made=over_rows),),
)

SCALED_LATE = Mistake(
    id="L10",
    name="scaled after the softmax",
    sentence="The scores went into the softmax as they were, and the weights were divided.",
    remedy="Scale first, then raise: scaled weights no longer add up to 1.",
    evidence="seen in a public README",
    needs="a kind that scales scores before the softmax",
    rewrites=(Rewrite(says="softmax(S) divided", at=("A",), made=_scaled_late),),
)

NORMALISED_EARLY = Mistake(
    id="L16",
    name="normalised before raising",
    sentence="The scores were divided by their sum and raised afterwards.",
    remedy="Raise first, then divide the powers by their sum.",
    evidence="",
    needs="scores no column of which adds up to 0",
    rewrites=(Rewrite(says="3^(C/ΣC)", at=("A",), made=_normalised_early),),
)

NOT_DIVIDED = Mistake(
    id="L17",
    name="not divided, or divided by the whole sum",
    sentence="The powers were left as they were, or divided by the sum of all columns.",
    remedy="Divide each column by its own sum, so that it adds up to 1.",
    evidence="",
    needs="sums other than 1",
    rewrites=(
        Rewrite(says="not divided", at=("A",), made=_not_divided),
        Rewrite(says="by the whole sum", at=("A",), made=_by_whole_sum),
    ),
)

EACH_ALONE = Mistake(
    id="L18",
    name="softmax over an axis of length 1",
    sentence="Every weight is 1: each power was divided by itself.",
    remedy="Divide by the sum over all keys of a query, not by the power itself.",
    evidence="PyTorch-NLP #2; KEQA #2",
    needs="at least two keys: a single key has the weight 1 in any case",
    rewrites=(Rewrite(says="1 everywhere", at=("A",), made=_each_alone),),
)

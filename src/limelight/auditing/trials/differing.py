"""Differences of convention, in words: neither side is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.auditing.findings import Difference

if TYPE_CHECKING:
    from limelight.auditing.trials.case import Alignment
    from limelight.auditing.trials.empty_rows import RowKind

_FROM = {
    "top-left": "from the first query and the first key (top-left)",
    "bottom-right": "so that the last query sees the last key (bottom-right)",
}


def causal(found: Alignment | None, asked: Alignment | None, *, is_documented: bool) -> Difference:
    """Causal attention counts positions from elsewhere."""
    source = ", as its documentation says" if is_documented else ""
    return Difference(
        "E12",
        "causal alignment",
        f"It counts positions {_FROM[str(found)]}{source}; {asked} was asked for.",
    )


def empty_row(kind: RowKind, *, is_documented: bool) -> Difference:
    """A query without a key gets something else than 0."""
    source = ", as its documentation says" if is_documented else ""
    gets = {
        "nan": "NaN",
        "uniform": "the mean of all values",
        "unmasked": "what it would get if nothing were hidden",
    }[kind]
    return Difference(
        "E18", "fully masked row", f"A query that sees no key gets {gets}{source}; here it is 0."
    )


def polarity() -> Difference:
    """True hides."""
    return Difference(
        "E10", "what True says in a mask", "True hides the key; here True lets it be seen."
    )


def leak() -> Difference:
    """What is hidden must be finite."""
    return Difference(
        "E19",
        "NaN in what is hidden",
        "A hidden NaN reaches the output, since a weight of 0 is multiplied with it; padding must "
        "be finite. Here what is hidden may hold anything.",
    )


def precision() -> Difference:
    """Numbers of float64 are worked in float32 on the way."""
    return Difference(
        "E44",
        "precision",
        "What is float64 is worked in float32 on the way; here float64 stays float64.",
    )

"""The configurations, from the plainest to the most awkward."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from limelight.auditing.trials.case import Case
from limelight.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLAIN = Case(name="plain", says="as many keys as queries, nothing hidden")

BOOL_MASK = Case(
    name="bool mask", says="a mask of bools, its own for each entry and query", mask="bool"
)

NUMBER_MASK = Case(
    name="additive mask",
    says="a mask of numbers to add, -∞ where a key is hidden",
    mask="infinite",
)

_TABLE = (
    PLAIN,
    Case(name="grouped heads", says="6 query heads share 2 of keys", heads=6, kv_heads=2),
    Case(name="multi-query", says="4 query heads share one of keys", heads=4, kv_heads=1),
    Case(name="narrow values", says="values have fewer features than keys", d_v=3),
    Case(name="fewer queries", says="3 queries, 7 keys: cross-attention", queries=3, keys=7),
    Case(name="more queries", says="7 queries, 4 keys", queries=7, keys=4),
    Case(name="one token", says="1 query, 1 key", queries=1, keys=1),
    Case(
        name="odd sizes",
        says="1 entry, 17 queries, 31 keys, 7 features",
        batch=1,
        queries=17,
        keys=31,
        d_k=7,
        d_v=7,
    ),
    Case(
        name="long",
        says="259 queries and keys, causal: more than a block",
        batch=1,
        heads=2,
        kv_heads=2,
        queries=259,
        keys=259,
        d_k=16,
        d_v=16,
        causal="bottom-right",
    ),
    Case(name="causal", says="no query sees a later key", causal="bottom-right"),
    Case(
        name="causal with a cache",
        says="3 queries after 4 keys of a cache: the last one sees all 7",
        queries=3,
        keys=7,
        causal="bottom-right",
    ),
    Case(
        name="one new token",
        says="1 query after 6 keys of a cache: it sees all 7",
        queries=1,
        keys=7,
        causal="bottom-right",
    ),
    Case(
        name="causal from the first key",
        says="3 queries, 7 keys of which the last 4 are in the future",
        queries=3,
        keys=7,
        causal="top-left",
    ),
    Case(
        name="causal with more queries",
        says="7 queries, 4 keys: the first 3 queries see no key",
        queries=7,
        keys=4,
        causal="bottom-right",
    ),
    Case(name="scale", says="scores are multiplied by 0.3", scale=0.3),
    Case(name="softcap", says="scores are bounded by 2", softcap=2.0, spread=3.0),
    Case(name="sinks", says="each head has a sink", has_sinks=True),
    Case(name="bias", says="numbers are added to the scores", has_bias=True),
    BOOL_MASK,
    Case(
        name="mask by head",
        says="a mask of bools, its own for each entry, head and query",
        mask="bool by head",
    ),
    NUMBER_MASK,
    Case(
        name="finite mask",
        says="a mask of numbers to add, the lowest of their type where a key is hidden",
        mask="finite",
    ),
    Case(name="left padding", says="1 entry begins with 2 keys of padding", keys=7, starts=(0, 2)),
    Case(name="right padding", says="1 entry ends with 3 keys of padding", keys=7, lengths=(7, 4)),
    Case(
        name="different lengths",
        says="4 entries of 5, 1, 3 and 4 keys, causal",
        batch=4,
        causal="top-left",
        lengths=(5, 1, 3, 4),
    ),
    Case(
        name="fully masked row",
        says="1 query sees no key at all",
        mask="bool",
        hides_row=True,
    ),
    Case(
        name="NaN in padding",
        says="the padding holds NaN",
        keys=7,
        lengths=(7, 4),
        holds_nan=True,
    ),
    Case(
        name="causal window",
        says="a query sees itself and 2 keys before",
        queries=9,
        keys=9,
        causal="bottom-right",
        window=(2, 0),
    ),
    Case(
        name="window",
        says="a query sees 2 keys before and 1 after itself",
        queries=9,
        keys=9,
        window=(2, 1),
    ),
    Case(name="float64", says="every number is float64", dtype="float64"),
    Case(name="float16", says="every number is float16", dtype="float16"),
    Case(name="bfloat16", says="every number is bfloat16", dtype="bfloat16"),
    Case(
        name="float16 mask",
        says="every number is float16, and keys are hidden",
        dtype="float16",
        mask="bool",
    ),
    Case(
        name="large scores",
        says="scores beyond 100: e to their power is infinite in float32",
        d_k=16,
        d_v=16,
        spread=60.0,
    ),
    Case(
        name="large scores mask",
        says="scores beyond 1,000, some hidden: what hides must be lower still",
        d_k=16,
        d_v=16,
        spread=1000.0,
        mask="bool",
    ),
    Case(
        name="float16 overflow",
        says="float16, products beyond 65,504 that the scale makes fit",
        dtype="float16",
        d_k=64,
        d_v=64,
        spread=5000.0,
        scale=1e-4,
    ),
    Case(
        name="not contiguous",
        says="tokens lie before heads in memory",
        layout="strided",
    ),
    Case(name="no queries", says="0 queries", queries=0),
    Case(name="no keys", says="0 keys: no query sees any", keys=0),
)

CASES: Mapping[str, Case] = MappingProxyType({case.name: case for case in _TABLE})
"""By name, in the order in which they are tried."""


def chosen(features: Iterable[str] | None) -> tuple[Case, ...]:
    """Return the configurations of some names, or all of them; hyphens do for spaces.

    Raises:
        UnknownNameError: There is none of a name.

    >>> [case.name for case in chosen(["grouped-heads", "scale"])]
    ['plain', 'grouped heads', 'scale']
    """
    if features is None:
        return _TABLE
    names = [features] if isinstance(features, str) else [str(name) for name in features]
    by_words = {_words(name): case for name, case in CASES.items()}
    for name in names:
        if _words(name) not in by_words:
            raise UnknownNameError.among("feature", name, CASES)
    wanted = {by_words[_words(name)].name for name in names} | {PLAIN.name}
    return tuple(case for case in _TABLE if case.name in wanted)


def _words(name: str) -> str:
    return name.strip().lower().replace("-", " ").replace("_", " ")

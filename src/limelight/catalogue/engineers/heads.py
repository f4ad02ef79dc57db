"""Engineers' mistakes with heads: how they are cut, shared, joined and unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, do
from limelight.catalogue.engineers.parts import heads_in, kv_heads_in
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.mechanism.operations.heads import Concatenate, Split
from limelight.mechanism.operations.products import Product, Transpose
from limelight.mechanism.operations.shaping import Reshape, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.catalogue.mistake import Site

_CUT = ("Q", "K", "V")
_FUSED = "QKV"


def _viewed(site: Site) -> Do | None:
    """Read memory in which a token's heads lie side by side as heads one after the other."""
    rule, (whole, *_) = site.rule, site.step.operands
    if not isinstance(rule, Split) or rule.heads == 1 or whole not in site.shapes:
        return None
    tokens = site.shapes[whole].columns
    memory = do(Reshape(rule.heads * tokens), do(Transpose(), whole))
    return do(Transpose(), do(rule, memory))


def _merged_raw(site: Site) -> Do | None:
    parts = site.step.operands
    if not isinstance(site.rule, Concatenate) or len(parts) == 1:
        return None
    memory = do(Concatenate(), *(do(Transpose(), part) for part in parts))
    return do(Transpose(), do(Reshape(site.shape.columns), memory))


def _tiled(site: Site) -> Do | None:
    """Cut out the keys or values of head h mod G, which belong to h div the group's size."""
    rule = site.rule
    if not isinstance(rule, Split) or not _is_grouped(site):
        return None
    return do(Split(_tile_of(site) + 1, rule.heads), *site.step.operands)


def _tiled_keys(site: Site) -> Do | None:
    if not _is_grouped(site):
        return None
    return do(Transpose(), _same_of(site.step.operands[0], _server_of(site)))


def _tiled_values(site: Site) -> Do | None:
    if not isinstance(site.rule, Product) or not _is_grouped(site):
        return None
    values, weights = site.step.operands
    return do(Product(), _same_of(values, _server_of(site)), weights)


def _stretched_keys(site: Site) -> Do | None:
    if not _is_grouped(site):
        return None
    (keys,) = site.step.operands
    return do(Transpose(), do(_stretch(site, keys), keys))


def _stretched_values(site: Site) -> Do | None:
    if not isinstance(site.rule, Product) or not _is_grouped(site):
        return None
    values, weights = site.step.operands
    return do(Product(), do(_stretch(site, values), values), weights)


def _stretch(site: Site, name: str) -> Stretch:
    group = heads_in(site) // kv_heads_in(site)
    part = (_number(site) - 1) % group
    return Stretch(site.shapes[name].columns, part, group)


def _is_grouped(site: Site) -> bool:
    return 1 < kv_heads_in(site) < heads_in(site)


def _number(site: Site) -> int:
    return site.step.head or 1


def _tile_of(site: Site) -> int:
    return (_number(site) - 1) % kv_heads_in(site)


def _server_of(site: Site) -> int:
    """Return a query head that rightly has the keys and values that the site has wrongly."""
    return _tile_of(site) * (heads_in(site) // kv_heads_in(site)) + 1


def _same_of(name: str, head: int) -> str:
    """Name the same step of another head."""
    return f"{name.rstrip('0123456789')}{head}"


def _unpacked(*, by_block: bool) -> Callable[[Site], Do | None]:
    """Take what lies where another layout of the fused projection would have it."""

    def made(site: Site) -> Do | None:
        if not isinstance(site.rule, Split) or not _is_fusable(site):
            return None
        heads, groups = heads_in(site), kv_heads_in(site)
        there, read = _by_block(heads, groups), _by_group(heads, groups)
        if by_block:
            there, read = read, there
        number = site.rule.head
        letter, part = there[read.index((site.family, number))]
        return do(Split(part, heads if letter == "Q" else groups), letter)

    return made


def _is_fusable(site: Site) -> bool:
    """Tell whether queries, keys and values may come of one product."""
    if not set(_FUSED) <= site.shapes.keys() or heads_in(site) == 1:
        return False
    cut = [site.shapes[f"{letter}1"] for letter in _FUSED if f"{letter}1" in site.shapes]
    return len(cut) == len(_FUSED) and len(set(cut)) == 1


def _by_block(heads: int, groups: int) -> list[tuple[str, int]]:
    """All queries, all keys, all values."""
    counts = {"Q": heads, "K": groups, "V": groups}
    return [(letter, part + 1) for letter, count in counts.items() for part in range(count)]


def _by_group(heads: int, groups: int) -> list[tuple[str, int]]:
    """The queries, the key and the value of a group, then those of the next."""
    size = heads // groups
    return [
        block
        for group in range(groups)
        for block in (
            *(("Q", group * size + part + 1) for part in range(size)),
            ("K", group + 1),
            ("V", group + 1),
        )
    ]


CUT_BY_VIEW = Mistake(
    id="E23",
    name="heads split by a view",
    sentence="The heads were cut out of memory as it lies, so that a head is a slice of tokens.",
    remedy="View as (batch, tokens, heads, dim), then exchange tokens and heads.",
    evidence="FuxiCTR #30; transformer #15 (hyunwoongko)",
    needs="several heads, and at least two tokens",
    rewrites=(Rewrite(says="a view as (heads, tokens, dim)", at=_CUT, made=_viewed),),
)

MERGED_RAW = Mistake(
    id="E24",
    name="heads merged without a transpose",
    sentence="The heads were joined as they lie in memory: a token has pieces of other tokens.",
    remedy="Exchange heads and tokens, then reshape to (batch, tokens, heads · dim).",
    evidence="QAnet #2; Machine-Learning-Collection #165",
    needs="several heads, and at least two queries",
    rewrites=(Rewrite(says="a raw reshape", at=("Z",), made=_merged_raw),),
)

GROUPS_TILED = Mistake(
    id="E26",
    name="grouped heads tiled",
    sentence="Query head h met the keys and values h mod G, and not h div the size of a group.",
    remedy="Repeat each head of keys and values for its group: repeat_interleave, not repeat.",
    evidence="onnx PR #7274; axlearn PR #842",
    needs="at least two heads of keys and values, each of which serves several query heads",
    rewrites=(
        Rewrite(says="keys and values tiled", at=("K_T",), made=_tiled_keys),
        Rewrite(says="keys and values tiled", at=("Z",), made=_tiled_values),
        Rewrite(says="tiled where they are cut", at=("K", "V"), made=_tiled),
    ),
)

GROUPS_STRETCHED = Mistake(
    id="E27",
    name="grouped heads repeated along the sequence",
    sentence="Keys were repeated, and not heads: a query meets some keys several times, and "
    "others never.",
    remedy="Repeat along the axis of heads, before tokens and heads are exchanged or after.",
    evidence="prime-rl PR #2681",
    needs="at least two heads of keys and values, each of which serves several query heads",
    rewrites=(
        Rewrite(says="keys and values repeated", at=("K_T",), made=_stretched_keys),
        Rewrite(says="keys and values repeated", at=("Z",), made=_stretched_values),
    ),
)

UNPACKED_WRONG = Mistake(
    id="E39",
    name="fused projection unpacked in the wrong layout",
    sentence="Queries, keys and values were cut out of one product as if it were laid out "
    "otherwise.",
    remedy="Look up whether features lie as (3, heads, dim) or as (heads, 3, dim), and by "
    "groups where heads are grouped.",
    evidence="vllm PR #53114",
    needs="several heads, and queries, keys and values of one width made of the same tokens",
    rewrites=(
        Rewrite(says="(3, heads, dim) read by heads", at=_CUT, made=_unpacked(by_block=False)),
        Rewrite(says="(heads, 3, dim) read by letters", at=_CUT, made=_unpacked(by_block=True)),
    ),
)

"""Engineers' mistakes on the way from scores to weights."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from limelight.catalogue.alternative import Do, Operand, do
from limelight.catalogue.engineers.parts import heads_in, scale_in, shares
from limelight.catalogue.mistake import Mistake, Rewrite
from limelight.catalogue.pieces import times
from limelight.catalogue.weighing import over_rows
from limelight.mechanism.operations.elementwise import Complement, Multiply
from limelight.mechanism.operations.products import Add
from limelight.mechanism.operations.shaping import Quotient, SumsWithSink
from limelight.mechanism.operations.softmax import ColumnSums

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.catalogue.mistake import Site

SENTINELS = (-20, -50, -100, -1_000, -10_000, -65_504, -1_000_000_000)
"""What code writes for minus infinity; the last but one is the least number of float16."""


def _over_heads(site: Site) -> Do | None:
    heads = heads_in(site)
    if heads == 1:
        return None
    powers: list[Operand] = [f"E{head}" for head in range(1, heads + 1)]
    return do(Quotient(), site.of("E"), reduce(_added, powers))


def _added(left: Operand, right: Operand) -> Operand:
    return do(Add(), left, right)


def _masked_late(site: Site) -> Do | None:
    if not site.has("M"):
        return None
    scores, mask = site.plan.step(site.of("M")).operands
    return do(Multiply(), shares(site, scores), mask)


def _multiplied(site: Site) -> Do:
    return do(Multiply(), *site.step.operands)


def _filled(sentinel: int) -> Callable[[Site], Do]:
    def made(site: Site) -> Do:
        scores, mask = site.step.operands
        hidden = times(do(Complement(), mask), sentinel)
        return do(Add(), do(Multiply(), scores, mask), hidden)

    return made


def _lowered(sentinel: int) -> Callable[[Site], Do]:
    def made(site: Site) -> Do:
        scores, mask = site.step.operands
        return do(Add(), scores, times(do(Complement(), mask), sentinel))

    return made


def _without_sink(site: Site) -> Do | None:
    if not isinstance(site.rule, SumsWithSink):
        return None
    return do(ColumnSums(), site.step.operands[0])


def _sink_scaled(site: Site) -> Do | None:
    scale = scale_in(site)
    if not isinstance(site.rule, SumsWithSink) or scale is None or scale.divisor == 1:
        return None
    powers, scores, sink = site.step.operands
    return do(site.rule, powers, scores, do(scale, sink))


def _sink_unraised(site: Site) -> Do | None:
    if not isinstance(site.rule, SumsWithSink):
        return None
    powers, _, sink = site.step.operands
    return do(Add(), do(ColumnSums(), powers), sink)


OVER_OTHER_AXIS = Mistake(
    id="E7",
    name="softmax over the wrong axis",
    sentence="The weights add up to 1 along another axis than the keys.",
    remedy="Take the softmax over the keys of each query: the last axis of (…, queries, keys).",
    evidence="fastNLP #254",
    needs="at least two queries or two heads",
    rewrites=(
        Rewrite(says="over the queries", at=("A",), made=over_rows),
        Rewrite(says="over the heads", at=("A",), made=_over_heads),
    ),
)

MASKED_LATE = Mistake(
    id="E8",
    name="mask after the softmax",
    sentence="Hidden keys were taken out after the softmax, so that weights add up to less "
    "than 1.",
    remedy="Mask the scores, then take the softmax.",
    evidence="timm PR #2236",
    needs="a hidden key",
    rewrites=(Rewrite(says="softmax, then times the mask", at=("A",), made=_masked_late),),
)

MASK_MULTIPLIED = Mistake(
    id="E9",
    name="mask multiplied into the scores",
    sentence="Hidden scores became 0, and so they have the weight of e to the power of 0.",
    remedy="Give hidden scores minus infinity, by masked_fill or where.",
    evidence="",
    needs="a hidden key",
    rewrites=(Rewrite(says="times the mask", at=("M",), made=_multiplied),),
)

SENTINEL_LEAKS = Mistake(
    id="E16",
    name="a finite number for minus infinity",
    sentence="Hidden scores have a finite number that is not small enough: hidden keys have "
    "weight.",
    remedy="Use minus infinity, or the least number of the type that the scores are in.",
    evidence="TransformerLens #318, #385; transformers #10484",
    needs="a hidden key, and scores that come near the number",
    told="Hidden keys have weights, and these lead back to one score that all of them share or "
    "have had added.",
    rewrites=tuple(
        Rewrite(says=f"{sentinel} {how}", at=("M",), made=made(sentinel))
        for how, made in (("for a hidden score", _filled), ("added to it", _lowered))
        for sentinel in SENTINELS
    ),
)

SINK_DROPPED = Mistake(
    id="E34",
    name="attention sink dropped",
    sentence="The sink was left out of the sum, or did not go in as the score that it is.",
    remedy="Add e to the power of the sink to each query's sum; do not scale it, and give it no "
    "value.",
    evidence="vllm PR #52156; torchtitan PR #2211",
    needs="a sink",
    rewrites=(
        Rewrite(says="no sink", at=("sums",), made=_without_sink),
        Rewrite(says="the sink scaled", at=("sums",), made=_sink_scaled),
        Rewrite(says="the sink not raised", at=("sums",), made=_sink_unraised),
    ),
)

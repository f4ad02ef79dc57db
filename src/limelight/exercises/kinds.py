"""The kinds of exercise: which plan belongs to which inputs.

A new kind is one entry in `KINDS`: the name that a file uses, and how to make the plan from
the names of the matrices that were given.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import ShapeError, UnknownNameError
from limelight.mechanism import attention, blocks
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from limelight.mechanism.plan import Plan
    from limelight.mechanism.recipe import Recipe

MAX_HEADS = 256
"""The most heads that an exercise may have."""

HEADS = range(1, MAX_HEADS + 1)


class Choices(NamedTuple):
    """What decides the plan of an exercise, besides its kind.

    Attributes:
        given: Names of the matrices that are given.
        heads: How many heads.
        causal: No query sees a later key.
    """

    given: Collection[str]
    heads: int = 1
    causal: bool = False

    @property
    def joined(self) -> bool:
        """Whether one W_Q serves several heads."""
        return self.heads > 1 and "W_Q" in self.given

    @property
    def gains(self) -> frozenset[str]:
        """Which normalisations have a gain or a shift."""
        return frozenset(
            which for which in "AF" if {f"gamma_{which}", f"beta_{which}"} & set(self.given)
        )


def _self_attention(choices: Choices) -> Plan:
    return attention.self_attention(
        heads=choices.heads,
        joined=choices.joined,
        causal=choices.causal,
        masked="mask" in choices.given,
        projected="W_O" in choices.given,
    )


def _cross_attention(choices: Choices) -> Plan:
    return attention.cross_attention(
        heads=choices.heads,
        joined=choices.joined,
        masked="mask" in choices.given,
        projected="W_O" in choices.given,
    )


def _transformer(choices: Choices) -> Plan:
    return blocks.transformer(bias_1="b_1" in choices.given, bias_2="b_2" in choices.given)


def _encoder_block(choices: Choices) -> Plan:
    return blocks.encoder_block(
        heads=choices.heads,
        joined=choices.joined,
        masked="mask" in choices.given,
        gains=choices.gains,
        bias_1="b_1" in choices.given,
        bias_2="b_2" in choices.given,
    )


KINDS: dict[str, Callable[[Choices], Plan]] = {
    "softmax": lambda _: attention.softmax(),
    "dot-product": lambda _: attention.dot_product(),
    "self-attention": _self_attention,
    "cross-attention": _cross_attention,
    "transformer": _transformer,
    "encoder-block": _encoder_block,
}

_WITH_HEADS = frozenset({"self-attention", "cross-attention", "encoder-block"})


def plan_of(kind: str, choices: Choices) -> Plan:
    """Return the plan of an exercise.

    Raises:
        UnknownNameError: There is no such kind.
        ShapeError: Heads, a mask or causality that the kind does not have.
    """
    if kind not in KINDS:
        raise UnknownNameError.among("kind of exercise", kind, KINDS)
    if choices.heads > 1 and kind not in _WITH_HEADS:
        raise ShapeError(_not_there(kind, "heads", sorted(_WITH_HEADS)))
    if choices.causal and kind != "self-attention":
        raise ShapeError(_not_there(kind, "causal", ["self-attention"]))
    if choices.causal and "mask" in choices.given:
        msg = (
            "give either causal or a mask, not both.\n"
            "  causal hides every later key; a mask says for each key and query what is hidden.\n"
            "  Leave out causal and put its zeros into the mask."
        )
        raise ShapeError(msg)
    return _built(kind, choices._replace(given=frozenset(choices.given)))


@lru_cache(maxsize=64)
def _built(kind: str, choices: Choices) -> Plan:
    """Build a plan; exercises of one form share it."""
    return KINDS[kind](choices)


@cache
def step_names() -> tuple[str, ...]:
    """Return the names of all steps of all kinds, without the numbers of heads."""
    everything = Choices(given=("mask", "W_O", "gamma_A", "gamma_F", "b_1", "b_2"), heads=2)
    causal = Choices(given=("W_Q",), heads=2, causal=True)
    plans = [build(everything) for build in KINDS.values()]
    plans.append(_self_attention(causal))
    names = (NameParts.of(step.name).family for plan in plans for step in plan.steps)
    return tuple(dict.fromkeys(names))


def refuse_unknown_steps(recipe: Recipe) -> None:
    """Refuse a recipe that rounds a step that no kind of exercise has.

    Raises:
        UnknownNameError: Near names are suggested.
    """
    for name in recipe.rounded_steps:
        if name not in step_names():
            raise UnknownNameError.among("step to round", name, step_names())


def heads_in(given: Collection[str]) -> int:
    """Count the heads that the names of weights speak of: W_Q3 makes three."""
    numbers = [int(match[1]) for name in given if (match := _HEAD.fullmatch(name))]
    return max(numbers, default=1)


_HEAD = re.compile(r"W_[QKV]([1-9][0-9]{0,3})")


def _not_there(kind: str, option: str, kinds: list[str]) -> str:
    return (
        f"{option} does not go with the kind {kind}.\n"
        f"  Kinds with {option}: {', '.join(kinds)}.\n"
        f"  Leave {option} out, or choose another kind."
    )

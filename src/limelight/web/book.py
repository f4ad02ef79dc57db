"""The plans that a page knows, as data: those of its exercises, and those one switch away.

A page has no Python. What another mask or another head makes of an exercise is another plan, so
all of them go along, their steps shared: a plan is a list of places.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from limelight.exercises.kinds import MAX_HEADS, Choices, plan_of
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.plan import Plan

MOST_HEADS = 4
"""Heads that may be added on a page; an exercise that has more keeps its own."""

_HEADED = ("W_Q", "W_K", "W_V")
_WITH_MASK = frozenset({"self-attention", "cross-attention", "encoder-block"})
_WITH_CAUSAL = frozenset({"self-attention"})


def plan_key(kind: str, choices: Choices) -> str:
    """Return what a plan is found by.

    >>> plan_key("softmax", Choices(given=["C"]))
    'softmax 1 open C'
    """
    hiding = "causal" if choices.causal else "open"
    return " ".join([kind, str(choices.heads), hiding, *sorted(choices.given)])


def plan_book(exercises: Iterable[Exercise]) -> dict[str, object]:
    """Return every plan of *exercises* and those one switch away, as JSON values.

    Returns:
        inputs, steps and stages, each once, and plans by their keys: lists of places in these.
    """
    binder = _Binder()
    for exercise in exercises:
        for choices in _neighbours(exercise):
            binder.add(plan_key(exercise.kind, choices), plan_of(exercise.kind, choices))
    return {
        "inputs": [json.loads(text) for text in binder.inputs],
        "steps": [json.loads(text) for text in binder.steps],
        "stages": [json.loads(text) for text in binder.stages],
        "plans": binder.plans,
    }


class _Binder:
    """Numbers the parts of plans in the order in which they come."""

    def __init__(self) -> None:
        self.inputs: dict[str, int] = {}
        self.steps: dict[str, int] = {}
        self.stages: dict[str, int] = {}
        self.plans: dict[str, dict[str, object]] = {}

    def add(self, key: str, plan: Plan) -> None:
        """Take a plan in, once."""
        if key in self.plans:
            return
        document: dict[str, Any] = plan.as_json()
        stages = [_place(self.stages, step.stage._asdict()) for step in plan.steps]
        steps = [
            _place(self.steps, written | {"stage": stage})
            for written, stage in zip(document["steps"], stages, strict=True)
        ]
        inputs = [_place(self.inputs, written) for written in document["inputs"]]
        self.plans[key] = document | {"inputs": inputs, "steps": steps}


def _place(known: dict[str, int], part: dict[str, Any]) -> int:
    """Return the place of a part in a list, at the end of it where it is new."""
    return known.setdefault(json.dumps(part), len(known))


def _neighbours(exercise: Exercise) -> Iterator[Choices]:
    """Go through the choices of an exercise, and of those with other heads or another mask."""
    given = [name for name in exercise.inputs if name != "mask"]
    for heads in _head_counts(exercise):
        names = _with_heads(given, exercise.heads, heads)
        yield Choices(given=names, heads=heads)
        if exercise.kind in _WITH_CAUSAL:
            yield Choices(given=names, heads=heads, causal=True)
        if exercise.kind in _WITH_MASK:
            yield Choices(given=[*names, "mask"], heads=heads)


def _head_counts(exercise: Exercise) -> range:
    if "W_Q" not in exercise.inputs and exercise.heads == 1:
        return range(1, 2)
    return range(1, min(max(MOST_HEADS, exercise.heads), MAX_HEADS) + 1)


def _with_heads(given: list[str], before: int, heads: int) -> list[str]:
    """Rename weights for another number of heads; one matrix for all heads stays one."""
    if before > 1 and "W_Q" in given:
        return given
    names = []
    for name in given:
        parts = NameParts.of(name)
        if parts.family not in _HEADED:
            names.append(name)
        elif parts.head in {"", "1"}:
            names += _numbered(parts.family, heads)
    return names


def _numbered(family: str, heads: int) -> list[str]:
    return [f"{family}{head}" for head in range(1, heads + 1)] if heads > 1 else [family]

"""The steps of a plan, ready to be worked for one candidate after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises.generator.whole import WHOLE_NUMBERS, Whole
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limelight.mechanism.operations.operation import Operation
    from limelight.mechanism.plan import Plan, Step

_NOT_LOOKED_AT = frozenset({"K_T", "mask", "M"})
"""Steps that only move or hide the numbers of others."""


class Worker(NamedTuple):
    """A step, ready to be worked and looked at.

    Attributes:
        name: The step's.
        family: Its name without the number of its head.
        operation: What is done.
        operands: And to what.
        drawn: How many inputs must have been drawn before it.
        is_looked_at: Whether its numbers are its own.
    """

    name: str
    family: str
    operation: Operation
    operands: tuple[str, ...]
    drawn: int
    is_looked_at: bool

    @classmethod
    def of(cls, step: Step, inputs: Sequence[str]) -> Worker:
        """Make a step ready."""
        drawn = (inputs.index(name) + 1 for name in step.operands if name in inputs)
        family = NameParts.of(step.name).family
        return cls(
            name=step.name,
            family=family,
            operation=step.operation,
            operands=step.operands,
            drawn=max(drawn, default=0),
            is_looked_at=family not in _NOT_LOOKED_AT,
        )

    def compute(self, values: Mapping[str, Whole]) -> Whole:
        """Work it."""
        operands = [values[name] for name in self.operands]
        return self.operation.compute(WHOLE_NUMBERS, *operands)


def workers_of(plan: Plan, inputs: Sequence[str]) -> tuple[list[Worker], list[Worker]]:
    """Divide the steps into those without values and those with."""
    before: list[Worker] = []
    after: list[Worker] = []
    with_values: set[str] = set()
    for step in plan.steps:
        worker = Worker.of(step, inputs)
        reads = {NameParts.of(name).family for name in step.operands}
        if "W_V" in reads or with_values & set(step.operands):
            with_values.add(step.name)
            after.append(worker)
        else:
            before.append(worker)
    return before, after

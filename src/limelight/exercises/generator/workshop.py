"""Where candidates of one form are made, worked and looked at."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from limelight.catalogue.showing import Eye, Group, Sight, groups_of
from limelight.exercises.generator.blocks import blocks_of
from limelight.exercises.generator.draw import MAX_CANDIDATE_BITS, Digits
from limelight.exercises.generator.limits import FEW_MIXED, dull, ugly
from limelight.exercises.generator.whole import WHOLE_NUMBERS, Whole, differ
from limelight.exercises.kinds import Choices, plan_of
from limelight.mechanism.operations.products import Product
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from limelight.exercises.generator.blocks import Block
    from limelight.exercises.generator.form import Form
    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.plan import Plan, Step

FRIENDLY = (1, 2, 3, 4, 5, 6, 10, 12, 20, 30, 60)
"""What the ones of W_V are multiplied by, so that values divide well."""

LARGEST_FACTOR = 60
"""Where one of up to this makes them whole numbers, it is that one."""

_NOT_LOOKED_AT = frozenset({"K_T", "mask", "M"})
"""Steps that only move or hide the numbers of others."""


EYE = Eye(WHOLE_NUMBERS, differ)

Checks: TypeAlias = "Mapping[str, Sequence[Group]]"


def hides(mistake: str) -> str:
    """Say that a candidate does not show a mistake."""
    return f"{mistake} would not show"


class Worker(NamedTuple):
    """A step, ready to be worked and looked at."""

    step: Step
    family: str

    def compute(self, values: Mapping[str, Whole]) -> Whole:
        """Work it."""
        operands = [values[name] for name in self.step.operands]
        return self.step.operation.compute(WHOLE_NUMBERS, *operands)


class Candidate(NamedTuple):
    """A candidate, worked as far as it was good.

    Attributes:
        number: Which one.
        values: Inputs and steps by name.
        fault: What is wrong with it; "" when it can be used.
        shown: Where what was asked for shows.
    """

    number: int
    values: dict[str, Whole]
    fault: str
    shown: list[Sight[Whole]]


class Workshop:
    """Makes and works the candidates of a form; everything that they share is kept here.

    Attributes:
        form: The form.
        inputs: The names of its matrices.
        space: How many candidates there are; different ones have different matrices.
        patience: How many candidates are looked at in a row before one gives up.
        plan: Settled by the recipe.
        groups: What the catalogue's entries make of the plan, for each that can show.
    """

    def __init__(self, form: Form) -> None:
        """Settle the plan and prepare the matrices."""
        self.form = form
        self._blocks = blocks_of(form)
        self.inputs = tuple(block.name for block in self._blocks)
        ways = math.prod(block.space for block in self._blocks)
        self.space = min(ways, 2**MAX_CANDIDATE_BITS)
        self.plan, shapes = _settled(form, self._blocks)
        self.groups: dict[str, tuple[Group, ...]] = groups_of(self.plan, shapes)
        self._keys = max((shapes[name].rows for name in ("A", "A1") if name in shapes), default=1)
        self._before, self._after = _workers(self.plan)
        self.patience = _patience(self.plan, shapes)
        self._families = [NameParts.of(block.name).family for block in self._blocks]
        self._heads = _heads(form, self._blocks)
        self._goes_on = "W_O" in self.inputs and self._keys <= FEW_MIXED

    def given(self, number: int) -> dict[str, Whole]:
        """Return the inputs of a candidate, good or not.

        This is what an identity leads back to: nothing else may decide them.
        """
        values = self._drawn(number)
        for worker in self._before:
            values[worker.step.name] = worker.compute(values)
        self._make_friendly(values)
        return {name: values[name] for name in self.inputs}

    def candidate(self, number: int, checks: Checks = MappingProxyType({})) -> Candidate:
        """Make a candidate and work it until something is wrong with it.

        Args:
            number: Which one.
            checks: What must show, each under the step that is the last to show it: so that
                what is asked for is looked at as soon as it can be.
        """
        values, fault = self._drawn_well(number)
        shown: list[Sight[Whole]] = []
        fault = fault or self._work(self._before, values, checks, shown)
        if not fault:
            whole = self._make_friendly(values)
            fault = self._heads_alike(values) if whole else "values that mix to fractions"
        fault = fault or self._work(self._after, values, checks, shown)
        return Candidate(number, values, fault, shown)

    def checks(self, names: Iterable[str]) -> Checks:
        """Arrange what must show by the step that is the last to show it."""
        order = [worker.step.name for worker in (*self._before, *self._after)]
        found: dict[str, list[Group]] = {}
        for name in names:
            for group in self.groups[name]:
                last = max(order.index(alternative.step) for alternative in group)
                found.setdefault(order[last], []).append(group)
        return found

    def _drawn(self, number: int) -> dict[str, Whole]:
        digits = Digits(number)
        return {block.name: block.draw(digits) for block in self._blocks}

    def _drawn_well(self, number: int) -> tuple[dict[str, Whole], str]:
        """Draw the inputs until one is dull, and say what is wrong with it."""
        digits = Digits(number)
        values: dict[str, Whole] = {}
        for block, family in zip(self._blocks, self._families, strict=True):
            values[block.name] = block.draw(digits)
            if fault := dull(family, values[block.name], None):
                return values, fault
        return values, ""

    def _work(
        self,
        workers: Iterable[Worker],
        values: dict[str, Whole],
        checks: Checks,
        shown: list[Sight[Whole]],
    ) -> str:
        """Work steps until one is ugly or dull or hides what it should show; say what is wrong."""
        seen = values.get("mask")
        for worker in workers:
            name, family = worker.step.name, worker.family
            made = values[name] = worker.compute(values)
            if family == "mask":
                seen = made
            if family not in _NOT_LOOKED_AT and (
                fault := ugly(family, made, self._keys) or dull(family, made, seen)
            ):
                return fault
            for group in checks.get(name, ()):
                sight = EYE.first(group, values)
                if sight is None:
                    return hides(group[0].mistake)
                shown.append(sight)
        return ""

    def _heads_alike(self, values: Mapping[str, Whole]) -> str:
        scores = [values[f"C{head.number}"] for head in self._heads]
        alike = any(one.rows == other.rows for one, other in combinations(scores, 2))
        return "two heads alike" if alike else ""

    def _make_friendly(self, values: dict[str, Whole]) -> bool:
        """Multiply each head's part of W_V by what makes its values divide best.

        Returns:
            Whether that is as good as it has to be.
        """
        good = True
        for head in self._heads:
            weights = values[head.weights]
            weights_of_head = values[f"A{head.number}"]
            factor = _best_factor(weights_of_head)
            good = good and not (self._goes_on and factor % _below(weights_of_head))
            first, last = head.part.start, head.part.stop
            rows = weights.rows
            scaled = tuple(tuple([factor * number for number in row]) for row in rows[first:last])
            values[head.weights] = Whole(rows[:first] + scaled + rows[last:])
        return good


class _Head(NamedTuple):
    """The weights that make a head's values: a matrix, and which of its rows."""

    number: str
    weights: str
    part: range


def _settled(form: Form, blocks: Iterable[Block]) -> tuple[Plan, dict[str, Shape]]:
    """Return the plan as the recipe has it, and the shapes of everything in it."""
    blank = {block.name: block.blank for block in blocks}
    choices = Choices(given=blank.keys(), heads=form.heads, causal=form.causal)
    plan = plan_of(form.kind, choices)
    shapes = plan.shapes(blank)
    return plan.settle(form.recipe, shapes), shapes


def _heads(form: Form, blocks: Iterable[Block]) -> tuple[_Head, ...]:
    values = {block.name: block.blank.shape.rows for block in blocks if "W_V" in block.name}
    if not values:
        return ()
    if "W_V" not in values:
        return tuple(
            _Head(name.removeprefix("W_V"), name, range(rows)) for name, rows in values.items()
        )
    if form.heads == 1:
        return (_Head("", "W_V", range(values["W_V"])),)
    size = values["W_V"] // form.heads
    return tuple(
        _Head(str(head + 1), "W_V", range(head * size, (head + 1) * size))
        for head in range(form.heads)
    )


def _workers(plan: Plan) -> tuple[list[Worker], list[Worker]]:
    """Divide the steps into those without values and those with."""
    before: list[Worker] = []
    after: list[Worker] = []
    with_values: set[str] = set()
    for step in plan.steps:
        worker = Worker(step, NameParts.of(step.name).family)
        reads = {NameParts.of(name).family for name in step.operands}
        if "W_V" in reads or with_values & set(step.operands):
            with_values.add(step.name)
            after.append(worker)
        else:
            before.append(worker)
    return before, after


def _below(weights: Whole) -> int:
    """Return the least common denominator; 1 where numbers are decimals."""
    if not weights.exact:
        return 1
    return weights.below // math.gcd(weights.below, *(n for row in weights.rows for n in row))


def _best_factor(weights: Whole) -> int:
    """Return what leaves the smallest denominators when values are multiplied by it."""
    if not weights.exact:
        return 1
    below = weights.below
    left = {below // math.gcd(below, *column) for column in zip(*weights.rows, strict=True)}

    if (whole := math.lcm(*left)) <= LARGEST_FACTOR:
        return whole

    def remaining(factor: int) -> tuple[int, int]:
        return max([number // math.gcd(number, factor) for number in left]), factor

    return min(map(remaining, FRIENDLY))[1]


MOST_PATIENCE, LEAST_PATIENCE = 20_000, 200
"""So many candidates in a row may be of no use: fewer where each of them is much work."""

_WORK = 5_000_000
"""The multiplications that they may cost together, where that is more than the least."""


def _patience(plan: Plan, shapes: Mapping[str, Shape]) -> int:
    products = [step for step in plan.steps if isinstance(step.operation, Product)]
    work = sum(
        math.prod(shapes[step.name]) * shapes[step.operands[0]].columns for step in products
    )
    return min(MOST_PATIENCE, max(LEAST_PATIENCE, _WORK // max(work, 1)))


@lru_cache(maxsize=64)
def workshop(form: Form) -> Workshop:
    """Return the workshop of a form; it is made once."""
    return Workshop(form)

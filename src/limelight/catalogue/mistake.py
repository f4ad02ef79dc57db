"""A mistake: what somebody did, why it is wrong, and how the step is rewritten by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from limelight.catalogue.alternative import Alternative, Do, Operand, shape_of
from limelight.mechanism.operations.operation import Misfit
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.operations.operation import Operation
    from limelight.mechanism.plan import Plan, Step


class Site(NamedTuple):
    """A step that may be rewritten, with what is around it.

    Attributes:
        plan: The plan, settled by a recipe.
        shapes: Of every input and step, by name.
        step: The step.
    """

    plan: Plan
    shapes: Mapping[str, Shape]
    step: Step

    @property
    def family(self) -> str:
        """The step's name without the number of its head."""
        return NameParts.of(self.step.name).family

    @property
    def shape(self) -> Shape:
        """The shape of the step's result."""
        return self.shapes[self.step.name]

    @property
    def rule(self) -> Operation:
        """The step's own operation."""
        return self.step.operation

    @property
    def operands(self) -> tuple[Shape, ...]:
        """The shapes of its operands."""
        return tuple(self.shapes[name] for name in self.step.operands)

    @property
    def visible(self) -> str | None:
        """The name of the mask, where one hides keys."""
        return self.plan.step(self.of("M")).operands[1] if self.has("M") else None

    def of(self, letter: str) -> str:
        """Name a step of the same head: E is E2 for A2."""
        return f"{letter}{self._head}"

    def has(self, *letters: str) -> bool:
        """Tell whether there are such inputs or steps in the same head."""
        return all(self.of(letter) in self.shapes for letter in letters)

    def rule_of(self, letter: str) -> Operation:
        """Return the settled operation of another step of the same head."""
        return self.plan.step(self.of(letter)).operation

    def fits(self, made: Operand) -> bool:
        """Tell whether its operands are there and fit each other."""
        try:
            shape_of(made, self.shapes)
        except (Misfit, KeyError):
            return False
        return True

    @property
    def _head(self) -> str:
        return NameParts.of(self.step.name).head


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """One way to make a mistake.

    Attributes:
        says: What is done, in a few words.
        at: The families of the steps that it rewrites: "A" for A, A1, A2, …
        made: What is done instead at a site, or None where the sizes or the recipe leave
            nothing to be seen of it.
    """

    says: str
    at: tuple[str, ...]
    made: Callable[[Site], Do | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """An entry of the catalogue.

    Attributes:
        id: L1, L2, … for people who work by hand; E1, E2, … for those who write code.
        name: What is done wrong, in a few words.
        sentence: What happened, said to the person who did it.
        remedy: How to put it right.
        evidence: Where it was seen.
        needs: What an exercise must have for the mistake to show.
        rewrites: The ways to make it, each of which must show where it can be made at all.
        told: How it is told from numbers of arrays, where rewritings do not tell it; else "".
        reason: Why there is neither; "" where there is one.
    """

    id: str
    name: str
    sentence: str
    remedy: str
    evidence: str
    needs: str = ""
    rewrites: tuple[Rewrite, ...] = ()
    told: str = ""
    reason: str = ""

    def alternatives(
        self, plan: Plan, shapes: Mapping[str, Shape], steps: Collection[str] | None = None
    ) -> Iterator[Alternative]:
        """Go through every step of a plan that the mistake can change, in the plan's order.

        Args:
            plan: Settled by a recipe.
            shapes: Of all its inputs and steps.
            steps: The names of those that are asked about; all of them where it is None.
        """
        asked = [step for step in plan.steps if steps is None or step.name in steps]
        sites = [Site(plan, shapes, step) for step in asked]
        for rewrite in self.rewrites:
            for site in sites:
                if site.family not in rewrite.at:
                    continue
                made = rewrite.made(site)
                if made is not None and site.fits(made):
                    yield Alternative(self.id, rewrite.says, site.step.name, made)

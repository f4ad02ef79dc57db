"""Two traces side by side: how far does one recipe move the numbers of another?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from limelight.errors import ShapeError
from limelight.mechanism.matrix import Cell, Matrix
from limelight.notation.numbers import MASKED, Number
from limelight.shown import Shown

if TYPE_CHECKING:
    from limelight.mechanism.trace import Trace, Worked


@dataclass(frozen=True, slots=True, kw_only=True)
class StepComparison:
    """One step under two recipes.

    Attributes:
        name: The step.
        first: Its result in the first trace.
        second: Its result in the second trace.
        difference: Second minus first, cell by cell.
    """

    name: str
    first: Worked
    second: Worked
    difference: Matrix

    @property
    def furthest(self) -> Cell:
        """The cell that differs most; the first of several."""
        return max(self.difference.cells(), key=_size)[0]

    @property
    def distance(self) -> Number:
        """How far the furthest cell is apart."""
        number = self.difference[self.furthest]
        return -number if number < 0 else number

    @property
    def differs(self) -> bool:
        """Whether any cell differs."""
        return self.distance != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Shown):
    """Every step of one plan under two recipes; `comparison["A"]` is one of them.

    Attributes:
        first: The first trace.
        second: The second trace.
        steps: Step by step, in order.
    """

    first: Trace
    second: Trace
    steps: tuple[StepComparison, ...]

    def __getitem__(self, name: str) -> StepComparison:
        """Return the comparison of one step.

        Raises:
            UnknownNameError: There is no such step.
        """
        wanted = self.first.plan.step(name).name
        return next(step for step in self.steps if step.name == wanted)

    @property
    def differing(self) -> tuple[StepComparison, ...]:
        """The steps that differ anywhere."""
        return tuple(step for step in self.steps if step.differs)


def compare(first: Trace, second: Trace) -> Comparison:
    """Hold two traces of one exercise against each other, cell by cell.

    Args:
        first: A trace.
        second: A trace of the same steps, under another recipe.

    Raises:
        ShapeError: They are not traces of the same steps in the same sizes.

    >>> from limelight import EXACT, gallery, work
    >>> exercise = gallery("self-attention")
    >>> round(compare(work(exercise), work(exercise, EXACT))["A"].distance, 3)
    0.129
    """
    shapes = [[(step.name, step.shape) for step in trace.steps] for trace in (first, second)]
    if shapes[0] != shapes[1]:
        msg = (
            "two traces are compared when they have the same steps in the same sizes.\n"
            f"  The first has {_listed(first)}; the second {_listed(second)}.\n"
            "  Work one exercise under two recipes."
        )
        raise ShapeError(msg)
    pairs = zip(first.steps, second.steps, strict=True)
    return Comparison(first=first, second=second, steps=tuple(_step(*pair) for pair in pairs))


def _size(cell: tuple[Cell, Number]) -> Any:  # noqa: ANN401 - Fractions and floats have an order
    return abs(cell[1])


def _listed(trace: Trace) -> str:
    return ", ".join(f"{step.name} {step.shape}" for step in trace.steps)


def _step(first: Worked, second: Worked) -> StepComparison:
    rows = zip(first.rows, second.rows, strict=True)
    difference = Matrix(tuple(tuple(map(_difference, *pair)) for pair in rows))
    return StepComparison(name=first.name, first=first, second=second, difference=difference)


def _difference(first: Number, second: Number) -> Number:
    return Fraction(0) if first == second == MASKED else second - first

"""Findings: what is said of a dump, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from limelight.auditing.setup import Setup


class Verdict(Enum):
    """What is said of a tensor."""

    RIGHT = "right"
    WRONG = "wrong"
    GIVEN = "given"
    DIFFERENT = "right by another convention"


class Cause(NamedTuple):
    """A mistake of the catalogue that reproduces what a dump holds.

    Attributes:
        mistake: Its id.
        name: What it is called.
        step: The step where it was made, without the number of a head: the one that is wrong, or
            an earlier one that the dump does not hold.
        says: What was done, in a few words.
        sentence: What happened, said to the person who did it.
        remedy: How to put it right.
        heads: In which heads, counted from 0; () where it was made in all of them.
    """

    mistake: str
    name: str
    step: str
    says: str
    sentence: str
    remedy: str
    heads: tuple[int, ...] = ()


class Difference(NamedTuple):
    """Where implementations differ and neither is wrong.

    Attributes:
        mistake: The id of the entry that tells more of it.
        name: What they differ in.
        says: What the dump does, and what Limelight does.
    """

    mistake: str
    name: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinding:
    """What is said of one tensor, given those before it.

    Attributes:
        name: The tensor.
        verdict: GIVEN where it follows from nothing in the dump.
        error: How far the worst cell is off; infinite where it is no number and should be, or
            the other way round.
        tolerance: How far a right implementation may be off in that cell.
        place: The worst cell: its index in the tensor, counted from 0.
        expected: What should stand there.
        found: What stands there.
        cells: How many cells were compared.
        wrong_cells: How many of them are off by more than their tolerance.
        causes: Every mistake that reproduces the tensor: more than one is a tie. Looked for at
            the first wrong step only.
        remark: Anything else.
    """

    name: str
    verdict: Verdict
    error: float = 0.0
    tolerance: float = 0.0
    place: tuple[int, ...] | None = None
    expected: float = 0.0
    found: float = 0.0
    cells: int = 0
    wrong_cells: int = 0
    causes: tuple[Cause, ...] = ()
    remark: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it is wrong."""
        return self.verdict is Verdict.WRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is said of a dump.

    Attributes:
        name: What was audited.
        setup: How it was meant to be computed.
        steps: Its tensors, in the order of the computation.
        differences: Where it follows another convention than Limelight, and is not wrong.
        precision: The type that tolerances are reckoned from.
        ignored: Names in the file that are no tensors of a dump.
    """

    name: str
    setup: Setup
    steps: tuple[StepFinding, ...]
    differences: tuple[Difference, ...] = ()
    precision: str = "float64"
    ignored: tuple[str, ...] = ()

    @property
    def first_wrong(self) -> StepFinding | None:
        """The first tensor that does not follow from those before it."""
        return next((step for step in self.steps if step.is_wrong), None)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_wrong is None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What explains the first wrong tensor."""
        return self.first_wrong.causes if self.first_wrong else ()

    def __getitem__(self, name: str) -> StepFinding:
        """Return what is said of a tensor.

        Raises:
            KeyError: The dump does not hold it.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

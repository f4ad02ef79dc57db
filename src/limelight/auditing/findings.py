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
    """

    name: str
    setup: Setup
    steps: tuple[StepFinding, ...]
    differences: tuple[Difference, ...] = ()
    precision: str = "float64"

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

    def __str__(self) -> str:
        """Say the first wrong tensor and its causes with their ids, in a few lines."""
        return "\n".join(_said(self))


def number_text(number: float) -> str:
    """Write a number in a few digits.

    >>> number_text(0.123456789), number_text(float("-inf"))
    ('0.123457', '-∞')
    """
    return f"{number:.6g}".replace("inf", "∞").replace("nan", "no number")


def places_text(step: StepFinding) -> str:
    """Say where the worst cell is, what stands there and what should."""
    indices = ", ".join(map(str, step.place or ()))
    return (
        f"The worst is [{indices}]: {number_text(step.found)} stands there, "
        f"{number_text(step.expected)} ± {number_text(step.tolerance)} follows from the tensors "
        "before it."
    )


def heads_text(heads: tuple[int, ...]) -> str:
    """Say in which heads, counted from 0; nothing where it is in all."""
    return f" in {'head' if len(heads) == 1 else 'heads'} {', '.join(map(str, heads))}" * bool(
        heads
    )


def _said(findings: Findings) -> list[str]:
    lines = [f"another convention: {each.name}: {each.says}" for each in findings.differences]
    wrong = findings.first_wrong
    if wrong is None:
        compared = [step for step in findings.steps if step.verdict is not Verdict.GIVEN]
        right = "all right" if compared else "nothing follows from what the dump has"
        return [*lines, right]
    lines.append(
        f"first wrong tensor: {wrong.name}, {wrong.wrong_cells:,} of {wrong.cells:,} cells"
    )
    lines.append(f"  {places_text(wrong)}")
    lines += [
        f"  {cause.mistake} {cause.name}{heads_text(cause.heads)}: {cause.sentence} {cause.remedy}"
        for cause in wrong.causes
    ]
    if not wrong.causes:
        lines.append(f"  {NO_CAUSE}")
    return lines


NO_CAUSE = "No known mistake gives these numbers."

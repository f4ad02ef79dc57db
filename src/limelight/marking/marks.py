"""Marks: what is said about a worked sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import UnknownNameError
from limelight.notation.numbers import decimal_text
from limelight.notation.plain import symbol_text

if TYPE_CHECKING:
    from limelight.marking.answers import Answers
    from limelight.mechanism.matrix import Cell, Row
    from limelight.mechanism.orientation import Orientation
    from limelight.mechanism.trace import Trace


class Verdict(Enum):
    """What is said of a cell, and of a step."""

    RIGHT = "right"
    CARRIED = "right from your own earlier values"
    WRONG = "wrong"
    MISSING = "missing"


class Cause(NamedTuple):
    """A mistake of the catalogue that reproduces what was written.

    Attributes:
        mistake: Its id.
        name: What it is called.
        step: The step where it was made: the one that is wrong, or an earlier one that was not
            handed in.
        says: What was done, in a few words.
        sentence: What happened, said to the person who did it.
        remedy: How to put it right.
        is_whole: Every cell is as the mistake has it; else the wrong ones are.
    """

    mistake: str
    name: str
    step: str
    says: str
    sentence: str
    remedy: str
    is_whole: bool = True


class Slip(NamedTuple):
    """One cell that is off by itself.

    Attributes:
        cell: Where, as it is shown.
        written: What stands there.
        arithmetic: The cell's arithmetic, worked.
        guess: What the difference looks like, or "".
    """

    cell: Cell
    written: str
    arithmetic: str
    guess: str = ""


class StepMark(NamedTuple):
    """What is said of one step.

    Attributes:
        name: The step.
        verdict: The worst of its cells; MISSING only where nothing was written.
        cells: A verdict for each cell, as the sheet shows them; () where nothing was written.
        expected: The numbers that follow from the person's own earlier values, likewise.
        causes: Every mistake that reproduces the wrong cells: more than one is a tie.
        slips: Cells that are off by themselves.
        remark: Anything else: a shape that does not fit, entries that cannot be read.
        points: What it earns.
        out_of: What it could earn.
    """

    name: str
    verdict: Verdict
    cells: tuple[tuple[Verdict, ...], ...] = ()
    expected: tuple[Row, ...] = ()
    causes: tuple[Cause, ...] = ()
    slips: tuple[Slip, ...] = ()
    remark: str = ""
    points: Fraction = Fraction(0)
    out_of: Fraction = Fraction(0)

    @property
    def is_wrong(self) -> bool:
        """Whether a cell is wrong."""
        return self.verdict is Verdict.WRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is said of a sheet.

    Attributes:
        answers: What was handed in.
        trace: The right numbers, by the rules that the sheet was worked by.
        orientation: How the sheet was worked: tokens as columns or as rows.
        steps: In the order in which they are worked.
        conventions: How it was worked otherwise than the exercise says: "tokens as rows", say.
        unknown: Names that were handed in and are no step of the exercise.
    """

    answers: Answers
    trace: Trace
    orientation: Orientation
    steps: tuple[StepMark, ...]
    conventions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def first_wrong(self) -> StepMark | None:
        """The first wrong step, or None."""
        return next((step for step in self.steps if step.is_wrong), None)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong and nothing is missing."""
        return all(step.verdict is Verdict.RIGHT for step in self.steps)

    @property
    def points(self) -> Fraction:
        """What the sheet earns."""
        return sum((step.points for step in self.steps), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """What it could earn."""
        return sum((step.out_of for step in self.steps), Fraction(0))

    def __getitem__(self, name: str) -> StepMark:
        """Return what is said of the step called *name*.

        Raises:
            UnknownNameError: There is none; near names are suggested.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise UnknownNameError.among("step", name, [step.name for step in self.steps])

    def __str__(self) -> str:
        """Say the first wrong step and its causes with their ids, in a few lines."""
        return "\n".join(_said(self))


def _said(marks: Marks) -> list[str]:
    lines = [f"worked with {convention}" for convention in marks.conventions]
    wrong = marks.first_wrong
    if wrong is None:
        missing = [
            symbol_text(step.name) for step in marks.steps if step.verdict is Verdict.MISSING
        ]
        lines.append(
            f"nothing is wrong; missing: {', '.join(missing)}" if missing else "all right"
        )
    else:
        lines.append(f"first wrong step: {symbol_text(wrong.name)}")
        lines += [
            f"  {cause.mistake} {cause.name}: {cause.sentence} {cause.remedy}"
            for cause in wrong.causes
        ]
        lines += [f"  {slip.arithmetic}, not {slip.written}" for slip in wrong.slips]
        lines += [f"  {wrong.remark}"] if wrong.remark else []
    earned = f"{decimal_text(marks.points, 2)} of {decimal_text(marks.out_of, 2)} points"
    return [*lines, earned]

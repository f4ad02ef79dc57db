"""What is said of one file of a class in short, and what the class got wrong most."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.catalogue.catalogue import CATALOGUE
from limelight.marking.export import marks_json, marks_row, unmarked_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.marking.marks import Marks

SLIP = "L7"


class Outcome(NamedTuple):
    """What is said of one file.

    Attributes:
        file: Its name.
        row: Its line in the table of the class, for a spreadsheet.
        document: Everything that was found, as JSON values.
        points: What the sheet earns.
        out_of: What it could earn.
        first_wrong: The first wrong step, or "".
        is_complete: Nothing is missing.
        mistakes: What probably happened at any step: ids, those that are tied together.
        problem: Why it could not be marked, or "".
    """

    file: str
    row: tuple[str, ...]
    document: dict[str, object]
    points: Fraction = Fraction(0)
    out_of: Fraction = Fraction(0)
    first_wrong: str = ""
    is_complete: bool = True
    mistakes: tuple[tuple[str, ...], ...] = ()
    problem: str = ""

    @classmethod
    def of(cls, file: str, marks: Marks) -> Outcome:
        """Take what matters from marks, so that it can be sent from process to process."""
        wrong = marks.first_wrong
        return cls(
            file=file,
            row=marks_row(marks, file),
            document={"file": file, **marks_json(marks)},
            points=marks.points,
            out_of=marks.out_of,
            first_wrong=wrong.name if wrong else "",
            is_complete=wrong is not None or marks.is_right,
            mistakes=tuple(_mistakes(marks)),
        )

    @classmethod
    def unmarked(cls, file: str, problem: str) -> Outcome:
        """Say why a file could not be marked."""
        return cls(
            file=file,
            row=unmarked_row(file, problem),
            document={"file": file, "problem": problem},
            problem=problem,
        )


class Tally(NamedTuple):
    """How often a mistake was made in a class.

    Attributes:
        mistake: Its id.
        name: What it is called.
        remedy: How to put it right.
        sheets: On how many sheets it explains a wrong step.
        alone: On how many of them nothing else does.
    """

    mistake: str
    name: str
    remedy: str
    sheets: int
    alone: int


def tally(outcomes: Iterable[Outcome]) -> tuple[Tally, ...]:
    """Count the mistakes of a class, the most frequent first; a sheet counts once for each."""
    sheets: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for outcome in outcomes:
        sheets.update({name for tied in outcome.mistakes for name in tied})
        alone.update({tied[0] for tied in outcome.mistakes if len(tied) == 1})
    order = list(CATALOGUE)
    found = sorted(sheets, key=lambda name: (-sheets[name], order.index(name)))
    return tuple(
        Tally(name, CATALOGUE[name].name, CATALOGUE[name].remedy, sheets[name], alone[name])
        for name in found
    )


def _mistakes(marks: Marks) -> list[tuple[str, ...]]:
    found = []
    for step in marks.steps:
        if step.causes:
            found.append(tuple(dict.fromkeys(cause.mistake for cause in step.causes)))
        elif step.slips:
            found.append((SLIP,))
    return found

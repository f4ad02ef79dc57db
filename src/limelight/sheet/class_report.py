"""The report on a class: a line for each sheet, what went wrong most, what could not be marked."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.marking.outcome import tally
from limelight.notation.numbers import decimal_text
from limelight.notation.plain import symbol_text
from limelight.sheet.model import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.marking.outcome import Outcome, Tally


class ClassLine(NamedTuple):
    """A sheet in the table.

    Attributes:
        file: The name of its file.
        points: "9.5 of 10".
        first_wrong: The first wrong step, or what is to be said where there is none.
        mistakes: Ids, those that are tied with "or" between them.
    """

    file: str
    points: str
    first_wrong: str
    mistakes: str = ""


class ClassFinding(NamedTuple):
    """A mistake of the class.

    Attributes:
        title: Its id, its name, and on how many sheets it was made.
        remedy: How to put it right.
    """

    title: str
    remedy: str


class ClassReport(NamedTuple):
    """The report, to be read by a teacher.

    Attributes:
        title: What was marked.
        facts: How many sheets, how many right, points on average.
        lines: The table.
        findings: What went wrong most, the most frequent first.
        unmarked: Files that could not be marked, and why.
    """

    title: str
    facts: tuple[Fact, ...]
    lines: tuple[ClassLine, ...]
    findings: tuple[ClassFinding, ...] = ()
    unmarked: tuple[Fact, ...] = ()


def lay_out_class(title: str, outcomes: Sequence[Outcome]) -> ClassReport:
    """Lay out what is said of a class."""
    marked = [outcome for outcome in outcomes if not outcome.problem]
    return ClassReport(
        title=title,
        facts=tuple(_facts(outcomes, marked)),
        lines=tuple(map(_line, marked)),
        findings=tuple(map(_finding, tally(marked))),
        unmarked=tuple(_unmarked(outcome) for outcome in outcomes if outcome.problem),
    )


def _facts(outcomes: Sequence[Outcome], marked: Sequence[Outcome]) -> list[Fact]:
    unmarked = len(outcomes) - len(marked)
    more = f", {unmarked} could not be marked" if unmarked else ""
    facts = [Fact("Sheets", f"{len(outcomes)}{more}")]
    if not marked:
        return facts
    right = sum(not outcome.first_wrong and outcome.is_complete for outcome in marked)
    shares = [outcome.points / outcome.out_of for outcome in marked if outcome.out_of]
    facts.append(Fact("All right", f"{right} of {len(marked)}"))
    if shares:
        mean = 100 * sum(shares, Fraction(0)) / len(shares)
        facts.append(Fact("Points", f"{decimal_text(mean, 0)} % on average"))
    return facts


def _line(outcome: Outcome) -> ClassLine:
    said = symbol_text(outcome.first_wrong) if outcome.first_wrong else _nothing_wrong(outcome)
    return ClassLine(
        outcome.file,
        f"{decimal_text(outcome.points, 2)} of {decimal_text(outcome.out_of, 2)}",
        said,
        ", ".join(dict.fromkeys(" or ".join(tied) for tied in outcome.mistakes)),
    )


def _nothing_wrong(outcome: Outcome) -> str:
    return "all right" if outcome.is_complete else "not complete"


def _unmarked(outcome: Outcome) -> Fact:
    """Say in a line why; a message that begins with the file need not name it twice."""
    return Fact(outcome.file, outcome.problem.split("\n")[0].removeprefix(f"{outcome.file} "))


def _finding(found: Tally) -> ClassFinding:
    sheets = "1 sheet" if found.sheets == 1 else f"{found.sheets} sheets"
    tied = found.sheets - found.alone
    tie = f", {tied} of them in a tie" if tied else ""
    return ClassFinding(f"{found.mistake}, {found.name}: {sheets}{tie}", found.remedy)

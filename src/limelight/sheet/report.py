"""The report on a marked sheet: what is said of each step, and what probably happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.marking.marks import Verdict
from limelight.notation.numbers import decimal_text
from limelight.notation.plain import symbol_text
from limelight.sheet.model import Fact

if TYPE_CHECKING:
    from limelight.marking.marks import Cause, Marks, StepMark


class StepLine(NamedTuple):
    """A step in the table of a report.

    Attributes:
        name: The step, written as a symbol.
        verdict: "right", "wrong" and so on.
        measure: What it earned, "1 of 1", or how far off it may be and is.
        remark: Which mistake, or which cells.
    """

    name: str
    verdict: str
    measure: str
    remark: str = ""


class Finding(NamedTuple):
    """What probably happened at a step.

    Attributes:
        title: The step, and the mistake with its id.
        sentences: What happened, and how to put it right.
        sums: Arithmetic that is worked.
    """

    title: str
    sentences: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


class Report(NamedTuple):
    """A marked sheet, or a dump that was audited, to be read by a person.

    Attributes:
        title: The exercise, and who worked it; or the dump.
        facts: Points, the first wrong step, how it was worked.
        steps: The table.
        findings: The first wrong step first.
        notes: How exactly numbers are read, and names that are no steps.
    """

    title: str
    facts: tuple[Fact, ...]
    steps: tuple[StepLine, ...]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def lay_out_report(marks: Marks) -> Report:
    """Lay out what is said of a sheet."""
    wrong = [step for step in marks.steps if step.is_wrong]
    first = marks.first_wrong
    points = f"{decimal_text(marks.points, 2)} of {decimal_text(marks.out_of, 2)}"
    facts = [
        Fact("Points", points),
        Fact("First wrong", symbol_text(first.name) if first else _nothing_wrong(marks)),
    ]
    facts += [Fact("Worked with", convention) for convention in marks.conventions]
    notes = [_DECIMALS]
    if marks.unknown:
        notes.append(f"No step of this exercise: {', '.join(marks.unknown)}.")
    return Report(
        title=f"{marks.trace.title}: {marks.answers.name}",
        facts=tuple(facts),
        steps=tuple(map(_line, marks.steps)),
        findings=tuple(finding for step in wrong for finding in _findings(step)),
        notes=tuple(notes),
    )


_DECIMALS = (
    "A decimal is right where the true value rounds to it, or what follows from your own earlier "
    "values does; fractions and whole numbers are meant exactly."
)


def _nothing_wrong(marks: Marks) -> str:
    return "nothing" if marks.is_right else "nothing that was handed in"


def _line(step: StepMark) -> StepLine:
    earned = f"{decimal_text(step.points, 2)} of {decimal_text(step.out_of, 2)}"
    ids = list(dict.fromkeys(cause.mistake for cause in step.causes))
    return StepLine(
        symbol_text(step.name), _verdict(step), earned, " or ".join(ids) or _cells(step)
    )


def _verdict(step: StepMark) -> str:
    """Say missing of a step that was begun as well, but so that one can tell."""
    if step.verdict is Verdict.MISSING and step.cells:
        return "not complete"
    return step.verdict.value


def _cells(step: StepMark) -> str:
    """Name the wrong cells, if they are few."""
    if step.remark:
        return step.remark
    places = [
        f"[{row},{column}]"
        for row, verdicts in enumerate(step.cells, 1)
        for column, verdict in enumerate(verdicts, 1)
        if verdict is Verdict.WRONG
    ]
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return " ".join(places[:_MOST_NAMED]) + more


_MOST_NAMED = 6


def _findings(step: StepMark) -> list[Finding]:
    name = symbol_text(step.name)
    if step.causes:
        tied = len({cause.mistake for cause in step.causes}) > 1
        return [_caused(name, cause, tied=tied) for cause in _once(step.causes)]
    if step.slips:
        sums = [f"{slip.arithmetic}, not {slip.written}" for slip in step.slips]
        guesses = [slip.guess for slip in step.slips if slip.guess]
        sentences = (f"{guesses[0][0].upper()}{guesses[0][1:]}.",) if guesses else ()
        return [Finding(f"{name}: a slip (L7)", sentences, tuple(sums))]
    said = step.remark or f"Wrong: {_cells(step)}. No known mistake gives these numbers."
    return [Finding(name, (said,))]


def _once(causes: tuple[Cause, ...]) -> list[Cause]:
    """Return the first of each mistake."""
    return list({cause.mistake: cause for cause in reversed(causes)}.values())[::-1]


def _caused(name: str, cause: Cause, *, tied: bool) -> Finding:
    where = f" (made at {symbol_text(cause.step)})" if symbol_text(cause.step) != name else ""
    part = "" if cause.is_whole else " in the wrong cells"
    tie = "possibly " if tied else ""
    return Finding(
        f"{name}: {tie}{cause.mistake}, {cause.name}{part}{where}", (cause.sentence, cause.remedy)
    )

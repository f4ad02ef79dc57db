"""The report on a dump that was audited: what is said of each tensor, and what causes it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from limelight.auditing.findings import (
    NO_CAUSE,
    Verdict,
    heads_text,
    places_text,
)
from limelight.sheet.model import Fact
from limelight.sheet.report import Finding, Report, StepLine

if TYPE_CHECKING:
    from limelight.auditing.findings import Cause, Findings, StepFinding
    from limelight.auditing.setup import Setup

_VERDICTS = {
    Verdict.RIGHT: "right",
    Verdict.WRONG: "wrong",
    Verdict.GIVEN: "given",
    Verdict.DIFFERENT: "different",
}

_TOLERANCE = (
    "Behind right and wrong stand the error of the worst cell and what a right implementation may "
    "be off there, by the type that numbers are stored in and by how many are added up."
)


def lay_out_audit(findings: Findings) -> Report:
    """Lay out what is said of a dump."""
    first = findings.first_wrong
    facts = [
        Fact("Computed in", findings.precision),
        Fact("Setup", _setup_text(findings.setup)),
        Fact("First wrong", first.name if first else _nothing_wrong(findings)),
    ]
    told = [*_findings(first)] if first else []
    told += [
        Finding(f"Another convention ({each.mistake}): {each.name}", (each.says,))
        for each in findings.differences
    ]
    return Report(
        title=f"Audit: {findings.name}",
        facts=tuple(facts),
        steps=tuple(map(_line, findings.steps)),
        findings=tuple(told),
        notes=(_TOLERANCE,),
    )


def _nothing_wrong(findings: Findings) -> str:
    is_compared = any(step.verdict is not Verdict.GIVEN for step in findings.steps)
    return "nothing" if is_compared else "nothing could be held against anything"


def _setup_text(setup: Setup) -> str:
    said = [
        f"{field.name} = {value}"
        for field in fields(setup)
        if (value := getattr(setup, field.name)) != field.default
    ]
    return ", ".join(said) or "scale 1/√d_k, nothing hidden"


def _line(step: StepFinding) -> StepLine:
    is_compared = step.verdict is not Verdict.GIVEN
    measure = f"{_size(step.error)} of {_size(step.tolerance)}" if is_compared else ""
    ids = list(dict.fromkeys(cause.mistake for cause in step.causes))
    cells = f"{step.wrong_cells:,} of {step.cells:,} cells" if step.is_wrong else ""
    return StepLine(step.name, _VERDICTS[step.verdict], measure, " or ".join(ids) or cells)


def _size(number: float) -> str:
    return f"{number:.1e}".replace("inf", "∞") if number else "0"


def _findings(step: StepFinding) -> list[Finding]:
    cells = f"{step.wrong_cells:,} of {step.cells:,} cells are wrong"
    where = Finding(f"{step.name}: {cells}", (places_text(step),))
    causes = list({cause.mistake: cause for cause in reversed(step.causes)}.values())[::-1]
    if not causes:
        return [where, Finding(f"{step.name}: {NO_CAUSE}", (_MORE,))]
    return [where, *(_caused(step, cause, tied=len(causes) > 1) for cause in causes)]


_MORE = "More of the tensors between this one and the one before it would narrow it down."


def _caused(step: StepFinding, cause: Cause, *, tied: bool) -> Finding:
    tie = "possibly " if tied else ""
    title = f"{step.name}: {tie}{cause.mistake}, {cause.name}{heads_text(cause.heads)}"
    return Finding(title, (f"{cause.sentence} ({cause.says})", cause.remedy))

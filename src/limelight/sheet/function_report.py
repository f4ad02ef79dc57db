"""The report on an attention function: every configuration, and what probably happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.auditing.trials.findings import Standing
from limelight.sheet.model import Fact
from limelight.sheet.report import Finding, Report, StepLine

if TYPE_CHECKING:
    from limelight.auditing.findings import Difference
    from limelight.auditing.trials.findings import Explanation, FunctionFindings, Trial

_TOLERANCE = (
    "The third column is the error of the cell that is worst for its tolerance, and that "
    "tolerance: how far a right implementation may be off there, by the rounding of its type at "
    "every step and by how many terms it adds up."
)
_LACKS = "What it lacks, it cannot be asked for, or refuses; that is no mistake."


def lay_out_function(findings: FunctionFindings, *, where: str = "") -> Report:
    """Lay out what is said of a function.

    Args:
        findings: What was found.
        where: From where the function was imported; "" where nobody imported it for this.
    """
    counts = [
        f"{count} {standing.value}"
        for standing in Standing
        if (count := sum(trial.standing is standing for trial in findings.trials))
    ]
    facts = [
        Fact("Called as", f"{findings.adapter}, with arrays of {findings.framework}"),
        Fact("Tried", f"{len(findings.trials)} configurations: {', '.join(counts)}"),
    ]
    facts += [Fact("Imported", where)] if where else []
    facts += [Fact("Note", note) for note in findings.notes]
    return Report(
        title=f"Audit: {findings.name}",
        facts=tuple(facts),
        steps=tuple(map(_line, findings.trials)),
        findings=(
            *(each for found in findings.explanations for each in _explained(found, findings)),
            *map(_differing, findings.differences),
        ),
        notes=tuple(_notes(findings)),
    )


def _line(trial: Trial) -> StepLine:
    return StepLine(trial.case.name, trial.standing.value, _error(trial), _remark(trial))


def _error(trial: Trial) -> str:
    worst = trial.worst
    return f"{worst.error:.1e} of {worst.tolerance:.0e}" if worst else ""


def _remark(trial: Trial) -> str:
    ids = list(dict.fromkeys(cause.mistake for cause in trial.causes))
    if ids:
        return " or ".join(ids)
    return trial.remark or ", ".join(each.name for each in trial.differences)


def _explained(explanation: Explanation, findings: FunctionFindings) -> list[Finding]:
    """Say why configurations are wrong: each cause, and the first of them by its worst cell."""
    trials = explanation.trials
    names = ", ".join(trial.case.name for trial in trials)
    first = trials[0]
    sums = tuple(filter(None, (first.call, _worst(first))))
    if not explanation.causes:
        said = first.remark if first.remark else "No known mistake gives these numbers."
        sentence = f"{said[0].upper()}{said[1:].rstrip('.')}."
        return [Finding(f"wrong: {names}", (f"First, {first.case.says}: {sentence}",), sums)]
    tied = len(explanation.causes) > 1
    found = []
    for cause in explanation.causes:
        title = f"{'possibly ' if tied else ''}{cause.mistake}, {cause.name}"
        sentences = (cause.sentence, cause.remedy, f"Wrong by it: {names}.")
        found.append(Finding(title, sentences, sums if cause is explanation.causes[-1] else ()))
    return found


def _worst(trial: Trial) -> str:
    """Say what stands in the worst cell, and what should."""
    worst = trial.worst
    if worst is None:
        return ""
    place = ", ".join(map(str, worst.place))
    return (
        f"{trial.case.name}, output[{place}]: {worst.found:.6g}, not {worst.expected:.6g} "
        f"(± {worst.tolerance:.1e})"
    )


def _differing(difference: Difference) -> Finding:
    title = f"convention: {difference.name} ({difference.mistake})"
    return Finding(title, (difference.says,))


def _notes(findings: FunctionFindings) -> list[str]:
    notes = [f"Inputs are drawn from seed {findings.seed}. {_TOLERANCE}"]
    if any(trial.standing is Standing.LACKS for trial in findings.trials):
        notes.append(_LACKS)
    return notes

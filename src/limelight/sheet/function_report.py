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
_NO_MISTAKE = "What it lacks, it cannot be asked for, or refuses: that is no mistake."


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
            *(each for found in findings.explanations for each in _explained(found)),
            *map(_differing, findings.differences),
            *_lacking(findings),
        ),
        notes=tuple(_notes(findings)),
    )


def _line(trial: Trial) -> StepLine:
    return StepLine(trial.case.name, trial.standing.value, _error(trial), _remark(trial))


def _error(trial: Trial) -> str:
    worst = trial.worst
    return f"{_size(worst.error)} of {_size(worst.tolerance)}" if worst else ""


def _size(number: float) -> str:
    return f"{number:.0e}".replace("inf", "∞") if number else "0"


def _remark(trial: Trial) -> str:
    """Say in a few words what is said of it at length below the table."""
    ids = list(dict.fromkeys(cause.mistake for cause in trial.causes))
    if ids:
        return " or ".join(ids)
    if trial.standing is Standing.LACKS:
        return "raises" if trial.remark.startswith("raises") else "no option"
    return trial.remark or ", ".join(each.name for each in trial.differences)


def _explained(explanation: Explanation) -> list[Finding]:
    """Say why configurations are wrong: each cause, and the first of them by its worst cell."""
    trials = explanation.trials
    names = ", ".join(trial.case.name for trial in trials)
    first = trials[0]
    sums = tuple(filter(None, (first.call, _worst(first))))
    if not explanation.causes:
        said = first.remark.rstrip(".") or "no known mistake gives these numbers"
        sentence = f"{first.case.name} ({first.case.says}): {said}."
        return [Finding(f"wrong: {names}", (sentence,), sums)]
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


def _lacking(findings: FunctionFindings) -> list[Finding]:
    """Say once what is the reason of several."""
    by_reason: dict[str, list[str]] = {}
    for trial in findings.trials:
        if trial.standing is Standing.LACKS:
            by_reason.setdefault(trial.remark, []).append(trial.case.name)
    said = tuple(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())
    return [Finding("lacks", said)] if said else []


def _notes(findings: FunctionFindings) -> list[str]:
    notes = [f"Inputs are drawn from seed {findings.seed}. {_TOLERANCE}"]
    if any(trial.standing is Standing.LACKS for trial in findings.trials):
        notes.append(_NO_MISTAKE)
    return notes

"""Findings about a function for programs: JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.auditing.findings import Cause, Difference
    from limelight.auditing.trials.findings import FunctionFindings, Trial, Worst


def function_json(findings: FunctionFindings) -> dict[str, object]:
    """Return everything that was found as JSON values; what is not finite is text."""
    return {
        "function": findings.name,
        "adapter": findings.adapter,
        "framework": findings.framework,
        "seed": findings.seed,
        "notes": list(findings.notes),
        "right": findings.is_right,
        "configurations": [_trial_json(trial) for trial in findings.trials],
        "explanations": [
            {
                "causes": [_cause_json(cause) for cause in found.causes],
                "configurations": [trial.case.name for trial in found.trials],
            }
            for found in findings.explanations
        ],
        "differences": [_difference_json(each) for each in findings.differences],
    }


def _trial_json(trial: Trial) -> dict[str, object]:
    return {
        "name": trial.case.name,
        "says": trial.case.says,
        "verdict": trial.standing.value,
        "remark": trial.remark,
        "call": trial.call,
        "precision": trial.precision,
        "worst": _worst_json(trial.worst) if trial.worst else None,
        "causes": [cause.mistake for cause in trial.causes],
        "differences": [each.name for each in trial.differences],
    }


def _worst_json(worst: Worst) -> dict[str, object]:
    return {
        "place": list(worst.place),
        "found": _number(worst.found),
        "expected": _number(worst.expected),
        "error": _number(worst.error),
        "tolerance": _number(worst.tolerance),
    }


def _cause_json(cause: Cause) -> dict[str, object]:
    return {
        "mistake": cause.mistake,
        "name": cause.name,
        "step": cause.step,
        "says": cause.says,
        "sentence": cause.sentence,
        "remedy": cause.remedy,
    }


def _difference_json(difference: Difference) -> dict[str, object]:
    return {"mistake": difference.mistake, "name": difference.name, "says": difference.says}


def _number(value: float) -> float | str:
    return float(value) if math.isfinite(value) else str(float(value))

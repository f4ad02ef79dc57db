"""Findings for programs: JSON values."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limelight.auditing.findings import Findings, StepFinding


def findings_json(findings: Findings) -> dict[str, object]:
    """Return everything that was found as JSON values; what is not finite is text."""
    wrong = findings.first_wrong
    setup = findings.setup
    return {
        "name": findings.name,
        "is_right": findings.is_right,
        "first_wrong": wrong.name if wrong else None,
        "precision": findings.precision,
        "setup": {
            field.name: getattr(setup, field.name)
            for field in fields(setup)
            if getattr(setup, field.name) != field.default
        },
        "steps": [_step_json(step) for step in findings.steps],
        "differences": [difference._asdict() for difference in findings.differences],
    }


def _step_json(step: StepFinding) -> dict[str, object]:
    return {
        "name": step.name,
        "verdict": step.verdict.name.lower(),
        "error": _number(step.error),
        "tolerance": _number(step.tolerance),
        "place": step.place,
        "expected": _number(step.expected),
        "found": _number(step.found),
        "cells": step.cells,
        "wrong_cells": step.wrong_cells,
        "causes": [cause._asdict() for cause in step.causes],
        "remark": step.remark,
    }


def _number(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)

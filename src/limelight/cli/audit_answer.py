"""Audit what limelight audit is given, and write what is said of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from limelight.auditing.audit import audit_dump
from limelight.auditing.export import findings_json
from limelight.cli.output import show_json
from limelight.render.paint import columns_of, encoding_of, paint
from limelight.render.report_text import ReportText
from limelight.sheet.audit_report import lay_out_audit

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_RIGHT, WRONG_FOUND = range(2)


def audit_one(dump: str, form: str, settings: Mapping[str, str]) -> int:
    """Audit a file; return the exit status.

    Raises:
        LimelightError: It cannot be read, or a setting cannot be followed.
    """
    findings = audit_dump(dump, None, **settings)
    if form == "json":
        show_json(findings_json(findings))
    else:
        report = lay_out_audit(findings)
        drawing = ReportText(report, columns_of(sys.stdout), encoding_of(sys.stdout))
        paint(drawing.lines(), sys.stdout)
    return ALL_RIGHT if findings.is_right else WRONG_FOUND

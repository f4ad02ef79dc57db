"""Causes that a call shows and no dump does."""

from __future__ import annotations

from limelight.auditing.findings import Cause
from limelight.catalogue.catalogue import mistake


def cause_of(name: str, step: str, says: str) -> Cause:
    """Return an entry of the catalogue as a cause."""
    entry = mistake(name)
    return Cause(entry.id, entry.name, step, says, entry.sentence, entry.remedy)

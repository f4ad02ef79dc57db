"""Mistakes made on purpose are caught and named."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.auditing.trials.function import audit_function
from tests.auditing.functions import broken

if TYPE_CHECKING:
    from limelight.auditing.adapters.plain import Layout
    from limelight.auditing.trials.findings import FunctionFindings

LAYOUTS: dict[str, Layout] = {"scaled_by_heads": "heads first"}
"""Where the second axis of a head's own matrix would be right."""


@cache
def findings_of(name: str) -> FunctionFindings:
    """Audit a broken function."""
    return audit_function(broken.BROKEN[name][0], layout=LAYOUTS.get(name))


def test_the_right_one_is_right() -> None:
    """What the broken ones start from is right in every configuration."""
    assert audit_function(broken.right).is_right


@pytest.mark.parametrize("name", broken.BROKEN)
def test_a_broken_function_is_caught_and_named(name: str) -> None:
    """Its mistake, and no other one, explains most of what is wrong."""
    _, mistake = broken.BROKEN[name]

    findings = findings_of(name)
    first = findings.explanations[0]
    named = {cause.mistake for cause in first.causes}

    assert not findings.is_right
    assert named == {mistake}


@pytest.mark.parametrize("name", broken.BROKEN)
def test_what_is_said_is_of_use(name: str) -> None:
    """Each cause has a sentence and a remedy, and the findings say them."""
    _, mistake = broken.BROKEN[name]

    findings = findings_of(name)
    cause = next(each for each in findings.explanations[0].causes if each.mistake == mistake)

    assert f"{mistake} {cause.name}: {cause.sentence} {cause.remedy}" in str(findings)

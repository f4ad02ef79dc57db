"""Right attention is not accused, with whatever a model adds to it: norms, rotations, sinks.

test_right.py does so in every type; here it starts from tokens, and sizes are awkward.
"""

from __future__ import annotations

import pytest

from limelight.auditing.audit import audit_dump
from limelight.auditing.findings import Verdict
from limelight.auditing.setup import Setup
from tests.auditing.cases import draw_any
from tests.auditing.plain import Plain

MANY = 1_000
CHUNKS = 10


def accused(seeds: range) -> list[tuple[int, str]]:
    """Return the seeds whose dump is called wrong, or not looked at, with the tensor."""
    found = []
    for seed in seeds:
        case = draw_any(seed)
        plain = Plain(case)
        made = plain.run()
        held = made if seed % 2 else {"output": made["output"]}
        findings = audit_dump({**plain.given, **held}, Setup(**case.setup))
        if findings.first_wrong:
            found.append((seed, findings.first_wrong.name))
        if findings["output"].verdict is Verdict.GIVEN:
            found.append((seed, "not looked at"))
    return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_right_models_are_not_accused(chunk: int) -> None:
    """Of a thousand with any features that go together, none is, by all steps or by the last."""
    size = MANY // CHUNKS

    assert accused(range(chunk * size, (chunk + 1) * size)) == []


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(20))
def test_many_more_right_models_are_not_accused(chunk: int) -> None:
    """Nor is any of ten thousand others."""
    assert accused(range(100_000 + chunk * 500, 100_000 + (chunk + 1) * 500)) == []

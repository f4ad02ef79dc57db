"""How mistakes that were made on purpose are named: what docs/naming.md is made of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from limelight.auditing.audit import audit_dump
from limelight.auditing.setup import Setup
from tests.auditing.bugs import BUGS, Bug
from tests.auditing.cases import USUAL, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.auditing.findings import Findings

WAYS = (
    "every step",
    "the output alone",
    "usual sizes, every step",
    "usual sizes, the output alone",
)
OUTCOMES = ("alone", "in a tie", "missed", "hidden")

_CASES = (
    ((0, "float64"), (1, "float32"), (2, "float16")),
    ((0, "float64"), (1, "float32"), (2, "float64")),
    ((3, "float64"),),
    ((3, "float64"),),
)
"""For each way, seeds and types. float16 leaves too little of the output to tell from."""


class Named(NamedTuple):
    """What came of one mistake in one dump.

    Attributes:
        bug: The mistake.
        way: What the dump held, and of which sizes.
        outcome: One of `OUTCOMES`; hidden where the dump is right.
        causes: The ids that were named.
        said: What was said to be done, with the id before it.
        where: Which case it was.
    """

    bug: Bug
    way: str
    outcome: str
    causes: tuple[str, ...]
    said: frozenset[tuple[str, str]]
    where: str


def bugs_of(mistake: str) -> list[Bug]:
    """Return the ways in which a mistake is made."""
    return [bug for bug in BUGS if bug.mistake == mistake]


def named(bug: Bug) -> Iterator[Named]:
    """Make a mistake in several cases, and hand in every step, and the output alone."""
    for way, cases in zip(WAYS, _CASES, strict=True):
        sizes = (USUAL,) if way.startswith(USUAL) else ()
        for seed, dtype in cases:
            case = draw(seed, *bug.features.split(", "), *sizes, dtype=dtype)
            made = bug.run(case)
            held = {"output": made["output"]} if way.endswith("alone") else made
            given = {
                name: array.astype(dtype) if array.dtype.kind == "f" else array
                for name, array in case.given.items()
            }
            findings = audit_dump({**given, **held}, Setup(**case.setup))
            yield _named(bug, way, findings, f"{seed} {dtype}")


def _named(bug: Bug, way: str, findings: Findings, where: str) -> Named:
    causes = tuple(dict.fromkeys(cause.mistake for cause in findings.causes))
    said = frozenset((cause.mistake, cause.says) for cause in findings.causes)
    if findings.is_right:
        outcome = "hidden"
    elif bug.mistake not in causes:
        outcome = "missed"
    else:
        outcome = "alone" if len(causes) == 1 else "in a tie"
    return Named(bug, way, outcome, causes, said, where)


def row_of(mistake: str, name: str, results: list[Named]) -> str:
    """Write a line of the table."""
    cells = []
    for way in WAYS:
        counted = Counter(each.outcome for each in results if each.way == way)
        cells.append(", ".join(str(counted[outcome]) for outcome in OUTCOMES))
    ties = dict.fromkeys(
        " ".join(sorted(set(each.causes) - {mistake}, key=_by_number))
        for each in results
        if each.outcome == "in a tie"
    )
    return f"| {mistake} {name} | {' | '.join(cells)} | {'; '.join(ties)} |"


def _by_number(mistake: str) -> tuple[str, int]:
    return mistake[0], int(mistake[1:])

"""Findings about a function: what it does in each configuration, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from limelight.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.findings import Cause, Difference
    from limelight.auditing.trials.case import Case


class Standing(Enum):
    """What is said of a function in one configuration."""

    RIGHT = "right"
    CONVENTION = "convention"
    LACKS = "lacks"
    WRONG = "wrong"


class Worst(NamedTuple):
    """The cell that is off most, for what it may be off.

    Attributes:
        place: Its index, counted from 0: (batch, head, query, feature).
        found: What stands there.
        expected: What should.
        error: How far it is off.
        tolerance: How far a right implementation may be off there.
    """

    place: tuple[int, ...]
    found: float
    expected: float
    error: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """What came of one configuration.

    Attributes:
        case: The configuration, with the sizes that the function was given.
        standing: What is said of it.
        remark: What it lacks, raised, or returned; "" where nothing is to be said.
        worst: The worst cell, where something was compared.
        precision: The type that the tolerance follows from.
        causes: Every mistake that gives these numbers: more than one is a tie.
        differences: Conventions by which it is right, other than Limelight's.
        call: The call, as one would write it.
        inputs: The arrays that it was given, by name, as NumPy arrays.
        output: What it returned, (batch, heads, queries, features), or None.
    """

    case: Case
    standing: Standing
    remark: str = ""
    worst: Worst | None = None
    precision: str = ""
    causes: tuple[Cause, ...] = ()
    differences: tuple[Difference, ...] = ()
    call: str = ""
    inputs: Mapping[str, Any] | None = None
    output: Any = None

    @property
    def is_wrong(self) -> bool:
        """Whether it is wrong."""
        return self.standing is Standing.WRONG


class Explanation(NamedTuple):
    """Why a function is wrong in some configurations.

    Attributes:
        causes: Mistakes of which each explains all of them: more than one is a tie; () where
            the catalogue knows none.
        trials: The configurations.
    """

    causes: tuple[Cause, ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFindings:
    """What is said of a function.

    Attributes:
        name: The function's.
        adapter: How it was called, in words.
        framework: Whose arrays it was given.
        trials: One for each configuration, in order.
        seed: What the inputs were drawn from.
        notes: What was found out about how it is called.
    """

    name: str
    adapter: str
    framework: str
    trials: tuple[Trial, ...]
    seed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong; a function may lack something, or follow a convention."""
        return not self.wrong

    @property
    def wrong(self) -> tuple[Trial, ...]:
        """The configurations in which it is wrong."""
        return tuple(trial for trial in self.trials if trial.is_wrong)

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The fewest causes that explain what is wrong, those that explain most first."""
        return explained(self.wrong)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The conventions of its own, each once."""
        every = (each for trial in self.trials for each in trial.differences)
        return tuple(dict.fromkeys(every))

    def __getitem__(self, name: str) -> Trial:
        """Return what came of a configuration.

        Raises:
            UnknownNameError: It was not tried; near names are suggested.
        """
        for trial in self.trials:
            if trial.case.name == name:
                return trial
        raise UnknownNameError.among(
            "configuration", name, [trial.case.name for trial in self.trials]
        )

    def __str__(self) -> str:
        """Say what is wrong, and which conventions differ, in a few lines."""
        return "\n".join(_said(self))


def explained(wrong: tuple[Trial, ...]) -> tuple[Explanation, ...]:
    """Find the fewest causes that explain trials: each time those that explain most of the rest.

    A function mostly has one fault. Where a configuration alone leaves a tie, the others tell
    which of the tied it is.
    """
    left, found = list(wrong), []
    while left:
        by_mistake: dict[str, list[Trial]] = {}
        for trial in left:
            for mistake in dict.fromkeys(cause.mistake for cause in trial.causes):
                by_mistake.setdefault(mistake, []).append(trial)
        most = max(map(len, by_mistake.values()), default=0)
        if not most:
            found.append(Explanation((), tuple(left)))
            break
        best = next(trials for trials in by_mistake.values() if len(trials) == most)
        tied = [name for name, trials in by_mistake.items() if trials == best]
        causes = [
            next(cause for cause in best[0].causes if cause.mistake == name) for name in tied
        ]
        found.append(Explanation(tuple(causes), tuple(best)))
        left = [trial for trial in left if trial not in best]
    return tuple(found)


def _said(findings: FunctionFindings) -> list[str]:
    count = len(findings.trials)
    lines = [f"{findings.name}: {count} configurations, {len(findings.wrong)} wrong"]
    for explanation in findings.explanations:
        names = ", ".join(trial.case.name for trial in explanation.trials)
        lines.append(f"  wrong: {names}")
        lines += [
            f"    {cause.mistake} {cause.name}: {cause.sentence} {cause.remedy}"
            for cause in explanation.causes
        ]
    lines += [f"  convention: {each.name}: {each.says}" for each in findings.differences]
    lacking = [trial.case.name for trial in findings.trials if trial.standing is Standing.LACKS]
    return [*lines, f"  lacks: {', '.join(lacking)}"] if lacking else lines

"""For test suites: hold an attention function to what attention is.

>>> import limelight
>>> from limelight.testing import assert_attention
>>> assert_attention(limelight.attend, features=["grouped heads", "causal with a cache"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limelight.auditing.trials.cases import CASES, chosen
from limelight.auditing.trials.findings import FunctionFindings, Standing, Trial
from limelight.auditing.trials.function import audit_function
from limelight.render.lines import plain_text
from limelight.render.report_text import ReportText
from limelight.sheet.function_report import lay_out_function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from limelight.auditing.trials.case import Case

__all__ = ["assert_attention"]

_WIDTH = 88


def assert_attention(
    function: Callable[..., Any],
    *,
    features: Iterable[str] | None = None,
    **options: Any,  # noqa: ANN401 - those of audit_function
) -> None:
    """Assert that a function computes attention rightly.

    Args:
        function: As for `limelight.audit`.
        features: Configurations that it must be right in, if by a convention of its own. Where
            it is None, it must be wrong in none of them all, and may lack some.
        **options: seed, adapter, arrays, layout, masks and polarity, as for `limelight.audit`.

    Raises:
        AssertionError: It is wrong, or lacks a feature that is asked for. The message has the
            first such configuration with a snippet that does it again, the worst cell with its
            tolerance, the causes and their remedies.
        LimelightError: It cannot be called, or an option cannot be followed.

    >>> import numpy as np
    >>> def unscaled(q, k, v):
    ...     weights = np.exp(q @ k.swapaxes(-1, -2))
    ...     return weights / weights.sum(-1, keepdims=True) @ v
    >>> assert_attention(unscaled, features=["plain"])
    Traceback (most recent call last):
    ...
    AssertionError: unscaled is not the attention that it ought to be: wrong in 1 of 1...
    """
    __tracebackhide__ = True  # what pytest shows is the caller's line
    wanted = None if features is None else tuple(chosen(features))
    findings = audit_function(function, features=_names(wanted), **options)
    failed = _failed(findings, wanted)
    if failed:
        raise AssertionError(_message(findings, failed, options))


def _names(wanted: tuple[Case, ...] | None) -> list[str] | None:
    return None if wanted is None else [case.name for case in wanted]


def _failed(findings: FunctionFindings, wanted: tuple[Case, ...] | None) -> list[Trial]:
    """Return what is wrong, and what is lacking where it is asked for."""
    if wanted is None:
        return list(findings.wrong)
    bad = {Standing.WRONG, Standing.LACKS}
    return [trial for trial in findings.trials if trial.standing in bad]


def _message(findings: FunctionFindings, failed: list[Trial], options: dict[str, Any]) -> str:
    """Say everything that helps to put it right, the first failure first."""
    first = failed[0]
    count = f"{len(failed)} of {len(findings.trials)} configurations"
    lines = [
        f"{findings.name} is not the attention that it ought to be: wrong in {count}.",
        "",
        f"First: {first.case.name}: {first.case.says}.",
        *_inputs(first),
        *([f"  It {first.remark}."] if first.remark else []),
        *_worst(first),
        "",
        "Do it again:",
        *_snippet(findings, first, options),
        "",
    ]
    report = lay_out_function(findings)
    lines += [plain_text(line) for line in ReportText(report, _WIDTH).lines()]
    return "\n".join(lines)


def _inputs(trial: Trial) -> list[str]:
    if not trial.inputs:
        return []
    shapes = ", ".join(f"{name} {array.shape}" for name, array in trial.inputs.items())
    return [f"  {trial.call}", f"  {trial.case.dtype}: {shapes}"]


def _worst(trial: Trial) -> list[str]:
    worst = trial.worst
    if worst is None:
        return []
    place = f"output{list(worst.place)}"
    rounding = f"what the rounding of {trial.precision} at every step may come to there"
    return [
        f"  Worst at {place}: expected {worst.expected:.9g}, got {worst.found:.9g}.",
        f"  Off by {worst.error:.3g}; {worst.tolerance:.3g} is {rounding}.",
    ]


def _snippet(findings: FunctionFindings, trial: Trial, options: dict[str, Any]) -> list[str]:
    """Write the program that does it again."""
    given = {"features": [trial.case.name]} if trial.case.name in CASES else {}
    more = "".join(f", {name}={value!r}" for name, value in (given | options).items())
    return [
        "  import limelight",
        f"  trial = limelight.audit({findings.name}{more})[{trial.case.name!r}]",
        "  trial.inputs, trial.output, trial.worst",
    ]

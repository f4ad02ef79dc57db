"""Audit whatever is handed in: a dump of attention, or a function that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from limelight.auditing.audit import audit_dump
from limelight.auditing.dump import Dump
from limelight.auditing.trials.function import audit_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

    from limelight.auditing.findings import Findings
    from limelight.auditing.trials.findings import FunctionFindings


@overload
def audit(
    subject: Callable[..., Any],
    **options: Any,  # noqa: ANN401 - those of audit_function
) -> FunctionFindings: ...


@overload
def audit(
    subject: Dump | Mapping[str, object] | str | PathLike[str],
    **options: Any,  # noqa: ANN401 - those of audit_dump
) -> Findings: ...


def audit(
    subject: Callable[..., Any] | Dump | Mapping[str, object] | str | PathLike[str],
    **options: Any,
) -> FunctionFindings | Findings:
    """Say what is wrong in a dump of attention, or in a function that computes it, and why.

    Args:
        subject: The path of a dump, .npz or .safetensors, or tensors by name: of each it is
            said whether it follows from those before it. Or a function, called with queries,
            keys and values, or a module, called with tokens: it is tried on awkward
            configurations, such as grouped heads, a cache, padding, half precision.
        **options: Of a dump, fields of `Setup`, such as causal and scale (docs/auditing.md). Of a
            function features, seed, adapter, arrays, layout, masks, polarity and progress
            (docs/auditing-functions.md).

    Returns:
        Findings, or FunctionFindings. `str` says in a few lines what is wrong; `is_right` tells
        whether nothing is.

    Raises:
        LimelightError: It cannot be audited; the message says why.

    >>> import numpy as np
    >>> def attention(q, k, v):
    ...     scores = q @ k.swapaxes(-1, -2) / q.shape[-1]
    ...     weights = np.exp(scores - scores.max(-1, keepdims=True))
    ...     return weights / weights.sum(-1, keepdims=True) @ v
    >>> findings = audit(attention)
    >>> findings.is_right, findings["multi-query"].causes[0].mistake
    (False, 'E2')
    """
    if callable(subject) and not isinstance(subject, Dump):
        return audit_function(subject, **options)
    return audit_dump(subject, **options)

"""Single weights, given the finished state of their queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from limelight.stream.arrays import Floats
    from limelight.stream.problem import Problem


def weights_of(scores: Floats, m: Floats, l: Floats) -> Floats:  # noqa: E741 - the papers' letter
    """Return e^(s-m) / l for scores (queries, keys); 0 where a key is hidden."""
    blind = np.isneginf(m)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        power = np.exp(scores - np.where(blind, 0.0, m)[:, None])
        return np.where(np.isneginf(scores), 0.0, power / np.where(blind, 1.0, l)[:, None])


def statistic_dtype(problem: Problem) -> str:
    """Return the dtype of statistics: half-precision inputs do not make them coarse."""
    return "float64" if problem.q.dtype == "float64" else "float32"

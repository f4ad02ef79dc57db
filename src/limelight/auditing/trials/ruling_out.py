"""Rule out mistakes that would show where a function is right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from limelight.auditing.causes import Diagnosis
from limelight.auditing.material import Material
from limelight.auditing.passing import Pass, tiles
from limelight.auditing.precision import Precision
from limelight.auditing.rounded import RoundedArrays
from limelight.auditing.tensors import Tensors
from limelight.errors import LimelightError
from limelight.mechanism.operations.operation import Misfit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.causes import Candidate
    from limelight.auditing.findings import Cause
    from limelight.auditing.setup import Setup
    from limelight.auditing.trials.findings import Trial

Way: TypeAlias = tuple[str, str]
"""The id of a mistake, and which of its rewritings."""


def ways_that_show(dump: Mapping[str, object], setup: Setup, name: str) -> frozenset[Way]:
    """Return the mistakes that would have made a right tensor of a dump another one."""
    tensors = Tensors(dump, setup)
    material = Material(tensors)
    on = RoundedArrays(Precision.of(setup.dtype or "float64"))
    return _Shown(material, on, name).ways()


class _Shown:
    """Works a right tensor again the way each mistake would."""

    def __init__(self, material: Material, on: RoundedArrays, name: str) -> None:
        self._material = material
        self._on = on
        self._name = name

    def ways(self) -> frozenset[Way]:
        """Return those that come to something else."""
        right = Pass(self._material, self._on, [self._name])
        right.run(tiles(self._material))
        made = Diagnosis(self._material, self._on, self._name, right.tallies[self._name])
        return frozenset(
            (each.mistake, each.says) for each in made.candidates() if self._shows(each)
        )

    def _shows(self, candidate: Candidate) -> bool:
        made = Pass(self._material, self._on, [self._name], candidate.rewritten)
        try:
            made.run(tiles(self._material))
        except (LimelightError, LookupError, Misfit, ValueError):
            return False  # with these sizes it cannot be made
        return bool(made.tallies[self._name].wrong)


def without(trial: Trial, shown: frozenset[Way]) -> Trial:
    """Return a wrong trial without the causes that others of its function rule out."""
    kept = tuple(cause for cause in trial.causes if _way(cause) not in shown)
    return replace(trial, causes=kept) if kept else trial


def _way(cause: Cause) -> Way:
    return cause.mistake, cause.says

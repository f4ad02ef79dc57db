"""Queries that see no key: implementations give them 0, no number, or anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.comparing import SLACK
from limelight.auditing.findings import Difference
from limelight.auditing.work import Missing

if TYPE_CHECKING:
    from limelight.auditing.material import Material
    from limelight.auditing.rounded import Rounded
    from limelight.auditing.work import Work
    from limelight.stream.arrays import Bools, Floats

_BEFORE = {"weights": (), "heads": ("weights",), "output": ("heads", "weights")}
"""What such a query changes, and the tensors that settle it where the dump has them."""

_NO_NUMBERS = "no numbers (NaN)"

ENTRY = "E18"


class Unseen:
    """Where queries see no key, and what a dump has there."""

    def __init__(self, material: Material) -> None:
        """Find out which tensors are concerned."""
        self._material = material
        there = material.tensors.sources
        self._concerned = {
            name
            for name, before in _BEFORE.items()
            if name in there and not any(tensor in there for tensor in before)
        }
        self._has: dict[str, set[str]] = {}
        self._any_head: Bools | None = None

    @property
    def concerns_output(self) -> bool:
        """Whether heads have to be remembered until they are joined."""
        return "output" in self._concerned

    def begin(self) -> None:
        """Forget the tile before."""
        self._any_head = None

    def queries(self, name: str, work: Work, head: int | None) -> Bools | None:
        """Return what no convention settles in a tensor's tile, (batch, 1, queries).

        Heads must be gone through before what joins them.
        """
        if name not in self._concerned:
            return None
        found = self._any_head if head is None else self._of(work, head)
        return found if found is not None and found.any() else None

    def remember(self, work: Work, head: int) -> None:
        """Note the queries of a head for what joins the heads."""
        found = self._of(work, head)
        if found is not None:
            self._any_head = found if self._any_head is None else self._any_head | found

    def look(self, name: str, found: Floats, expected: Rounded, at: Bools) -> None:
        """Note what a dump has for such queries."""
        there = np.broadcast_to(at, found.shape)
        numbers = found[there]
        usual = np.broadcast_to(expected.value, found.shape)[there]
        allowed = np.broadcast_to(expected.error, found.shape)[there]
        if (np.abs(numbers - usual) <= SLACK * allowed).all():
            return
        if np.isnan(numbers).any():
            kind = _NO_NUMBERS
        elif name == "weights" and np.allclose(numbers, 1 / found.shape[-2], rtol=0.01):
            kind = "the same for every key"
        else:
            kind = "other numbers"
        self._has.setdefault(name, set()).add(kind)

    def differences(self) -> tuple[Difference, ...]:
        """Say what the dump does."""
        return tuple(
            Difference(
                ENTRY,
                "a query that sees no key",
                f"{name}: {' or '.join(sorted(kinds))} here; Limelight has weights of 0.",
            )
            for name, kinds in self._has.items()
        )

    @property
    def is_odd(self) -> bool:
        """Whether such queries have anything but 0 or no numbers."""
        return any(kinds - {_NO_NUMBERS} for kinds in self._has.values())

    @property
    def names(self) -> frozenset[str]:
        """The tensors that differ."""
        return frozenset(self._has)

    def _of(self, work: Work, head: int) -> Bools | None:
        step = self._material.step(f"E{head}")
        if step is None:
            return None
        (scores,) = step.operands
        try:
            hidden = [np.isneginf(work[scores].value)]
            masked = self._material.step(f"M{head}")
            if masked is not None and not work.is_rewritten(masked.name):
                hidden.append(work[masked.operands[1]].value == 0)
        except Missing:
            return None
        found: Bools = np.logical_or.reduce(np.broadcast_arrays(*hidden)).all(-2, keepdims=True)
        return found

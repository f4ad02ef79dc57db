"""Pass over a dump: work every tile, and hold against it what the dump has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.comparing import Origin, Tally, deviation
from limelight.auditing.signatures import Evidence
from limelight.auditing.tensors import Tile
from limelight.auditing.unseen import Unseen
from limelight.auditing.work import Missing, Work
from limelight.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from limelight.auditing.material import Material
    from limelight.auditing.rounded import Rounded, RoundedArrays
    from limelight.catalogue.alternative import Alternative
    from limelight.stream.arrays import Floats

MOST_CELLS = 2**20
"""A tile has at most so many scores of one head: 8 MB in float64, of which some 20 are alive."""


def tiles(material: Material, most: int = MOST_CELLS) -> Iterator[Tile]:
    """Cut the work into parts: some entries of the batch, or some queries of one."""
    batch, queries = material.tensors.size("batch"), material.queries
    per_query = max(material.keys, 1)
    entries = max(1, most // (per_query * queries))
    rows = max(1, min(queries, most // per_query))
    for entry in range(0, batch, entries):
        for row in range(0, queries, rows):
            yield Tile(
                slice(entry, min(entry + entries, batch)), slice(row, min(row + rows, queries))
            )


class Pass:
    """One pass over some tensors of a dump, with some steps done otherwise or none."""

    def __init__(
        self,
        material: Material,
        on: RoundedArrays,
        names: Sequence[str],
        rewritten: Mapping[str, Alternative] | None = None,
        *,
        watch: Callable[[Evidence], None] | None = None,
    ) -> None:
        """Take what is to be compared, and who else looks at it."""
        self._watch = watch
        self.tallies = {name: Tally() for name in names}
        self.given: set[str] = set()
        self.unseen = Unseen(material)
        self.blunt = 0
        self._material = material
        self._on = on
        self._rewritten = rewritten or {}
        sources = material.tensors.sources
        self._is_mixed = len({sources[name].dtype for name in material.step_of}) > 1

    def run(self, parts: Iterator[Tile], heads: Sequence[int] | None = None) -> Pass:
        """Go through tiles, and in each through heads, counted from 1."""
        count = self._material.tensors.size("heads")
        entries: slice | None = None
        shared: dict[str, Rounded] = {}
        for tile in parts:
            if tile.batch != entries:
                entries, shared = tile.batch, {}
            work = Work(self._material, tile, self._on, rewritten=self._rewritten, shared=shared)
            with np.errstate(all="ignore"):  # what is audited may leave float64
                self._pass_tile(work, heads or range(1, count + 1))
        return self

    def _pass_tile(self, work: Work, heads: Sequence[int]) -> None:
        self.unseen.begin()
        joined = [name for name in self.tallies if not self._is_by_head(name)]
        for head in heads:
            for name in self.tallies:
                if name not in joined and self._is_due(name, work.tile, head):
                    self._compare(name, self._material.step_of[name][head - 1], work, head)
            if "output" in joined:
                self._keep(f"Z{head}", work)
                if self.unseen.concerns_output:
                    self.unseen.remember(work, head)
            work.forget(head)
        for name in joined:
            if self._is_due(name, work.tile, 1):
                self._compare(name, self._material.step_of[name][0], work, None)

    def _keep(self, name: str, work: Work) -> None:
        """Work a head's result before what it was made of is let go of."""
        try:
            work[name]
        except Missing:
            self.given.add("output")

    def _is_by_head(self, name: str) -> bool:
        return "heads" in self._axes(name) or "kv_heads" in self._axes(name)

    def _axes(self, name: str) -> tuple[str, ...]:
        return self._material.tensors.axes(name)

    def _is_due(self, name: str, tile: Tile, head: int) -> bool:
        """Tell whether it is looked at in this tile: what has no queries only once."""
        if name in self.given:
            return False
        tensors = self._material.tensors
        if "queries" not in self._axes(name) and tile.queries.start:
            return False
        if not self._is_by_head(name) or tensors.sources[name].shape[1] == tensors.size("heads"):
            return True
        return (head - 1) % tensors.group == 0

    def _compare(self, name: str, step: str, work: Work, head: int | None) -> None:
        material = self._material
        try:
            expected = work.expected(step)
        except Missing:
            self.given.add(name)
            return
        if "queries" in self._axes(name):
            expected = work.of_tile(expected)
        if self._is_mixed:  # what is only moved may have been rounded on the way
            expected = self._on.stored(expected)
        tensors, tile = material.tensors, work.tile
        shown = expected.value.shape[-2:]
        found = tensors.tile(name, tile, None if head is None else head - 1)
        if shown != found.shape[-2:]:
            raise _misfit(name, shown, found.shape[-2:])
        found = np.broadcast_to(found, np.broadcast_shapes(found.shape, expected.value.shape))
        at = Origin(
            batch=None if name in tensors.without_batch else tile.batch.start,
            entries=tensors.sources[name].shape[0],
            head=None if head is None else tensors.head_of(name, head - 1),
            column=tile.queries.start if "queries" in self._axes(name) else 0,
        )
        skipped = self.unseen.queries(name, work, head)
        if skipped is not None:
            self.unseen.look(name, found, expected, skipped)
        if self._watch is not None:
            _, excess = deviation(found, expected)
            excess = excess if skipped is None else np.where(skipped, 0.0, excess)
            self._watch(Evidence(name, found, expected, excess, work, head))
        if self._rewritten:
            self.blunt += _blunt(found, expected)
        self.tallies[name].take(found, expected, skipped, at)


def _blunt(found: Floats, expected: Rounded) -> int:
    """Count the cells whose tolerance is as large as the numbers are: they tell nothing."""
    finite = found[np.isfinite(found)]
    size = float(np.sqrt(np.square(finite).mean())) if finite.any() else np.inf
    return int((np.broadcast_to(expected.error, found.shape) > size / 2).sum())


def _misfit(name: str, expected: tuple[int, ...], found: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"{name} must have {expected[0]} features for each of {expected[1]} tokens; "
        f"it has {found[0]} for each of {found[1]}.\n"
        "  That follows from the tensors before it.\n"
        "  Transpose or reshape it, or add what comes between, such as w_o for the output."
    )

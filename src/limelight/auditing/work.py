"""Work one tile of a plan: what is given is taken as it is, what is not is worked when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collections.abc import Mapping

import numpy as np

from limelight.auditing.rounded import Rounded, RoundedArrays
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.auditing.material import Material
    from limelight.auditing.tensors import Tile
    from limelight.catalogue.alternative import Alternative
    from limelight.stream.arrays import Floats

EXACTLY = frozenset({"sight", "mask", "positions", "positions_Q", "positions_K", "angles_Q", "angles_K"})
"""Steps about places, which no implementation stores in the precision of its scores."""


class Missing(KeyError):
    """Something is neither given nor follows from what is."""


class Work(Mapping[str, Rounded]):
    """Values of a tile by the names of inputs and steps."""

    def __init__(
        self,
        material: Material,
        tile: Tile,
        on: RoundedArrays,
        rewritten: Mapping[str, Alternative] | None = None,
    ) -> None:
        """Take what is worked, and which steps are done otherwise."""
        self._material = material
        self._tile = tile
        self._on = on
        self._rewritten = rewritten or {}
        self._known: dict[str, Rounded] = {}

    def __getitem__(self, name: str) -> Rounded:
        """Return what is given, or else work it.

        Raises:
            Missing: It is neither given nor follows from what is.
        """
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._found(name)
        return known

    def __iter__(self) -> Iterator[str]:
        """Go through the names of all that may be asked for."""
        return iter(self._material.shapes)

    def __len__(self) -> int:
        """Count them."""
        return len(self._material.shapes)

    def expected(self, name: str) -> Rounded:
        """Return what a step comes to, from what is given before it.

        Raises:
            Missing: It cannot be worked.
        """
        alternative = self._rewritten.get(name)
        step = self._material.step(name)
        if alternative is not None:
            result = alternative.compute(self._on, self)
        elif step is None:
            raise Missing(name)
        else:
            operands = [self[operand] for operand in step.operands]
            result = step.operation.compute(self._on, *operands)
        family = NameParts.of(name).family
        if family == "Q" and name != "Q":
            result = self._cut(result)
        is_kept = family in EXACTLY or (step is not None and step.operation.moves)
        return result if is_kept else self._on.stored(result)

    def forget(self, head: int) -> None:
        """Let go of what belongs to one head, except its result."""
        for name in [name for name in self._known if NameParts.of(name).head == str(head)]:
            if NameParts.of(name).family != "Z":
                del self._known[name]

    def _found(self, name: str) -> Rounded:
        if name not in self._rewritten:
            given = self._material.given(name, self._tile)
            if given is not None:
                return Rounded.exactly(given)
            if name in {"Q", "K", "V"} and self._material.step(name) is None:
                return Rounded.exactly(self._assembled(name))
        return self.expected(name)

    def _cut(self, result: Rounded) -> Rounded:
        """Keep the queries of the tile: projections are worked for all tokens."""
        if result.value.shape[-1] == self._tile.queries.stop - self._tile.queries.start:
            return result
        columns = (..., self._tile.queries)
        error = np.broadcast_to(result.error, result.value.shape)[columns]
        return Rounded(result.value[columns], error)

    def _assembled(self, name: str) -> Floats:
        """Put heads together that were given apart."""
        tensors = self._material.tensors
        tensor = name.lower()
        if tensor not in tensors:
            raise Missing(name)
        step = max(1, tensors.sources[tensor].shape[1] // tensors.size(_HEADS[name]))
        there = range(0, tensors.sources[tensor].shape[1], step)
        source = tensors.sources[tensor]
        batch = slice(0, 1) if source.shape[0] == 1 else self._tile.batch
        parts = [np.swapaxes(source.floats((batch, head)), -1, -2) for head in there]
        return np.concatenate(parts, axis=-2)


_HEADS = {"Q": "heads", "K": "kv_heads", "V": "kv_heads"}

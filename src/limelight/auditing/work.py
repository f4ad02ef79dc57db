"""Work one tile of a plan: what is given is taken as it is, what is not is worked when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.rounded import Rounded
from limelight.mechanism.operations.elementwise import Complement
from limelight.mechanism.operations.positions import Angles, Recede, Sight
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.auditing.material import Material
    from limelight.auditing.rounded import RoundedArrays
    from limelight.auditing.tensors import Tile
    from limelight.catalogue.alternative import Alternative
    from limelight.mechanism.operations.operation import Operation
    from limelight.stream.arrays import Floats

_PLACES = frozenset(
    {"sight", "mask", "positions_Q", "positions_K", "angles_Q", "angles_K", "recede"}
)
"""Steps about places, which no implementation keeps in the precision of its scores."""

_OF_PLACES = (Angles, Complement, Recede, Sight)
"""The same of operations, for the parts of a step that is done otherwise."""

_JOINED = {"Q": "heads", "K": "kv_heads", "V": "kv_heads"}
"""What all heads share, and the axis that has as many heads."""


class Missing(KeyError):  # noqa: N818 - never leaves the room
    """Something is neither given nor follows from what is."""


class Work(Mapping[str, Rounded]):
    """Values of a tile by the names of inputs and steps."""

    def __init__(
        self,
        material: Material,
        tile: Tile,
        on: RoundedArrays,
        *,
        rewritten: Mapping[str, Alternative] | None = None,
        shared: dict[str, Rounded] | None = None,
    ) -> None:
        """Take what is worked.

        Args:
            material: What is given, and the plan.
            tile: Which part of the work.
            on: The arithmetic.
            rewritten: Steps that are done otherwise.
            shared: What tiles of the same entries of the batch have in common, once worked.
        """
        self.material = material
        self.tile = tile
        self._on = on
        self._rewritten = rewritten or {}
        self._known: dict[str, Rounded] = {}
        self._shared = {} if shared is None else shared

    def __getitem__(self, name: str) -> Rounded:
        """Return what is given, or else work it.

        Raises:
            Missing: It is neither given nor follows from what is.
        """
        found = self._known.get(name) or self._shared.get(name)
        if found is None:
            found = self._found(name)
            known = self._shared if self._is_shared(name) else self._known
            known[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """Go through the names of all that may be asked for."""
        return iter(self.material.shapes)

    def __len__(self) -> int:
        """Count them."""
        return len(self.material.shapes)

    def expected(self, name: str) -> Rounded:
        """Return what a step comes to, from what is given before it.

        Raises:
            Missing: It cannot be worked.
        """
        kept = _as_it_is if NameParts.of(name).family in _PLACES else self._kept
        alternative = self._rewritten.get(name)
        if alternative is not None:
            return alternative.compute(self._on, self, kept)
        step = self.material.step(name)
        if step is None:
            raise Missing(name)
        operands = [self[operand] for operand in step.operands]
        return kept(step.operation, step.operation.compute(self._on, *operands))

    def of_tile(self, result: Rounded) -> Rounded:
        """Keep the queries of the tile: queries are projected for all tokens at once."""
        wanted = self.tile.queries
        columns = result.value.shape[-1]
        if columns != self.material.queries or columns == wanted.stop - wanted.start:
            return result
        error = np.broadcast_to(result.error, result.value.shape)
        return Rounded(result.value[..., wanted], error[..., wanted])

    def is_rewritten(self, name: str) -> bool:
        """Tell whether a step is done otherwise."""
        return name in self._rewritten

    def forget(self, head: int) -> None:
        """Let go of what belongs to one head, except its result."""
        for name in list(self._known):
            parts = NameParts.of(name)
            if parts.head == str(head) and parts.family != "Z":
                del self._known[name]

    def _kept(self, operation: Operation, result: Rounded) -> Rounded:
        """Round what an operation makes, unless it moves numbers or tells of places."""
        is_exact = operation.moves or isinstance(operation, _OF_PLACES)
        return result if is_exact else self._on.stored(result)

    def _found(self, name: str) -> Rounded:
        given = None if name in self._rewritten else self.material.given(name, self.tile)
        if given is not None:
            return Rounded.exactly(given)
        if (
            name not in self._rewritten
            and self._rewritten
            and name in _JOINED
            and self.material.step(name) is None
        ):
            return Rounded.exactly(self._assembled(name))
        return self.of_tile(self.expected(name)) if _is_query(name) else self.expected(name)

    def _is_shared(self, name: str) -> bool:
        """Tell whether all tiles of the same entries of the batch have it in common."""
        return name in _JOINED and self.material.tensor_of.get(name) is None

    def _assembled(self, name: str) -> Floats:
        """Put heads together that were given apart, for a mistake that takes them so."""
        tensors = self.material.tensors
        tensor = name.lower()
        if tensor not in tensors:
            raise Missing(name)
        source = tensors.sources[tensor]
        there = source.shape[1]
        step = max(1, there // tensors.size(_JOINED[name]))
        batch = slice(0, 1) if source.shape[0] == 1 else self.tile.batch
        parts = [
            np.swapaxes(source.floats((batch, head)), -1, -2) for head in range(0, there, step)
        ]
        return np.concatenate(parts, axis=-2)


def _is_query(name: str) -> bool:
    """Tell whether it is a head's queries, which are cut out of those of all tokens."""
    return name != "Q" and NameParts.of(name).family == "Q"


def _as_it_is(operation: Operation, result: Rounded) -> Rounded:
    """Leave what an operation makes."""
    del operation
    return result

"""Find what causes a wrong tensor: work it again the way each known mistake would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.auditing.findings import Cause
from limelight.auditing.passing import MOST_CELLS, Pass, tiles
from limelight.auditing.signatures import SIGNATURES
from limelight.auditing.tensors import Tile
from limelight.catalogue.catalogue import CATALOGUE, OF_ARRAYS
from limelight.errors import LimelightError
from limelight.mechanism.operations.operation import Misfit
from limelight.mechanism.operations.positions import Recede, Sight
from limelight.mechanism.operations.products import Product, Transpose
from limelight.mechanism.operations.shaping import Reshape, Stretch
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from limelight.auditing.comparing import Tally
    from limelight.auditing.material import Material
    from limelight.auditing.rounded import RoundedArrays
    from limelight.auditing.signatures import Evidence, Signature
    from limelight.catalogue.alternative import Alternative, Operand

MOST_WHOLE = 2**22
"""A mistake that mixes queries is tried where a head has at most so many scores."""

_FIRST_LOOK = 2**16
"""So many scores of a head are worked to see which mistakes are possible at all."""

_APART = frozenset({"K", "V", "K_T", "P_K", "P_V", "N_K", "R_K", "X", "slope", "sink"})
_NO_QUERIES = ("W_", "b_", "gamma_", "first", "index_K", "start", "stop", "angles_K")


class Candidate(NamedTuple):
    """A mistake made in every head where it can be.

    Attributes:
        mistake: Its id.
        says: Which of its rewritings.
        step: The family of the first step that is done otherwise.
        rewritten: What is done instead, by the name of the step; of several families where the
            mistake is made in all of them at once, as in queries and keys.
        mixes: What becomes of a query depends on other queries, so that all are worked at once.
    """

    mistake: str
    says: str
    step: str
    rewritten: Mapping[str, Alternative]
    mixes: bool


class Diagnosis:
    """What may have caused a wrong tensor."""

    def __init__(self, material: Material, on: RoundedArrays, name: str, tally: Tally) -> None:
        """Take the tensor and what was seen of it."""
        self._material = material
        self._on = on
        self._name = name
        self._tally = tally

    def causes(self) -> tuple[Cause, ...]:
        """Return every mistake that reproduces the tensor; else those that do in some heads.

        Each is held against a small part first, and against everything if that agrees.
        """
        signed, is_finite = self._signed()
        if signed and not is_finite:
            return signed  # no number is what anything leads to that goes on with no number
        possible = [each for each in self.candidates() if self._agrees_at_first(each)]
        found = [*self._explaining(possible), *signed]
        heads = self._some_heads()
        if not found and heads:
            found = self._explaining(possible, heads)
        return tuple({(cause.mistake, cause.step): cause for cause in reversed(found)}.values())[
            ::-1
        ]

    def candidates(self) -> Iterator[Candidate]:
        """Go through the mistakes of the steps between what is given and the tensor."""
        plan, shapes = self._material.plan, self._material.shapes
        steps = self._steps_before()
        grouped: dict[tuple[str, str], dict[str, Alternative]] = {}
        for mistake in OF_ARRAYS.values():
            for alternative in mistake.alternatives(plan, shapes, steps):
                key = (alternative.mistake, alternative.says)
                grouped.setdefault(key, {})[alternative.step] = alternative
        for (mistake_id, says), rewritten in grouped.items():
            mixes = any(_mixes(each.made) for each in rewritten.values())
            family = NameParts.of(next(iter(rewritten))).family
            yield Candidate(mistake_id, says, family, rewritten, mixes)

    def _steps_before(self) -> list[str]:
        """Name the steps of the tensor, and those before it whose results the dump lacks."""
        waiting = list(self._material.step_of[self._name])
        seen = dict.fromkeys(waiting)
        while waiting:
            step = self._material.step(waiting.pop())
            for name in step.operands if step else ():
                is_given = name in self._material.tensor_of or self._material.step(name) is None
                if not is_given and name not in seen:
                    seen[name] = None
                    waiting.append(name)
        return list(seen)

    def _agrees_at_first(self, candidate: Candidate) -> bool:
        """Tell whether it reproduces the neighbourhood of the worst cell."""
        tile, head = self._neighbourhood(whole=candidate.mixes)
        if tile is None:
            return False
        return self._reproduced(candidate, iter((tile,)), head) is not None

    def _explaining(
        self, possible: Sequence[Candidate], heads: tuple[int, ...] = ()
    ) -> list[Cause]:
        """Return those that reproduce the tensor.

        One by which queries see no key, so that they may have anything, gives way to one that
        explains what they have.
        """
        numbers = [head + 1 for head in heads] or None
        found = []
        for candidate in possible:
            parts = tiles(self._material, MOST_WHOLE if candidate.mixes else MOST_CELLS)
            cells = self._reproduced(candidate, parts, numbers)
            if cells is not None:
                found.append((cells, candidate))
        most = max((cells for cells, _ in found), default=0)
        return [self._cause(candidate, heads) for cells, candidate in found if cells == most]

    def _reproduced(
        self, candidate: Candidate, parts: Iterator[Tile], heads: Sequence[int] | None
    ) -> int | None:
        """Count the cells that it reproduces; None where it does not reproduce all of them.

        None are left to count where no query sees a key by it, and all have 0 or no numbers. One
        whose tolerances are as large as the numbers would reproduce anything.
        """
        made = Pass(self._material, self._on, [self._name], candidate.rewritten)
        try:
            tally = made.run(parts, heads).tallies[self._name]
        except (LimelightError, LookupError, Misfit, ValueError):
            return None  # it cannot be carried out with these sizes
        is_empty = not tally.cells and made.unseen.is_odd
        is_vague = 2 * made.blunt > tally.cells > 0
        fails = tally.wrong or is_empty or is_vague or self._name in made.given
        return None if fails else tally.cells

    def _neighbourhood(self, *, whole: bool) -> tuple[Tile | None, list[int] | None]:
        """Return a small part of the work with the worst cell, and its head."""
        material, place = self._material, self._tally.place or ()
        axes = list(material.tensors.axes(self._name))
        if self._name in material.tensors.without_batch:
            axes.remove("batch")
        at = dict(zip(axes, place, strict=True))
        entry = at.get("batch", 0)
        batch = slice(entry, entry + 1)
        heads = None
        if "heads" in at or "kv_heads" in at:
            first = at["heads"] if "heads" in at else at["kv_heads"] * material.tensors.group
            count = material.tensors.size("heads")
            heads = [min(first, count - 1) + 1]
        if whole:
            fits = material.queries * material.keys <= MOST_WHOLE
            return (Tile(batch, slice(0, material.queries)) if fits else None), heads
        rows = max(1, min(material.queries, _FIRST_LOOK // max(material.keys, 1)))
        query = at.get("queries", 0)
        start = max(0, min(query - rows // 2, material.queries - rows))
        return Tile(batch, slice(start, start + rows)), heads

    def _some_heads(self) -> tuple[int, ...]:
        """Return the wrong heads, where others are right."""
        wrong = tuple(sorted(self._tally.wrong_heads))
        is_by_head = "heads" in self._material.tensors.axes(self._name)
        return wrong if is_by_head and len(wrong) < self._material.tensors.size("heads") else ()

    def _signed(self) -> tuple[tuple[Cause, ...], bool]:
        """Return what explains every wrong cell, and whether any of these is a finite number."""
        left = _Left([each for each in SIGNATURES if self._name in each.at])
        Pass(self._material, self._on, [self._name], watch=left.watch).run(tiles(self._material))
        return tuple(_signed(each) for each in left.signatures), left.is_finite

    def _cause(self, candidate: Candidate, heads: tuple[int, ...] = ()) -> Cause:
        mistake = CATALOGUE[candidate.mistake]
        return Cause(
            mistake=mistake.id,
            name=mistake.name,
            step=candidate.step,
            says=candidate.says,
            sentence=mistake.sentence,
            remedy=mistake.remedy,
            heads=heads,
        )


class _Left:
    """Drops signatures that leave wrong cells over.

    Attributes:
        signatures: Those that are left.
        is_finite: Whether any wrong cell holds a finite number.
    """

    def __init__(self, signatures: list[Signature]) -> None:
        self.signatures = signatures
        self.is_finite = False

    def watch(self, evidence: Evidence) -> None:
        """Look at a tile."""
        wrong = evidence.wrong
        if not wrong.any():
            return
        self.is_finite |= bool(np.isfinite(evidence.found[wrong]).any())
        self.signatures = [
            each for each in self.signatures if not (wrong & ~each.explains(evidence)).any()
        ]


def _signed(signature: Signature) -> Cause:
    mistake = CATALOGUE[signature.mistake]
    return Cause(
        mistake=mistake.id,
        name=mistake.name,
        step=signature.at[0],
        says=signature.says,
        sentence=mistake.sentence,
        remedy=mistake.remedy,
    )


def _mixes(made: Operand) -> bool:
    """Tell whether what becomes of a query depends on other queries."""
    if isinstance(made, str):
        return False
    if any(_mixes(operand) for operand in made.operands):
        return True
    operation = made.operation
    if isinstance(operation, Transpose | Reshape | Stretch):
        return any(_has_queries(operand) for operand in made.operands)
    return isinstance(operation, Product | Sight | Recede) and _has_queries(made.operands[0])


def _has_queries(made: Operand) -> bool:
    """Tell whether columns of a matrix stand for queries, or rows of one that was turned."""
    if isinstance(made, str):
        return NameParts.of(made).family not in _APART and not made.startswith(_NO_QUERIES)
    return any(_has_queries(operand) for operand in made.operands)

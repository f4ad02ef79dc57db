"""What a plan over tensors starts from: its inputs and the steps that a dump has, by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.planning import angles_in, has_each_twice, has_numbers, plan_of, shapes_of
from limelight.auditing.tensors import Tensors, Tile
from limelight.errors import ShapeError
from limelight.mechanism.matrix import Shape
from limelight.mechanism.operations.positions import slopes_of
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.mechanism.plan import Plan, Step
    from limelight.stream.arrays import Floats

HIDES = -1000.0
"""From here down a number in a mask hides its key; above, it is a bias."""

_JOINED = {"q_proj": "Q", "k_proj": "K", "v_proj": "V"}
_BY_HEAD = {
    "q": "Q",
    "k": "K",
    "v": "V",
    "q_norm": "N_Q",
    "k_norm": "N_K",
    "q_rope": "R_Q",
    "k_rope": "R_K",
    "scores": "S",
    "weights": "A",
    "heads": "Z",
}
_BY_LETTER = {"b_q": "b_Q", "b_k": "b_K", "b_v": "b_V", "b_o": "b_O"}
_GAMMAS = {"gamma_q": "gamma_Q", "gamma_k": "gamma_K"}
_WEIGHTS = {"w_q": "W_Q", "w_k": "W_K", "w_v": "W_V", "w_o": "W_O"}


class Material:
    """The tensors of a dump, by the names of a plan's inputs and steps.

    Attributes:
        tensors: By their own names.
        plan: What is to be worked.
        shapes: Of every input and step whose size is known.
        step_of: For a tensor that is a step's result, the steps: one a head, or one for all.
    """

    def __init__(self, tensors: Tensors) -> None:
        """Plan the work and find out which of its steps are there."""
        self.tensors = tensors
        self.plan: Plan = plan_of(tensors)
        self._steps = {step.name: step for step in self.plan.steps}
        self.step_of = {name: steps for name in tensors.sources if (steps := self._steps_of(name))}
        self.tensor_of: dict[str, str] = {}
        for name, steps in self.step_of.items():
            for step in steps:
                self.tensor_of.setdefault(step, name)
        self._inputs = self._readers()
        self.shapes = shapes_of(self.plan, self._known_shapes())

    def step(self, name: str) -> Step | None:
        """Return a step of the plan, or None where it is an input."""
        return self._steps.get(name)

    def given(self, name: str, tile: Tile) -> Floats | None:
        """Return what the dump has for an input or a step, or None."""
        tensor = self.tensor_of.get(name)
        if tensor is not None:
            head = NameParts.of(name).head
            return self.tensors.tile(tensor, tile, int(head) - 1 if head else None)
        reader = self._inputs.get(name)
        return reader(tile) if reader else None

    @property
    def whole(self) -> Tile:
        """All of the work at once."""
        size = self.tensors.size
        return Tile(slice(0, size("batch")), slice(0, self.queries))

    @property
    def queries(self) -> int:
        """How many queries there are, or 1 where nothing says it."""
        return self.tensors.sizes.get("queries", 1)

    @property
    def keys(self) -> int:
        """How many keys there are, or 1 where nothing says it."""
        return self.tensors.sizes.get("keys", 1)

    def starts(self) -> Floats:
        """Return the number of the first real key of each entry of the batch."""
        return self._ends("key_starts", 0)

    def stops(self) -> Floats:
        """Return the number of the first key after the real ones, of each entry."""
        return self._ends("key_lengths", self.keys)

    def firsts(self, alignment: object) -> Floats:
        """Return the position of the first query under a causal alignment, of each entry."""
        if alignment in {"bottom-right", True}:
            return self.stops() - self.queries
        return np.zeros(self.tensors.size("batch"))

    def _ends(self, name: str, default: int) -> Floats:
        batch = self.tensors.size("batch")
        if name not in self.tensors:
            return np.full(batch, float(default))
        ends = np.broadcast_to(self.tensors.sources[name].array, (batch,)).astype(np.float64)
        if (ends < 0).any() or (ends > self.keys).any():
            msg = (
                f"{name} must count keys: from 0 to {self.keys}; "
                f"it has {int(ends.min())} to {int(ends.max())}.\n"
                f"  There are {self.keys} keys.\n"
                "  It holds a number for each entry of the batch."
            )
            raise ShapeError(msg)
        return ends

    def _steps_of(self, name: str) -> tuple[str, ...]:
        """Name the steps whose results a tensor holds."""
        heads = range(1, self.tensors.size("heads") + 1)
        family = _JOINED.get(name)
        if family is not None:
            return (family,)
        if name == "output":
            return self._output_steps()
        if name in {"scaled", "masked"}:
            last = {"scaled": ("L", "C"), "masked": ("M", "B_M", "B_O", "B", "L", "C")}[name]
            family = next(letter for letter in last if f"{letter}1" in self._steps)
        else:
            family = _BY_HEAD.get(name)
        if family is None:
            return ()
        names = tuple(f"{family}{head}" for head in heads)
        if names[0] not in self._steps:
            raise _pointless(name)
        return names

    def _output_steps(self) -> tuple[str, ...]:
        if "O" in self._steps:
            return ("O",)
        if "heads" not in self.tensors.axes("output"):
            return ("Z",)
        return tuple(f"Z{head}" for head in range(1, self.tensors.size("heads") + 1))

    def _known_shapes(self) -> dict[str, Shape]:
        """Return the shapes of what is given, heads and batch aside."""
        shapes = {}
        sizes = self.tensors.sizes
        for name in (*self._inputs, *self.tensor_of):
            tile = Tile(slice(0, 1), slice(0, self.queries))
            shapes[name] = self._shape(name, tile)
        for letter, width, tokens in (("Q", "", "queries"), ("K", "kv_", "keys")):
            rows = sizes.get(f"{width}heads", 0) * sizes.get("d_k", 0)
            if rows and tokens in sizes:
                shapes.setdefault(letter, Shape(rows, sizes[tokens]))
        if "d_v" in sizes and "keys" in sizes:
            shapes.setdefault("V", Shape(sizes["kv_heads"] * sizes["d_v"], sizes["keys"]))
        if sizes["features"]:
            shapes.setdefault("X", Shape(sizes["features"], self.queries))
        return shapes

    def _shape(self, name: str, tile: Tile) -> Shape:
        tensor = self.tensor_of.get(name)
        if tensor is not None:
            shape = self.tensors.sources[tensor].shape
            return Shape(shape[-1], shape[-2])
        array = self._inputs[name](tile)
        return Shape(*array.shape[-2:])

    def _readers(self) -> dict[str, Callable[[Tile], Floats]]:
        """Return, for each input of the plan that is there, what reads it."""
        tensors = self.tensors
        readers: dict[str, Callable[[Tile], Floats]] = {
            "index_Q": lambda tile: _row(np.arange(tile.queries.start, tile.queries.stop)),
            "index_K": lambda _: _row(np.arange(self.keys)),
            "start": lambda tile: _numbers(self.starts()[tile.batch]),
            "stop": lambda tile: _numbers(self.stops()[tile.batch]),
            "first": lambda tile: _numbers(self.firsts(tensors.setup.causal)[tile.batch]),
            "first_other": lambda tile: _numbers(self.firsts(self.other)[tile.batch]),
            "first_Q": lambda tile: _numbers((self._rope_first() - self.starts())[tile.batch]),
            "first_K": lambda tile: _numbers(-self.starts()[tile.batch]),
        }
        if "x" in tensors:
            readers["X"] = lambda tile: tensors.tile("x", tile)
        for name, step in (_WEIGHTS | _BY_LETTER | _GAMMAS).items():
            if name in tensors:
                readers[step] = _constant(tensors.floats(name), is_column=name not in _WEIGHTS)
        if "cos" in tensors or "sin" in tensors:
            readers |= self._tables()
        for head in range(tensors.size("heads")):
            readers |= self._of_head(head)
        if "mask" in tensors:
            readers["given"] = lambda tile: self._visible(tile, 0)
        return readers

    def _of_head(self, head: int) -> dict[str, Callable[[Tile], Floats]]:
        """Return the readers of what belongs to one head."""
        tensors, number = self.tensors, head + 1
        readers: dict[str, Callable[[Tile], Floats]] = {}
        if "sinks" in tensors:
            readers[f"sink{number}"] = _constant(tensors.floats("sinks", head).reshape(1, 1))
        if "slopes" in tensors:
            slope = float(tensors.floats("slopes", head))
            readers[f"slope{number}"] = _constant(np.array([[slope]]))
        elif tensors.setup.alibi:
            slope = slopes_of(tensors.size("heads"))[head]
            readers[f"slope{number}"] = _constant(np.array([[slope]]))
        if "bias" in tensors:
            readers[f"bias{number}"] = lambda tile: self._broadcast("bias", tile, head)
        if has_numbers(tensors):
            readers[f"added{number}"] = lambda tile: self._added(tile, head)
        if "mask" in tensors:
            readers[f"given{number}"] = lambda tile: self._visible(tile, head)
            readers[f"given_other{number}"] = lambda tile: self._others_visible(tile, head)
        return readers

    @property
    def other(self) -> str:
        """The causal alignment that is not asked for."""
        return "bottom-right" if self.tensors.setup.causal == "top-left" else "top-left"

    def _rope_first(self) -> float:
        offset = self.tensors.setup.rope_offset
        return float(self.keys - self.queries if offset is None else offset)

    def _tables(self) -> dict[str, Callable[[Tile], Floats]]:
        """Read angles back from their cosines and sines."""
        if "cos" not in self.tensors or "sin" not in self.tensors:
            raise ShapeError(_HALF_A_TABLE)
        pairs = slice(0, angles_in(self.tensors))
        if has_each_twice(self.tensors) and self.tensors.setup.rope_interleaved:
            pairs = slice(0, None, 2)
        cos, sin = (self.tensors.floats(name)[:, pairs] for name in ("cos", "sin"))
        angles = np.arctan2(sin, cos).T[None]
        first = int(self._rope_first())
        if angles.shape[-1] < max(self.keys, first + self.queries):
            raise ShapeError(_SHORT_TABLE)

        def of_queries(tile: Tile) -> Floats:
            part: Floats = angles[..., first + tile.queries.start : first + tile.queries.stop]
            return part

        return {"angles_Q": of_queries, "angles_K": lambda _: angles[..., : self.keys]}

    def _mask(self, tile: Tile, head: int) -> Floats:
        """Return a part of the mask, (batch, keys, queries)."""
        return self._broadcast("mask", tile, head)

    def _visible(self, tile: Tile, head: int) -> Floats:
        mask = self._mask(tile, head)
        seen = mask if self.tensors.sources["mask"].dtype == "bool" else mask > HIDES
        return np.asarray(seen, dtype=np.float64)

    def _others_visible(self, tile: Tile, head: int) -> Floats:
        """Return the mask of another entry: heads and batch repeated in the wrong order."""
        batch, heads = self.tensors.size("batch"), self.tensors.size("heads")
        entries = range(*tile.batch.indices(batch))
        parts = [
            self._visible(Tile(slice(other, other + 1), tile.queries), head)
            for other in ((entry * heads + head) % batch for entry in entries)
        ]
        return np.concatenate(parts)

    def _added(self, tile: Tile, head: int) -> Floats:
        """Return what a mask of numbers adds to scores that it does not hide."""
        mask = self._mask(tile, head)
        return np.where(mask > HIDES, mask, 0)

    def _broadcast(self, name: str, tile: Tile, head: int) -> Floats:
        source = self.tensors.sources[name]
        batch, heads, queries, _ = source.shape
        part = source.floats(
            (
                slice(0, 1) if batch == 1 else tile.batch,
                0 if heads == 1 else head,
                slice(None) if queries == 1 else tile.queries,
            )
        )
        rows, columns = self.keys, tile.queries.stop - tile.queries.start
        return np.broadcast_to(np.swapaxes(part, -1, -2), (part.shape[0], rows, columns))


def _row(numbers: object) -> Floats:
    return np.asarray(numbers, dtype=np.float64)[None, None, :]


def _numbers(numbers: Floats) -> Floats:
    return numbers[:, None, None]


def _constant(array: Floats, *, is_column: bool = False) -> Callable[[Tile], Floats]:
    matrix = (array[:, None] if is_column else array)[None]
    return lambda _: matrix


def _pointless(name: str) -> ShapeError:
    needs = {
        "q_norm": "the tensor gamma_q",
        "k_norm": "the tensor gamma_k",
    }.get(name, "the setting rope_theta, or the tensors cos and sin")
    return ShapeError(
        f"{name} cannot be audited without {needs}.\n"
        f"  Nothing of the setup leads to {name}.\n"
        "  Add it, or leave the tensor out."
    )


_HALF_A_TABLE = (
    "cos and sin come together; one of them is missing.\n"
    "  They are (positions, angles).\n"
    "  Add the other, or leave both out and set rope_theta."
)
_SHORT_TABLE = (
    "cos and sin must have a row for every position, from that of the first key to the last.\n"
    "  There are fewer rows than positions.\n"
    "  Add the missing rows, or correct the setting rope_offset."
)

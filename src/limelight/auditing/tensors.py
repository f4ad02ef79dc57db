"""The tensors of a dump: by name, of known sizes, read tile by tile as they lie."""

from __future__ import annotations

import math
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.errors import ArrayError, ShapeError, UnknownNameError
from limelight.stream.arrays import FLOATS, Source, listed, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.setup import Setup
    from limelight.stream.arrays import Floats

AXES: dict[str, tuple[str, ...]] = {
    "x": ("batch", "tokens", "features"),
    "w_q": ("heads × d_k", "features"),
    "w_k": ("kv_heads × d_k", "features"),
    "w_v": ("kv_heads × d_v", "features"),
    "w_o": ("out", "heads × d_v"),
    "b_q": ("heads × d_k",),
    "b_k": ("kv_heads × d_k",),
    "b_v": ("kv_heads × d_v",),
    "b_o": ("out",),
    "q_proj": ("batch", "queries", "heads × d_k"),
    "k_proj": ("batch", "keys", "kv_heads × d_k"),
    "v_proj": ("batch", "keys", "kv_heads × d_v"),
    "q": ("batch", "heads", "queries", "d_k"),
    "k": ("batch", "kv_heads", "keys", "d_k"),
    "v": ("batch", "kv_heads", "keys", "d_v"),
    "q_norm": ("batch", "heads", "queries", "d_k"),
    "k_norm": ("batch", "kv_heads", "keys", "d_k"),
    "q_rope": ("batch", "heads", "queries", "d_k"),
    "k_rope": ("batch", "kv_heads", "keys", "d_k"),
    "scores": ("batch", "heads", "queries", "keys"),
    "scaled": ("batch", "heads", "queries", "keys"),
    "masked": ("batch", "heads", "queries", "keys"),
    "weights": ("batch", "heads", "queries", "keys"),
    "heads": ("batch", "heads", "queries", "d_v"),
    "output": ("batch", "queries", "out"),
    "mask": ("batch", "heads", "queries", "keys"),
    "bias": ("batch", "heads", "queries", "keys"),
    "slopes": ("heads",),
    "sinks": ("heads",),
    "key_lengths": ("batch",),
    "key_starts": ("batch",),
    "cos": ("positions", "angles"),
    "sin": ("positions", "angles"),
    "gamma_q": ("d_k",),
    "gamma_k": ("d_k",),
}
"""Every tensor that a dump may have, in the order of the computation, and its axes."""

_JOINED = frozenset({"q_proj", "k_proj", "v_proj", "output"})
_BROADCAST = frozenset({"mask", "bias"})

STEPS = tuple(
    name
    for name, axes in AXES.items()
    if name in _JOINED or (len(axes) > len(AXES["x"]) and name not in _BROADCAST)
)
"""Those that are results of steps."""

_PER_HEAD = frozenset({"k", "v", "k_norm", "k_rope"})
_WHOLE = frozenset({"key_lengths", "key_starts"})
_SIZES = ("batch", "heads", "kv_heads", "queries", "keys", "d_k", "d_v")


MOST_HEADS = 4_096
MOST_SCORES = 2**36
"""Over the whole batch; so many take half an hour."""


class Tile(NamedTuple):
    """Which part of the work is done at once.

    Attributes:
        batch: Which entries of the batch.
        queries: Which queries.
    """

    batch: slice
    queries: slice


class Tensors:
    """The tensors of a dump, their sizes checked against each other and the setup."""

    def __init__(self, given: Mapping[str, object], setup: Setup) -> None:
        """Look at each tensor where it lies.

        Raises:
            UnknownNameError: A tensor is called as none of `AXES`.
            ArrayError: One is of a kind that cannot be used.
            ShapeError: Sizes contradict each other or the setup.
        """
        for name in given:
            if name not in AXES:
                raise UnknownNameError.among("tensor", str(name), AXES)
        self.setup = setup
        self.sources = {name: _read(name, given[name]) for name in AXES if name in given}
        self.sizes: dict[str, int] = {}
        self.without_batch: set[str] = set()
        self._known_by: dict[str, str] = {}
        for axis, size in (("heads", setup.heads), ("kv_heads", setup.kv_heads)):
            if size is not None:
                self._note(axis, size, f"the setting {axis}")
        for name, source in list(self.sources.items()):
            self.sources[name] = self._placed(name, source)
        self._settle()

    def __contains__(self, name: str) -> bool:
        """Tell whether a tensor is there."""
        return name in self.sources

    def under(self, setup: Setup) -> Tensors:
        """Return the same tensors under another setup, of the same sizes."""
        other = copy(self)
        other.setup = setup
        return other

    def size(self, axis: str) -> int:
        """Return the size of an axis.

        Raises:
            ShapeError: No tensor and no setting says it.
        """
        if axis in self.sizes:
            return self.sizes[axis]
        msg = (
            f"the number of {axis} must be known; no tensor of the dump has that axis.\n"
            f"  The dump has {', '.join(self.sources) or 'no tensors'}.\n"
            f"  Add a tensor with it, or the setting of that name."
        )
        raise ShapeError(msg)

    def floats(self, name: str, at: object = ...) -> Floats:
        """Return what stands at an index, as float64."""
        return self.sources[name].floats(at)

    def tile(self, name: str, tile: Tile, head: int | None = None) -> Floats:
        """Return a tensor's part as matrices with tokens as columns, (batch, rows, columns)."""
        source = self.sources[name]
        batch = slice(0, 1) if source.shape[0] == 1 else tile.batch
        columns = tile.queries if "queries" in self.axes(name) else slice(None)
        if head is None:
            return np.swapaxes(source.floats((batch, columns)), -1, -2)
        return np.swapaxes(source.floats((batch, self.head_of(name, head), columns)), -1, -2)

    def head_of(self, name: str, head: int) -> int:
        """Return where the tensor has what query head *head*, counted from 0, needs."""
        there = self.sources[name].shape[1]
        if there == 1:
            return 0
        return head if there == self.size("heads") else head // self.group

    def axes(self, name: str) -> tuple[str, ...]:
        """Return what a tensor's axes stand for; an output may have an axis of heads."""
        has_heads = name == "output" and self.sources[name].array.ndim == len(AXES["heads"])
        return AXES["heads"] if has_heads else AXES[name]

    @property
    def group(self) -> int:
        """How many query heads share a head of keys and values."""
        return self.size("heads") // self.size("kv_heads")

    def _placed(self, name: str, source: Source) -> Source:
        """Give it the axes of size 1 that it may lack, and note its sizes."""
        axes = AXES[name]
        shape = source.shape
        if name in _BROADCAST:
            if len(shape) > len(axes):
                raise _misplaced(name, shape, axes)
            return source.part((None,) * (len(axes) - len(shape)))
        if name == "output" and len(shape) == len(AXES["heads"]):
            axes = AXES["heads"]
        if axes[0] == "batch" and len(shape) == len(axes) - 1:
            source, shape = source.part((None,)), (1, *shape)
            self.without_batch.add(name)
        if len(shape) != len(axes) or 0 in shape:
            raise _misplaced(name, shape, axes)
        for axis, size in zip(axes, shape, strict=True):
            if axis == "batch" and size == 1:
                continue
            if axis == "kv_heads" and name in _PER_HEAD and size == self._heads_if_grouped():
                continue  # repeated already: one for each query head
            self._note(axis, size, name)
        return source

    def _heads_if_grouped(self) -> int | None:
        return self.sizes.get("heads") if "kv_heads" in self.sizes else None

    def _note(self, axis: str, size: int, name: str) -> None:
        known = self.sizes.setdefault(axis, int(size))
        first = self._known_by.setdefault(axis, name)
        if known != size:
            msg = (
                f"{name} must have {known} {axis}, as {first} has; it has {size}.\n"
                f"  {name} is ({', '.join(AXES.get(name, (axis,)))}).\n"
                "  Transpose or cut it, or correct the setting, so that both agree."
            )
            raise ShapeError(msg)

    def _settle(self) -> None:
        """Fill in the sizes that follow from others, and hold what is broadcast to them."""
        sizes = self.sizes
        sizes.setdefault("batch", 1)
        if "heads" not in sizes:
            sizes["heads"] = sizes.get("kv_heads", 1)
        sizes.setdefault("kv_heads", sizes["heads"])
        if sizes["heads"] % sizes["kv_heads"]:
            msg = (
                f"heads must be a multiple of kv_heads: {sizes['heads']} and "
                f"{sizes['kv_heads']}.\n"
                "  Each head of keys and values serves as many query heads.\n"
                "  Correct the setting kv_heads."
            )
            raise ShapeError(msg)
        for joined, each in (("heads × d_k", "d_k"), ("heads × d_v", "d_v")):
            self._divide(joined, each, "heads")
            self._divide(f"kv_{joined}", each, "kv_heads")
        if "tokens" in sizes:
            sizes.setdefault("queries", sizes["tokens"])
            sizes.setdefault("keys", sizes["tokens"])
        sizes.setdefault("features", self.setup.d_model or 0)
        for name in _BROADCAST & set(self.sources):
            self._hold_broadcast(name)
        self._refuse_size()

    def _refuse_size(self) -> None:
        """Refuse what would be worked for hours: a small file may ask for any number of scores."""
        heads = self.sizes["heads"]
        scores = heads * math.prod(
            self.sizes.get(axis, 1) for axis in ("batch", "queries", "keys")
        )
        if heads > MOST_HEADS or scores > MOST_SCORES:
            msg = (
                f"a dump must have at most {MOST_HEADS:,} heads and {MOST_SCORES:,} scores; "
                f"it has {heads:,} and {scores:,}.\n"
                "  Every score is worked once more.\n"
                "  Dump some of the batch, of the heads or of the queries."
            )
            raise ShapeError(msg)

    def _divide(self, joined: str, each: str, heads: str) -> None:
        if joined not in self.sizes:
            return
        size, count = self.sizes[joined], self.sizes[heads]
        if size % count:
            msg = (
                f"{self._known_by[joined]} must have as many features as fill {count} {heads}; "
                f"it has {size}.\n"
                f"  {size} is no multiple of {count}.\n"
                f"  Correct the setting {heads}."
            )
            raise ShapeError(msg)
        self._note(each, size // count, self._known_by[joined])

    def _hold_broadcast(self, name: str) -> None:
        shape = self.sources[name].shape
        for axis, size in zip(AXES[name], shape, strict=True):
            if size not in {1, self.size(axis)}:
                raise _misplaced(name, shape, AXES[name])


def _read(name: str, given: object) -> Source:
    source = given if isinstance(given, Source) else read(name, listed(name, given))
    kind = source.array.dtype.kind
    if (
        source.dtype in FLOATS
        or (name == "mask" and kind == "b")
        or (name in _WHOLE and kind in "iu")
    ):
        return source
    expected = {"mask": "bool or floating-point numbers"}.get(
        name, "whole numbers" if name in _WHOLE else "floating-point numbers"
    )
    msg = (
        f"{name} must hold {expected}; it holds {source.dtype}.\n"
        f"  {name} is {source.shape}.\n"
        "  Convert it first."
    )
    raise ArrayError(msg)


def _misplaced(name: str, shape: tuple[int, ...], axes: tuple[str, ...]) -> ShapeError:
    return ShapeError(
        f"{name} must be ({', '.join(axes)}); it is {shape}.\n"
        "  Where there is a batch, its axis comes first; no axis may be empty.\n"
        "  Transpose or reshape it; docs/auditing.md lists every tensor."
    )

"""The form of an exercise: its kind, its sizes, and the rules; everything but the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import OptionError, RecipeError, UnknownNameError
from limelight.exercises.exercise import recipe_named
from limelight.mechanism.recipe import BY_HAND, RECIPES, Recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from limelight.exercises.exercise import Exercise

MAX_SIZE = 64
"""The largest size of a generated exercise: more than that nobody works with a pencil."""

MAX_GENERATED_HEADS = 16
"""The most heads of a generated exercise."""

OUT = "out"
"""The axis that may be 0 where W_O may be left out."""


class Kind(NamedTuple):
    """What a kind of exercise can vary in.

    Attributes:
        title: What stands above a generated exercise.
        sizes: Its axes, with the size of each where none is asked for.
        heads: How many heads where none are asked for; 0 where the kind has no heads.
        causal: Whether it may be causal.
    """

    title: str
    sizes: Mapping[str, int]
    heads: int = 0
    causal: bool = False


GENERATED = {
    "softmax": Kind("Softmax of columns", {"keys": 4, "queries": 2}),
    "dot-product": Kind("Dot products of keys and queries", {"d_k": 3, "keys": 3, "queries": 2}),
    "self-attention": Kind(
        "Self-attention",
        {"features": 6, "tokens": 4, "d_k": 3, "d_v": 3, OUT: 0},
        heads=1,
        causal=True,
    ),
    "cross-attention": Kind(
        "Cross-attention",
        {"features": 4, "queries": 2, "features of Y": 4, "keys": 3, "d_k": 3, "d_v": 3, OUT: 0},
        heads=1,
    ),
    "transformer": Kind(
        "Transformer, the outer shell", {"features": 3, "tokens": 4, "hidden": 4, OUT: 3}
    ),
    "encoder-block": Kind(
        "Encoder block",
        {"features": 4, "tokens": 3, "d_k": 3, "d_v": 2, "hidden": 6},
        heads=2,
    ),
}
"""The kinds that are generated, and the sizes that they have unless others are asked for."""

_SEVERAL_HEADS = {"features": 4, "tokens": 3, "queries": 2, "d_k": 3, "d_v": 2}
"""Sizes of several heads where none are asked for: each head is a computation of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything about an exercise but its numbers; `Form.of` and `Form.like` make one.

    Attributes:
        kind: As in an exercise.
        lengths: The size of each axis of the kind, in the kind's order.
        heads: How many heads.
        causal: No query sees a later key.
        recipe: by-hand or exact.

    >>> Form.of("self-attention", sizes={"tokens": 5}).sizes["tokens"]
    5
    """

    kind: str
    lengths: tuple[int, ...]
    heads: int = 1
    causal: bool = False
    recipe: Recipe = BY_HAND

    def __post_init__(self) -> None:
        """Check everything."""
        _refuse_other_recipes(self.recipe)
        _refuse_unknown_kind(self.kind)
        for axis, size in self.sizes.items():
            _refuse_size(axis, size, least=0 if self._may_lack(axis) else 1)
        _refuse_heads(self.kind, self.heads)
        if self.causal and not GENERATED[self.kind].causal:
            raise OptionError(_not_there(self.kind, "causal", _CAUSAL))

    @classmethod
    def of(
        cls,
        kind: str,
        *,
        sizes: Mapping[str, int] | None = None,
        heads: int | None = None,
        causal: bool = False,
        recipe: Recipe | str = BY_HAND,
    ) -> Form:
        """Make a form of a kind; what is left out has a default.

        Args:
            kind: As in an exercise.
            sizes: By the names that exercise files have: tokens, features, d_k, …; d_k and
                d_v are those of one head. "out": 0 leaves W_O out.
            heads: How many heads; 1, of an encoder block 2.
            causal: No query sees a later key.
            recipe: by-hand or exact.

        Raises:
            UnknownNameError: There is no such kind, axis or recipe.
            OptionError: A size or the number of heads is out of bounds, or the kind has
                neither.
            RecipeError: The recipe is another one.
        """
        _refuse_unknown_kind(kind)
        given = dict(sizes or {})
        known = GENERATED[kind]
        for axis in given:
            if axis not in known.sizes:
                raise UnknownNameError.among(f"size of {kind}", axis, known.sizes)
        count = (known.heads or 1) if heads is None else heads
        usual = dict(known.sizes)
        if known.heads == 1 and type(count) is int and count > 1:
            usual |= {axis: size for axis, size in _SEVERAL_HEADS.items() if axis in usual}
            usual[OUT] = given.get("features", usual["features"])
        chosen = usual | given
        return cls(
            kind=kind,
            lengths=tuple(chosen[axis] for axis in known.sizes),
            heads=count,
            causal=causal,
            recipe=recipe_named(recipe) if isinstance(recipe, str) else recipe,
        )

    @classmethod
    def like(cls, exercise: Exercise) -> Form:
        """Take the form of an exercise: kind, sizes, heads, causality and recipe.

        Biases are always made, gains of a normalisation never. An encoder block has one W_Q
        for all heads, other kinds have one for each.

        Raises:
            OptionError: It has a mask, heads of several sizes, or sizes out of bounds.
            RecipeError: Its recipe is neither by-hand nor exact.
        """
        if "mask" in exercise.inputs:
            msg = (
                "an exercise with a mask of its own has no generated like.\n"
                "  What it hides belongs to its numbers.\n"
                "  Leave the mask out, or use causal."
            )
            raise OptionError(msg)
        sizes = dict(exercise.sizes)
        for axis in ("d_k", "d_v"):
            if f"{axis}1" in sizes:
                raise OptionError(_heads_differ(axis))
            joined = sizes.get(f"heads × {axis}")
            if joined is not None and axis not in sizes:
                sizes[axis] = joined // exercise.heads
        axes = _kind(exercise.kind).sizes
        if exercise.kind.endswith("-attention"):
            sizes.setdefault(OUT, 0)
        return cls.of(
            exercise.kind,
            sizes={axis: sizes[axis] for axis in axes},
            heads=exercise.heads if _kind(exercise.kind).heads else None,
            causal=exercise.causal,
            recipe=exercise.recipe,
        )

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each axis of the kind."""
        return dict(zip(GENERATED[self.kind].sizes, self.lengths, strict=True))

    @property
    def title(self) -> str:
        """What stands above an exercise of this form."""
        title = GENERATED[self.kind].title
        if self.causal:
            title = f"Causal {title[0].lower()}{title[1:]}"
        return f"{title}, {self.heads} heads" if self.heads > 1 else title

    def __str__(self) -> str:
        """Say the form in a line."""
        sizes = ", ".join(f"{axis} {size}" for axis, size in self.sizes.items() if size)
        heads = f", {self.heads} heads" if self.heads > 1 else ""
        return f"{self.kind}{', causal' if self.causal else ''}: {sizes}{heads}"

    def _may_lack(self, axis: str) -> bool:
        return axis == OUT and GENERATED[self.kind].sizes[OUT] == 0


_CAUSAL = [kind for kind, known in GENERATED.items() if known.causal]
_WITH_HEADS = [kind for kind, known in GENERATED.items() if known.heads]


def _kind(kind: str) -> Kind:
    _refuse_unknown_kind(kind)
    return GENERATED[kind]


def _refuse_unknown_kind(kind: str) -> None:
    if kind not in GENERATED:
        raise UnknownNameError.among("kind of exercise", kind, GENERATED)


def _refuse_other_recipes(recipe: Recipe) -> None:
    if recipe not in RECIPES.values():
        msg = (
            f"an exercise is generated by hand or exact; got the recipe {recipe.name!r}.\n"
            f"  What is friendly to a pencil depends on the rules; ready: {', '.join(RECIPES)}.\n"
            "  Generate by one of these, and put exercise.under(recipe) in its place."
        )
        raise RecipeError(msg)


def _refuse_size(axis: str, size: object, least: int) -> None:
    if type(size) is int and least <= size <= MAX_SIZE:
        return
    msg = (
        f"the size {axis} must be a whole number from {least} to {MAX_SIZE}; got {size!r}.\n"
        "  A generated exercise is for a pencil.\n"
        "  Ask for a size within these bounds, or leave it out."
    )
    raise OptionError(msg)


def _refuse_heads(kind: str, heads: object) -> None:
    if type(heads) is not int or not 1 <= heads <= MAX_GENERATED_HEADS:
        msg = (
            f"heads must be a whole number from 1 to {MAX_GENERATED_HEADS}; got {heads!r}.\n"
            "  Each head is worked by itself.\n"
            "  Ask for a number within these bounds, or leave it out."
        )
        raise OptionError(msg)
    if heads > 1 and not GENERATED[kind].heads:
        raise OptionError(_not_there(kind, "heads", _WITH_HEADS))


def _not_there(kind: str, option: str, kinds: Iterable[str]) -> str:
    return (
        f"{option} does not go with the kind {kind}.\n"
        f"  Kinds with {option}: {', '.join(kinds)}.\n"
        f"  Leave {option} out, or choose another kind."
    )


def _heads_differ(axis: str) -> str:
    return (
        f"an exercise whose heads differ in {axis} has no generated like.\n"
        "  A form has one size for all heads.\n"
        f"  Give sizes by hand: Form.of(kind, sizes={{{axis!r}: 2}}, heads=3)."
    )

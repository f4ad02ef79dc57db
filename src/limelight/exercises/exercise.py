"""An exercise: given matrices, and what is to be worked with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from limelight.errors import NumberError, ShapeError, UnknownNameError
from limelight.exercises.kinds import (
    HEADS,
    MAX_HEADS,
    Choices,
    heads_in,
    plan_of,
    refuse_unknown_steps,
)
from limelight.mechanism.matrix import Matrix, as_lists, is_list_of_rows
from limelight.mechanism.recipe import BY_HAND, RECIPES, Recipe
from limelight.mechanism.work import work_plan
from limelight.notation.numbers import exact_text
from limelight.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.plan import Plan
    from limelight.mechanism.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise(Shown):
    """Matrices with tokens as columns, a kind of computation, and a recipe.

    Attributes:
        kind: "softmax", "dot-product", "self-attention", "cross-attention", "transformer" or
            "encoder-block".
        inputs: The given matrices by name; nested lists and arrays are read.
        name: A short name, as used on the command line.
        title: What stands above it.
        about: A sentence or two for the person who works it.
        source: Where the numbers come from.
        heads: How many heads; counted from the names W_Q1, W_Q2, … where there are such.
        causal: No query sees a later key.
        labels: Names of tokens for an input: {"X": ("the", "cat")}.
        recipe: The rules to work it by.

    Raises:
        ShapeError: Matrices are ragged or do not fit each other or the kind.
        NumberError: An entry is not a finite number.
        UnknownNameError: There is no such kind, or the recipe rounds a step that no kind has.
    """

    kind: str
    inputs: Mapping[str, Matrix]
    name: str = "exercise"
    title: str = ""
    about: str = ""
    source: str = ""
    heads: int = 1
    causal: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recipe: Recipe = BY_HAND

    def __post_init__(self) -> None:
        """Read the matrices and check that everything fits."""
        matrices = _read_inputs(self.inputs)
        labels = {name: tuple(words) for name, words in self.labels.items()}
        object.__setattr__(self, "inputs", matrices)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "heads", _read_heads(self.heads, matrices))
        self.plan.shapes(matrices)
        refuse_unknown_steps(self.recipe)
        _check_mask(matrices)
        shapes = {name: matrix.shape for name, matrix in matrices.items()}
        for _, problem in label_problems(self.labels, shapes):
            raise ShapeError(problem)

    @property
    def plan(self) -> Plan:
        """The plan that belongs to the kind and the given matrices."""
        return plan_of(
            self.kind, Choices(given=self.inputs.keys(), heads=self.heads, causal=self.causal)
        )

    @property
    def sizes(self) -> dict[str, int]:
        """Tokens, features, d_k and so on, by the names of the axes."""
        return self.plan.sizes({name: matrix.shape for name, matrix in self.inputs.items()})

    def under(self, recipe: Recipe) -> Exercise:
        """Return the same exercise with another recipe."""
        return replace(self, recipe=recipe)

    @classmethod
    def self_attention(
        cls,
        *,
        x: object,
        w_q: object,
        w_k: object,
        w_v: object,
        w_o: object = None,
        mask: object = None,
        heads: int | None = None,
        causal: bool = False,
        recipe: Recipe | str | None = None,
    ) -> Exercise:
        """Make an exercise of one's own matrices, tokens as columns.

        Args:
            x: (features, tokens), nested lists or a NumPy array.
            w_q: (d_k, features); for several heads a list with one matrix a head, or one
                matrix (heads × d_k, features) together with *heads*.
            w_k: As *w_q*.
            w_v: (d_v, features), as *w_q*.
            w_o: (features out, heads × d_v), or None.
            mask: (tokens, tokens) of 1 (the query may see the key) and 0; rows are keys,
                columns are queries.
            heads: How many heads to split one w_q into.
            causal: No query sees a later key.
            recipe: A recipe or the name of one; by hand unless said otherwise.

        Raises:
            ShapeError: The matrices do not fit; the message says which.
            NumberError: An entry is not a finite number.
            UnknownNameError: There is no recipe of that name.

        Source:
            Vaswani et al. 2017, eq. 1, in column form: Z = V softmax(KᵀQ / √d_k).

        >>> identity = [[1, 0], [0, 1]]
        >>> exercise = Exercise.self_attention(
        ...     x=[[2, 0], [0, 2]], w_q=identity, w_k=identity, w_v=identity
        ... )
        >>> work(exercise)["Z"][0, 0]
        Fraction(9, 5)
        """
        weights = {"W_Q": w_q, "W_K": w_k, "W_V": w_v}
        return cls(
            kind="self-attention",
            inputs=_attention_inputs({"X": x}, weights, {"mask": mask, "W_O": w_o}),
            title="Self-attention",
            heads=1 if heads is None else heads,
            causal=causal,
            recipe=_recipe(recipe),
        )

    @classmethod
    def cross_attention(
        cls,
        *,
        x: object,
        y: object,
        w_q: object,
        w_k: object,
        w_v: object,
        w_o: object = None,
        mask: object = None,
        heads: int | None = None,
        recipe: Recipe | str | None = None,
    ) -> Exercise:
        """Make a cross-attention exercise: queries from *x*, keys and values from *y*.

        Args:
            x: (features, queries).
            y: (features of y, keys).
            w_q: (d_k, features), or a list with one matrix a head.
            w_k: (d_k, features of y), likewise.
            w_v: (d_v, features of y), likewise.
            w_o: (features out, heads × d_v), or None.
            mask: (keys, queries) of 1 and 0.
            heads: How many heads to split one w_q into.
            recipe: A recipe or the name of one; by hand unless said otherwise.

        Raises:
            ShapeError: The matrices do not fit; the message says which.
            NumberError: An entry is not a finite number.
            UnknownNameError: There is no recipe of that name.

        Source:
            Vaswani et al. 2017, section 3.2.3.
        """
        weights = {"W_Q": w_q, "W_K": w_k, "W_V": w_v}
        return cls(
            kind="cross-attention",
            inputs=_attention_inputs({"X": x, "Y": y}, weights, {"mask": mask, "W_O": w_o}),
            title="Cross-attention",
            heads=1 if heads is None else heads,
            recipe=_recipe(recipe),
        )


def work(exercise: Exercise, recipe: Recipe | str | None = None) -> Trace:
    """Work every step of *exercise*.

    Args:
        exercise: Inputs with tokens as columns; X is (features, tokens).
        recipe: The rules to use instead of the exercise's own: a recipe, or the name of one.

    Returns:
        Trace with Q (d_k, queries), K (d_k, keys), V (d_v, keys), S, C, E and A (keys,
        queries) and Z (d_v, queries); heads add a number: Q1. Entries are exact fractions
        until a root or a power of e makes them float64.

    Raises:
        NumberError: A result has more than 10,000 digits, or does not fit float64.
        UnknownNameError: There is no recipe of that name, or it rounds a step that no kind of
            exercise has.

    Source:
        Vaswani et al. 2017, eq. 1, in column form: Z = V softmax(KᵀQ / √d_k).

    >>> from limelight import BY_HAND, gallery
    >>> work(gallery("self-attention"), BY_HAND)["Z"][0, 0]
    Fraction(180, 23)
    """
    rules = exercise.recipe if recipe is None else _recipe(recipe)
    refuse_unknown_steps(rules)
    return work_plan(
        exercise.plan,
        exercise.inputs,
        rules,
        exercise=exercise.name,
        title=exercise.title or exercise.name,
        labels=exercise.labels,
    )


def recipe_named(name: str) -> Recipe:
    """Return one of the recipes that stand ready.

    Raises:
        UnknownNameError: There is none of that name.
    """
    if name not in RECIPES:
        raise UnknownNameError.among("recipe", name, RECIPES)
    return RECIPES[name]


def _read_inputs(inputs: object) -> dict[str, Matrix]:
    if isinstance(inputs, Mapping):
        return {name: Matrix.read(given, name) for name, given in inputs.items()}
    msg = (
        f"inputs must be matrices by name; got a {type(inputs).__name__}.\n"
        "  Each kind of exercise names its inputs: X, W_Q, …\n"
        '  Write {"X": [[1, 0], [0, 1]], …}.'
    )
    raise ShapeError(msg)


def _read_heads(heads: object, matrices: Mapping[str, Matrix]) -> int:
    """Return how many heads there are: those asked for, or those that the weights name."""
    if type(heads) is int and heads in HEADS:
        heads = max(heads, heads_in(matrices))
        if heads in HEADS:
            return heads
    msg = (
        f"an exercise must have at least 1 and at most {MAX_HEADS} heads; got {heads!r}.\n"
        "  Each head is worked by itself.\n"
        "  Leave heads out where every head has weights of its own."
    )
    raise ShapeError(msg)


def _recipe(recipe: Recipe | str | None) -> Recipe:
    if isinstance(recipe, str):
        return recipe_named(recipe)
    return recipe or BY_HAND


def _attention_inputs(
    sequences: Mapping[str, object], weights: Mapping[str, object], rest: Mapping[str, object]
) -> dict[str, Matrix]:
    named: dict[str, object] = dict(sequences)
    for name, given in weights.items():
        named |= _by_head(name, given)
    named |= {name: given for name, given in rest.items() if given is not None}
    if named.get("mask") is not None:
        named["mask"] = _as_numbers(named["mask"])
    return {name: Matrix.read(given, name) for name, given in named.items()}


def _by_head(name: str, given: object) -> dict[str, object]:
    """Name one matrix, or the matrices of a list: a matrix a head."""
    if _depth(given) < _LIST_OF_MATRICES:
        return {name: given}
    matrices = list(cast("Sequence[object]", given))
    if len(matrices) == 1:
        return {name: matrices[0]}
    return {f"{name}{index}": matrix for index, matrix in enumerate(matrices, 1)}


_LIST_OF_MATRICES = 3


def _depth(entries: object) -> int:
    """Count how deep the first entry lies: 2 for a matrix, 3 for a list of matrices."""
    dimensions = getattr(entries, "ndim", None)
    if isinstance(dimensions, int):
        return dimensions
    if isinstance(entries, Matrix):
        return 2
    if isinstance(entries, list | tuple) and entries:
        return min(1 + _depth(entries[0]), _LIST_OF_MATRICES)
    return 0


def _as_numbers(mask: object) -> object:
    """Read True and False of a mask as 1 and 0; leave anything else for the check."""
    rows = as_lists(mask)
    if not is_list_of_rows(rows):
        return rows
    return [[_as_number(cell) for cell in row] for row in rows]


def _as_number(cell: object) -> object:
    plain = cell.item() if hasattr(cell, "item") else cell  # a bool of NumPy is no bool
    return int(plain) if isinstance(plain, bool) else plain


def _check_mask(inputs: Mapping[str, Matrix]) -> None:
    if "mask" not in inputs:
        return
    for cell, number in inputs["mask"].cells():
        if number not in {0, 1}:
            msg = (
                f"mask[{cell.row + 1},{cell.column + 1}] must be 1 or 0; "
                f"got {exact_text(number)}.\n"
                "  1: the query of this column may see the key of this row. 0: it may not.\n"
                "  For a mask to be added to the scores, put 1 for 0 and 0 for -infinity."
            )
            raise NumberError(msg)


def label_problems(labels: object, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """Say of every input whose labels do not fit its columns what is wrong."""
    for name, words in labels.items() if isinstance(labels, Mapping) else ():
        columns = shapes[name].columns if name in shapes else 0
        if not isinstance(words, list | tuple) or len(words) == columns:
            continue
        sentence = (
            f"labels of {name} must be one word for each of its columns: "
            f"expected {columns}, got {len(words)}.\n"
            f"  Inputs: {', '.join(f'{key} is {shape}' for key, shape in shapes.items())}.\n"
            "  Add or remove labels, or leave them out."
        )
        yield name, sentence

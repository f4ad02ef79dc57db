"""Making an exercise of one's own matrices: what is read, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from limelight.errors import LimelightError, NumberError, ShapeError, UnknownNameError
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.recipe import BY_HAND, EXACT
from tests.strategies import ANY_CASE, Case

X = [[2, 0, 1], [0, 2, 1]]
FIRST, SECOND = [[1, 0], [0, 1]], [[0, 1], [1, 0]]
MASK = [[1, 1, 0], [0, 1, 1], [0, 0, 1]]


def made(**changes: object) -> Exercise:
    """Make self-attention of the matrices above, some of them changed."""
    given_matrices: dict[str, Any] = {"x": X, "w_q": FIRST, "w_k": SECOND, "w_v": FIRST}
    return Exercise.self_attention(**{**given_matrices, **changes})


FORMS = {
    "nested lists": X,
    "tuples": tuple(map(tuple, X)),
    "text": [["2", "0", "1"], ["0", "2.0", "2/2"]],
    "int64": np.array(X),
    "int8": np.array(X, dtype=np.int8),
    "float32": np.array(X, dtype=np.float32),
    "float64": np.array(X, dtype=np.float64),
    "in another order": np.asfortranarray(np.array(X)),
    "list of arrays": [np.array(row) for row in X],
    "list of rows of numbers of NumPy": [list(np.array(row, dtype=float)) for row in X],
    "a matrix": Matrix.read(X),
}


@pytest.mark.parametrize("x", FORMS.values(), ids=FORMS)
def test_matrices_come_in_many_forms(x: object) -> None:
    """Lists, tuples, text, and arrays of every type give the same exercise."""
    assert made(x=x) == made()


MASKS = {
    "0 and 1": MASK,
    "true and false": [[bool(seen) for seen in row] for row in MASK],
    "a bool array": np.array(MASK, dtype=bool),
    "a float array": np.array(MASK, dtype=np.float32),
    "a list of bool arrays": list(np.array(MASK, dtype=bool)),
    "rows of bools of NumPy": [list(row) for row in np.array(MASK, dtype=bool)],
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_masks_may_be_true_and_false(mask: object) -> None:
    """A mask of True and False is one of 1 and 0, as lists and as arrays."""
    assert made(mask=mask) == made(mask=MASK)


HEADS = {
    "lists": [FIRST, SECOND],
    "a tuple": (FIRST, SECOND),
    "arrays": [np.array(FIRST), np.array(SECOND)],
    "matrices": [Matrix.read(FIRST), Matrix.read(SECOND)],
    "one array": np.array([FIRST, SECOND]),
}


@pytest.mark.parametrize("weights", HEADS.values(), ids=HEADS)
def test_a_list_of_matrices_is_a_matrix_a_head(weights: object) -> None:
    """Two matrices in a list, or in an array of three dimensions, make two heads."""
    exercise = made(w_q=weights, w_k=weights, w_v=weights)

    assert exercise.heads == 2
    assert exercise.inputs["W_Q1"].tolist() == FIRST
    assert exercise.inputs["W_V2"].tolist() == SECOND
    assert [step.name for step in work(exercise).steps if step.name[0] == "Z"] == ["Z1", "Z2", "Z"]


@pytest.mark.parametrize("weight", [[FIRST], (np.array(FIRST),)])
def test_a_list_of_one_matrix_is_that_matrix(weight: object) -> None:
    """One matrix in a list is one head."""
    assert made(w_q=weight) == made()


def test_one_matrix_is_split_into_heads() -> None:
    """With heads= one W_Q serves all heads, each of which takes its rows."""
    stacked = [*FIRST, *SECOND]
    joined = made(w_q=stacked, w_k=stacked, w_v=stacked, heads=2)
    by_head = [FIRST, SECOND]
    separate = made(w_q=by_head, w_k=by_head, w_v=by_head)

    assert joined.sizes["heads"] == 2
    assert work(joined)["Z"].matrix == work(separate)["Z"].matrix


def test_cross_attention_takes_two_sequences() -> None:
    """Queries come from x, keys and values from y; a mask is (keys, queries)."""
    mask = [[True, False, True]] * 4
    exercise = Exercise.cross_attention(
        x=X, y=[[1, 2, 3, 4]], w_q=FIRST, w_k=[[1], [2]], w_v=[[5]], mask=mask, recipe="exact"
    )
    trace = work(exercise)

    assert trace["S"].shape == (4, 3)
    assert trace["Z"].matrix.column(1) == (0,)
    assert exercise.recipe == EXACT


@pytest.mark.parametrize("recipe", ["exact", EXACT])
def test_recipes_are_given_or_named(recipe: object) -> None:
    """A recipe goes by its name, too; without one it is worked by hand."""
    assert made(recipe=recipe).recipe == EXACT
    assert made().recipe == BY_HAND
    assert made().under(EXACT) == made(recipe=EXACT)


def test_work_takes_another_recipe() -> None:
    """A recipe given to `work` is used instead of the exercise's own."""
    assert work(made(), EXACT).recipe == EXACT
    assert work(made(recipe=EXACT)).recipe == EXACT


REFUSED: dict[str, tuple[dict[str, object], type[LimelightError], str]] = {
    "ragged": ({"w_q": [[1, 0], [0]]}, ShapeError, "W_Q is ragged"),
    "empty": ({"x": []}, ShapeError, "X is empty"),
    "an empty array": ({"x": np.zeros((2, 0))}, ShapeError, "X is empty"),
    "no list of heads": ({"w_k": ()}, ShapeError, "W_K is empty"),
    "NaN": ({"x": [[1.0, float("nan")]]}, NumberError, r"X\[1,2\]: expected a finite number"),
    "infinity": ({"x": np.array([[np.inf]])}, NumberError, r"X\[1,1\]: expected a finite"),
    "text": ({"w_v": [[1, "one"], [0, 1]]}, NumberError, r"W_V\[1,2\]: expected a number"),
    "nothing": ({"x": [[None]]}, NumberError, r"X\[1,1\]: expected a number, got nothing"),
    "a vector": ({"x": [1, 2]}, ShapeError, "X must be a list of rows"),
    "no matrix": ({"x": None}, ShapeError, "X must be a list of rows"),
    "true": ({"x": [[True, 1, 1], [1, 1, 1]]}, NumberError, r"X\[1,1\]: expected a number"),
    "a mask of 2": ({"mask": [[2] * 3] * 3}, NumberError, r"mask\[1,1\] must be 1 or 0; got 2"),
    "a mask of 1/2": ({"mask": [[1] * 3, [1, 0.5, 1], [1] * 3]}, NumberError, "got 1/2"),
    "a mask of -∞": ({"mask": [[0, -np.inf, 0]] * 3}, NumberError, r"mask\[1,2\]"),
    "a mask of words": ({"mask": [["yes"] * 3] * 3}, NumberError, r"mask\[1,1\]"),
    "a small mask": ({"mask": [[1]]}, ShapeError, "mask must have one "),
    "causal and masked": ({"mask": MASK, "causal": True}, ShapeError, "either causal or a mask"),
    "heads that do not divide": ({"heads": 3}, ShapeError, "cannot be split into 3 heads"),
    "too many heads": ({"heads": 257}, ShapeError, "at most 256 heads"),
    "no heads": ({"heads": 0}, ShapeError, "heads"),
    "less than no heads": ({"heads": -1}, ShapeError, "heads"),
    "other heads": ({"w_q": [FIRST, SECOND]}, ShapeError, "W_Q is not one|W_K1 is missing"),
    "a transposed x": ({"x": np.array(X).T}, ShapeError, "W_Q must have one column per feature"),
    "an unknown recipe": ({"recipe": "by-heart"}, UnknownNameError, "Did you mean by-hand"),
}


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_an_exercise_is_refused(
    changes: dict[str, object], error: type[LimelightError], message: str
) -> None:
    """Each kind of bad input has its error, which names the matrix and the cell."""
    with pytest.raises(error, match=message):
        made(**changes)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("self-atention", {}, r"There is no kind of exercise named .*Did you mean self-attention"),
        ("softmax", {"heads": 2}, "heads does not go with the kind softmax"),
        ("softmax", {"causal": True}, "causal does not go with the kind softmax"),
        ("softmax", {"labels": {"C": ("a",)}}, "labels of C must be one word for each"),
        ("softmax", {"labels": {"X": ("a",)}}, "labels of X must be one word for each"),
        ("softmax", {"labels": {"C": ("a", "b", "c")}}, "expected 2, got 3"),
    ],
)
def test_options_that_do_not_go_with_it_are_refused(
    kind: str, options: dict[str, Any], message: str
) -> None:
    """An unknown kind, heads or causality where there are none, and labels that do not fit."""
    case = Case(kind="softmax", inputs={"C": [[Fraction(1), Fraction(2)]]})
    with pytest.raises(LimelightError, match=message):
        Exercise(kind=kind, inputs=case.exercise.inputs, **options)


def test_labels_name_the_tokens() -> None:
    """One word for each column is what labels are."""
    labels = {"X": ("the", "cat", "sat")}
    exercise = Exercise(kind="self-attention", inputs=made().inputs, labels=labels)

    assert exercise.labels == labels
    assert work(exercise)["A"].column_labels == labels["X"]
    assert work(exercise)["Q"].column_labels == labels["X"]


@given(ANY_CASE)
def test_sizes_are_those_of_the_matrices(case: Case) -> None:
    """Every size of an exercise is the number of rows or columns of one of its matrices."""
    exercise = case.exercise
    shapes = {size for matrix in exercise.inputs.values() for size in matrix.shape}

    assert set(exercise.sizes.values()) <= shapes | {exercise.heads}


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_is_usable(name: str) -> None:
    """Every exercise of the gallery has its name, a title, and sizes that are declared."""
    exercise = gallery(name)

    assert exercise.name == name
    assert exercise.title
    assert exercise.about
    assert exercise.source


def test_an_unknown_exercise_is_refused() -> None:
    """The gallery suggests near names."""
    with pytest.raises(UnknownNameError, match="Did you mean self-attention"):
        gallery("self-atention")

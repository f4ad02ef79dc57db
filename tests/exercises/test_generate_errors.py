"""What cannot be generated is refused with the reason, and with what would help."""

from __future__ import annotations

from typing import Any

import pytest

from limelight import BY_HAND, Exercise, gallery
from limelight.errors import LimelightError, OptionError, RecipeError, UnknownNameError
from limelight.exercises.generate import Form, exercise_set, generate
from limelight.mechanism.recipe import Recipe

ONE = dict.fromkeys(("features", "tokens", "d_k", "d_v"), 1)


@pytest.mark.parametrize(
    ("kind", "options", "error", "words"),
    [
        ("self", {}, UnknownNameError, "no kind of exercise named 'self'"),
        ("softmax", {"sizes": {"tokens": 3}}, UnknownNameError, "no size of softmax named"),
        ("softmax", {"sizes": {"keys": 65}}, OptionError, "from 1 to 64; got 65"),
        ("softmax", {"sizes": {"keys": 0}}, OptionError, "from 1 to 64; got 0"),
        ("softmax", {"sizes": {"keys": True}}, OptionError, "from 1 to 64; got True"),
        ("softmax", {"heads": 2}, OptionError, "heads does not go with the kind softmax"),
        ("self-attention", {"heads": 17}, OptionError, "from 1 to 16; got 17"),
        ("self-attention", {"heads": 0}, OptionError, "from 1 to 16; got 0"),
        ("transformer", {"causal": True}, OptionError, "causal does not go with"),
        ("softmax", {"recipe": "exct"}, UnknownNameError, "Did you mean exact"),
        (
            "softmax",
            {"recipe": Recipe(name="own")},
            RecipeError,
            "by hand or exact; got the recipe",
        ),
        ("softmax", {"seed": "x"}, OptionError, "seed must be a whole number; got 'x'"),
        ("softmax", {"reveal": ["L99"]}, UnknownNameError, "no mistake named 'L99'"),
        ("softmax", {"reveal": ["L7"]}, OptionError, "a slip may fall on any cell"),
        ("softmax", {"reveal": ["L27"]}, OptionError, "follows from an earlier mistake"),
        ("softmax", {"reveal": ["L26"]}, OptionError, "no kind of exercise has a positional"),
        ("softmax", {"reveal": ["L2"]}, OptionError, r"L2 \(scores transposed\) does not show"),
        ("self-attention", {"reveal": ["L2"], "sizes": {"tokens": 1}}, OptionError, "two tokens"),
        ("self-attention", {"reveal": ["L8"], "sizes": {"d_k": 2}}, OptionError, "by hand not 2"),
        ("self-attention", {"reveal": ["L9"], "sizes": {"d_k": 1}}, OptionError, "at least 2"),
        ("self-attention", {"reveal": ["L11"], "recipe": "exact"}, OptionError, "rounds scores"),
        ("self-attention", {"reveal": ["L20"], "sizes": ONE}, OptionError, "most of all L20"),
    ],
)
def test_what_cannot_be_had_is_refused(
    kind: str, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    """Each refusal has three lines, and names what is in the way."""
    with pytest.raises(error, match=words) as caught:
        generate(kind, **{"seed": 1} | options)

    assert str(caught.value).count("\n") == 2


def test_arguments_are_checked_at_once() -> None:
    """A set refuses what is wrong when it is asked for, not at its first exercise."""
    with pytest.raises(OptionError, match="count must be a whole number"):
        exercise_set("softmax", -1, seed=1)
    with pytest.raises(UnknownNameError):
        exercise_set("softmax", 3, seed=1, reveal=["L99"])

    assert list(exercise_set("softmax", 0, seed=1)) == []


def test_a_space_that_is_too_small_is_said_to_be() -> None:
    """Where there are fewer exercises than asked for, all of them come, and then the reason."""
    sizes = {"features": 1}
    few = exercise_set("self-attention", 50, seed=1, sizes=sizes, reveal=())
    names = {next(few).name for _ in range(32)}
    with pytest.raises(OptionError, match=r"there must be 50 different .* there are 32, among 64"):
        next(few)

    assert len(names) == 32


def test_limits_that_no_candidate_keeps_are_named() -> None:
    """Where sizes make scores large, the message says which limit is in the way."""
    with pytest.raises(
        OptionError, match=r"friendly to a pencil was found.*\n.* have (a score|an exponent)"
    ):
        generate(
            "self-attention",
            seed=1,
            sizes={"tokens": 12, "features": 2, "d_k": 32},
            heads=8,
            reveal=(),
        )


def test_a_form_says_everything() -> None:
    """With a form, sizes and heads are not given a second time."""
    with pytest.raises(OptionError, match="a Form says sizes"):
        generate(Form.of("softmax"), seed=1, sizes={"keys": 3})


@pytest.mark.parametrize(
    "exercise",
    [
        Exercise.self_attention(x=[[1]], w_q=[[1]], w_k=[[1]], w_v=[[1]], mask=[[1]]),
        Exercise.self_attention(
            x=[[1]], w_q=[[[1]], [[1], [2]]], w_k=[[[1]], [[1], [2]]], w_v=[[[1]], [[1]]]
        ),
        gallery().under(Recipe(name="own")),
    ],
    ids=["a mask", "heads that differ", "a recipe of its own"],
)
def test_some_exercises_have_no_like(exercise: Exercise) -> None:
    """What a form cannot say is refused."""
    with pytest.raises(LimelightError, match=r"no generated like|by hand or exact") as caught:
        Form.like(exercise)

    assert str(caught.value).count("\n") == 2
    assert gallery().recipe == BY_HAND

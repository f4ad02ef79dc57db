"""The entries of the catalogue, what they let be seen, and what hides them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from limelight import Exercise, gallery, work
from limelight.catalogue.catalogue import (
    CATALOGUE,
    ENGINEERS,
    LEARNERS,
    OF_ARRAYS,
    alternatives,
    mistake,
)
from limelight.errors import OptionError, UnknownNameError
from limelight.exercises.gallery import gallery_names
from limelight.exercises.generate import generate, reveals, ties

ONE = [[1, 0], [0, 1]]
NOTHING = [[0, 0], [0, 0]]


def attention(**changes: Any) -> Exercise:  # noqa: ANN401 - matrices as people write them
    """Return two tokens that attend to each other with plain weights."""
    given = {"x": [[2, 1], [0, 1]], "w_q": ONE, "w_k": ONE, "w_v": [[1, 1], [0, 2]]} | changes
    return Exercise.self_attention(**given)


def cross(x: object, y: object) -> Exercise:
    """Return cross-attention with plain weights."""
    return Exercise.cross_attention(x=x, y=y, w_q=ONE, w_k=[[0, 1], [1, 0]], w_v=ONE)


def with_inputs(kind: str, **inputs: Any) -> Exercise:  # noqa: ANN401 - nested lists are read
    """Return an exercise of matrices by name."""
    return Exercise(kind=kind, inputs=inputs)


HIDING = {
    "no score": attention(w_q=NOTHING),
    "one token": attention(x=[[1], [1]], w_q=NOTHING),
    "one value for all": attention(w_v=ONE),
    "the keys' weights": attention(w_v=[[1, 0], [0, 1]]),
    "scores of 2 or 3": attention(x=[[1, 1], [1, 1]]),
    "scores that cancel": with_inputs("softmax", C=[[1], [-1]]),
    "one sequence twice": cross([[2, 1], [0, 1]], [[2, 1], [0, 1]]),
    "two features alike": with_inputs(
        "encoder-block",
        X=[[1, 1], [1, 1]],
        W_Q=ONE,
        W_K=ONE,
        W_V=NOTHING,
        W_O=ONE,
        W_1=ONE,
        W_2=NOTHING,
    ),
    "factors that commute": attention(x=[[1, 0], [0, 1]], w_v=ONE),
}


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("no score", "L1 L2 L3 L8 L9 L11 L12 L13 L15 L21 L22 L23"),
        ("one token", "L1 L2 L17 L18 L21 L22"),
        ("one value for all", "L20"),
        ("the keys' weights", "L6 L19"),
        ("scores of 2 or 3", "L14"),
        ("scores that cancel", "L16"),
        ("one sequence twice", "L24"),
        ("two features alike", "L25"),
        ("factors that commute", "L5 L2"),
    ],
)
def test_an_exercise_built_to_hide_hides(name: str, hidden: str) -> None:
    """What cannot be seen in an exercise is not said to be."""
    seen = reveals(HIDING[name])

    assert set(hidden.split()) & seen.keys() == set()


def test_an_elementwise_product_of_nothing_is_hidden() -> None:
    """Where factors of one shape are zeros, multiplying cell by cell changes nothing."""
    shown = attention(w_k=[[1, 1], [0, 1]])
    hiding = attention(w_q=NOTHING, w_k=NOTHING, w_v=NOTHING)

    assert reveals(shown)["L4"] == "Q"
    assert "L4" not in reveals(hiding)


def test_the_published_exercise_reveals() -> None:
    """The published exercise shows each of its mistakes, at the step where it first shows."""
    seen = reveals(gallery("self-attention"))

    assert [seen[name] for name in ("L1", "L2", "L6", "L11", "L15", "L19", "L20")] == [
        "A",
        "S",
        "K",
        "C",
        "E",
        "V",
        "Z",
    ]
    assert "L7" not in seen


@pytest.mark.parametrize("name", gallery_names())
def test_what_is_revealed_is_an_entry(name: str) -> None:
    """Every revealed mistake is an entry that says how it shows, at a step of the exercise."""
    exercise = gallery(name)
    steps = {step.name for step in exercise.plan.steps}
    for entry, step in reveals(exercise).items():
        assert CATALOGUE[entry].rewrites
        assert step in steps


def test_ties_are_found() -> None:
    """Scores of 2 and 0 divided by d_k = 3 give zeros, and by 9 as well: a tie."""
    tied = Exercise.self_attention(
        x=[[2, 0], [0, 1]], w_q=[*ONE, [0, 0]], w_k=[[0, 1], [1, 0], [0, 0]], w_v=ONE
    )

    assert frozenset({"L8", "L9"}) in ties(tied)
    assert frozenset({"L8", "L9"}) not in ties(gallery("self-attention"))


def test_every_entry_speaks() -> None:
    """Every entry has an id of its own, a name, a sentence, a remedy, and a need or a reason."""
    for name, entry in CATALOGUE.items():
        assert name == entry.id
        assert entry.sentence.endswith(".")
        assert entry.remedy.endswith(".")
        assert bool(entry.rewrites or entry.told) == bool(entry.needs) == (not entry.reason)
    assert len({entry.name for entry in CATALOGUE.values()}) == len(CATALOGUE) == 27 + 44


def test_both_halves_are_numbered() -> None:
    """Learners' entries are L, engineers' E; there is no E14."""
    assert list(LEARNERS) == [f"L{number}" for number in range(1, 28)]
    assert list(ENGINEERS) == [f"E{number}" for number in range(1, 46) if number != 14]
    assert {**LEARNERS, **ENGINEERS} == CATALOGUE
    assert ENGINEERS.keys() <= OF_ARRAYS.keys() <= CATALOGUE.keys()


@pytest.mark.parametrize("name", gallery_names())
def test_sheets_are_held_against_learners_mistakes_alone(name: str) -> None:
    """No entry of the engineers' is looked for on a sheet, revealed by one, or tied with on it."""
    trace = work(gallery(name))
    shapes = {step: trace[step].shape for step in trace}
    found = {each.mistake for each in alternatives(trace.plan, shapes)}

    assert found <= LEARNERS.keys()
    assert reveals(gallery(name)).keys() <= LEARNERS.keys()


def test_no_exercise_is_asked_for_a_mistake_in_code() -> None:
    """Demanding one is refused, and the message says why."""
    with pytest.raises(
        OptionError, match=r"E1 \(scale missing\) cannot .* people make it in code"
    ):
        generate("self-attention", seed=1, reveal=("E1",))


def test_entries_are_found_by_id() -> None:
    """An id is read in either case; an unknown one is refused with what is near it."""
    assert mistake("l11").id == "L11"
    with pytest.raises(UnknownNameError, match=r"no mistake named 'L111'. Did you mean L11"):
        mistake("L111")


@pytest.mark.parametrize("name", gallery_names())
def test_alternatives_are_json(name: str) -> None:
    """Everything that the catalogue makes of an exercise can be sent to a browser."""
    trace = work(gallery(name))
    made = alternatives(trace.plan, {step: trace[step].shape for step in trace})
    written = [alternative.as_json() for alternative in made]

    assert json.loads(json.dumps(written)) == written

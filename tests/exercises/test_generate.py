"""Generated exercises: always the same, friendly, worth working, and never twice."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

import pytest

from limelight import EXACT, gallery, read_exercise, work, write_exercise
from limelight.catalogue.catalogue import alternatives
from limelight.exercises.content import content_of
from limelight.exercises.gallery import gallery_names
from limelight.exercises.generate import (
    Demands,
    Form,
    default_demands,
    exercise_set,
    generate,
    reveals,
    ties,
)
from limelight.exercises.generator import limits
from limelight.notation.expressions import NameParts
from tests.exercises.forms import LARGE, ONE_NUMBER, OTHER_SIZES, USUAL
from tests.oracles import by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from limelight.mechanism.trace import Trace

FIXED = {
    "softmax": "10c89-c9955-8y",
    "dot-product": "128gm-sxd0s-8c4gd",
    "self-attention": "14ms2-424a5-f56ak-b84",
    "cross-attention": "18c9j-48zss-s7sv7-r9x4",
    "transformer": "1a8sj-j3e0m-c08bp-nd",
    "encoder-block": "1cch1-b2pg8-h0ez1-wmjc",
}
"""The names of the exercises of seed 2026: fixed for ever."""


def forms(*lists: list[Form]) -> pytest.MarkDecorator:
    """Run a test for each form of some lists."""
    return pytest.mark.parametrize("form", [form for each in lists for form in each], ids=str)


def check_limits(trace: Trace) -> None:
    """Hold every number of a trace to the limits, from the trace alone."""
    keys = max(
        (trace[name].shape.rows for name in trace if NameParts.of(name).family == "A"), default=1
    )
    for name in trace:
        family = NameParts.of(name).family
        for _, number in trace[name].matrix.cells():
            if family == "S":
                assert abs(float(number)) <= limits.LARGEST_SCORE, name
            if isinstance(number, float) or trace.recipe == EXACT:
                continue
            if family == "C" and trace.plan.kind != "softmax":
                assert limits.SMALLEST_EXPONENT <= number <= limits.LARGEST_EXPONENT, name
            if family == "sums":
                assert number <= max(limits.LEAST_SUM_LIMIT, limits.SUM_FOR_EACH_KEY * keys), name
            digits = limits.digits_in(family, keys)
            assert max(abs(number.numerator), number.denominator) < 10**digits, name


def check_worth(trace: Trace) -> None:
    """Demand what makes an exercise worth working."""
    for name in trace:
        rows, family = trace[name].rows, NameParts.of(name).family
        if family in {"X", "Y", "K", "Q", "V"} and len(rows) <= limits.FEW:
            assert all(any(row) for row in rows), name
        if family.startswith("W_"):
            assert all(any(row) for row in rows), name
        if family == "S" and len(rows) * len(rows[0]) > 1:
            assert len({number for row in rows for number in row}) > 1, name
    scores = [trace[name].rows for name in trace if NameParts.of(name).family == "C"]
    assert all(one != other for one, other in combinations(scores, 2))


@forms(USUAL, OTHER_SIZES)
def test_limits_hold(form: Form) -> None:
    """Every exercise is worked, keeps the limits, and is worth working."""
    for exercise in exercise_set(form, 30, seed=3, reveal=()):
        trace = work(exercise)

        check_limits(trace)
        check_worth(trace)
        assert Form.like(exercise) == form


@forms(ONE_NUMBER, LARGE)
def test_limits_hold_at_the_ends(form: Form) -> None:
    """A single number in every matrix, and 64 tokens, keep the limits as well."""
    for exercise in exercise_set(form, 2, seed=3, reveal=()):
        check_limits(work(exercise))


def test_limits_can_be_broken() -> None:
    """The check can fail: a large score is noticed."""
    inputs = dict(gallery("dot-product").inputs)
    inputs["K"] = [[9, 0, 0], [0, 1, 0], [0, 0, 1]]  # type: ignore[assignment]
    exercise = type(gallery())(kind="dot-product", inputs=inputs)

    with pytest.raises(AssertionError, match="S"):
        check_limits(work(exercise))


@forms(USUAL)
def test_work_agrees_with_a_pencil(form: Form) -> None:
    """What is generated is worked as fractions in lists are."""
    exercise = generate(form, seed=11)
    given = {name: matrix.tolist() for name, matrix in exercise.inputs.items()}
    worked = by_hand.worked(form.kind, given, heads=form.heads, causal=form.causal)
    trace = work(exercise)

    assert {name: trace[name].tolist() for name in worked} == worked


@forms(USUAL)
def test_what_is_demanded_is_revealed(form: Form) -> None:
    """By default an exercise shows everything that its form can, and no two things alike."""
    demands = Demands.read(form, None)
    for exercise in exercise_set(form, 5, seed=4):
        assert demands.reveal <= reveals(exercise).keys()
        assert ties(exercise) <= demands.alike


@forms(USUAL)
def test_usual_forms_show_everything(form: Form) -> None:
    """With the usual sizes nothing that applies is left out, and everything is told apart."""
    demands = Demands.read(form, None)
    trace = work(generate(form, seed=1))
    applicable = {
        alternative.mistake
        for alternative in alternatives(trace.plan, {name: trace[name].shape for name in trace})
    }

    assert demands.reveal == applicable
    assert demands.alike == frozenset()


@pytest.mark.parametrize("name", [*sorted(default_demands(Form.of("self-attention")))])
def test_a_single_demand_is_met(name: str) -> None:
    """Each entry can be demanded by itself."""
    for seed in range(3):
        assert name in reveals(generate("self-attention", seed=seed, reveal=[name.lower()]))


def test_without_demands_some_mistakes_hide() -> None:
    """The demand matters: without it some exercise hides what is asked for."""
    hiding = [
        exercise
        for exercise in exercise_set("self-attention", 40, seed=5, reveal=())
        if "L11" not in reveals(exercise)
    ]

    assert hiding


@pytest.mark.parametrize("kind", FIXED)
def test_seeds_are_fixed_for_ever(kind: str) -> None:
    """A seed gives the exercise that it always gave."""
    assert generate(kind, seed=2026).name == FIXED[kind]


@forms(USUAL)
def test_a_set_begins_with_the_single_exercise(form: Form) -> None:
    """The first of a set is that of its seed, and a longer set begins as a shorter one."""
    long = list(exercise_set(form, 6, seed=8))

    assert long[:3] == list(exercise_set(form, 3, seed=8))
    assert long[0] == generate(form, seed=8)
    assert long != list(exercise_set(form, 6, seed=9))


def test_a_set_is_made_as_it_is_asked_for() -> None:
    """A set without end begins at once, and repeats nothing."""
    endless = exercise_set("dot-product", 10**12, seed=1)

    assert len({content_of(exercise) for exercise in islice(endless, 50)}) == 50


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["softmax", "self-attention", "transformer"])
def test_a_thousand_differ(kind: str) -> None:
    """No two of a thousand exercises have the same numbers."""
    contents = {content_of(exercise) for exercise in exercise_set(kind, 1000, seed=6, reveal=())}

    assert len(contents) == 1000


@pytest.mark.parametrize("name", gallery_names())
def test_more_of_the_gallery(name: str) -> None:
    """Every exercise of the gallery has generated ones of its form."""
    exercise = gallery(name)
    form = Form.like(exercise)
    made = generate(form, seed=2, reveal=())

    assert (made.kind, made.heads, made.causal) == (exercise.kind, exercise.heads, exercise.causal)
    assert {axis: made.sizes[axis] for axis in exercise.sizes} == exercise.sizes


def test_files_keep_an_exercise(tmp_path: Path) -> None:
    """A generated exercise comes out of a file as it went in."""
    for form in USUAL:
        exercise = generate(form, seed=5)
        write_exercise(exercise, tmp_path / "one.json")

        assert read_exercise(tmp_path / "one.json") == exercise

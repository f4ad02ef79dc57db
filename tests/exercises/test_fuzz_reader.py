"""The reader of exercise files, fed with anything: an exercise or a refusal, never a crash."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limelight.errors import LimelightError
from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.exercise import work
from limelight.exercises.file import read_exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.render.html import Html
from limelight.render.markdown import Markdown
from limelight.render.terminal import Terminal
from limelight.sheet.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import DrawFn, SearchStrategy

    from limelight.exercises.exercise import Exercise

Json: TypeAlias = Any

GOOD = {name: json.dumps(exercise_document(gallery(name))) for name in gallery_names()}
KEYS = sorted({key for text in GOOD.values() for key in json.loads(text)} | {"$schema"})
NAMES = sorted({name for text in GOOD.values() for name in json.loads(text)["inputs"]})
RULES = ["name", "base", "divisor", "scaled", "deviation", "epsilon", "digits", "rounded_steps"]
WORDS = [
    *("softmax", "self-attention", "encoder-block", "by-hand", "exact", "floor", "whole", "e"),
    *("limelight-exercise-1", "sqrt(d_k)", "d_k", "tokens", "A", "", "\x1b[31m", "\ud800", "猫"),
]
ENTRIES = [
    *("0", "-0", "1/3", "-7/2", "0.25", "1e3", "1e-3", "1e9999", "-1e9999", "1e-9999", "+1"),
    *("1/0", "NaN", "inf", "1e10001", "1_000", "0x10", "½", " 2 ", "1 / 3", "", "9" * 4000),
    "9" * 20_001,
]

SCALARS: SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**6, -(10**6), 10**400, 2**53 + 1, 256, 257]),
    st.floats(),
    st.sampled_from(WORDS + ENTRIES),
    st.text(max_size=5),
)
OWN_KEYS = st.sampled_from(KEYS + NAMES + RULES) | st.text(max_size=3)
ANYTHING: SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(OWN_KEYS, inner, max_size=4),
    max_leaves=12,
)
CUT = st.binary(max_size=9).map(lambda start: start + GOOD["softmax"].encode())


def problem_with(read: Callable[[], Exercise]) -> str:
    """Read, work and draw what a file holds; return what went wrong, "" when nothing did."""
    try:
        draw(read())
    except LimelightError as error:
        return "" if str(error) else "a refusal without words"
    except Exception as error:  # noqa: BLE001 - any other is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""


def draw(exercise: Exercise) -> None:
    """Work an exercise and draw it in every way."""
    sheet = Layout().trace(work(exercise), about=exercise.about, source=exercise.source)
    list(Terminal(sheet).lines())
    list(Markdown(sheet).lines())
    Html(sheet).text()


def places(document: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything in a document."""
    found = [path]
    if isinstance(document, dict):
        for key, value in document.items():
            found += places(value, (*path, key))
    if isinstance(document, list):
        for index, value in enumerate(document):
            found += places(value, (*path, index))
    return found


@st.composite
def mutants(draw: DrawFn) -> Json:
    """Documents of good exercises with one to four places replaced, doubled or taken out."""
    document = json.loads(GOOD[draw(st.sampled_from(sorted(GOOD)))])
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(document)[1:]))
        holder = document
        for part in path[:-1]:
            holder = holder[part]
        mutate(draw, holder, path[-1])
        if not document:
            break
    return document


def mutate(draw: DrawFn, holder: Json, part: str | int) -> None:
    """Replace, take out, double or rename one part of a list or an object."""
    match draw(st.sampled_from(["replace", "replace", "entry", "take out", "double"])):
        case "replace":
            holder[part] = draw(ANYTHING)
        case "entry":
            holder[part] = draw(st.sampled_from(ENTRIES))
        case "take out":
            del holder[part]
        case "double" if isinstance(part, int):
            holder.insert(part, deepcopy(holder[part]))
        case _:
            holder[draw(st.sampled_from(KEYS + NAMES + RULES))] = deepcopy(holder[part])


@settings(max_examples=100)
@given(ANYTHING)
def test_any_json_is_an_exercise_or_refused(document: Json) -> None:
    """Whatever JSON a file holds, it is read or refused."""
    assert problem_with(partial(parse_exercise, json.dumps(document), "a file")) == ""


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_any_change_of_a_good_file_is_an_exercise_or_refused(document: Json) -> None:
    """Whatever is changed in a good file, it is read, worked and drawn, or refused."""
    assert problem_with(partial(parse_exercise, json.dumps(document), "a file")) == ""


@settings(max_examples=100)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_any_text_is_an_exercise_or_refused(name: str, data: st.DataObject) -> None:
    """A good file with a piece cut out, or with something put in, is read or refused."""
    text = GOOD[name]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    middle = data.draw(st.text(max_size=8) | st.sampled_from(["[" * 990, "{}", ",", '"', "1e999"]))
    changed = text[:start] + middle + text[end if end - start < 40 else start :]

    assert problem_with(partial(parse_exercise, changed, "a file")) == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60) | CUT)
def test_any_bytes_are_an_exercise_or_refused(content: bytes, tmp_path: Path) -> None:
    """Whatever bytes a file holds, it is read or refused."""
    path = tmp_path / "a.json"
    path.write_bytes(content)

    assert problem_with(partial(read_exercise, path)) == ""


def test_a_crash_is_seen() -> None:
    """The check can fail: a reader that crashes, or gives no exercise, is seen."""
    good = partial(parse_exercise, GOOD["softmax"], "a file")

    assert problem_with(good) == ""
    assert problem_with(lambda: json.loads("{")).startswith("JSONDecodeError")
    assert problem_with(lambda: json.loads("3")).startswith("AttributeError")

"""The page as a file: whole, small, closed to everything that it does not bring itself."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import html5lib
import pytest

from limelight.errors import ShapeError
from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.exercises.kinds import Choices, plan_of
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.orientation import Orientation
from limelight.web.book import plan_book, plan_key
from limelight.web.content import View, page_content
from limelight.web.page import page
from tests.render.worksheets import large

if TYPE_CHECKING:
    from typing import Any

MOST_BYTES = 60_000


def test_a_page_is_small() -> None:
    """Everything in one file, gallery included, is below 60 KB when it is compressed."""
    assert len(gzip.compress(page(gallery()).encode())) < MOST_BYTES


def test_a_page_is_html() -> None:
    """It parses without an error."""
    parser = html5lib.HTMLParser(strict=True)

    assert parser.parse(page(gallery())) is not None


def test_a_page_allows_only_what_it_brings() -> None:
    """Its policy names its style and its script by their digests, and no address."""
    text = page(gallery())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)

    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; "
        r"base-uri 'none'; form-action 'none'",
        policy,
    )
    assert re.findall(r"\b(?:src|href)=", text.partition("<script>")[0]) == []


def test_no_text_ends_the_data() -> None:
    """What a stranger wrote cannot close the element that holds it."""
    text = "</script><!--<script>"
    mine = Exercise(kind="softmax", inputs={"C": Matrix.read([[1]])}, title=text, about=text)
    found = page(mine)
    data = found.partition('id="limelight-content">')[2].partition("</script>")[0]

    assert json.loads(data)["exercise"]["title"] == text
    assert "<" not in data
    assert "<title>&lt;/script&gt;" in found


def test_a_page_opens_as_it_is_told() -> None:
    """Orientation and decimals go along."""
    content = page_content(gallery(), View(Orientation.ROWS, 5))

    assert content["view"] == {"orientation": "rows", "digits": 5}


def test_what_is_too_large_for_a_page_is_refused() -> None:
    """More than 20,000 cells are nothing to point at."""
    with pytest.raises(ShapeError, match="at most 20,000 cells"):
        page(large(tokens=100, features=6))


@pytest.mark.parametrize("name", gallery_names())
def test_the_book_has_every_plan_one_switch_away(name: str) -> None:
    """A plan in the book is the plan that Python has: for every mask and number of heads."""
    exercise = gallery(name)
    book: dict[str, Any] = plan_book([exercise])
    own = Choices(given=list(exercise.inputs), heads=exercise.heads, causal=exercise.causal)

    assert plan_key(exercise.kind, own) in book["plans"]
    for key in book["plans"]:
        kind, heads, hiding, *given = key.split(" ")
        plan = plan_of(kind, Choices(given=given, heads=int(heads), causal=hiding == "causal"))
        assert unbound(book, key) == plan.as_json()


def unbound(book: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a plan of the book as it was before it was bound."""
    plan = book["plans"][key]
    steps = [book["steps"][place] for place in plan["steps"]]
    titled = [step | {"stage": book["stages"][step["stage"]]["title"]} for step in steps]
    inputs = [book["inputs"][place] for place in plan["inputs"]]
    return {**plan, "inputs": inputs, "steps": titled}


@pytest.mark.parametrize(
    ("name", "count"),
    [("softmax", 1), ("self-attention", 12), ("cross-attention", 8), ("encoder-block", 8)],
)
def test_the_book_holds_no_more(name: str, count: int) -> None:
    """Four numbers of heads, times the ways to hide keys that a kind has."""
    book: dict[str, Any] = plan_book([gallery(name)])

    assert len(book["plans"]) == count


def test_an_exercise_of_many_heads_has_its_plan() -> None:
    """Eight heads are more than a page adds, yet an exercise that has them opens."""
    exercise = large(tokens=2, features=2, heads=8)
    book: dict[str, Any] = plan_book([exercise])
    own = Choices(given=list(exercise.inputs), heads=8)

    assert plan_key("self-attention", own) in book["plans"]

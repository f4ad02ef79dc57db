"""The browser works what Python works: every number, every word, every way back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limelight.errors import NumberError
from limelight.exercises.document import exercise_document
from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, RECIPES
from limelight.notation.numbers import exact_text
from limelight.notation.plain import Plain
from limelight.sheet.by_hand import MOST_CELLS, lay_out_by_hand
from limelight.sheet.layout import Layout, telling_cell
from limelight.web.book import plan_book
from limelight.web.page import page
from tests.strategies import ANY_CASE
from tests.strategies import RECIPES as ANY_RECIPE
from tests.web.pages import is_close

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.recipe import Recipe
    from limelight.mechanism.trace import Trace, Worked
    from tests.strategies import Case

WORK = """([content, exercise, isTurned]) => {
  try { return Limelight.work(content, exercise, isTurned); } catch (error) { return null; }
}"""


@pytest.fixture(scope="module")
def window(browser: BrowserContext) -> Iterator[Page]:
    """A page whose arithmetic can be asked."""
    opened = browser.new_page()
    opened.set_content(page(gallery()))
    yield opened
    opened.close()


def worked_by_page(
    window: Page, exercise: Exercise, orientation: Orientation = Orientation.COLUMNS
) -> dict[str, Any] | None:
    """Return what the browser makes of an exercise; None where it refuses to."""
    known = {
        "recipes": [recipe.as_json() for recipe in RECIPES.values()],
        "mostCells": MOST_CELLS,
        "book": plan_book([exercise]),
    }
    given = [known, exercise_document(exercise), orientation.is_turned]
    found: dict[str, Any] | None = window.evaluate(WORK, given)
    return found


def values(trace: Trace) -> dict[str, list[list[str]]]:
    """Return every number of a trace."""
    return {name: [[exact_text(n) for n in row] for row in trace[name].rows] for name in trace}


def wrong_numbers(found: dict[str, Any], trace: Trace) -> list[tuple[str, str, str]]:
    """Return the numbers of a page that are not those of a trace."""
    right = values(trace)
    made = {step["name"]: step["values"] for step in found["steps"]}
    assert list(made) == list(right)
    assert [[len(row) for row in rows] for rows in made.values()] == [
        [len(row) for row in rows] for rows in right.values()
    ]
    return [
        (name, got, expected)
        for name, rows in right.items()
        for line, made_line in zip(rows, made[name], strict=True)
        for expected, got in zip(line, made_line, strict=True)
        if not is_close(got, expected)
    ]


@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_is_worked_as_python_works_it(window: Page, name: str, recipe: Recipe) -> None:
    """Every number of every gallery exercise, under both recipes, is Python's."""
    exercise = gallery(name).under(recipe)
    found = worked_by_page(window, exercise)

    assert found is not None
    assert wrong_numbers(found, work(exercise)) == []


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(case=ANY_CASE, recipe=st.one_of(ANY_RECIPE, st.sampled_from([BY_HAND, EXACT])))
def test_random_exercises_are_worked_as_python_works_them(
    window: Page, case: Case, recipe: Recipe
) -> None:
    """Exercises of any kind, size and recipe come out alike, or are refused alike."""
    exercise = case.exercise.under(recipe)
    try:
        trace = work(exercise)
    except NumberError:
        assert worked_by_page(window, exercise) is None
        return
    found = worked_by_page(window, exercise)

    assert found is not None
    assert wrong_numbers(found, trace) == []


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("recipe", [BY_HAND, EXACT], ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("name", gallery_names())
def test_what_is_said_is_what_python_says(
    window: Page, name: str, recipe: Recipe, orientation: Orientation
) -> None:
    """Arithmetic, words, formulas, labels, origins and layout are Python's, in both views."""
    exercise = gallery(name).under(recipe)
    trace = work(exercise)
    found = worked_by_page(window, exercise, orientation)

    assert found is not None
    assert found["layout"] == layout_of(exercise)
    for step in found["steps"]:
        right = said(trace[step["name"]], orientation)
        assert {key: step.get(key) for key in right} == right


def said(worked: Worked, orientation: Orientation) -> dict[str, object]:
    """Return all that is said of a matrix."""
    cells = [cell for cell, _ in worked.matrix.cells()]
    words: dict[str, object] = {
        "row_labels": list(worked.row_labels),
        "column_labels": list(worked.column_labels),
        "words": [Plain().equation(orientation.equation(worked.equation(at))) for at in cells],
        "reads": [
            [[list(source) for source in sources] for _, sources in worked.made_from(at)]
            for at in cells
        ],
    }
    if worked.step is None:
        return words
    left, right = Layout(orientation).formula(worked.step)
    return words | {
        "formula": f"{Plain()(left)} = {Plain()(right)}",
        "saying": Layout(orientation).saying(worked.step),
        "telling": list(telling_cell(worked)),
    }


def layout_of(exercise: Exercise) -> list[dict[str, object]]:
    """Return the names of a worksheet's boxes, where they stand."""
    return [
        {
            "title": part.title,
            "tableaux": [
                {
                    "head": tableau.head.name if tableau.head else None,
                    "lines": [
                        {"box": line.box.name, "beside": [box.name for box in line.beside]}
                        for line in tableau.lines
                    ],
                }
                for tableau in part.tableaux
            ],
        }
        for part in lay_out_by_hand(exercise).parts
    ]


def test_a_wrong_number_is_seen(window: Page) -> None:
    """The comparison can fail: a numerator that is off, and a decimal in its eleventh place."""
    for recipe, step in ((BY_HAND, "A"), (EXACT, "E")):
        exercise = gallery().under(recipe)
        found = worked_by_page(window, exercise)
        assert found is not None
        (there,) = (each for each in found["steps"] if each["name"] == step)
        first = there["values"][0][0]
        there["values"][0][0] = "10/46" if recipe is BY_HAND else f"{float(first) + 1e-10:.17g}"

        assert [name for name, *_ in wrong_numbers(found, work(exercise))] == [step]


def test_what_has_no_end_is_refused(window: Page) -> None:
    """Powers beyond ten thousand digits are refused by the page as by Python."""
    document = exercise_document(gallery("softmax"))
    huge = json.loads(json.dumps(document | {"inputs": {"C": [[99999], [1]]}}))
    known = {
        "recipes": [recipe.as_json() for recipe in RECIPES.values()],
        "mostCells": MOST_CELLS,
        "book": plan_book([gallery("softmax")]),
    }

    assert window.evaluate(WORK, [known, document, False]) is not None
    assert window.evaluate(WORK, [known, huge, False]) is None

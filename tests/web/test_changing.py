"""Whatever is changed on the page, every number is again what Python works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import EXACT, Recipe
from limelight.notation.plain import Plain
from tests.web.pages import opened, shown, wrong_on

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_opens(browser: BrowserContext, tmp_path: Path, name: str) -> None:
    """Each exercise of the gallery opens on a page of any other, whole."""
    with opened(browser, tmp_path, gallery("softmax")) as page:
        page.choose("Exercise", name)

        assert page.window.get_by_role("heading", level=1).text_content() == gallery(name).title
        assert wrong_on(page, gallery(name)) == []
        assert page.complaints == []


def test_an_input_is_changed(browser: BrowserContext, tmp_path: Path) -> None:
    """A fraction typed into X is in the exercise, and everything follows from it, exactly."""
    with opened(browser, tmp_path) as page:
        page.cell("X", 0, 1).click()
        page.window.keyboard.type("-3/2")
        page.window.keyboard.press("Enter")
        changed = page.exercise()

        assert page.numbers("X")[0] == ["2", "-3/2", "0", "2"]
        assert changed.inputs["X"][0, 1] != gallery().inputs["X"][0, 1]
        assert wrong_on(page, changed) == []
        assert page.complaints == []


def test_an_input_is_changed_by_keys_alone(browser: BrowserContext, tmp_path: Path) -> None:
    """To type on a cell changes it; Escape leaves it as it was; the focus stays."""
    with opened(browser, tmp_path) as page:
        page.cell("W_Q", 0, 0).focus()
        keys = page.window.keyboard
        keys.press("ArrowRight")
        keys.type("7")
        keys.press("Enter")
        first = page.numbers("W_Q")[0]
        keys.press("ArrowRight")
        keys.type("9")
        keys.press("Escape")

        assert first == ["1", "7", "0", "0", "0", "0"]
        assert page.numbers("W_Q")[0] == first
        assert page.marked("spot") == {("W_Q", 0, 2)}
        assert wrong_on(page, page.exercise()) == []


@pytest.mark.parametrize("typed", ["x", "1/0", "", "2 3"])
def test_what_is_no_number_is_not_taken(
    browser: BrowserContext, tmp_path: Path, typed: str
) -> None:
    """The field says what is wrong and stays; the exercise is as it was."""
    with opened(browser, tmp_path) as page:
        page.cell("X", 0, 0).click()
        field = page.window.locator("input.editor")
        field.fill(typed)
        page.window.keyboard.press("Enter")

        assert field.get_attribute("aria-invalid") == "true"
        assert field.evaluate("field => field.validationMessage") != ""
        page.window.keyboard.press("Escape")
        assert wrong_on(page, gallery()) == []


def test_results_are_not_typed_over(browser: BrowserContext, tmp_path: Path) -> None:
    """What is worked cannot be edited."""
    with opened(browser, tmp_path) as page:
        page.cell("Z", 0, 0).click()
        page.window.keyboard.type("5")

        assert page.window.locator("input.editor").count() == 0
        assert wrong_on(page, gallery()) == []


def test_the_recipe_is_switched(browser: BrowserContext, tmp_path: Path) -> None:
    """By hand and exact, there and back."""
    with opened(browser, tmp_path) as page:
        page.choose("Rules", "exact")
        exact = wrong_on(page, gallery().under(EXACT))
        page.choose("Rules", "by-hand")

        assert exact == []
        assert wrong_on(page, gallery()) == []


def test_what_the_shortcuts_cost(browser: BrowserContext, tmp_path: Path) -> None:
    """Compared, each worked cell has the other rules' number below its own."""
    other = work(gallery(), EXACT)["A"]
    read = "all => all.map(small => small.textContent)"
    with opened(browser, tmp_path) as page:
        page.press("Compare rules")
        below = page.boxes("A").locator("tbody small").evaluate_all(read)
        given = page.boxes("X").locator("tbody small").count()
        page.press("Compare rules")

        assert below == [Plain().decimal(number) for row in other.rows for number in row]
        assert given == 0
        assert page.boxes("A").locator("tbody small").count() == 0


def test_keys_are_hidden(browser: BrowserContext, tmp_path: Path) -> None:
    """The causal mask, and a mask that one fills in oneself."""
    with opened(browser, tmp_path) as page:
        page.choose("Hidden", "causal")
        causal = page.exercise()
        wrong = wrong_on(page, causal)
        page.choose("Hidden", "mask")
        page.cell("mask", 0, 3).click()
        page.window.keyboard.type("0")
        page.window.keyboard.press("Enter")
        masked = page.exercise()
        wrong += wrong_on(page, masked)
        page.cell("mask", 0, 0).click()
        page.window.keyboard.type("2")
        page.window.keyboard.press("Enter")
        refused = page.window.locator("input.editor").get_attribute("aria-invalid")
        page.window.keyboard.press("Escape")
        page.choose("Hidden", "none")

        assert causal.causal
        assert [str(number) for number in masked.inputs["mask"].rows[0]] == ["1", "1", "1", "0"]
        assert refused == "true"
        assert wrong == []
        assert wrong_on(page, gallery()) == []


@pytest.mark.parametrize("name", ["self-attention", "cross-attention", "encoder-block"])
def test_sizes_grow_and_shrink(browser: BrowserContext, tmp_path: Path, name: str) -> None:
    """Tokens and features are added and removed; matrices that share an axis go along."""
    with opened(browser, tmp_path, gallery(name)) as page:
        groups = page.window.locator(".stepper")
        for index in range(groups.count()):
            group = groups.nth(index)
            label = group.get_attribute("data-label")
            if label == "Heads":
                continue
            for way in ("more", "less"):
                group.get_by_role("button", name=way).click()

                assert wrong_on(page, page.exercise()) == [], (label, way)
        assert page.exercise().sizes == gallery(name).sizes
        assert page.complaints == []


def test_sizes_end_at_one(browser: BrowserContext, tmp_path: Path) -> None:
    """A last token cannot be taken away."""
    with opened(browser, tmp_path) as page:
        less = page.window.get_by_role("button", name="One token less")
        for _ in range(3):
            less.click()

        assert less.is_disabled()
        assert page.exercise().sizes["tokens"] == 1
        assert wrong_on(page, page.exercise()) == []


@pytest.mark.parametrize(
    ("name", "counts"),
    [("self-attention", [2, 3, 4]), ("multi-head-attention", [4]), ("encoder-block", [])],
)
def test_heads_are_added_and_taken_away(
    browser: BrowserContext, tmp_path: Path, name: str, counts: list[int]
) -> None:
    """Up to four heads, and down to one, each with numbers of its own."""
    with opened(browser, tmp_path, gallery(name)) as page:
        heads = page.window.get_by_role("group", name="Heads")
        for count in counts:
            heads.get_by_role("button", name="more").click()

            assert page.exercise().heads == count
            assert wrong_on(page, page.exercise()) == []
        while heads.get_by_role("button", name="less").is_enabled():
            heads.get_by_role("button", name="less").click()

            assert wrong_on(page, page.exercise()) == []
        assert page.complaints == []


@pytest.mark.parametrize("name", ["self-attention", "cross-attention", "encoder-block"])
def test_tokens_are_turned_to_rows(browser: BrowserContext, tmp_path: Path, name: str) -> None:
    """As rows, every matrix stands transposed; a cell's arithmetic is said as it stands."""
    exercise = gallery(name)
    trace = work(exercise)
    with opened(browser, tmp_path, exercise) as page:
        page.press("As rows")
        for each in trace:
            assert page.numbers(each) == [
                list(row) for row in zip(*shown(trace, each), strict=True)
            ]
        last = trace.result
        page.point(last.name, 1, 0)
        said = page.window.locator("#limelight-arithmetic").text_content()
        _, at = trace.find_cell(f"{last.name}[2,1]", Orientation.ROWS)
        words = Plain().equation(Orientation.ROWS.equation(last.equation(at)))
        page.press("As rows")

        assert said == words
        assert wrong_on(page, exercise) == []


def test_starting_over_brings_the_numbers_back(browser: BrowserContext, tmp_path: Path) -> None:
    """Whatever was changed, the exercise is again what the page was made of."""
    mine = Exercise(kind="softmax", inputs={"C": Matrix.read([[1, 2], ["1/2", 0]])}, title="Mine")
    with opened(browser, tmp_path, mine) as page:
        page.cell("C", 0, 0).click()
        page.window.keyboard.type("4")
        page.window.keyboard.press("Enter")
        page.press("Start over")

        assert wrong_on(page, mine) == []


def test_one_finds_back_to_ones_own_exercise(browser: BrowserContext, tmp_path: Path) -> None:
    """The exercise that the page was made of stays in the list, beside the gallery."""
    mine = Exercise(
        kind="softmax", inputs={"C": Matrix.read([[1], [2]])}, name="mine", title="Mine"
    )
    with opened(browser, tmp_path, mine) as page:
        page.choose("Exercise", "softmax")
        page.choose("Exercise", "mine")

        assert wrong_on(page, mine) == []
        entries = page.window.get_by_role("combobox", name="Exercise").locator("option").count()
        assert entries == len(gallery_names()) + 1


def test_an_exercise_with_rules_of_its_own(browser: BrowserContext, tmp_path: Path) -> None:
    """Rules that are neither by hand nor exact are followed, rounding on paper included."""
    recipe = Recipe(name="two decimals", divisor="d_k", digits=2)
    mine = gallery().under(recipe)
    with opened(browser, tmp_path, mine) as page:
        page.point("A", 0, 0)

        assert wrong_on(page, mine) == []
        assert "rounded" in (page.window.locator("#limelight-arithmetic").text_content() or "")


def test_what_cannot_be_worked_is_said(browser: BrowserContext, tmp_path: Path) -> None:
    """A power without end is refused in words, and the numbers stay as they were."""
    with opened(browser, tmp_path, gallery("softmax")) as page:
        page.cell("C", 0, 0).click()
        page.window.keyboard.type("999999")
        page.window.keyboard.press("Enter")

        assert "cannot be worked" in (page.window.get_by_role("alert").text_content() or "")
        page.window.keyboard.press("Escape")
        assert wrong_on(page, gallery("softmax")) == []

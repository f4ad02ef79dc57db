"""Live workbooks: LibreOffice works them anew and comes to the numbers of `work`."""

from __future__ import annotations

import io
import re
import zipfile
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, assume, given, settings
from openpyxl.worksheet.formula import ArrayFormula

from limelight.errors import NumberError
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery
from limelight.mechanism.matrix import Matrix
from limelight.mechanism.operations import positions, shaping
from limelight.mechanism.operations.elementwise import Complement, Multiply, Unit
from limelight.mechanism.operations.operation import Operation
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, Recipe
from limelight.render.xlsx.formulas import ARRAYS, CELLS
from tests.oracles.comparing import is_moderate
from tests.render.libreoffice import recalculated
from tests.render.workbooks import (
    Rows,
    Sheet,
    cells_of,
    differences,
    matrices_of,
    of_gallery,
    opened,
)
from tests.strategies import ANY_CASE, RECIPES, Case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GALLERY = dict(of_gallery())
DRAWN = 60
WRONG = 12345.5


@cache
def live(name: str) -> bytes:
    """Make a live workbook of the gallery, once."""
    return GALLERY[name].live()


@cache
def changed(name: str) -> Sheet:
    """Add 1/2 to the first number of the first input."""
    sheet = GALLERY[name]
    given_names = list(sheet.exercise.inputs)
    inputs = {key: [list(row) for row in m.rows] for key, m in sheet.exercise.inputs.items()}
    inputs[given_names[0]][0][0] += Fraction(1, 2)
    exercise = Exercise(
        kind=sheet.exercise.kind,
        inputs=inputs,  # type: ignore[arg-type] # nested lists are read
        heads=sheet.exercise.heads,
        causal=sheet.exercise.causal,
        labels=sheet.exercise.labels,
        recipe=sheet.exercise.recipe,
    )
    return Sheet(exercise, sheet.orientation)


def with_input(workbook: bytes, name: str, number: float) -> bytes:
    """Write another number into the first cell of an input, and nothing else."""
    book = opened(workbook, formulas=True)
    cells_of(book, f"input_{name}")[0][0].value = number
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_wrong_values(workbook: bytes) -> bytes:
    """Let every formula claim that it gives the same wrong number."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                pattern = rb"(</f><v>)[^<]*(</v>)"
                content = re.sub(pattern, rb"\g<1>%r\g<2>" % WRONG, content)
            target.writestr(entry, content)
    return file.getvalue()


@cache
def worked_anew() -> dict[str, Path]:
    """Let LibreOffice work the gallery, changed inputs, and what claims to give wrong numbers."""
    books = {name: live(name) for name in GALLERY}
    for name, sheet in GALLERY.items():
        first = next(iter(sheet.exercise.inputs))
        number = changed(name).exercise.inputs[first].rows[0][0]
        books[f"changed-{name}"] = with_input(live(name), first, float(number))
    books["wrong"] = with_wrong_values(live("encoder-block-by-hand-columns"))
    return recalculated(books)


@pytest.mark.slow
@pytest.mark.parametrize("name", GALLERY)
def test_recalculated_is_what_work_gives(name: str) -> None:
    """Every cell, worked anew, is the number of `work`, and so was the one that was cached."""
    expected = GALLERY[name].expected()

    assert differences(matrices_of(opened(worked_anew()[name])), expected) == []
    assert differences(matrices_of(opened(live(name))), expected) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", GALLERY)
def test_a_changed_input_changes_what_it_should(name: str) -> None:
    """With another number in an input, every cell is what `work` gives for that exercise."""
    found = matrices_of(opened(worked_anew()[f"changed-{name}"]))

    assert differences(found, changed(name).expected()) == []
    assert differences(found, GALLERY[name].expected()) != []


@pytest.mark.slow
def test_formulas_are_worked_and_not_believed() -> None:
    """The check can fail: numbers that a file claims are wrong at first, and right once worked."""
    name = "encoder-block-by-hand-columns"
    claimed = with_wrong_values(live(name))
    expected = GALLERY[name].expected()

    assert differences(matrices_of(opened(claimed)), expected) != []
    assert differences(matrices_of(opened(worked_anew()["wrong"])), expected) == []


@cache
def drawn() -> dict[str, Sheet]:
    """Draw exercises of every kind under recipes of every rule, in both views."""
    found: list[Sheet] = []

    @settings(
        max_examples=DRAWN, derandomize=True, database=None, phases=[Phase.generate], deadline=None
    )
    @given(ANY_CASE, RECIPES)
    def collect(case: Case, recipe: Recipe) -> None:
        exercise = case.exercise.under(recipe)
        try:
            assume(is_moderate(work(exercise)))
        except NumberError:
            assume(condition=False)
        orientation = list(Orientation)[len(found) % 2]
        found.append(Sheet(exercise, orientation))

    collect()
    return {f"drawn-{index}": sheet for index, sheet in enumerate(found)}


@cache
def special() -> dict[str, Sheet]:
    """Return what seldom happens: large scores, all keys hidden, sums of thirds, one number."""
    large = Exercise(kind="softmax", inputs={"C": Matrix.read([[400, -500], [1, -501.5]], "C")})
    hidden = Exercise.self_attention(
        x=[[1, 2], [0, 1]], w_q=[[1, 1]], w_k=[[1, 0]], w_v=[[2, 3]], mask=[[0, 1], [0, 1]]
    )
    thirds = Exercise.self_attention(
        x=[["1/3"] * 2] * 3, w_q=[[1, 1, 1]], w_k=[[4, 4, 4]], w_v=[["1/7", 1, 1]]
    )
    one = Exercise.self_attention(x=[[2]], w_q=[[1]], w_k=[[1]], w_v=[[1]])
    two = Recipe(name="two", base=Fraction(3, 2), divisor=Fraction(1))
    cents = Recipe(name="cents", digits=2, scaled="nearest", divisor=Fraction(-3, 2))
    return {
        "large": Sheet(large.under(EXACT)),
        "large and not whole": Sheet(
            Exercise(kind="softmax", inputs={"C": Matrix.read([[900.5], [1]], "C")}).under(two)
        ),
        "hidden": Sheet(hidden.under(EXACT)),
        "hidden by hand": Sheet(hidden, Orientation.ROWS),
        "thirds": Sheet(thirds),
        "one": Sheet(one, Orientation.ROWS),
        "cents": Sheet(gallery("causal-self-attention").under(cents)),
    }


@pytest.mark.slow
def test_random_exercises_and_recipes_are_what_work_gives() -> None:
    """Any kind, by any rule, in any size: every cell worked anew is the number of `work`."""
    sheets = drawn() | special()
    found = recalculated({name: sheet.live() for name, sheet in sheets.items()})
    wrong = {
        name: differences(matrices_of(opened(found[name])), sheet.expected())
        for name, sheet in sheets.items()
    }

    assert {name: cells[:3] for name, cells in wrong.items() if cells} == {}


@pytest.mark.parametrize("name", GALLERY)
def test_every_worked_cell_is_a_formula(name: str) -> None:
    """A cell of a step is a formula or part of one; a cell of an input is a number."""
    book = opened(live(name), formulas=True)
    arrays = [
        cell.value.ref
        for row in book["Worksheet"].iter_rows()
        for cell in row
        if isinstance(cell.value, ArrayFormula)
    ]
    covered = {
        cell.coordinate
        for place in arrays
        for row in _rows(book["Worksheet"][place])
        for cell in row
    }
    kinds: dict[str, set[bool]] = {}
    for key in book.defined_names:
        cells = [cell for row in cells_of(book, key) for cell in row]
        kinds.setdefault(key.split("_")[0], set()).update(
            cell.data_type == "f" or cell.coordinate in covered for cell in cells
        )

    assert kinds == {"input": {False}, "step": {True}}


def _rows(found: Any) -> Any:  # noqa: ANN401 - openpyxl has no types
    return found if isinstance(found, tuple) else ((found,),)


@pytest.mark.parametrize("name", ["causal-self-attention-exact-rows", "dot-product-exact-columns"])
def test_only_inputs_can_be_changed(name: str) -> None:
    """The sheet is protected without a password, and its unlocked cells are the inputs."""
    book = opened(live(name))
    sheet = book["Worksheet"]
    unlocked = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    inputs = {
        cell.coordinate
        for key in book.defined_names
        if key.startswith("input_")
        for row in cells_of(book, key)
        for cell in row
    }

    assert unlocked == inputs
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)


def test_every_operation_has_a_formula() -> None:
    """There is no operation that a live workbook could not write, but those that no sheet has.

    These are of mistakes alone, or of code that is audited.
    """
    names = set(_names(Operation)) - {Complement.name, Multiply.name, Unit.name}

    assert names == ARRAYS.keys() | CELLS.keys()


_OF_CODE = {positions.__name__, shaping.__name__}


def _names(kind: type[object]) -> Iterator[str]:
    """Yield the names of all operations that derive from a class."""
    if (name := getattr(kind, "name", "")) and kind.__module__ not in _OF_CODE:
        yield name
    for each in kind.__subclasses__():
        yield from _names(each)


def test_numbers_beyond_a_spreadsheet_are_refused() -> None:
    """A number that float64 cannot hold is named, with the way out."""
    huge = Exercise.self_attention(x=[[60, 1]], w_q=[[1]], w_k=[[1]], w_v=[[1]], recipe=BY_HAND)

    with pytest.raises(NumberError, match=r"E has a larger one[^~]*workbook to fill in"):
        Sheet(huge).live()


def test_differences_are_seen() -> None:
    """The comparison can fail: text, another number, and a shown score that is hidden."""
    expected: dict[str, Rows] = {"Z": [[Fraction(1, 3), float("-inf"), 2.0]]}

    assert differences({"Z": [[1 / 3, "-∞", 2]]}, expected) == []
    assert len(differences({"Z": [["1/3", 0, 2.000001]]}, expected)) == 3

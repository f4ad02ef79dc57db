"""Everything that a page carries, as JSON values: exercises, plans, recipes, how it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises.document import exercise_document
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import RECIPES
from limelight.sheet.by_hand import MOST_CELLS, refuse_unprintable
from limelight.web.book import plan_book

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise


class View(NamedTuple):
    """How a page opens; whoever reads it may change all of it.

    Attributes:
        orientation: Tokens as columns or as rows.
        digits: Decimals of numbers that are not shown exactly.
    """

    orientation: Orientation = Orientation.COLUMNS
    digits: int = 3


def page_content(exercise: Exercise, view: View) -> dict[str, object]:
    """Return what a page of an exercise carries; the gallery comes along.

    Raises:
        ShapeError: It has more cells than a worksheet may have.
    """
    refuse_unprintable(exercise)
    shelf = [gallery(name) for name in gallery_names()]
    return {
        "exercise": exercise_document(exercise),
        "gallery": [exercise_document(each) for each in shelf],
        "recipes": [recipe.as_json() for recipe in RECIPES.values()],
        "mostCells": MOST_CELLS,
        "book": plan_book([*shelf, exercise]),
        "view": {"orientation": view.orientation.value, "digits": view.digits},
    }

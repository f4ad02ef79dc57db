"""What the tests of sheets have in common: traces worked once, and ways to look at a sheet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from limelight.exercises.exercise import work
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, RECIPES
from limelight.sheet.layout import Layout

if TYPE_CHECKING:
    from limelight.mechanism.trace import Trace
    from limelight.sheet.model import Block, Grid, Sheet

NAMES = gallery_names()
COLUMNS, ROWS = Layout(), Layout(orientation=Orientation.ROWS)
VIEWS = {"columns": COLUMNS, "rows": ROWS}
EVERY_SHEET = [
    (name, recipe.name, view) for name in NAMES for recipe in (BY_HAND, EXACT) for view in VIEWS
]


@cache
def trace_of(name: str, recipe: str = "by-hand") -> Trace:
    """Return an exercise of the gallery, worked."""
    return work(gallery(name), RECIPES[recipe])


@cache
def sheet_of_trace(name: str, recipe: str = "by-hand", view: str = "columns") -> Sheet:
    """Return an exercise of the gallery, worked and laid out."""
    exercise = gallery(name)
    return VIEWS[view].trace(trace_of(name, recipe), about=exercise.about, source=exercise.source)


def blocks_of(sheet: Sheet) -> dict[str, Block]:
    """Return every block of a sheet by the name of its step."""
    return {block.name: block for section in sheet.sections for block in section.blocks}


def grids_of(sheet: Sheet) -> list[Grid]:
    """Return every grid of a sheet, in order."""
    return [grid for section in sheet.sections for block in section.blocks for grid in block.grids]

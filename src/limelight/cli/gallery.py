"""limelight gallery: list the exercises that come with Limelight."""

from __future__ import annotations

import sys

import click

from limelight.cli.output import show_text
from limelight.exercises.gallery import gallery as exercise_named
from limelight.exercises.gallery import gallery_names
from limelight.render.paint import columns_of, encoding_of, paint
from limelight.sheet.model import Fact, Sheet


@click.command()
@click.argument("name", required=False)
@click.option(
    "--mistakes", is_flag=True, help="List what people get wrong instead; NAME shows one of them."
)
def gallery(name: str | None, *, mistakes: bool) -> None:
    """List the exercises that come with Limelight, or the catalogue of mistakes.

    limelight gallery --mistakes L11 says everything of one mistake.
    """
    if not mistakes:
        if name is not None:
            message = f"limelight work {name} works an exercise; gallery lists them."
            raise click.UsageError(message)
        _show_exercises()
        return
    from limelight.render.catalogue_text import CatalogueText  # noqa: PLC0415 - seldom needed
    from limelight.sheet.catalogue import lay_out_catalogue  # noqa: PLC0415

    listing = lay_out_catalogue(name)
    drawing = CatalogueText(listing, columns_of(sys.stdout), encoding_of(sys.stdout))
    paint(drawing.lines(), sys.stdout)


def _show_exercises() -> None:
    exercises = [exercise_named(name) for name in gallery_names()]
    facts = [Fact(label=exercise.name, text=exercise.title) for exercise in exercises]
    show_text(
        Sheet(
            title="Exercises that come with Limelight",
            facts=tuple(facts),
            sections=(),
            notes=(
                (
                    "limelight work NAME works one of them, limelight sheet NAME makes a "
                    "worksheet of it; a JSON file of your own goes too."
                ),
            ),
        )
    )

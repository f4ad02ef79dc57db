"""limelight gallery: list the exercises that come with Limelight."""

from __future__ import annotations

import click

from limelight.cli.output import show_text
from limelight.exercises.gallery import gallery as exercise_named
from limelight.exercises.gallery import gallery_names
from limelight.sheet.model import Fact, Sheet


@click.command()
def gallery() -> None:
    """List the exercises that come with Limelight."""
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

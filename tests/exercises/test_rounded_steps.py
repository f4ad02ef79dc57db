"""A recipe rounds steps that there are: a misspelt one is not passed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limelight import EXACT, LimelightError, gallery, work
from limelight.errors import UnknownNameError
from limelight.exercises.document import parse_exercise
from limelight.exercises.gallery import gallery_names
from limelight.exercises.kinds import step_names
from limelight.notation.expressions import NameParts

MISSPELT = replace(EXACT, name="misspelt", digits=2, rounded_steps=("Sums",))


def test_every_step_of_the_gallery_may_be_rounded() -> None:
    """The known names are those of every step that the gallery has."""
    steps = {
        NameParts.of(step.name).family
        for name in gallery_names()
        for step in gallery(name).plan.steps
    }

    assert steps <= set(step_names())
    assert "Sums" not in step_names()


def test_a_misspelt_step_is_refused() -> None:
    """A step that no kind has is refused, with the name that was meant."""
    with pytest.raises(UnknownNameError, match="Did you mean sums"):
        work(gallery(), MISSPELT)
    with pytest.raises(UnknownNameError, match="Did you mean sums"):
        gallery().under(MISSPELT)


def test_a_step_of_another_kind_may_be_named() -> None:
    """One recipe serves all kinds: it may name steps that this exercise has not."""
    recipe = replace(MISSPELT, rounded_steps=("A", "F"))

    assert work(gallery(), recipe)["A"].unrounded is not None


def test_a_file_says_where_the_name_stands() -> None:
    """In a file the problem has its path."""
    text = """{"format": "limelight-exercise-1", "kind": "softmax", "inputs": {"C": [[1]]},
               "recipe": {"digits": 2, "rounded_steps": ["Sums"]}}"""
    with pytest.raises(LimelightError, match=r"recipe\.rounded_steps: There is no step to round"):
        parse_exercise(text, "mine.json")

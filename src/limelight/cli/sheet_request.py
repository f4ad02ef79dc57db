"""What is asked of limelight sheet: whether it goes together, and what it leads to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from limelight.cli.work import find_exercise
from limelight.exercises.exercise import recipe_named
from limelight.exercises.generate import Form
from limelight.mechanism.orientation import Orientation
from limelight.render.formats import FORMATS, Format, Look, format_of_file
from limelight.sheet.by_hand import Template
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.exercises.exercise import Exercise

FIRST_SEED = 1
STANDARD_OUTPUT = "-"
_NONE = frozenset({"NONE"})
_USUAL_PAPER = "a4"


class Request(NamedTuple):
    """The options of the command, by the names they have there.

    Attributes:
        form: What --format says.
        sizes: The sizes that were given, by the names of the axes.
    """

    exercise: str
    out: str | None
    form: str | None
    force: bool
    key: bool
    hints: bool
    blank: frozenset[str] | None
    rows: bool
    recipe: str | None
    digits: int
    paper: str | None
    live: bool
    seed: int | None
    variants: int | None
    reveal: frozenset[str] | None
    heads: int | None
    causal: bool
    sizes: Mapping[str, int]

    def refuse_contradictions(self) -> None:
        """Refuse what does not go together.

        Raises:
            click.UsageError: Two options, or an option and the format, exclude each other.
        """
        for message in (*self._quarrels(), *self._quarrels_with_format()):
            raise click.UsageError(message)

    @property
    def is_fresh(self) -> bool:
        """The numbers are to be made; else they are the exercise's own."""
        made = (self.seed, self.variants, self.reveal, self.heads)
        return any(option is not None for option in made) or bool(self.sizes) or self.causal

    @property
    def goes_to_screen(self) -> bool:
        """It is shown and not written to a file."""
        return self.out in {None, STANDARD_OUTPUT}

    @property
    def path(self) -> Path:
        """Where it is written."""
        return Path(self.out or "")

    @property
    def format(self) -> Format:
        """The format that was named, or that follows from the name of the file."""
        if self.form is not None:
            return FORMATS[self.form]
        if self.variants is not None:
            return FORMATS["pdf"]
        if self.goes_to_screen:
            return FORMATS["text"]
        found = format_of_file(self.out or "")
        if found is None:
            endings = ", ".join(each.ending for each in FORMATS.values())
            message = f"--out {self.out} has none of the endings {endings}; add --format."
            raise click.UsageError(message)
        return found

    @property
    def look(self) -> Look:
        """Paper and the like."""
        return Look(paper=self.paper or _USUAL_PAPER, live=self.live)

    @property
    def template(self) -> Template:
        """What is left blank, orientation, decimals."""
        purpose = Purpose.KEY if self.key else Purpose.HINTS if self.hints else Purpose.BLANK
        turned = Orientation.ROWS if self.rows else Orientation.COLUMNS
        return Template(purpose, self.blank, Layout(orientation=turned, digits=self.digits))

    @property
    def mistakes(self) -> frozenset[str] | None:
        """The mistakes that are to come to light; None for as many as can be."""
        if self.reveal is None:
            return None
        named = frozenset(name.upper() for name in self.reveal)
        return frozenset() if named == _NONE else named

    def given_exercise(self) -> Exercise:
        """Return the exercise that is named, by the rules that are asked for.

        Raises:
            LimelightError: There is none, or no such recipe.
        """
        exercise = find_exercise(self.exercise)
        return exercise if self.recipe is None else exercise.under(recipe_named(self.recipe))

    def fresh_form(self) -> Form:
        """Return what fresh exercises are to be like.

        Raises:
            LimelightError: They cannot be.
        """
        form = Form.like(self.given_exercise())
        if not self.sizes and self.heads is None and not self.causal:
            return form
        return Form.of(
            form.kind,
            sizes=form.sizes | dict(self.sizes),
            heads=form.heads if self.heads is None else self.heads,
            causal=form.causal or self.causal,
            recipe=form.recipe,
        )

    def _quarrels(self) -> Iterator[str]:
        if self.key and self.hints:
            yield "--key works every cell and --hints the first ones; use one of the two."
        if self.key and self.blank is not None:
            yield "--key leaves nothing blank; use it without --blank."
        if self.blank is not None and not self.blank:
            yield "--blank needs names of steps, such as S,A."
        if self.live and (self.hints or self.blank is not None):
            yield "--live works every cell; use it without --hints and --blank."
        if self.variants is None:
            return
        if self.live:
            yield "--variants makes sheets to be filled in; use it without --live."
        if self.key:
            yield "--variants writes the key of its sheets as well; use it without --key."
        if self.goes_to_screen:
            yield "--variants writes many files; name a folder for them with --out."
        elif format_of_file(self.out or "") and not self.path.is_dir():
            yield f"--variants writes a folder of files; --out {self.out} is named as a file."

    def _quarrels_with_format(self) -> Iterator[str]:
        form = self.format
        if self.out is None and not form.is_text:
            name = f"{Path(self.exercise).stem}{form.ending}"
            yield f"--format {form.name} needs a file; add --out {name}."
        by_name = None if self.variants is not None else format_of_file(self.out or "")
        if by_name not in {None, form}:
            yield f"--format {form.name} does not end as --out {self.out} does; leave one out."
        if form.is_quiz and self.key:
            yield f"{form.name} has the answers with the questions; use it without --key."
        for option in ("paper", "live"):
            if getattr(self, option) and option not in form.heeds:
                served = [each.name for each in FORMATS.values() if option in each.heeds]
                yield f"--{option} is for {' and '.join(served)}; the format here is {form.name}."

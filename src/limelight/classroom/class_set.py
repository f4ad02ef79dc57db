"""What a class set is to be: its exercises, and the files that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight import __version__
from limelight.errors import OptionError
from limelight.exercises.exercise import Exercise
from limelight.exercises.generate import GENERATOR_VERSION, Form, exercise_set
from limelight.exercises.generator.blocks import blocks_of
from limelight.render.formats import Look, format_named
from limelight.sheet.by_hand import Template, count_cells, refuse_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.render.formats import Format

MOST_SHEETS = 9_999
"""The most worksheets of a set."""

_MOST_CELLS = 15_000
"""So many cells are enough for a file of several sheets: they are what takes memory."""


def blank_of(form: Form) -> Exercise:
    """Return an exercise of a form without numbers, to see how large it is.

    >>> blank_of(Form.of("softmax")).inputs["C"][0, 0]
    Fraction(0, 1)
    """
    return Exercise(
        kind=form.kind,
        inputs={block.name: block.blank for block in blocks_of(form)},
        title=form.title,
        heads=form.heads,
        causal=form.causal,
    )


class Piece(NamedTuple):
    """A file of a set.

    Attributes:
        file: Its name.
        first: Number of its first sheet, counted from 1.
        last: Number of its last sheet.
        key: Name of the file with the answers to these sheets.
    """

    file: str
    first: int
    last: int
    key: str

    @property
    def is_key(self) -> bool:
        """It is the file with the answers."""
        return self.file == self.key


class ClassSet(NamedTuple):
    """Worksheets of one form, each with numbers of its own.

    Attributes:
        form: What kind of exercise, how large, by which recipe.
        sheets: How many.
        seed: What they are made from.
        reveal: Mistakes that each is to bring to light; None for as many as the form can.
        template: What is left blank, orientation, decimals.
        format: Name of the format.
        look: Paper and the like.
    """

    form: Form
    sheets: int
    seed: int
    reveal: frozenset[str] | None = None
    template: Template = Template()
    format: str = "pdf"
    look: Look = Look()

    def exercises(self) -> Iterator[Exercise]:
        """Make the exercises, one by one.

        Raises:
            OptionError: There are too many or none, or a demand cannot be met.
            ShapeError: One would be too large for paper.
            UnknownNameError: There is no such mistake.
        """
        if not 1 <= self.sheets <= MOST_SHEETS:
            msg = (
                f"a class set must have at least 1 and at most {MOST_SHEETS:,} sheets; "
                f"got {self.sheets:,}.\n"
                "  Each is an exercise of its own.\n"
                "  Ask for fewer, or for several sets with other seeds."
            )
            raise OptionError(msg)
        refuse_unprintable(blank_of(self.form))
        return exercise_set(self.form, self.sheets, seed=self.seed, reveal=self.reveal)

    def pieces(self) -> Iterator[Piece]:
        """Go through the files in the order in which they are made."""
        form = format_named(self.format)
        for volume in self._volumes(form):
            for number in () if form.is_quiz else range(volume.first, volume.last + 1):
                file = f"sheet-{self._padded(number)}{form.ending}"
                yield Piece(file, number, number, volume.file)
            yield volume

    def demand(self) -> dict[str, object]:
        """Return what is asked for as JSON values: whatever changes a file."""
        template = self.template
        return {
            "kind": self.form.kind,
            "sizes": dict(self.form.sizes),
            "heads": self.form.heads,
            "causal": self.form.causal,
            "recipe": self.form.recipe.name,
            "sheets": self.sheets,
            "seed": self.seed,
            "reveal": None if self.reveal is None else sorted(self.reveal),
            "purpose": template.purpose.value,
            "blank": None if template.blank is None else sorted(template.blank),
            "orientation": template.layout.orientation.value,
            "digits": template.layout.digits,
            "format": self.format,
            "paper": self.look.paper,
            "live": self.look.live,
            "generator": GENERATOR_VERSION,
            "limelight": __version__,
        }

    def _volumes(self, form: Format) -> Iterator[Piece]:
        """Divide the set among the files that hold several sheets each, with their answers."""
        stem = "quiz" if form.is_quiz else "key"
        most = max(1, min(form.most, _MOST_CELLS // count_cells(blank_of(self.form))))
        for first in range(1, self.sheets + 1, most):
            last = min(first + most - 1, self.sheets)
            numbers = [self._padded(number) for number in dict.fromkeys((first, last))]
            name = stem if most >= self.sheets else "-".join([stem, *numbers])
            yield Piece(f"{name}{form.ending}", first, last, f"{name}{form.ending}")

    def _padded(self, number: int) -> str:
        return f"{number:0{max(2, len(str(self.sheets)))}}"

"""limelight work: work an exercise and show every number."""

from __future__ import annotations

import os.path
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource

from limelight.cli.output import show_bytes, show_json, show_markdown, show_text
from limelight.errors import UnknownNameError
from limelight.exercises.exercise import work as work_exercise
from limelight.exercises.gallery import DEFAULT, gallery, gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.mechanism.recipe import BY_HAND, EXACT, RECIPES
from limelight.notation.numbers import MAX_DECIMALS
from limelight.sheet.layout import Layout

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.compare import Comparison
    from limelight.mechanism.trace import Trace
    from limelight.sheet.model import Sheet

THE_OTHER = "the other"
"""What --compare means without a recipe: exact, or by-hand where exact is what is worked."""


@click.command()
@click.argument("exercise", default=DEFAULT)
@click.option("--recipe", metavar="RECIPE", help="by-hand or exact, instead of its own rules.")
@click.option("--step", metavar="S", help="Show one step or input, such as A.")
@click.option("--cell", metavar='"Z[1,2]"', help="Spell out one cell, back to the inputs.")
@click.option(
    "--compare",
    "against",
    metavar="[RECIPE]",
    is_flag=False,
    flag_value=THE_OTHER,
    help="Hold it against another recipe, cell by cell.",
)
@click.option("--rows", is_flag=True, help="Tokens as rows (Q K^T), not columns (K^T Q).")
@click.option(
    "--digits",
    type=click.IntRange(0, MAX_DECIMALS),
    default=3,
    show_default=True,
    help="Decimals of numbers that are not shown exactly.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    help="text to read, json for programs, markdown to paste, html to point at and to change; "
    "text if not given, html with --out.",
)
@click.option("--out", metavar="PATH", help="The file to write a page to; html alone has one.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.pass_context
def work(  # noqa: PLR0917 - click passes each option by its name
    context: click.Context,
    exercise: str,
    recipe: str | None,
    step: str | None,
    cell: str | None,
    against: str | None,
    form: str | None,
    out: str | None,
    digits: int,
    *,
    rows: bool,
    force: bool,
) -> None:
    """Work EXERCISE from its inputs to its result and show every number.

    EXERCISE is a name that limelight gallery lists, a JSON file of your own, or the
    identity that is printed on a worksheet; without it, the published exercise
    self-attention is worked.
    """
    if cell is not None and (step is not None or against is not None):
        message = "--cell spells out one cell; use it without --step and --compare."
        raise click.UsageError(message)
    unnamed = context.get_parameter_source("exercise") is ParameterSource.DEFAULT
    if unnamed and against not in {None, THE_OTHER, *RECIPES}:
        # "--compare softmax": the word behind it is the exercise.
        exercise, against = str(against), THE_OTHER
    chosen = find_exercise(exercise)
    request = Request(
        exercise=chosen,
        trace=work_exercise(chosen, recipe),
        layout=Layout(
            orientation=Orientation.ROWS if rows else Orientation.COLUMNS, digits=digits
        ),
        step=step,
        cell=cell,
        against=against,
    )
    if form == "html" or (form is None and out is not None):
        _put_page(request, out, replace=force)
    elif out is not None:
        message = f"--out writes a page; send {form} to a file with > instead."
        raise click.UsageError(message)
    elif form == "json":
        show_json(request.document())
    else:
        {None: show_text, "text": show_text, "markdown": show_markdown}[form](request.sheet())


def find_exercise(name: str) -> Exercise:
    """Return the exercise of the gallery, of a file, or of a worksheet that *name* means.

    Raises:
        UnknownNameError: There is no such exercise and no such file.
        FileError: The file cannot be used.
        IdentityError: It is the identity of a worksheet, but mistyped, or of a file.
    """
    if name in gallery_names():
        return gallery(name)
    if name.endswith(".json") or "/" in name or _exists(name):
        from limelight.exercises.file import read_exercise  # noqa: PLC0415 - seldom needed

        return read_exercise(name)
    if name in RECIPES:
        message = (
            f"{name} is a recipe, not an exercise.\n"
            f"  Exercises: {', '.join(gallery_names())}.\n"
            f"  Write --recipe {name} to work by it."
        )
        raise UnknownNameError(message)
    if any(map(str.isdigit, name)):  # as every identity has, and no name of the gallery
        from limelight.exercises.identity import read_identity  # noqa: PLC0415 - seldom needed

        with suppress(UnknownNameError):
            return read_identity(name)
    raise UnknownNameError.among("exercise", name, gallery_names())


def _put_page(request: Request, out: str | None, *, replace: bool) -> None:
    """Write a page to a file or to standard output; it has every step and every cell."""
    if (request.step, request.cell, request.against) != (None, None, None):
        message = "a page shows every step and cell; use --format html without picking one."
        raise click.UsageError(message)
    from pathlib import Path  # noqa: PLC0415 - pathlib is slow to import

    from limelight.files import refuse_target, write_whole  # noqa: PLC0415 - for pages alone
    from limelight.web.content import View  # noqa: PLC0415
    from limelight.web.page import page  # noqa: PLC0415

    path = Path(out or "")
    if out is not None:
        refuse_target(path, replace=replace)
    view = View(request.layout.orientation, request.layout.digits)
    content = page(request.exercise.under(request.trace.recipe), view).encode()
    if out is None:
        show_bytes(content)
        return
    write_whole(path, content, replace=replace)
    click.echo(f"{out} is written.")


class Request(NamedTuple):
    """What is to be seen of a trace: everything, a step, a cell, or a comparison."""

    exercise: Exercise
    trace: Trace
    layout: Layout
    step: str | None
    cell: str | None
    against: str | None

    def sheet(self) -> Sheet:
        """Return it laid out."""
        if self.against is not None:
            from limelight.sheet.comparison import lay_out_comparison  # noqa: PLC0415 - seldom

            return lay_out_comparison(self._comparison(), self.layout, self._names())
        if self.cell is not None:
            return self.layout.cell(self.trace, self.cell)
        if self.step is not None:
            return self.layout.step(self.trace, self.step)
        about, source = self.exercise.about, self.exercise.source
        return self.layout.trace(self.trace, about=about, source=source)

    def document(self) -> dict[str, object]:
        """Return it as JSON values."""
        from limelight.mechanism.export import (  # noqa: PLC0415 - for JSON alone
            cell_json,
            comparison_json,
            trace_json,
        )

        orientation = self.layout.orientation
        if self.against is not None:
            return comparison_json(self._comparison(), orientation, self._names())
        if self.cell is not None:
            worked, at = self.trace.find_cell(self.cell, orientation)
            return cell_json(self.trace, worked, at, orientation)
        return trace_json(self.trace, orientation, self._names())

    def _names(self) -> list[str] | None:
        return None if self.step is None else [self.trace[self.step].name]

    def _comparison(self) -> Comparison:
        from limelight.mechanism.compare import compare  # noqa: PLC0415 - seldom

        other = EXACT if self.trace.recipe != EXACT else BY_HAND
        recipe = other if self.against in {None, THE_OTHER} else self.against
        return compare(self.trace, work_exercise(self.exercise, recipe))


def _exists(name: str) -> bool:
    try:
        return os.path.exists(name)  # noqa: PTH110 - pathlib is slow to import
    except ValueError:
        return False

"""limelight check: mark what somebody worked, a sheet or those of a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from limelight.cli.work import find_exercise
from limelight.files import refuse_target

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.marking.scheme import Scheme

FORMATS = {"text": ".txt", "json": ".json", "csv": ".csv", "html": ".html"}
"""How what is said can be written, and how the name of such a file ends."""


@click.command()
@click.argument("answers", metavar="ANSWERS")
@click.option("--exercise", metavar="EXERCISE", help="What was to be worked, where no sheet says.")
@click.option("--scheme", metavar="FILE", help="How many points each step is worth.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="As --out ends, if it is not given, else text.",
)
@click.option("--out", metavar="PATH", help="The file to write.")
@click.option("--force", is_flag=True, help="Replace what is there.")
def check(**options: Any) -> int:  # noqa: ANN401 - click passes each option by its name
    """Mark ANSWERS: which step is the first wrong one, and what probably happened.

    ANSWERS is a worksheet that was filled in (.xlsx), a JSON file or a table (.csv) of matrices
    by the names of steps, or a folder with the files of a class, which gets one table.

    The exercise is the one that the sheet carries, or that its identity stands for; --exercise
    names another: of limelight gallery, a file, or an identity.

    The exit status is 0 where nothing is wrong, 1 where a mistake was found or a file of a
    class could not be marked, 2 where there is nothing that can be marked.
    """
    from limelight.cli.check_answer import mark_one, mark_several  # noqa: PLC0415 - not for --help

    request = Request(**options)
    request.refuse_contradictions()
    if request.out is not None:
        refuse_target(Path(request.out), replace=request.force)
    return mark_several(request) if request.is_class else mark_one(request)


class Request(NamedTuple):
    """The options of the command, by the names they have there."""

    answers: str
    exercise: str | None
    scheme: str | None
    form: str | None
    out: str | None
    force: bool

    @property
    def is_class(self) -> bool:
        """Whether it is a folder."""
        return Path(self.answers).is_dir()

    @property
    def format(self) -> str:
        """The format that was named, or that follows from the name of the file."""
        ending = Path(self.out or "").suffix.lower()
        named = next((name for name, each in FORMATS.items() if each == ending), None)
        return self.form or named or "text"

    def refuse_contradictions(self) -> None:
        """Refuse what does not go together.

        Raises:
            click.UsageError: The format is not one of a class, or the name of no format.
        """
        if self.is_class and self.format == "html":
            message = "html is for one sheet; a class gets text, csv or json."
            raise click.UsageError(message)
        endings = FORMATS.values()
        if self.form is None and self.out and Path(self.out).suffix.lower() not in endings:
            message = (
                f"--out {self.out} has none of the endings {', '.join(endings)}; add --format."
            )
            raise click.UsageError(message)

    def given_exercise(self) -> Exercise | None:
        """Return the exercise that is named.

        Raises:
            LimelightError: There is no such exercise.
        """
        return None if self.exercise is None else find_exercise(self.exercise)

    def given_scheme(self) -> Scheme:
        """Return the scheme that is named, or the usual one.

        Raises:
            FileError: The file is no scheme.
        """
        from limelight.marking.scheme import Scheme  # noqa: PLC0415 - not for --help
        from limelight.marking.scheme_file import read_scheme  # noqa: PLC0415

        return Scheme() if self.scheme is None else read_scheme(self.scheme)

"""Write a class set, say how far it is, and end well when it is stopped."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from limelight.classroom.class_set import ClassSet
from limelight.classroom.manifest import MANIFEST
from limelight.classroom.writing import write_class_set
from limelight.cli.progress import bar, processors
from limelight.cli.sheet_request import FIRST_SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.cli.sheet_request import Request


def write_set(request: Request, count: int) -> None:
    """Write *count* sheets with their key.

    Raises:
        LimelightError: They cannot be made, or not be written; what is finished stays.
    """
    class_set = ClassSet(
        form=request.fresh_form(),
        sheets=count,
        seed=FIRST_SEED if request.seed is None else request.seed,
        reveal=request.mistakes,
        template=request.template,
        format=request.format.name,
        look=request.look,
    )
    with _ending_well(), bar("Worksheets") as progress:
        written = write_class_set(
            class_set,
            request.path,
            force=request.force,
            processes=processors(),
            progress=progress,
        )
    what = "as a quiz" if request.format.is_quiz else "and their key"
    files = _counted(written.fresh + written.kept, "file")
    kept = f" ({written.kept} of them were there already)" if written.kept else ""
    click.echo(
        f"{request.out} has {_counted(count, 'sheet')} {what}: {files}{kept}, and {MANIFEST}."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextmanager
def _ending_well() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C, so that nothing half written is left; say how to go on."""
    told: list[int] = []

    def stop(number: int, _frame: object) -> None:
        told.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("limelight: stopped; the same command goes on where it stopped.", err=True)
        if told:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)

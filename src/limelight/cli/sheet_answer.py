"""Make what is asked of limelight sheet, and put it where it is to go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from limelight.classroom.class_set import blank_of
from limelight.cli.output import show_worksheet
from limelight.cli.sheet_request import FIRST_SEED, STANDARD_OUTPUT
from limelight.exercises.generate import generate
from limelight.exercises.identity import identity_of
from limelight.files import refuse_target, write_whole
from limelight.sheet.by_hand import Imprint, lay_out_by_hand, refuse_unprintable

if TYPE_CHECKING:
    from limelight.cli.sheet_request import Request
    from limelight.sheet.worksheet import Worksheet


def answer(request: Request) -> None:
    """Write or show what is asked for.

    Raises:
        LimelightError: It cannot be made, or not be written.
    """
    request.refuse_contradictions()
    if request.variants is not None:
        from limelight.cli.sheet_set import write_set  # noqa: PLC0415 - for many sheets alone

        write_set(request, request.variants)
    elif request.out is None:
        show_worksheet(_worksheet(request), request.format)
    elif request.out == STANDARD_OUTPUT:
        _send(_drawn(request), request)
    else:
        refuse_target(request.path, replace=request.force)
        write_whole(request.path, _drawn(request), replace=request.force)
        click.echo(f"{request.out} is written.")


def _worksheet(request: Request) -> Worksheet:
    if not request.is_fresh:
        exercise = request.given_exercise()
        imprint = Imprint(identity=identity_of(exercise))
    else:
        seed = FIRST_SEED if request.seed is None else request.seed
        form = request.fresh_form()
        refuse_unprintable(blank_of(form))
        exercise = generate(form, seed=seed, reveal=request.mistakes)
        imprint = Imprint(identity=identity_of(exercise), seed=str(seed))
    return lay_out_by_hand(exercise, request.template, imprint)


def _drawn(request: Request) -> bytes:
    return request.format.draw([_worksheet(request)], request.look)


def _send(content: bytes, request: Request) -> None:
    """Write bytes to standard output, for another program to read."""
    if sys.stdout.isatty() and not request.format.is_text:
        message = f"{request.format.name} is nothing that a terminal shows; name a file."
        raise click.UsageError(message)
    sys.stdout.buffer.write(content)

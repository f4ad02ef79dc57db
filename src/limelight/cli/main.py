"""The command `limelight`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import StringIO

import click

from limelight import __version__
from limelight.cli.audit import audit
from limelight.cli.check import check
from limelight.cli.gallery import gallery
from limelight.cli.sheet import sheet
from limelight.cli.work import work
from limelight.errors import LimelightError
from limelight.render.letters import writable
from limelight.render.lines import printable
from limelight.render.paint import encoding_of

UNUSABLE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="limelight")
@click.pass_context
def limelight(context: click.Context) -> None:
    """Make self-attention visible: every number of it.

    limelight work shows the published exercise, worked by hand from X to Z;
    limelight sheet makes a worksheet of it, to work with a pencil;
    limelight check marks what somebody worked, and says what went wrong;
    limelight audit does so with attention in code: a function, or a dump of tensors.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


limelight.add_command(work)
limelight.add_command(sheet)
limelight.add_command(check)
limelight.add_command(audit)
limelight.add_command(gallery)


def main() -> None:
    """Run a command; say what is wrong in one message, never a traceback."""
    if sys.stdout is None:  # closed by whoever started us: `limelight work >&-`
        _complain("the output cannot be written: standard output is closed.")
        sys.exit(UNUSABLE)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status.

    That is 0, or 1 when the work that was checked has a mistake, or 2 when the input cannot be
    used.
    """
    try:
        status = limelight.main(arguments, prog_name="limelight", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except LimelightError as error:
        _complain(str(error))
        return UNUSABLE
    except (BrokenPipeError, SystemExit):
        # Click turns a closed pipe into SystemExit(1), which would mean a mistake in the work.
        _forget_stdout()
        return 0
    except click.Abort:  # what Click makes of Ctrl-C
        raise KeyboardInterrupt from None
    except OSError as error:
        _forget_stdout()
        _complain(f"the output cannot be written: {error.strerror}.")
        return UNUSABLE
    return status if isinstance(status, int) else 0


def _complain(message: str) -> None:
    """Say on standard error what is wrong, in letters that it can write."""
    for line in f"limelight: {message}".split("\n"):
        click.echo(writable(printable(line), encoding_of(sys.stderr)), err=True)


def _show(error: click.ClickException) -> None:
    """Show what click says, which quotes what was typed as it stands."""
    said = StringIO()
    error.show(said)
    for line in said.getvalue().removesuffix("\n").split("\n"):
        click.echo(writable(printable(line), encoding_of(sys.stderr)), err=True)


def _forget_stdout() -> None:
    """Keep Python from writing to a closed pipe once more when it exits."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

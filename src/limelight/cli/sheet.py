"""limelight sheet: worksheets to print, to fill in, to hand out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from limelight.cli.sheet_help import UnderHeading, WithHeadings
from limelight.exercises.gallery import DEFAULT
from limelight.notation.numbers import MAX_DECIMALS
from limelight.render.formats import FORMATS, PAPERS

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {
    "tokens": "Tokens.",
    "features": "Features of a token.",
    "d_k": "Rows of a head's queries and keys.",
    "d_v": "Rows of a head's values.",
    "queries": "Tokens that ask, where others are asked.",
    "keys": "Tokens that are asked.",
    "features of Y": "Features of a token that is asked.",
    "hidden": "Rows between the layers of a feed-forward.",
    "out": "Features of the result; 0 of attention leaves W_O out.",
}
"""What sizes a fresh exercise may be given, by the names of the axes."""

_shown = partial(click.option, cls=UnderHeading, heading="What stands on it")
_fresh = partial(click.option, cls=UnderHeading, heading="Fresh numbers")
_goes = partial(click.option, cls=UnderHeading, heading="Where it goes")


def _names(text: str) -> frozenset[str]:
    """Divide names with commas between them."""
    return frozenset(filter(None, (name.strip() for name in text.split(","))))


def size_option(axis: str) -> str:
    """Return the option that sets a size.

    >>> size_option("features of Y"), size_option("d_k"), size_option("out")
    ('--features-of-y', '--d-k', '--features-out')
    """
    name = "features out" if axis == "out" else axis.lower()
    return f"--{name.replace(' ', '-').replace('_', '-')}"


def _sizes(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for every size."""
    for axis, words in reversed(SIZES.items()):
        least = 0 if axis == "out" else 1
        option = _fresh(size_option(axis), type=click.IntRange(min=least), metavar="N", help=words)
        command = option(command)
    return command


@click.command(cls=WithHeadings)
@click.argument("exercise", default=DEFAULT)
@_goes("--out", metavar="PATH", help="The file to write; with --variants the folder.")
@_goes(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="As --out ends, if it is not given; text where there is no --out, pdf for a set.",
)
@_goes("--force", is_flag=True, help="Replace what is there.")
@_shown("--key", is_flag=True, help="Everything worked, with its arithmetic.")
@_shown("--hints", is_flag=True, help="The first cell of every step worked.")
@_shown("--blank", type=_names, metavar="S,A", help="Leave only these steps to be filled in.")
@_shown("--rows", is_flag=True, help="Tokens as rows (Q K^T), not columns (K^T Q).")
@_shown("--recipe", metavar="RECIPE", help="by-hand or exact, instead of its own rules.")
@_shown(
    "--digits",
    type=click.IntRange(0, MAX_DECIMALS),
    default=3,
    show_default=True,
    help="Decimals of numbers that are not shown exactly.",
)
@_shown("--paper", type=click.Choice(PAPERS), help="What it is printed on; a4 if not given.")
@_shown("--live", is_flag=True, help="xlsx: the cells are formulas that work themselves.")
@_fresh(
    "--seed", type=click.IntRange(min=0), metavar="N", help="Make numbers from N; 1 if not given."
)
@_fresh(
    "--variants",
    type=click.IntRange(min=1),
    metavar="N",
    help="Make a class set of N sheets, with key.",
)
@_fresh(
    "--reveal",
    type=_names,
    metavar="L1,L11",
    help="Mistakes whose results are wrong on every sheet; as many as it can if not given.",
)
@_sizes
@_fresh("--heads", type=click.IntRange(min=1), metavar="N", help="Heads.")
@_fresh("--causal", is_flag=True, help="No query sees a later key.")
def sheet(**options: Any) -> None:  # noqa: ANN401 - click passes each option by its name
    """Make a worksheet of EXERCISE: to print, to fill in, to hand out.

    EXERCISE is a name that limelight gallery lists, a JSON file of your own, or the identity
    that is printed on a sheet; without it, the published exercise self-attention.

    The sheet has the exercise's own numbers. With --seed, --variants, --reveal or a size it
    has fresh ones: EXERCISE then says what kind of exercise it is to be, by which rules, and
    how large it is wherever no size is given. The same seed always makes the same numbers.
    """
    from limelight.cli.sheet_answer import answer  # noqa: PLC0415 - --help does without
    from limelight.cli.sheet_request import Request  # noqa: PLC0415

    sizes = {axis: options.pop(size_option(axis)[2:].replace("-", "_")) for axis in SIZES}
    given = {axis: size for axis, size in sizes.items() if size is not None}
    answer(Request(sizes=given, **options))

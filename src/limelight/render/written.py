"""What stands in a cell of a worksheet: the exact number, and the decimal where that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.plain import Plain
from limelight.render.lines import clipped, printable
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Comment, Worksheet


LONGEST_ANSWER = 12
"""Letters of what somebody wrote into a cell before it is cut."""


class Written(NamedTuple):
    """A number as a cell shows it.

    Attributes:
        text: "27/46", "-1", or a decimal where no short fraction is exact; "" in a blank cell.
        decimal: "0.587" behind a fraction, else "".
    """

    text: str
    decimal: str = ""


def written(worksheet: Worksheet, number: Number, state: State) -> Written:
    """Write what a cell shows.

    >>> from fractions import Fraction
    >>> from limelight.sheet.worksheet import Worksheet
    >>> written(Worksheet(title="", parts=()), Fraction(27, 46), State.WORKED)
    Written(text='27/46', decimal='0.587')
    """
    if state is State.BLANK:
        return Written("")
    plain = Plain(worksheet.digits, worksheet.fractions)
    text = plain.number(number)
    return Written(text, plain.decimal(number) if "/" in text else "")


def is_off(comment: Comment) -> bool:
    """Tell whether what is right is shown below what was written, or below nothing."""
    return comment.verdict in {"wrong", "missing"}


def answer(comment: Comment) -> str:
    """Write what somebody wrote, as far as a cell can show it."""
    return clipped(printable(comment.written), LONGEST_ANSWER)

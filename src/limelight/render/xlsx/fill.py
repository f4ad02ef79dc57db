"""The cells of a workbook that a person fills in, of one with hints, and of a key."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.numbers import MASKED, Number
from limelight.render.xlsx.place import address
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from limelight.render.written import Written
    from limelight.render.xlsx.drawing import Drawing, Spot
    from limelight.render.xlsx.ink import Ink
    from limelight.render.xlsx.place import At

ACCEPTED = (
    "Write a number such as 3, -1 or 0.587, or a fraction such as 27/46. "
    "A hidden score is -∞ or -inf."
)

_FIGURES = 11
"""A spreadsheet keeps a number of at most so many characters as it is written."""


def fill_in(spot: Spot, drawing: Drawing, ink: Ink) -> None:
    """Write a box as its states say: given, worked, or blank for a person to fill.

    A copy of blank cells follows what the person writes into the cells themselves.
    """
    box, place = spot.box, spot.place
    original = drawing.originals[box.name].place
    is_blank = False
    for row, (numbers, states) in enumerate(zip(box.numbers, box.states, strict=True)):
        for column, (number, state) in enumerate(zip(numbers, states, strict=True)):
            at = place.shown(row, column)
            if state is not State.BLANK:
                style = "copy" if box.is_copy else state.value
                _print(ink, at, _Entry(number, drawing.shown[number, state], style))
            elif box.is_copy:
                source = address(*original.shown(row, column))
                ink.formula(at, f'IF({source}="","",{source})', "copy", value="")
            else:
                ink.blank(at, "blank")
                is_blank = True
    if is_blank:
        ink.accept(place.range, acceptable(address(*place.first)), ACCEPTED)


def acceptable(cell: str) -> str:
    """Return a formula: is there a number in the cell, a fraction, or -∞?

    NUMBERVALUE reads the same in every language that a spreadsheet speaks; a comma counts as
    the decimal point. What stands before the stroke must be something, and what stands behind
    it must not be 0: else it divides by 0, which is no number.
    """
    whole = _value(f'SUBSTITUTE({cell},",",".")')
    stroke = f'FIND("/",{cell})'
    above, below = _value(f"LEFT({cell},{stroke}-1)"), _value(f"MID({cell},{stroke}+1,99)")
    quotient = f"{above}/{below}/({stroke}-1)"
    return f'OR(ISNUMBER({whole}),ISNUMBER({quotient}),{cell}="-∞",{cell}="-inf")'


def _value(text: str) -> str:
    return f'_xlfn.NUMBERVALUE({text},".")'


class _Entry(NamedTuple):
    """A number, how it is shown, and the style of its cell."""

    number: Number
    shown: Written
    style: str


def _print(ink: Ink, at: At, entry: _Entry) -> None:
    """Write a number as people read it: as a number where nothing is lost, else as text."""
    number, shown, style = entry
    if shown.decimal:
        ink.two_lines(at, shown, style)
    elif _is_kept(number, shown.text):
        ink.number(at, float(number), style)
    else:
        ink.text(at, shown.text, style)


def _is_kept(number: Number, text: str) -> bool:
    """Tell whether a spreadsheet's number is exactly this one, and the text says all of it."""
    if number == MASKED or len(text) > _FIGURES or "/" in text:
        return False
    if isinstance(number, Fraction) and number.denominator == 1:
        return True
    return Fraction(text) == Fraction(number) == Fraction(float(number))

"""The cells of a live workbook: inputs to be changed, and formulas that follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.errors import NumberError
from limelight.notation.numbers import MASKED, Number
from limelight.render.xlsx.formulas import ARRAYS, CELLS, HIDDEN, Working
from limelight.render.xlsx.place import address

if TYPE_CHECKING:
    from limelight.render.xlsx.drawing import Drawing, Spot
    from limelight.render.xlsx.ink import Ink
    from limelight.sheet.worksheet import Box, Making


def work_live(spot: Spot, drawing: Drawing, ink: Ink) -> None:
    """Write a box so that it follows the inputs: an input, a copy, or formulas.

    Raises:
        NumberError: A number is too large for float64, which spreadsheets work in.
    """
    box, place = spot.box, spot.place
    if box.is_copy:
        source = drawing.originals[box.name].place
        for row, column, value in _values(box):
            formula = address(*source.shown(row, column))
            ink.formula(place.shown(row, column), formula, "live copy", value=value)
    elif box.making is not None:
        _write_formulas(spot, box.making, drawing, ink)
    else:
        for row, column, value in _values(box):
            ink.number(place.shown(row, column), float(value), "input")
        first = address(*place.first)
        ink.accept(place.range, f"ISNUMBER({first})", "Write a number such as 3, -1 or 0.5.")


def _write_formulas(spot: Spot, making: Making, drawing: Drawing, ink: Ink) -> None:
    place = spot.place
    reads = [drawing.originals[name] for name in making.operands]
    step = Working.of(making, place, tuple(read.place for read in reads), reads[0].box)
    if making.operation in ARRAYS:
        rows: list[list[float | str]] = [[] for _ in spot.box.numbers]
        for row, _, value in _values(spot.box):
            rows[row].append(value)
        ink.array(place, ARRAYS[making.operation](step), "live", values=rows)
        return
    write = CELLS[making.operation]
    for row, column, value in _values(spot.box):
        formula = write(step, *((column, row) if place.is_turned else (row, column)))
        ink.formula(place.shown(row, column), formula, "live", value=value)


def _values(box: Box) -> list[tuple[int, int, float | str]]:
    """Return what a spreadsheet holds for each number, with its row and column."""
    return [
        (row, column, _value(box.name, number))
        for row, numbers in enumerate(box.numbers)
        for column, number in enumerate(numbers)
    ]


def _value(name: str, number: Number) -> float | str:
    if number == MASKED:
        return HIDDEN
    try:
        return float(number)
    except OverflowError:
        pass
    msg = (
        f"a live workbook must hold numbers below 1.8e308; {name} has a larger one.\n"
        "  A spreadsheet works in float64.\n"
        "  Use smaller numbers, or a workbook to fill in, which keeps them exact."
    )
    raise NumberError(msg)

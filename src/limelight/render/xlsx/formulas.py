"""From how a box is worked to a spreadsheet's formulas: one small function an operation.

The functions see matrices with tokens as columns; `Place` knows where the cells stand when they
are rows. Only a matrix product has to change its factors round.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from limelight.notation.numbers import MASKED, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from limelight.render.xlsx.place import Place
    from limelight.sheet.worksheet import Box, Making

HIDDEN = "-∞"
"""What stands in the cell of a masked score: text, since no spreadsheet has infinity."""

_NEAR = 9
"""Decimals that are trusted before rounding to a whole number: 3.9999999999999996 is 4."""

_MORE = 7
"""Decimals beyond those that a recipe keeps that are trusted."""

_SAFE_EXPONENT = 300
"""Beyond it a column's largest score is taken off before e is raised, as `work` does."""


class Working(NamedTuple):
    """A step on the sheet.

    Attributes:
        result: Where its cells stand.
        operands: Where it reads.
        settings: The operation's settings.
        decimals: What the recipe rounds its cells to; None where it does not.
        whole: No cell of the first operand has a fractional part.
        hides: The first operand may hold masked scores.
    """

    result: Place
    operands: tuple[Place, ...]
    settings: Mapping[str, object]
    decimals: int | None = None
    whole: bool = True
    hides: bool = False

    @classmethod
    def of(cls, making: Making, result: Place, operands: tuple[Place, ...], first: Box) -> Working:
        """Take the settings from a making; *first* is the box of the first operand."""
        return cls(
            result=result,
            operands=operands,
            settings=making.settings,
            decimals=making.rounded,
            whole=all(map(_is_whole, chain.from_iterable(first.numbers))),
            hides=first.making is not None and first.making.operation == "mask",
        )

    def rounded(self, formula: str) -> str:
        """Round as the recipe says, half away from zero, as ROUND does.

        What is 0.045 on paper may be 0.04499999999999999 in float64: it is rounded to some
        more decimals first, or it would go down.
        """
        if self.decimals is None:
            return formula
        return f"ROUND(ROUND({formula},{self.decimals + _MORE}),{self.decimals})"

    def number(self, setting: str) -> str:
        """Return a setting as a formula writes it, a fraction in brackets."""
        text = str(self.settings[setting])
        return f"({text})" if "/" in text else text


CellFormula: TypeAlias = "Callable[[Working, int, int], str]"
ArrayFormula: TypeAlias = "Callable[[Working], str]"


def _product(step: Working) -> str:
    first, second = step.operands[::-1] if step.result.is_turned else step.operands
    return step.rounded(f"MMULT({first.range},{second.range})")


def _transpose(step: Working) -> str:
    return f"TRANSPOSE({step.operands[0].range})"


def _scale(step: Working, row: int, column: int) -> str:
    divisor = step.number("divisor")
    below = f"SQRT({step.settings['d_k']})" if divisor == "sqrt" else divisor
    return step.rounded(
        _ROUNDINGS[str(step.settings["rounding"])](_cell(step, row, column), below)
    )


_ROUNDINGS: dict[str, Callable[[str, str], str]] = {
    "none": lambda above, below: f"{above}/{below}",
    "floor": lambda above, below: f"INT(ROUND({above}/{below},{_NEAR}))",
    "ceil": lambda above, below: f"-INT(ROUND(-{above}/{below},{_NEAR}))",
    "trunc": lambda above, below: f"TRUNC(ROUND({above}/{below},{_NEAR}))",
    "nearest": lambda above, below: f"INT(ROUND({above}/{below}+0.5,{_NEAR}))",
}


def _causal(step: Working, row: int, column: int) -> str:
    """1 where the key is not after the query; asked of the positions, so that it is a formula."""
    del row, column
    first = f"ROW({_absolute(step.result)})", f"COLUMN({_absolute(step.result)})"
    down, across = f"ROW()-{first[0]}", f"COLUMN()-{first[1]}"
    key, query = (across, down) if step.result.is_turned else (down, across)
    return f"IF({key}<={query},1,0)"


def _mask(step: Working, row: int, column: int) -> str:
    score, visible = (operand.at(row, column) for operand in step.operands)
    return f'IF({visible}=0,"{HIDDEN}",{step.rounded(score)})'


def _raise(step: Working, row: int, column: int) -> str:
    """The base to the score; e with the largest score taken off where it would overflow.

    A number is raised as it stands while the scores are whole: so does `work`, and a learner
    is to find 3^x in the cell.
    """
    score, scores = _cell(step, row, column), step.operands[0].down(column)
    base, largest = step.number("base"), f"MAX({scores})"
    if base == "e":
        power = f"EXP({score}-{largest}*(ABS({largest})>{_SAFE_EXPONENT}))"
    elif step.whole:
        power = f"{base}^{score}"
    else:
        power = f"{base}^({score}-{largest}*(ABS({largest})*LN({base})>{_SAFE_EXPONENT}))"
    power = step.rounded(power)
    return f"IF(ISNUMBER({score}),{power},0)" if step.hides else power


def _column_sums(step: Working, row: int, column: int) -> str:
    del row
    return step.rounded(f"SUM({step.operands[0].down(column)})")


def _divide(step: Working, row: int, column: int) -> str:
    above, total = _cell(step, row, column), step.operands[1].at(0, column)
    return f"IF({total}=0,0,{step.rounded(f'{above}/{total}')})"


def _add(step: Working, row: int, column: int) -> str:
    second = step.operands[1]
    other = second.at(row, 0 if second.worked_columns == 1 else column)
    return step.rounded(f"{_cell(step, row, column)}+{other}")


def _relu(step: Working, row: int, column: int) -> str:
    return step.rounded(f"MAX(0,{_cell(step, row, column)})")


def _normalise(step: Working, row: int, column: int) -> str:
    numbers = step.operands[0].down(column)
    variance = f"VARP({numbers})+{step.number('epsilon')}"
    centred = f"({_cell(step, row, column)}-AVERAGE({numbers}))"
    if step.settings["deviation"] == "whole":
        result = f"{centred}/MAX(1,INT(ROUND(SQRT({variance})+0.5,{_NEAR})))"
    else:
        result = f"IF({variance}=0,0,{centred}/SQRT({variance}))"
    if step.operands[1:]:
        gain, shift = (operand.at(row, 0) for operand in step.operands[1:])
        result = f"{gain}*{result}+{shift}"
    return step.rounded(result)


def _split(step: Working, row: int, column: int) -> str:
    head = int(str(step.settings["head"]))
    return step.operands[0].at(row + (head - 1) * step.result.worked_rows, column)


def _concatenate(step: Working, row: int, column: int) -> str:
    rows = [(part, within) for part in step.operands for within in range(part.worked_rows)]
    part, within = rows[row]
    return part.at(within, column)


ARRAYS: dict[str, ArrayFormula] = {"product": _product, "transpose": _transpose}
"""Operations that fill their whole box by one formula."""

CELLS: dict[str, CellFormula] = {
    "add": _add,
    "causal": _causal,
    "column sums": _column_sums,
    "concatenate": _concatenate,
    "divide": _divide,
    "mask": _mask,
    "normalise": _normalise,
    "raise": _raise,
    "relu": _relu,
    "scale": _scale,
    "split": _split,
}
"""Operations that have a formula in each cell: of its row and column, counted from 0."""


def _is_whole(number: Number) -> bool:
    return number == MASKED or Fraction(number).denominator == 1


def _cell(step: Working, row: int, column: int) -> str:
    """The cell of the first operand that stands where the result's stands."""
    return step.operands[0].at(row, column)


def _absolute(place: Place) -> str:
    """Call the first cell so that a copied formula still means it."""
    return place.fixed.split(":")[0]

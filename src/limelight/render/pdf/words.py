"""What a worksheet says about its boxes: captions, stages, arithmetic."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from limelight.notation.expressions import Entry
from limelight.notation.plain import Plain, symbol_text
from limelight.notation.typst import Typst, symbol_typst
from limelight.render.lines import printable
from limelight.render.pdf.drawing import Formula, Run, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.notation.expressions import Equation
    from limelight.sheet.worksheet import Box, Line, Making, Worksheet

Paragraph: TypeAlias = tuple[Run, ...]

_WORDS = re.compile(r"√?\w+|\W")
_SUBSCRIPTED = re.compile(r"√?([A-Za-z]_[A-Za-z])", re.ASCII)
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Words:
    """Writes what stands around the boxes of one worksheet."""

    def __init__(self, worksheet: Worksheet) -> None:
        """Note where each box is worked first."""
        self._plain = Plain(worksheet.digits, worksheet.fractions)
        self._typst = Typst(worksheet.digits, worksheet.fractions)
        self._stages = _stages(worksheet)
        self._formulas: dict[str, Paragraph] = {}
        self._said: dict[tuple[str, tuple[int, int], int], Paragraph] = {}

    def symbol(self, box: Box) -> Paragraph:
        """Name a box, and where it comes from if it is a copy."""
        name: Run = Formula(symbol_typst(box.name), symbol_text(box.name), "caption")
        if box.is_copy:
            stage = self._stages.get(box.name, "")
            return (name, Text(f" from {stage}" if stage else " again", "quiet"))
        if box.making is None:
            axes = f" {printable(box.row_axis)} × {printable(box.column_axis)}"
            return (name, *_with_symbols(axes, "quiet"))
        return (name,)

    def formula(self, box: Box) -> Paragraph:
        """Name a box by how it is made; an input or a copy by itself."""
        if box.making is None or box.is_copy:
            return self.symbol(box)
        if box.name not in self._formulas:
            left, right = box.making.formula
            written = f"{self._typst(left)} = {self._typst(right)}"
            plain = f"{self._plain(left)} = {self._plain(right)}"
            self._formulas[box.name] = (Formula(written, plain, "caption"),)
        return self._formulas[box.name]

    def heading(self, line: Line) -> Paragraph:
        """Name the stage that begins here; nothing where none does."""
        title = f"{line.number} {line.title}".strip()
        return (Text(printable(title), "heading"),) if title else ()

    @staticmethod
    def purpose(line: Line) -> Paragraph:
        """Say what the stage is for."""
        return _with_symbols(printable(line.purpose), "purpose") if line.purpose else ()

    def arithmetic(self, box: Box) -> Paragraph:
        """Spell out an example where one is worked; else say in words what is to be done."""
        if box.making is None or box.is_copy:
            return ()
        if (key := (box.name, box.first, len(box.states))) not in self._said:
            self._said[key] = self._say(box, box.making)
        return self._said[key]

    def _say(self, box: Box, making: Making) -> Paragraph:
        equations = (self._equation(each) for each in making.equations if _place(box, each))
        runs = [run for equation in equations for run in (*equation, Text("  "))][:-1]
        names = {symbol_text(name): name for name in making.operands}
        return tuple(runs) or _with_symbols(printable(_sentence(making.saying)), "small", names)

    def _equation(self, equation: Equation) -> Paragraph:
        formula = Formula(self._typst.equation(equation), self._plain.chain(equation))
        return (formula, Text(f" ({equation.note})")) if equation.note else (formula,)

    def frame(self, box: Box) -> str:
        """Return the kind of frame that a box has."""
        if box.is_copy:
            return "copy"
        return "given" if box.making is None else "fill"

    def shaded(self, box: Box) -> tuple[tuple[int, int], ...]:
        """Return the cells, counted in the piece, whose arithmetic is spelled out."""
        if box.making is None or box.is_copy:
            return ()
        places = (_place(box, equation) for equation in box.making.equations)
        return tuple(place for place in places if place)


def _place(box: Box, equation: Equation) -> tuple[int, int] | None:
    """Return where in a piece the cell is that an equation is about; None if elsewhere."""
    cell = equation.sides[0]
    if not isinstance(cell, Entry):
        return None
    row, column = cell.row - 1 - box.first[0], cell.column - 1 - box.first[1]
    is_here = 0 <= row < len(box.states) and 0 <= column < len(box.states[0])
    return (row, column) if is_here else None


def _with_symbols(text: str, style: str, names: Mapping[str, str] = _NO_NAMES) -> Paragraph:
    """Set the symbols in our own words as mathematics: d_k, and the names that are given."""
    runs: list[Run] = []
    for piece in _WORDS.findall(text):
        if piece in names:
            runs.append(Formula(symbol_typst(names[piece]), piece, style))
        elif symbol := _SUBSCRIPTED.fullmatch(piece):
            written = symbol_typst(symbol[1])
            runs.append(Formula(f"sqrt({written})" if "√" in piece else written, piece, style))
        elif runs and isinstance(last := runs[-1], Text):
            runs[-1] = Text(last.text + piece, style)
        else:
            runs.append(Text(piece, style))
    return tuple(runs)


def _sentence(saying: str) -> str:
    return f"{saying[:1].upper()}{saying[1:]}." if saying else ""


def _stages(worksheet: Worksheet) -> dict[str, str]:
    """Return for each box that is worked the number of its stage."""
    stages: dict[str, str] = {}
    number = ""
    for line in worksheet.lines:
        number = line.number or number
        for box in line.boxes:
            if not box.is_copy and box.making is not None:
                stages.setdefault(box.name, number)
    return stages

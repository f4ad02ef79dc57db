"""Render a sheet as Markdown with LaTeX, for a notebook or a README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.notation.latex import Latex, symbol_latex
from limelight.render.lines import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.notation.expressions import Equation, Expression
    from limelight.sheet.model import Block, Fact, Grid, Section, Sheet

_SPECIAL = re.compile(r"([\\`*_\[\]<>|$~&#])")
_LEADING = re.compile(r"^([0-9]*)([+=.)-])")
_SIGNS = {"·": r"\cdot", "→": r"\longrightarrow", "": r"\qquad"}


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    >>> escaped("W_Q <b>")
    'W\\_Q \\<b\\>'
    """
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", printable(text).strip()))


@dataclass(frozen=True, slots=True)
class Markdown:
    """Draws a sheet as Markdown."""

    sheet: Sheet

    def lines(self) -> Iterator[str]:
        """Draw the sheet, line by line."""
        yield from (f"# {escaped(self.sheet.title)}", "")
        if self.sheet.about:
            yield from (escaped(self.sheet.about), "")
        yield from listed(self.sheet.facts)
        for section in self.sheet.sections:
            yield ""
            yield from self._section(section)
        for note in self.sheet.notes:
            yield from ("", f"*{escaped(note)}*")

    @property
    def _writer(self) -> Latex:
        return Latex(self.sheet.digits, self.sheet.fractions)

    def _section(self, section: Section) -> Iterator[str]:
        yield f"## {escaped(f'{section.number} {section.title}'.strip())}"
        if section.purpose:
            yield from ("", escaped(section.purpose))
        for block in section.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        yield from statement(self._writer, block.formula, block.saying)
        if block.grids:
            yield from display(" ".join(self._grids(block)))
        yield from sums(self._writer, block.equations)

    def _grids(self, block: Block) -> Iterator[str]:
        for sign, grid in zip(("", *block.signs), block.grids, strict=True):
            if grid is not block.grids[0]:
                yield _SIGNS.get(sign, sign)
            yield self._grid(grid)

    def _grid(self, grid: Grid) -> str:
        caption = (
            symbol_latex(grid.caption) if grid.is_named else rf"\text{{{_in_text(grid.caption)}}}"
        )
        return rf"\underset{{{caption}}}{{{self._writer.matrix(grid.numbers)}}}"


def listed(facts: tuple[Fact, ...]) -> Iterator[str]:
    """Write labelled lines: sizes, rules, source."""
    for fact in facts:
        yield f"- **{fact.label}:** {escaped(fact.text)}"


def display(formula: str) -> Iterator[str]:
    """Write a formula on lines of its own."""
    yield from ("", "$$", formula, "$$")


def statement(
    writer: Latex, formula: tuple[Expression, Expression] | None, saying: str
) -> Iterator[str]:
    """Write what a step is, as a formula and in words."""
    if formula:
        left, right = formula
        yield from display(f"{writer(left)} = {writer(right)}")
    if saying:
        yield from ("", f"{escaped(saying[0].upper() + saying[1:])}.")


def sums(writer: Latex, equations: tuple[Equation, ...]) -> Iterator[str]:
    """Write the arithmetic of cells, and the note of each below it."""
    for equation in equations:
        yield from display(writer.equation(equation))
        if equation.note:
            yield from ("", f"({escaped(equation.note)})")


def _in_text(caption: str) -> str:
    r"""Keep only what is plain inside \text: captions are names of recipes."""
    return re.sub(r"[^A-Za-z0-9 .,:+-]", " ", caption)

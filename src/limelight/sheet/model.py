"""The neutral sheet: sections of blocks, blocks of grids and equations.

A renderer turns a sheet into text, Markdown, HTML or anything else and knows nothing of the
mechanism; a layout makes a sheet and knows nothing of any renderer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from limelight.notation.expressions import Equation, Expression
    from limelight.notation.numbers import Number


class Grid(NamedTuple):
    """A labelled matrix.

    Attributes:
        caption: A name of a step, or words where `is_named` is False.
        numbers: Row by row.
        row_labels: One for each row.
        column_labels: One for each column.
        row_axis: What the rows stand for.
        column_axis: What the columns stand for.
        is_named: The caption is a step's name and is written as a symbol.
        is_result: The grid is what the block is about.
    """

    caption: str
    numbers: tuple[tuple[Number, ...], ...]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    row_axis: str
    column_axis: str
    is_named: bool = True
    is_result: bool = False


class Block(NamedTuple):
    """One step: its formula, its grids side by side, the arithmetic of cells.

    Attributes:
        name: The step.
        formula: Name and right-hand side, or None.
        saying: The same in words.
        grids: Operands and result, in order.
        signs: What stands between each grid and the next: "·", "=", "→" or nothing.
        equations: The arithmetic of one cell, or of several.
    """

    name: str
    formula: tuple[Expression, Expression] | None = None
    saying: str = ""
    grids: tuple[Grid, ...] = ()
    signs: tuple[str, ...] = ()
    equations: tuple[Equation, ...] = ()


class Section(NamedTuple):
    """Blocks that belong together.

    Attributes:
        number: As in the method: "[2]", or "".
        title: What the section is called.
        purpose: What it is for, in plain words.
        blocks: Its steps.
    """

    title: str
    blocks: tuple[Block, ...]
    number: str = ""
    purpose: str = ""


class Fact(NamedTuple):
    """A labelled line under the title: sizes, rules, source."""

    label: str
    text: str


class Sheet(NamedTuple):
    """Everything that is to be shown.

    Attributes:
        title: What stands above it.
        about: A sentence or two.
        facts: Sizes, rules, orientation, source.
        sections: The body.
        notes: What a reader should know at the end.
        digits: Decimals of numbers that are not shown exactly.
        fractions: Exact numbers are written as fractions.
    """

    title: str
    sections: tuple[Section, ...]
    about: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    digits: int = 3
    fractions: bool = True

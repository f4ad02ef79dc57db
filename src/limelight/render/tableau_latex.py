r"""A tableau as one LaTeX formula: arrays in an array, in which rows and columns meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limelight.notation.latex import Latex, symbol_latex
from limelight.render.lines import clipped, printable, width_of
from limelight.render.tableaux import Captions, Measure, Sizes
from limelight.render.written import written
from limelight.sheet.flow import Room
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Box, Tableau, Worksheet

_ACROSS = 90
"""Figures that fit on a line of a notebook or of a README."""

_LONGEST_LABEL = 8
_AXIS = re.compile(r"\b(d_[kv][0-9]*)")
_MEANS_SOMETHING = re.compile(r"[^\w .,:+×–…\[\]-]|(?<!\bd)_|_(?![kv][0-9]*\b)")
_MOST_ROWS = 40


def room_of(worksheet: Worksheet) -> Room:
    """Return how much fits on a line, in figures."""
    sizes = _measure(worksheet).largest()
    return Room(
        across=_ACROSS,
        column=lambda box: sizes[box.name].column + 2,
        labels=lambda box: max(sizes[box.name].label, width_of(box.name)) + 4,
        most_rows=_MOST_ROWS,
    )


def _measure(worksheet: Worksheet) -> Measure:
    return Measure(worksheet, _figures, lambda label: width_of(_short(label)))


def _figures(number: str) -> int:
    """Measure a number in figures: a minus is as wide as two, and so is ·10 for an e."""
    return len(number) + number.count("-") + number.count("∞") + 2 * number.count("e")


def _short(label: str) -> str:
    return clipped(printable(label), _LONGEST_LABEL)


class Drawer:
    """Draws the tableaux of a worksheet, cut to fit."""

    def __init__(self, worksheet: Worksheet) -> None:
        """Take the worksheet whole: a caption says which part of a box a piece is."""
        self._worksheet = worksheet
        self._captions = Captions(worksheet)
        self._measure = _measure(worksheet)
        self._writer = Latex(worksheet.digits, worksheet.fractions)

    def tableau(self, tableau: Tableau) -> str:
        """Draw a tableau on one line."""
        sizes = self._measure.sizes(tableau)
        if tableau.is_turned:
            return self._turned(tableau, sizes)
        rows = []
        if tableau.head is not None:
            rows.append(["", self._box(tableau.head, sizes), self._caption(tableau.head)])
        for line in tableau.lines:
            left = r" \quad ".join(self._box(box, sizes) for box in line.beside)
            rows.append([left, self._box(line.box, sizes), self._caption(line.box, line.number)])
        return _array("rrl", _spaced(rows))

    def _turned(self, tableau: Tableau, sizes: Sizes) -> str:
        """Draw lines side by side, what stands beside a box above it."""
        columns = [("", tableau.head, "")] if tableau.head else []
        columns += [
            (self._stacked(line.beside, sizes), line.box, line.number) for line in tableau.lines
        ]
        above = [over for over, *_ in columns]
        rows = [[self._box(box, sizes) for _, box, _ in columns]]
        rows.append([self._caption(box, number) for _, box, number in columns])
        return _array("r" * len(columns), [above, *rows] if any(above) else rows)

    def _stacked(self, boxes: tuple[Box, ...], sizes: Sizes) -> str:
        drawn = [self._box(box, sizes) for box in boxes]
        return _array("r", [[box] for box in drawn]) if len(drawn) > 1 else "".join(drawn)

    def _caption(self, box: Box, number: str = "") -> str:
        """Say what stands beside a box: its stage where it begins, its axes or its origin."""
        return _text(" ".join(filter(None, [number, self._captions.words(box)])))

    def _box(self, box: Box, sizes: Sizes) -> str:
        """Draw a box: its name in the corner, labels above and at the left."""
        size = sizes[box]
        heads = [
            symbol_latex(box.name),
            *(_wide(label, size.column) for label in box.column_labels),
        ]
        rows = [
            [_text(_short(label)), *map(self._cell, numbers, states)]
            for label, numbers, states in zip(box.row_labels, box.numbers, box.states, strict=True)
        ]
        return _array(f"r|{'r' * len(box.column_labels)}", [heads], rows)

    def _cell(self, number: Number, state: State) -> str:
        if state is State.BLANK:
            return r"\square"
        exact = self._writer.number(number)
        if not written(self._worksheet, number, state).decimal:
            return exact
        return rf"\underset{{{self._writer.decimal(number)}}}{{{exact}}}"


def _wide(label: str, letters: int) -> str:
    """Write a label with room before it, so that columns below each other are as wide."""
    missing = letters - width_of(_short(label))
    room = rf"\hphantom{{{'0' * missing}}}" if missing > 0 else ""
    return f"{room}{_text(_short(label))}"


def _spaced(rows: list[list[str]]) -> list[list[str]]:
    """Put an empty row between each row and the next."""
    return [row for filled in rows for row in ([], filled)][1:]


def _array(columns: str, *blocks: Iterable[list[str]]) -> str:
    """Write an array whose blocks of rows are divided by lines."""
    body = r" \\ \hline ".join(r" \\ ".join(" & ".join(row) for row in block) for block in blocks)
    return rf"\begin{{array}}{{{columns}}} {body} \end{{array}}"


def _text(words: str) -> str:
    r"""Write words upright, without any character that means something in LaTeX or Markdown.

    >>> _text("d_k × {a_b}")
    'd_k\\text{ }\\times\\text{  a b }'
    """
    kept = _MEANS_SOMETHING.sub(" ", printable(words))
    text = _AXIS.sub(r"}\1\\text{", rf"\text{{{kept}}}").replace("×", r"}\times\text{")
    return text.replace(r"\text{}", "")

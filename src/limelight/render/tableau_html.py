"""A tableau as HTML: every box a table, in a grid in which rows and columns meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.notation.mathml import MathML, symbol_mathml
from limelight.notation.plain import symbol_text
from limelight.render.lines import printable, width_of
from limelight.render.markup import escaped, paragraph
from limelight.render.tableaux import (
    Captions,
    Measure,
    Size,
    Sizes,
    across,
    goes_on,
    heading,
    spine,
)
from limelight.render.worksheet_style import (
    BESIDE_WORDS,
    GAP,
    LONGEST_LABEL,
    MOST_ROWS,
    PAPER,
    column_width,
    label_width,
)
from limelight.render.written import answer, is_off, written
from limelight.sheet.flow import Room
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.notation.numbers import Number
    from limelight.sheet.worksheet import Box, Comment, Line, Tableau, Worksheet

_BLANK = '<td class="blank" aria-label="blank"></td>'


def room_of(worksheet: Worksheet) -> Room:
    """Return how much fits between the margins of a page, in em."""
    sizes = _measure(worksheet).largest()
    return _room(lambda box: sizes[box.name])


def _measure(worksheet: Worksheet) -> Measure:
    return Measure(worksheet, len, _label_letters)


def _label_letters(label: str) -> int:
    return min(width_of(printable(label)), LONGEST_LABEL)


def _room(size_of: Callable[[Box], Size]) -> Room:
    return Room(
        across=PAPER,
        column=lambda box: column_width(size_of(box).column),
        labels=lambda box: label_width(size_of(box).label) + GAP,
        most_rows=MOST_ROWS,
    )


class Drawer:
    """Draws the tableaux of a worksheet, cut to fit, whose stages are headings of a level."""

    def __init__(self, worksheet: Worksheet, level: int) -> None:
        """Take the worksheet whole: a caption says which part of a box a piece is."""
        self._worksheet = worksheet
        self._level = level
        self._captions = Captions(worksheet)
        self._measure = _measure(worksheet)
        self._writer = MathML(worksheet.digits, worksheet.fractions)

    def tableau(self, tableau: Tableau) -> str:
        """Draw a tableau, which scrolls by itself where a screen is too narrow for it."""
        sizes = self._measure.sizes(tableau)
        body = self._turned(tableau, sizes) if tableau.is_turned else self._lines(tableau, sizes)
        names = ", ".join(dict.fromkeys(symbol_text(box.name) for box in tableau.boxes))
        label = f'role="group" aria-label="{escaped(names)}" tabindex="0"'
        return f'<div class="tableau" {label}>\n{body}\n</div>'

    def _lines(self, tableau: Tableau, sizes: Sizes) -> str:
        """Draw lines one below the other, what stands beside a box at its left."""
        pieces, head, lines = [], tableau.head, tableau.lines
        if head is not None:
            begins = self._begins(lines[0]) if lines else ""
            pieces.append(f'<div class="line head">{begins}{self._main(head, sizes)}</div>')
        for line in lines:
            begins = "" if head is not None and line is lines[0] else self._begins(line)
            pieces.append(self._line(line, sizes, begins))
        above = "" if _leaves_room_for_words(tableau, sizes) else " above"
        inside = "\n".join(pieces)
        return f'<div class="lines{above}">\n{inside}\n</div>'

    def _line(self, line: Line, sizes: Sizes, begins: str) -> str:
        beside = "".join(self._table(box, sizes) for box in line.beside)
        left = f'<div class="beside">{beside}</div>' if beside else ""
        words = self._words(line)
        return f'<div class="line">{begins}{words}{left}{self._main(line.box, sizes)}</div>'

    def _main(self, box: Box, sizes: Sizes) -> str:
        return f'<div class="main">{self._table(box, sizes)}</div>'

    def _turned(self, tableau: Tableau, sizes: Sizes) -> str:
        """Draw lines side by side, what stands beside a box above it."""
        words = "".join(f"{self._begins(line)}{self._words(line)}" for line in tableau.lines)
        columns = list(across(tableau))
        tables = ("".join(self._table(box, sizes) for box in boxes) for boxes in columns)
        boxes = "\n".join(f'<div class="column">{table}</div>' for table in tables)
        return f'<div class="steps">{words}</div>\n<div class="columns">\n{boxes}\n</div>'

    def _begins(self, line: Line) -> str:
        title = heading(line)
        if not title:
            return ""
        purpose = "" if goes_on(line) else paragraph(line.purpose, "purpose")
        stage = f'<h{self._level} class="stage">{escaped(title)}</h{self._level}>'
        return f'<div class="begins">{stage}{purpose}</div>'

    def _words(self, line: Line) -> str:
        """Say how a box is worked, and spell out the arithmetic of an example."""
        making = line.box.making
        if making is None or goes_on(line):
            return ""
        formula = f"<p>{self._writer.formula(*making.formula)}</p>"
        sums = []
        for equation in making.equations:
            note = f" ({escaped(equation.note)})" if equation.note else ""
            sums.append(f'<p class="sum">{self._writer.equation(equation)}{note}</p>')
        saying = paragraph(making.saying, "saying")
        return f'<div class="words">{formula}{saying}{"".join(sums)}</div>'

    def _table(self, box: Box, sizes: Sizes) -> str:
        size = sizes[box]
        kinds = [f"c{size.column}", f"l{size.label}"]
        kinds += ["tall"] * size.is_tall + ["copy"] * box.is_copy
        words = escaped(self._captions.words(box))
        heads = "".join(f'<th scope="col">{escaped(label)}</th>' for label in box.column_labels)
        rows = "\n".join(
            f'<tr><th scope="row">{escaped(label)}</th>{self._cells(box, row)}</tr>'
            for row, label in enumerate(box.row_labels)
        )
        return (
            f'<table class="{" ".join(kinds)}">'
            f"<caption><math>{symbol_mathml(box.name)}</math> <small>{words}</small></caption>"
            f'<colgroup><col class="labels">{"<col>" * len(box.column_labels)}</colgroup>'
            f"<thead><tr><td></td>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>"
        )

    def _cells(self, box: Box, row: int) -> str:
        if box.comments:
            pairs = zip(box.numbers[row], box.comments[row], strict=True)
            return "".join(self._marked(number, comment) for number, comment in pairs)
        cells = []
        for number, state in zip(box.numbers[row], box.states[row], strict=True):
            text, decimal = written(self._worksheet, number, state)
            below = f"<small>{decimal}</small>" if decimal else ""
            filled = f'<td class="{state.value}">{text}{below}</td>'
            cells.append(_BLANK if state is State.BLANK else filled)
        return "".join(cells)

    def _marked(self, number: Number, comment: Comment) -> str:
        """Draw a cell that was filled in: what was written, a sign, and below what is right."""
        right = written(self._worksheet, number, State.WORKED).text
        said = f"{comment.written or 'nothing'}: {comment.verdict}"
        label = escaped(f"{said}, right is {right}" if is_off(comment) else said)
        sign = f'<i aria-hidden="true">{_VERDICTS[comment.verdict]}</i>'
        below = f"<small>{right}</small>" if is_off(comment) else ""
        text = escaped(answer(comment))
        shown = f"<s>{text}</s>" if comment.verdict == "wrong" else text
        return f'<td class="{comment.verdict}" aria-label="{label}">{shown}{sign}{below}</td>'


_VERDICTS = {"right": "✓", "carried": "✓", "wrong": "✗", "missing": "–"}
"""Nothing is told by colour alone."""


def _leaves_room_for_words(tableau: Tableau, sizes: Sizes) -> bool:
    """Tell whether words fit at the right of the boxes."""
    room = _room(sizes.__getitem__)
    beside = max((sum(map(room.width, line.beside)) for line in tableau.lines), default=0.0)
    return beside + max(map(room.width, spine(tableau))) + BESIDE_WORDS <= PAPER

"""A tableau as HTML: every box a table, in a grid in which rows and columns meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.notation.mathml import MathML, symbol_mathml
from limelight.notation.plain import symbol_text
from limelight.render.lines import printable, width_of
from limelight.render.markup import escaped, paragraph
from limelight.render.tableaux import (
    Captions,
    Measure,
    Size,
    goes_on,
    heading,
    is_tall,
    row_mates,
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
from limelight.render.written import written
from limelight.sheet.flow import Room
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.sheet.worksheet import Box, Line, Tableau, Worksheet

_BLANK = '<td class="blank" aria-label="blank"></td>'


def room_of(worksheet: Worksheet) -> Room:
    """Return how much fits between the margins of a page, in em."""
    return _room(_measure(worksheet).largest())


def _measure(worksheet: Worksheet) -> Measure:
    return Measure(worksheet, len, _label_letters)


def _label_letters(label: str) -> int:
    return min(width_of(printable(label)), LONGEST_LABEL)


def _room(sizes: Mapping[str, Size]) -> Room:
    return Room(
        across=PAPER,
        column=lambda box: column_width(sizes[box.name].column),
        labels=lambda box: label_width(sizes[box.name].label) + GAP,
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
        drawn = _Drawn(self._measure.sizes(tableau), frozenset(self._tall(tableau)))
        body = self._turned(tableau, drawn) if tableau.is_turned else self._lines(tableau, drawn)
        names = ", ".join(dict.fromkeys(symbol_text(box.name) for box in tableau.boxes))
        label = f'role="group" aria-label="{escaped(names)}" tabindex="0"'
        return f'<div class="tableau" {label}>\n{body}\n</div>'

    def _tall(self, tableau: Tableau) -> Iterator[str]:
        """Name the boxes whose rows are tall, for their own sake or their neighbours'."""
        for mates in row_mates(tableau):
            if is_tall(self._worksheet, mates):
                yield from (box.name for box in mates)

    def _lines(self, tableau: Tableau, drawn: _Drawn) -> str:
        """Draw lines one below the other, what stands beside a box at its left."""
        pieces, head, lines = [], tableau.head, tableau.lines
        if head is not None:
            begins = self._begins(lines[0]) if lines else ""
            pieces.append(f'<div class="line head">{begins}{self._main(head, drawn)}</div>')
        for line in lines:
            begins = "" if head is not None and line is lines[0] else self._begins(line)
            pieces.append(self._line(line, drawn, begins))
        above = "" if drawn.leaves_room_for_words(tableau) else " above"
        inside = "\n".join(pieces)
        return f'<div class="lines{above}">\n{inside}\n</div>'

    def _line(self, line: Line, drawn: _Drawn, begins: str) -> str:
        beside = "".join(self._table(box, drawn) for box in line.beside)
        left = f'<div class="beside">{beside}</div>' if beside else ""
        words = self._words(line)
        return f'<div class="line">{begins}{words}{left}{self._main(line.box, drawn)}</div>'

    def _main(self, box: Box, drawn: _Drawn) -> str:
        return f'<div class="main">{self._table(box, drawn)}</div>'

    def _turned(self, tableau: Tableau, drawn: _Drawn) -> str:
        """Draw lines side by side, what stands beside a box above it."""
        words = "".join(f"{self._begins(line)}{self._words(line)}" for line in tableau.lines)
        columns = [(tableau.head,)] if tableau.head else []
        columns += [line.boxes for line in tableau.lines]
        tables = ("".join(self._table(box, drawn) for box in boxes) for boxes in columns)
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

    def _table(self, box: Box, drawn: _Drawn) -> str:
        words = escaped(self._captions.words(box))
        heads = "".join(f'<th scope="col">{escaped(label)}</th>' for label in box.column_labels)
        rows = "\n".join(
            f'<tr><th scope="row">{escaped(label)}</th>{self._cells(box, row)}</tr>'
            for row, label in enumerate(box.row_labels)
        )
        return (
            f'<table class="{drawn.kinds(box)}">'
            f"<caption><math>{symbol_mathml(box.name)}</math> <small>{words}</small></caption>"
            f'<colgroup><col class="labels">{"<col>" * len(box.column_labels)}</colgroup>'
            f"<thead><tr><td></td>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>"
        )

    def _cells(self, box: Box, row: int) -> str:
        cells = []
        for number, state in zip(box.numbers[row], box.states[row], strict=True):
            text, decimal = written(self._worksheet, number, state)
            below = f"<small>{decimal}</small>" if decimal else ""
            filled = f'<td class="{state.value}">{text}{below}</td>'
            cells.append(_BLANK if state is State.BLANK else filled)
        return "".join(cells)


class _Drawn(NamedTuple):
    """How large the boxes of a tableau are drawn.

    Attributes:
        sizes: Letters that they need, by their names.
        tall: Names of those whose cells have two lines, a fraction and its decimal.
    """

    sizes: Mapping[str, Size]
    tall: frozenset[str]

    def kinds(self, box: Box) -> str:
        """Return the classes of a table."""
        size = self.sizes[box.name]
        kinds = [f"c{size.column}", f"l{size.label}"]
        return " ".join([*kinds, *["tall"] * (box.name in self.tall), *["copy"] * box.is_copy])

    def leaves_room_for_words(self, tableau: Tableau) -> bool:
        """Tell whether words fit at the right of the boxes."""
        room = _room(self.sizes)
        beside = max((sum(map(room.width, line.beside)) for line in tableau.lines), default=0.0)
        return beside + max(map(room.width, spine(tableau))) + BESIDE_WORDS <= PAPER

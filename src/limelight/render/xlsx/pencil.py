"""Places everything on the sheet, from the top to the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.notation.plain import Plain, symbol_text
from limelight.render.lines import printable, wrapped
from limelight.render.xlsx.drawing import Drawing, Spot, Text
from limelight.render.xlsx.measure import Measures, columns_of, height_of, label
from limelight.render.xlsx.place import Place
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.render.xlsx.measure import Band
    from limelight.sheet.worksheet import Box, Line, Making, Part, Tableau, Worksheet

_LABELS, _SPACE, _NAME = 13.5, 9.0, 21.0
"""Points of height: of a row of labels, of a gap, of a line to write a name on."""

_MOST_LINES = 12
"""Lines of text in one cell; a long text goes on in the next."""


def draw(worksheet: Worksheet, how: str, *, is_live: bool = False) -> Drawing:
    """Place everything.

    Args:
        worksheet: What is to be drawn.
        how: What a person is to do, in a line.
        is_live: Its numbers will change: nothing is said that holds for these numbers alone.
    """
    pencil = _Pencil(worksheet, is_live=is_live)
    pencil.heading(how, asks_name=not is_live and worksheet.purpose is not Purpose.KEY)
    for part in worksheet.parts:
        pencil.part(part)
    pencil.closing()
    return pencil.drawing()


class _Pencil:
    """Draws one row after the other; `_row` is where it is."""

    def __init__(self, worksheet: Worksheet, *, is_live: bool) -> None:
        self._worksheet = worksheet
        self._is_live = is_live
        self._measures = Measures.of(worksheet, is_live=is_live)
        self._plain = Plain(worksheet.digits, worksheet.fractions)
        self._made_in = _stages(worksheet)
        self._spots: list[Spot] = []
        self._texts: list[Text] = []
        self._heights: dict[int, float] = {}
        self._breaks: list[int] = []
        self._name_row: int | None = None
        self._row = 0

    def drawing(self) -> Drawing:
        """Return what was drawn."""
        return Drawing(
            spots=tuple(self._spots),
            texts=tuple(self._texts),
            heights=self._heights,
            breaks=tuple(self._breaks),
            columns=self._measures.columns,
            width=self._measures.width,
            paper=self._measures.paper,
            shown=self._measures.shown,
            originals={spot.box.name: spot for spot in self._spots if not spot.box.is_copy},
            name_row=self._name_row,
        )

    def heading(self, how: str, *, asks_name: bool) -> None:
        """Write title, name, facts, and what is to be done."""
        worksheet = self._worksheet
        self._paragraph(worksheet.title, "title")
        if asks_name:
            self._text(0, 1, "Name", "prompt")
            self._name_row = self._row
            self._move(_NAME)
            self._move(_SPACE)
        self._paragraph(worksheet.about, "about")
        self._move(_SPACE)
        for fact in worksheet.facts:
            self._paragraph(fact.text, "fact", strong=f"{fact.label}:")
        self._paragraph(how, "how")

    def part(self, part: Part) -> None:
        """Draw the tableaux of a part under its title."""
        self._begin()
        self._paragraph(part.title, "part")
        for index, tableau in enumerate(part.tableaux):
            if index:
                self._begin()
            if tableau.is_turned:
                self._turned(tableau)
            else:
                self._upright(tableau)

    def closing(self) -> None:
        """Write the notes: they are about the numbers as they are printed."""
        notes = () if self._is_live else self._worksheet.notes
        if notes:
            self._move(_SPACE)
        for note in notes:
            self._paragraph(note, "note")

    def _upright(self, tableau: Tableau) -> None:
        """Draw the head, and each line below it."""
        if tableau.head is not None:
            self._side_by_side((), tableau.head)
        for index, line in enumerate(tableau.lines):
            if index:
                self._begin()
            elif tableau.head is not None:
                self._move(_SPACE)
            self._stage(line)
            beside = line.beside
            if not self._measures.stands_beside(line):
                for box in beside:
                    self._side_by_side((), box)
                    self._begin()
                beside = ()
            self._side_by_side(beside, line.box)
            self._say((line,))

    def _side_by_side(self, beside: tuple[Box, ...], box: Box) -> None:
        """Draw a box where all of its tableau stand, and at its left what is beside."""
        column = self._measures.margin - sum(map(columns_of, beside))
        for one in (*beside, box):
            self._place(one, self._row, column, self._measures.columns if one is box else 0)
            column += columns_of(one)
        self._row += 2 + max(len(one.numbers) for one in (*beside, box))

    def _turned(self, tableau: Tableau) -> None:
        """Draw the head at the left and the lines to its right, as many as find room."""
        for index, band in enumerate(self._measures.bands(tableau)):
            if index:
                self._begin()
            self._band(band)

    def _band(self, band: Band) -> None:
        self._stages_across(band)
        foot = self._row + max(map(_rows_above, band.lines), default=0)
        for line, column in zip(band.lines, band.columns, strict=False):
            row = foot - _rows_above(line)
            for box in line.beside:
                self._place(box, row, column, columns_of(box) - 1)
                row += 2 + len(box.numbers)
            self._place(line.box, foot, column)
        if band.head is not None:
            self._place(band.head, foot, 0)
        heads = () if band.head is None else (band.head,)
        mains = (*heads, *(line.box for line in band.lines))
        self._row = foot + 2 + max(len(box.numbers) for box in mains)
        self._say(band.lines)

    def _stages_across(self, band: Band) -> None:
        """Write each stage's title above the lines that belong to it."""
        begins = [
            (line, column)
            for line, column in zip(band.lines, band.columns, strict=False)
            if line.number
        ]
        ends = [*(column for _, column in begins[1:]), band.columns[-1]]
        for (line, column), end in zip(begins, ends, strict=False):
            self._text(column, end - column, line.purpose, "stage", strong=_titled(line))
        self._row += 1 if begins else 0

    def _stage(self, line: Line) -> None:
        if line.number:
            columns = self._measures.columns
            self._text(0, columns, line.purpose, "stage", strong=_titled(line))
            self._row += 1

    def _say(self, lines: Iterable[Line]) -> None:
        """Spell out the cells that are worked as examples; a hint says the rule as well."""
        boxes = [box for line in lines for box in line.boxes if not box.is_copy]
        said = [words for box in boxes if box.making for words in self._example(box.making)]
        if said and not self._is_live:
            self._move(_SPACE / 2)
            for words in said:
                self._paragraph(words, "equation")

    def _example(self, making: Making) -> list[str]:
        equations = [self._plain.equation(equation) for equation in making.equations]
        if self._worksheet.purpose is Purpose.HINTS and equations:
            name = self._plain(making.formula[0])
            return [f"{name}: {making.saying}.", *equations]
        return equations

    def _place(self, box: Box, row: int, column: int, room: int = 0) -> None:
        """Put a box below its caption, which stands in *row* and has *room* columns."""
        rows, columns = len(box.numbers), len(box.numbers[0])
        # A caption is as wide as the numbers and, unless that is taken, the labels next to them.
        free = min(room or columns + 1, self._measures.columns - column - 1)
        self._text(column + 1, free, self._caption(box), "caption", row=row)
        place = Place(row + 2, column + 1, rows, columns, self._worksheet.is_turned)
        labels = (tuple(map(label, words)) for words in (box.row_labels, box.column_labels))
        self._spots.append(Spot(box, place, symbol_text(box.name), *labels))
        self._set(row + 1, _LABELS)
        for below in range(rows):
            self._set(place.row + below, self._measures.cell)

    def _caption(self, box: Box) -> str:
        """Say how a box is made, or where it comes from."""
        if box.is_copy:
            return f"from {self._made_in[box.name]}"
        if box.making is None:
            return f"{box.row_axis} × {box.column_axis}"
        return " = ".join(map(self._plain, box.making.formula))

    def _paragraph(self, words: str, style: str, strong: str = "") -> None:
        """Write a text across the whole sheet, in several cells where it is long."""
        columns = self._measures.columns
        lines = wrapped(printable(words), int(self._measures.room(columns, style)))
        for first in range(0, len(lines), _MOST_LINES):
            piece = " ".join(line.strip() for line in lines[first : first + _MOST_LINES])
            self._text(0, columns, piece, style, strong="" if first else strong)
            self._row += 1

    def _text(
        self,
        column: int,
        columns: int,
        words: str,
        style: str,
        *,
        strong: str = "",
        row: int | None = None,
    ) -> None:
        """Write a text into a region of a row, which grows to hold it."""
        row = self._row if row is None else row
        words, strong = printable(words), printable(strong)
        lines = self._measures.lines(f"{strong}  {words}", columns, style)
        self._texts.append(Text(row, column, columns, words, style, strong, lines))
        self._set(row, height_of(lines, style))

    def _begin(self) -> None:
        """Leave a little space, after which a new page may begin."""
        self._move(_SPACE)
        self._breaks.append(self._row)

    def _move(self, height: float) -> None:
        self._set(self._row, height)
        self._row += 1

    def _set(self, row: int, height: float) -> None:
        self._heights[row] = max(self._heights.get(row, 0.0), height)


def _titled(line: Line) -> str:
    return f"{line.number} {line.title}"


def _rows_above(line: Line) -> int:
    """Count the rows that stand above a box of a turned tableau."""
    return sum(2 + len(box.numbers) for box in line.beside)


def _stages(worksheet: Worksheet) -> dict[str, str]:
    """Say for each box where it stands first: in a stage, or above."""
    known: dict[str, str] = {}
    stage = ""
    for part in worksheet.parts:
        for tableau in part.tableaux:
            if tableau.head is not None:
                known.setdefault(tableau.head.name, "above")
            for line in tableau.lines:
                stage = line.number or stage
                for box in line.boxes:
                    known.setdefault(box.name, stage if box.making else "above")
    return known

"""Lay out a sheet that was marked: what somebody wrote, in the cells where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.sheet.by_hand import Template, lay_out_by_hand
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Box, Comment, Line, Purpose, State, Tableau, Worksheet

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise
    from limelight.marking.marks import Marks


def lay_out_marked(exercise: Exercise, marks: Marks) -> Worksheet:
    """Lay out the worksheet of *exercise* with what is said of each cell that was filled in.

    A step that was not handed in, or whose matrix has another shape, is left as it should be.
    """
    layout = Layout(orientation=marks.orientation)
    template = Template(Purpose.KEY, layout=layout)
    worksheet = lay_out_by_hand(exercise.under(marks.trace.recipe), template)
    return worksheet._replace(
        identity=marks.answers.identity,
        notes=(_NOTE, *worksheet.notes),
        parts=tuple(
            part._replace(tableaux=tuple(_marked(tableau, marks) for tableau in part.tableaux))
            for part in worksheet.parts
        ),
    )


_NOTE = (
    "✓ right, also from your own earlier values; ✗ wrong, with what is right below it; "
    "– left empty."
)


def _marked(tableau: Tableau, marks: Marks) -> Tableau:
    return tableau._replace(
        head=None if tableau.head is None else _commented(tableau.head, marks),
        lines=tuple(
            Line(
                _commented(line.box, marks),
                tuple(_commented(box, marks) for box in line.beside),
                *line[2:],
            )
            for line in tableau.lines
        ),
    )


def _commented(box: Box, marks: Marks) -> Box:
    """Put what was written into a box, without the arithmetic of an example."""
    if box.making is None:
        return box
    box = box._replace(making=box.making._replace(equations=()))
    filled = marks.answers.filled.get(box.name, ())
    step = marks[box.name]
    shape = (len(box.row_labels), len(box.column_labels))
    if (len(step.cells), len(step.cells[0]) if step.cells else 0) != shape:
        return box._replace(states=((State.BLANK,) * shape[1],) * shape[0])
    return box._replace(
        numbers=step.expected,
        comments=tuple(
            tuple(
                Comment(verdict.name.lower(), entry.text)
                for verdict, entry in zip(verdicts, entries, strict=True)
            )
            for verdicts, entries in zip(step.cells, filled, strict=True)
        ),
    )

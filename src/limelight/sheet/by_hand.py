"""Lay out an exercise as a hand worksheet: operands above and at the left of their product.

What an operation reads stands above its result or beside it, as the operation itself says
(`beside`). A step goes on in the tableau before it where what it needs above is there already;
else it begins a new one, under a copy of what it needs.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import ShapeError, UnknownNameError
from limelight.exercises.document import exercise_document
from limelight.exercises.exercise import work
from limelight.mechanism.matrix import Cell
from limelight.notation.expressions import NameParts
from limelight.sheet.layout import Layout, stage_numbers, step_of, telling_cell
from limelight.sheet.worksheet import (
    Box,
    Line,
    Making,
    Part,
    Purpose,
    State,
    Tableau,
    Worksheet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.exercises.exercise import Exercise
    from limelight.mechanism.plan import Stage, Step
    from limelight.mechanism.trace import Trace, Worked

MOST_CELLS = 20_000
"""The most cells that a worksheet may have, copies not counted: about sixty pages."""

_FIRST = Cell(0, 0)


class Template(NamedTuple):
    """What a worksheet is to show.

    Attributes:
        purpose: BLANK leaves steps to be filled in, HINTS works the first cell of each, KEY
            everything.
        blank: Names of the steps that are left blank, "S1" for one head or "S" for all; None
            for every step. A key leaves nothing blank.
        layout: Orientation and decimals.
    """

    purpose: Purpose = Purpose.BLANK
    blank: frozenset[str] | None = None
    layout: Layout = Layout()

    def leaves_blank(self, name: str) -> bool:
        """Tell whether the step called *name* is to be filled in."""
        if self.purpose is Purpose.KEY:
            return False
        return self.blank is None or bool({name, NameParts.of(name).family} & self.blank)


class Imprint(NamedTuple):
    """What tells one sheet from another.

    Attributes:
        identity: A short text from which the exercise can be found again.
        seed: What the exercise was made from, or "".
        number: Which sheet of a set: "3 of 30", or "".
    """

    identity: str = ""
    seed: str = ""
    number: str = ""


_TO_FILL_IN = Template()
_UNNAMED = Imprint()


def lay_out_by_hand(
    exercise: Exercise, template: Template = _TO_FILL_IN, imprint: Imprint = _UNNAMED
) -> Worksheet:
    """Lay out an exercise to be worked with a pencil.

    Raises:
        UnknownNameError: A step that is to be left blank is none of the exercise's.
        ShapeError: It has more than `MOST_CELLS` cells.
        NumberError: It cannot be worked.

    >>> from limelight import gallery
    >>> worksheet = lay_out_by_hand(gallery("self-attention"))
    >>> [box.name for box in worksheet.parts[0].tableaux[0].boxes]
    ['X', 'W_Q', 'Q', 'W_K', 'K', 'W_V', 'V']
    """
    refuse_unprintable(exercise)
    trace = work(exercise)
    _refuse_unknown(template.blank, trace)
    layout = template.layout
    return Worksheet(
        title=trace.title,
        parts=_Drafter(trace, template).parts(),
        about=exercise.about,
        facts=layout.facts(trace, exercise.source),
        notes=layout.notes(trace) if template.purpose is Purpose.KEY else (),
        purpose=template.purpose,
        digits=layout.digits,
        fractions=trace.recipe.digits is None,
        is_turned=layout.orientation.is_turned,
        identity=imprint.identity,
        seed=imprint.seed,
        number=imprint.number,
        exercise=json.dumps(exercise_document(exercise), ensure_ascii=False),
    )


class _Drafter:
    """Draws up the parts of a worksheet, remembering what stands on it already."""

    def __init__(self, trace: Trace, template: Template) -> None:
        self._trace = trace
        self._template = template
        self._numbers = stage_numbers(trace)
        self._shown: set[str] = set()
        self._stage: Stage | None = None

    def parts(self) -> tuple[Part, ...]:
        """Return every part; what is given and stands nowhere else comes first."""
        steps = [step_of(worked) for worked in self._trace.steps]
        beside = [step for step in steps if step.operation.worked_beside]
        drawn = [step for step in steps if step not in beside]
        parts = [
            Part(self._tableaux(list(group)), _title(head, drawn))
            for head, group in groupby(drawn, key=lambda step: step.head)
        ]
        given = [given.name for given in self._trace.plan.inputs if given.name not in self._shown]
        if given:
            turned = self._template.layout.orientation.is_turned
            boxes = tuple(Tableau(self._box(name), is_turned=turned) for name in given)
            parts.insert(0, Part(boxes, "Given"))
        return tuple(parts)

    def _tableaux(self, steps: list[Step]) -> tuple[Tableau, ...]:
        tableaux: list[Tableau] = []
        for step in steps:
            last = tableaux.pop() if tableaux else None
            needs = _Needs.of(step, last)
            if last and needs.stands_under(last):
                tableaux.append(last._replace(lines=(*last.lines, self._line(step, needs))))
                continue
            head = self._box(needs.above[0]) if len(needs.above) == 1 else None
            turned = self._template.layout.orientation.is_turned
            fresh = Tableau(head, (self._line(step, needs),), turned)
            tableaux += [last, fresh] if last else [fresh]
        return tuple(tableaux)

    def _line(self, step: Step, needs: _Needs) -> Line:
        beside = tuple(self._box(name) for name in needs.beside)
        box = self._box(step.name)
        if step.stage == self._stage:
            return Line(box, beside)
        begins = self._stage = step.stage
        purpose = begins.purpose if step.head in {None, 1} else ""
        return Line(box, beside, self._numbers[begins], begins.title, purpose)

    def _box(self, name: str) -> Box:
        """Return a box: as it is worked where it stands first, a copy after that."""
        worked = self._trace[name]
        grid = self._template.layout.grid(worked)
        is_copy = name in self._shown
        self._shown.add(name)
        return Box(
            name=name,
            numbers=grid.numbers,
            states=self._states(worked),
            row_labels=grid.row_labels,
            column_labels=grid.column_labels,
            row_axis=grid.row_axis,
            column_axis=grid.column_axis,
            making=None if worked.step is None else self._making(worked),
            is_copy=is_copy,
        )

    def _states(self, worked: Worked) -> tuple[tuple[State, ...], ...]:
        shape = self._template.layout.orientation.matrix(worked.matrix).shape
        if worked.step is None:
            return ((State.GIVEN,) * shape.columns,) * shape.rows
        if not self._template.leaves_blank(worked.name):
            return ((State.WORKED,) * shape.columns,) * shape.rows
        rows = [[State.BLANK] * shape.columns for _ in range(shape.rows)]
        if self._template.purpose is Purpose.HINTS:
            rows[0][0] = State.WORKED
        return tuple(map(tuple, rows))

    def _making(self, worked: Worked) -> Making:
        step, layout = step_of(worked), self._template.layout
        recipe = self._trace.recipe
        rounds = recipe.rounds(step.name) and not step.operation.moves
        return Making(
            operation=step.operation.name,
            operands=step.operands,
            settings=step.operation.settings(),
            formula=layout.formula(step),
            saying=layout.saying(step),
            equations=tuple(
                layout.orientation.equation(worked.equation(cell))
                for cell in self._examples(worked)
            ),
            rounded=recipe.digits if rounds else None,
            telling=layout.orientation.equation(worked.equation(telling_cell(worked))),
        )

    def _examples(self, worked: Worked) -> Iterable[Cell]:
        """Choose the cell whose arithmetic is spelled out, if any is."""
        if not self._template.leaves_blank(worked.name):
            return (telling_cell(worked),)
        return (_FIRST,) if self._template.purpose is Purpose.HINTS else ()


class _Needs(NamedTuple):
    """What must stand above a step and what beside it."""

    above: tuple[str, ...]
    beside: tuple[str, ...]

    @classmethod
    def of(cls, step: Step, tableau: Tableau | None) -> _Needs:
        """Divide a step's operands; what is added may come from either side."""
        operands = list(enumerate(step.operands))
        beside = tuple(name for index, name in operands if index in step.operation.beside)
        above = tuple(name for index, name in operands if index not in step.operation.beside)
        last = tableau.boxes[-1].name if tableau else ""
        if step.operation.joiner == "+" and beside == (last,):
            above, beside = beside, above
        return cls(above, beside)

    def stands_under(self, tableau: Tableau) -> bool:
        """Tell whether everything needed above is there: the last line, or the head alone."""
        spine = [] if tableau.head is None else [tableau.head.name]
        reads_head = self.above == tuple(spine) and all(
            set(self.above) & set(_operands(line)) for line in tableau.lines
        )
        spine += [line.box.name for line in tableau.lines]
        return reads_head or (
            bool(self.above) and self.above[-1] == spine[-1] and set(self.above) <= set(spine)
        )


def _operands(line: Line) -> tuple[str, ...]:
    return line.box.making.operands if line.box.making else ()


def _title(head: int | None, steps: list[Step]) -> str:
    """Name a part: a head, or what comes once the heads are done."""
    if head is not None:
        return f"Head {head}"
    return "All heads" if any(step.head for step in steps) else ""


def _refuse_unknown(blank: frozenset[str] | None, trace: Trace) -> None:
    names = [step.name for step in trace.plan.steps]
    known = dict.fromkeys([*names, *(NameParts.of(name).family for name in names)])
    for name in sorted(blank or ()):
        if name not in known:
            raise UnknownNameError.among("step to leave blank", name, known)


def count_cells(exercise: Exercise) -> int:
    """Count the cells of everything that is given or worked, copies not counted.

    >>> from limelight import gallery
    >>> count_cells(gallery("softmax"))
    13
    """
    shapes = exercise.plan.shapes(exercise.inputs)
    return sum(shape.rows * shape.columns for shape in shapes.values())


def refuse_unprintable(exercise: Exercise) -> None:
    """Refuse an exercise that is too large for paper, before any work is done.

    Raises:
        ShapeError: It has more than `MOST_CELLS` cells.
    """
    cells = count_cells(exercise)
    if cells > MOST_CELLS:
        sizes = ", ".join(f"{axis} {size}" for axis, size in exercise.sizes.items())
        msg = (
            f"a worksheet must have at most {MOST_CELLS:,} cells; this one has {cells:,}.\n"
            f"  {exercise.title or exercise.name}: {sizes}.\n"
            "  Take fewer tokens, features or heads; `limelight work` shows any size."
        )
        raise ShapeError(msg)

"""A worksheet as questions for a learning platform: one for each step that is left blank.

Moodle and QTI ask the same questions in the same words; here is what they share. What an
earlier question asks for is never shown by a later one: the learner goes on with their own
numbers, as on paper.
"""

from __future__ import annotations

import hashlib
import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import QuizError
from limelight.notation.numbers import LONGEST_WRITTEN_OUT, MASKED, decimal_text
from limelight.notation.plain import Plain, symbol_text
from limelight.render.answers import Marking
from limelight.sheet.flow import cut, runs
from limelight.sheet.worksheet import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limelight.render.answers import Answer
    from limelight.sheet.worksheet import Box, Line, Worksheet

MOST_FIELDS = 60
"""The most cells that one question asks for: a larger step is asked in several. Each is a row
of a platform's database and a field of a form, and PHP takes 1,000 fields a page."""

MOST_ACROSS = 8
"""The most columns that one question asks for, so that they fit a page."""

LONGEST_IDENTITY = 40
"""An identity is cut to so many characters: Moodle's idnumber holds 100."""

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Step(NamedTuple):
    """A step of a worksheet that is asked for.

    Attributes:
        order: Which one it is, from "01", as long as the last one's.
        part: What the part of the worksheet is called.
        stage: Number and title of the stage, "[2] Scores".
        purpose: What the stage is for, where it begins.
        box: The whole box.
        top: Operands that stand above it, and share its columns where they meet.
        left: Operands that stand at its left, and share its rows where they meet.
        earlier: Names of operands that were asked for before, and are not shown.
        meets: Rows and columns meet: it is no step that is worked beside another.
    """

    order: str
    part: str
    stage: str
    purpose: str
    box: Box
    top: tuple[Box, ...]
    left: tuple[Box, ...]
    earlier: tuple[str, ...]
    meets: bool


class Question(NamedTuple):
    """A step to be asked, or a piece of one that is too large for one question.

    Attributes:
        worksheet: Where it is from.
        step: The step.
        box: The cells that are asked for.
        top: What stands above them.
        left: What stands at their left.
        marking: How they are marked.
        piece: "1 of 3" where a step is asked in pieces; else "".
    """

    worksheet: Worksheet
    step: Step
    box: Box
    top: tuple[Box, ...]
    left: tuple[Box, ...]
    marking: Marking
    piece: str = ""

    @property
    def title(self) -> str:
        """What the question is called, so that names in order are steps in order."""
        head = f", {self.step.part}" if self.step.part else ""
        piece = f" ({self.piece})" if self.piece else ""
        name = symbol_text(self.box.name)
        return f"{self.step.order} {name}{piece}: {self.step.stage}{head}"

    @property
    def key(self) -> str:
        """A short name for files, the same whenever it is made."""
        piece = f"-{self.piece.partition(' ')[0]}" if self.piece else ""
        return f"{self.step.order}-{_NOT_PLAIN.sub('-', self.box.name)}{piece}"

    @property
    def writer(self) -> Plain:
        """What writes its formulas and numbers."""
        return Plain(self.worksheet.digits, self.worksheet.fractions)

    def answers(self) -> dict[tuple[int, int], Answer]:
        """Return what is right in each blank cell, by row and column from 0 in the whole box.

        Raises:
            QuizError: A number is too large for a platform.
        """
        return {
            (row, column): self.marking.answer(number, row, column)
            for row, column, number, state in self.box.cells()
            if state is State.BLANK
        }

    def statement(self) -> tuple[str, ...]:
        """Return the paragraphs above the tables: what is worked, and from what."""
        making = self.box.making
        if making is None:
            return ()
        left, right = making.formula
        lines = [f"{self.writer(left)} = {self.writer(right)}: {making.saying}."]
        if self.step.purpose:
            lines.insert(0, self.step.purpose)
        if self.step.earlier:
            names = " and ".join(map(symbol_text, self.step.earlier))
            lines.append(f"Go on with your own answers for {names}.")
        return tuple(lines)

    def instruction(self) -> str:
        """Say how an answer is to be written, and how near it must be."""
        digits, within = self.marking.digits, self.marking.within
        decimals = f"rounded to {digits} places or more: off by at most {within}."
        kinds = "Write decimals"
        if self.marking.fractions:
            kinds = (
                "Write whole numbers as they are; other numbers as fractions in lowest terms, "
                "such as 3/4, or as decimals"
            )
        return f"{kinds} {decimals}{self._unusual()}"

    def _unusual(self) -> str:
        """Say how to write numbers that have no usual spelling, where there are some."""
        numbers = {number for row in self.box.numbers for number in row}
        hidden = " Write -inf for -∞." if MASKED in numbers else ""
        largest = max(max(number, -number) for number in numbers - {MASKED} or {0.0})
        is_long = largest >= LONGEST_WRITTEN_OUT
        power = decimal_text(12345 * 10**8, self.marking.digits)
        return f"{hidden} Ten digits or more may be written like {power}." if is_long else hidden

    def explanation(self) -> tuple[str, ...]:
        """Return the paragraphs that explain the answers: the arithmetic of a telling cell."""
        making = self.box.making
        if making is None or making.telling is None:
            return ()
        left, right = making.formula
        return (
            f"{self.writer(left)} = {self.writer(right)}: {making.saying}. For example:",
            self.writer.equation(making.telling),
        )


def questions(worksheet: Worksheet) -> tuple[Question, ...]:
    """Return a question for each step of a worksheet that is left blank.

    Raises:
        QuizError: Nothing is left blank.
    """
    found = tuple(question for step in _steps(worksheet) for question in _pieces(worksheet, step))
    if not found:
        msg = (
            f"a quiz must ask for something; no cell of {worksheet.title!r} is blank.\n"
            f"  Its purpose is {worksheet.purpose.value}.\n"
            "  Take a blank sheet, or one with hints, and leave a step blank."
        )
        raise QuizError(msg)
    return found


def refuse_none(worksheets: Sequence[Worksheet]) -> None:
    """Refuse a quiz of no worksheets: no platform reads one.

    Raises:
        QuizError: There is none.
    """
    if not worksheets:
        msg = (
            "a quiz must be made from one worksheet or more; got none.\n"
            "  Each worksheet becomes a category or a section of its own.\n"
            "  Hand over a list with a worksheet that lay_out_by_hand made."
        )
        raise QuizError(msg)


def identity_of(worksheet: Worksheet) -> str:
    """Return a short text in plain letters that tells one worksheet from another.

    It is the worksheet's own identity, or is made from its exercise where it has none.
    """
    own = _NOT_PLAIN.sub("-", worksheet.identity).strip("-")[:LONGEST_IDENTITY]
    content = f"{worksheet.title}{worksheet.exercise}{worksheet.seed}"
    return own or hashlib.sha256(content.encode(errors="replace")).hexdigest()[:12]


def name_of(worksheet: Worksheet) -> str:
    """Return what a worksheet of a set is called: its title, and which one it is."""
    title = worksheet.title.strip() or "Worksheet"
    told = ", ".join(filter(None, (worksheet.number, worksheet.identity)))
    return f"{title} ({told})" if told else title


def _steps(worksheet: Worksheet) -> list[Step]:
    boxes = {box.name: box for box in reversed(worksheet.boxes)}
    steps = list[Step]()
    stage = ""
    for part in worksheet.parts:
        for line in (line for tableau in part.tableaux for line in tableau.lines):
            stage = f"{line.number} {line.title}".strip() or stage
            for box in line.boxes:
                if not box.is_copy and _is_asked(box):
                    purpose = line.purpose if box is line.box else ""
                    operands = _operands(box, line, boxes, is_turned=worksheet.is_turned)
                    meets = box is line.box
                    steps.append(Step("", part.title, stage, purpose, box, *operands, meets))
    width = max(2, len(str(len(steps))))
    return [step._replace(order=f"{i:0{width}d}") for i, step in enumerate(steps, start=1)]


def _is_asked(box: Box) -> bool:
    return any(state is State.BLANK for row in box.states for state in row)


def _operands(
    box: Box, line: Line, boxes: dict[str, Box], *, is_turned: bool
) -> tuple[tuple[Box, ...], tuple[Box, ...], tuple[str, ...]]:
    """Divide what a box reads: shown above, shown at the left, asked for earlier."""
    names = dict.fromkeys(box.making.operands if box.making else ())
    shown = [boxes[name] for name in names if not _is_asked(boxes[name])]
    beside = {other.name for other in line.beside}
    spine = tuple(other for other in shown if other.name not in beside)
    apart = tuple(other for other in shown if other.name in beside)
    earlier = tuple(name for name in names if _is_asked(boxes[name]))
    return (apart, spine, earlier) if is_turned else (spine, apart, earlier)


def _pieces(worksheet: Worksheet, step: Step) -> Iterator[Question]:
    """Cut a step into questions of at most `MOST_FIELDS` cells, with what they are made from."""
    across = runs(len(step.box.column_labels), MOST_ACROSS)
    down = runs(len(step.box.row_labels), MOST_FIELDS // max(map(len, across)))
    marking = Marking.of(worksheet, step.box)
    places = [
        (cut(step.box, rows, columns), rows, columns) for rows, columns in product(down, across)
    ]
    asked = [place for place in places if _is_asked(place[0])]
    for index, (box, rows, columns) in enumerate(asked, start=1):
        yield Question(
            worksheet=worksheet,
            step=step,
            box=box,
            top=tuple(_across(other, columns, step) for other in step.top),
            left=tuple(_down(other, rows, step) for other in step.left),
            marking=marking,
            piece=f"{index} of {len(asked)}" if len(asked) > 1 else "",
        )


def _across(operand: Box, columns: range, step: Step) -> Box:
    """Return the columns of an operand that meet those of a piece."""
    if not step.meets or len(operand.column_labels) != len(step.box.column_labels):
        return operand
    return cut(operand, range(len(operand.row_labels)), columns)


def _down(operand: Box, rows: range, step: Step) -> Box:
    """Return the rows of an operand that meet those of a piece."""
    if not step.meets or len(operand.row_labels) != len(step.box.row_labels):
        return operand
    return cut(operand, rows, range(len(operand.column_labels)))

"""The neutral worksheet: an exercise laid out for a pencil, without a word on how it is drawn.

A worksheet has parts (one for each head, say), a part has tableaux. A tableau is what a person
draws when multiplying matrices by hand: one operand above, the others at the left, and each
result in the corner where their columns and rows meet. What is worked next stands below,
in the same columns::

              X                      head of the tableau
      W_Q     Q = W_Q X              a line: what stands beside it, and the box to fill
      W_K     K = W_K X              the next line
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.notation.expressions import Equation, Expression
    from limelight.notation.numbers import Number
    from limelight.sheet.model import Fact


class State(Enum):
    """What a person finds in a cell."""

    GIVEN = "given"
    WORKED = "worked"
    BLANK = "blank"


class Purpose(Enum):
    """What a worksheet is for."""

    BLANK = "blank"
    HINTS = "hints"
    KEY = "key"


class Comment(NamedTuple):
    """What is said of a cell that somebody filled in.

    Attributes:
        verdict: "right", "carried" (right from their own earlier values), "wrong" or "missing".
        written: What they wrote; "" where nothing.
    """

    verdict: str
    written: str


class Making(NamedTuple):
    """How the numbers of a box come about.

    Attributes:
        operation: The operation's name, as in a plan's JSON.
        operands: Names of the boxes that it reads, in the operation's order.
        settings: The operation's settings, as in a plan's JSON.
        formula: Name and right-hand side.
        saying: The same in words.
        equations: The arithmetic of cells that are worked on the sheet for an example.
        rounded: To how many decimals the recipe rounds each cell; None where it does not.
        telling: The arithmetic of the cell that teaches most, on a blank sheet too: whoever
            answers a learner, as a quiz does, spells it out.
    """

    operation: str
    operands: tuple[str, ...]
    settings: Mapping[str, object]
    formula: tuple[Expression, Expression]
    saying: str
    equations: tuple[Equation, ...] = ()
    rounded: int | None = None
    telling: Equation | None = None


class Box(NamedTuple):
    """A labelled matrix of cells to read or to fill.

    Attributes:
        name: The input or step.
        numbers: Every number, row by row, those of blank cells too: a key needs them, and so
            does whoever writes a quiz. A renderer shows what `states` allows.
        states: For each number, whether it is given, worked or blank.
        row_labels: One for each row.
        column_labels: One for each column.
        row_axis: What the rows stand for.
        column_axis: What the columns stand for.
        making: How it is worked; None for an input.
        is_copy: It stands elsewhere on the sheet as well, and here so that rows and columns meet.
        first: Row and column, counted from 0, where this piece begins in the whole matrix.
        comments: On a sheet that was marked, what is said of each cell; else ().
    """

    name: str
    numbers: tuple[tuple[Number, ...], ...]
    states: tuple[tuple[State, ...], ...]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    row_axis: str
    column_axis: str
    making: Making | None = None
    is_copy: bool = False
    first: tuple[int, int] = (0, 0)
    comments: tuple[tuple[Comment, ...], ...] = ()

    def cells(self) -> Iterator[tuple[int, int, Number, State]]:
        """Go through the cells: row and column in the whole matrix, number, state."""
        down, across = self.first
        for row, (numbers, states) in enumerate(zip(self.numbers, self.states, strict=True)):
            for column, (number, state) in enumerate(zip(numbers, states, strict=True)):
                yield row + down, column + across, number, state


class Line(NamedTuple):
    """One step of a tableau.

    Attributes:
        box: What is worked.
        beside: Boxes whose rows meet the columns above: they stand at its left.
        number: As in the method, "[2]", where a stage begins; else "".
        title: What the stage is called, where it begins.
        purpose: What the stage is for, in plain words, where it begins.
    """

    box: Box
    beside: tuple[Box, ...] = ()
    number: str = ""
    title: str = ""
    purpose: str = ""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Everything on the line, from left to right."""
        return (*self.beside, self.box)


class Tableau(NamedTuple):
    """Boxes that share their columns, one below the other.

    Attributes:
        head: What stands above the first line; None where nothing does.
        lines: The steps.
        is_turned: Tokens are rows: the head stands at the left, lines follow to the right, and
            what is beside a box stands above it.
    """

    head: Box | None
    lines: tuple[Line, ...] = ()
    is_turned: bool = False

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every box, in the order in which it is read."""
        head = () if self.head is None else (self.head,)
        return (*head, *(box for line in self.lines for box in line.boxes))


class Part(NamedTuple):
    """Tableaux that belong together: those of a head, say."""

    tableaux: tuple[Tableau, ...]
    title: str = ""


class Worksheet(NamedTuple):
    """An exercise to be worked with a pencil, or its key.

    Attributes:
        title: What stands above it.
        parts: The body.
        about: A sentence or two.
        facts: Sizes, rules, orientation, source.
        notes: What a reader should know at the end.
        purpose: To be worked, with hints, the key, or marked.
        digits: Decimals of numbers that are not shown exactly.
        fractions: Exact numbers are written as fractions.
        is_turned: Tokens are rows.
        identity: A short text from which the exercise can be found again.
        seed: What the exercise was made from; "" where it was not made from a seed.
        number: Which sheet of a set: "3 of 30"; "" where there is one.
        exercise: The exercise as JSON text, for files that carry it along.
    """

    title: str
    parts: tuple[Part, ...]
    about: str = ""
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    purpose: Purpose = Purpose.BLANK
    digits: int = 3
    fractions: bool = True
    is_turned: bool = False
    identity: str = ""
    seed: str = ""
    number: str = ""
    exercise: str = ""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every box, in the order in which it is read."""
        return tuple(
            box for part in self.parts for tableau in part.tableaux for box in tableau.boxes
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, in the order in which it is worked."""
        return tuple(
            line for part in self.parts for tableau in part.tableaux for line in tableau.lines
        )

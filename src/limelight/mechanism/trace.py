"""A trace: every step of a plan, worked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.errors import NumberError, UnknownNameError
from limelight.mechanism.matrix import Cell, Matrix, Row, Shape
from limelight.notation.expressions import Entry, Equation, NameParts, Value
from limelight.notation.numbers import MAX_DECIMALS
from limelight.notation.plain import Plain
from limelight.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from limelight.mechanism.orientation import Orientation
    from limelight.mechanism.plan import Axes, Plan, Step
    from limelight.mechanism.recipe import Recipe
    from limelight.notation.numbers import Number

_CELL = re.compile(r"\s*([A-Za-z_0-9ᵀ]+)\s*\[\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*\]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked(Shown):
    """A matrix of a trace: an input, or a step with its result.

    Attributes:
        name: S, A2, …
        matrix: The result; `worked[row, column]` reads a cell, counted from 0.
        axes: What its rows and columns stand for.
        step: The step it came from, settled; None for an input.
        operands: The step's operands, worked.
        row_labels: Names along the rows: tokens where they have names, else numbers.
        column_labels: Names along the columns.
        unrounded: The result before the recipe rounded it, or None when it did not.
    """

    name: str
    matrix: Matrix
    axes: Axes
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    step: Step | None = None
    operands: tuple[Worked, ...] = ()
    unrounded: Matrix | None = None

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        return self.matrix.shape

    @property
    def rows(self) -> tuple[Row, ...]:
        """The numbers, row by row."""
        return self.matrix.rows

    def __getitem__(self, cell: tuple[int, int]) -> Number:
        """Return the number at (row, column), counted from 0: a Fraction or a float."""
        return self.matrix[cell]

    def tolist(self) -> list[list[Number]]:
        """Return nested lists of Fractions and floats."""
        return self.matrix.tolist()

    def __array__(
        self,
        dtype: np.dtype[np.generic] | None = None,
        copy: bool | None = None,  # noqa: FBT001 - NumPy's own protocol
    ) -> np.ndarray:
        """Return a NumPy array, float64 unless asked otherwise."""
        import numpy as np  # noqa: PLC0415 - only here, so that the mechanism needs no NumPy

        if copy is False:
            msg = "a worked matrix has no array of its own; let it be copied"
            raise ValueError(msg)
        return np.array([[float(number) for number in row] for row in self.rows], dtype or float)

    def equation(self, at: Cell) -> Equation:
        """Return the arithmetic of one cell: the cell, what it is made of, its value."""
        entry, value = Entry(self.name, at.row + 1, at.column + 1), Value(self.matrix[at])
        if self.step is None:
            return Equation((entry, value), note="given")
        if self.step.operation.moves:
            return Equation((entry, self._source(at), value))
        spelled = self.step.operation.cell(at, *(operand.matrix for operand in self.operands))
        if self.unrounded is None:
            return Equation((entry, spelled.expression, value), note=spelled.note)
        before = Value(self.unrounded[at])
        return Equation((entry, spelled.expression, before), rounded=value, note=spelled.note)

    def _source(self, at: Cell) -> Entry:
        """Name the one cell that a moved cell comes from."""
        for operand, cells in self.made_from(at):
            for cell in cells:
                return Entry(operand.name, cell.row + 1, cell.column + 1)
        raise LookupError(at)

    def words(self, row: int, column: int, *, digits: int = 3) -> str:
        """Say the arithmetic of the cell at (row, column), counted from 0.

        The words count from 1, as people do.

        Args:
            row: Counted from 0.
            column: Counted from 0.
            digits: Decimals of numbers that are not shown exactly, 0 to 15.

        Raises:
            UnknownNameError: There is no such cell.
            NumberError: digits is none of these.

        >>> from limelight import gallery, work
        >>> work(gallery("self-attention"))["A"].words(1, 0)
        'A[2,1] = 9 / (46/3) = 27/46 ≈ 0.587'
        """
        if digits not in range(MAX_DECIMALS + 1):
            msg = (
                f"digits must be a whole number from 0 to {MAX_DECIMALS}; got {digits!r}.\n"
                "  It says how many decimals a number has that is not shown exactly.\n"
                "  Leave it out for 3."
            )
            raise NumberError(msg)
        cell = Cell(row, column)
        _refuse_outside(self.name, self.shape, cell, first=0)
        text = Plain(digits).equation(self.equation(cell))
        return text.replace("{row}", "row").replace("{column}", "column")

    def made_from(self, at: Cell) -> tuple[tuple[Worked, tuple[Cell, ...]], ...]:
        """Return the cells that one cell is made from, for each operand."""
        if self.step is None:
            return ()
        numbers = [operand.matrix for operand in self.operands]
        reads = self.step.operation.reads(at, *numbers)
        return tuple(zip(self.operands, reads, strict=True))

    def back_to_inputs(self, at: Cell) -> dict[str, set[Cell]]:
        """Return every cell that one cell is made from, itself included, by name."""
        found: dict[str, set[Cell]] = {}
        waiting: list[tuple[Worked, Cell]] = [(self, at)]
        while waiting:
            current, cell = waiting.pop()
            known = found.setdefault(current.name, set())
            if cell in known:
                continue
            known.add(cell)
            for operand, cells in current.made_from(cell):
                waiting += [(operand, source) for source in cells]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Shown):
    """Every step of a plan, worked under a recipe.

    `trace["Z"]` is a step; `trace["Z"][0, 1]` one of its numbers, counted from 0.

    Attributes:
        exercise: The name of what was worked.
        title: Its title.
        plan: The plan, settled by the recipe.
        recipe: The rules it was worked by.
        matrices: Inputs and steps by name, in order.
    """

    exercise: str
    title: str
    plan: Plan
    recipe: Recipe
    matrices: Mapping[str, Worked]

    @property
    def steps(self) -> tuple[Worked, ...]:
        """The worked steps, in order, without the inputs."""
        return tuple(self.matrices[step.name] for step in self.plan.steps)

    @property
    def result(self) -> Worked:
        """The last step."""
        return self.matrices[self.plan.result.name]

    def __getitem__(self, name: str) -> Worked:
        """Return the input or step called *name*.

        Raises:
            UnknownNameError: There is none; near names are suggested.
        """
        known = self.matrices.get(name) or self.matrices.get(_plain_name(str(name)))
        if known is None:
            raise UnknownNameError.among("step", name, self.matrices)
        return known

    def __iter__(self) -> Iterator[str]:
        """Go through the names of inputs and steps, in order."""
        return iter(self.matrices)

    def __len__(self) -> int:
        """Count inputs and steps."""
        return len(self.matrices)

    def find_cell(self, text: str, orientation: Orientation) -> tuple[Worked, Cell]:
        """Find a cell written as people write it, counted from 1: "Z[1,2]".

        Raises:
            UnknownNameError: It is not written so, or there is no such step or cell.
        """
        match = _CELL.fullmatch(text)
        if not match:
            msg = (
                f"a cell is written STEP[row,column], counted from 1; got {text[:40]!r}.\n"
                f"  Steps: {', '.join(self.matrices)}.\n"
                f"  For example: {self.result.name}[1,1]."
            )
            raise UnknownNameError(msg)
        worked = self[match[1]]
        written = Cell(int(match[2]) - 1, int(match[3]) - 1)
        shown = orientation.matrix(worked.matrix).shape
        _refuse_outside(worked.name, shown, written, first=1)
        return worked, orientation.cell(written)


def _plain_name(name: str) -> str:
    """Read Kᵀ2 and K2ᵀ as K_T2."""
    bare = name.replace("ᵀ", "")
    parts = NameParts.of(bare)
    return f"{parts.stem}_T{parts.head}" if bare != name else name


def _refuse_outside(name: str, shape: Shape, cell: Cell, first: int) -> None:
    """Refuse a cell that is not there; *shape* and *cell* are as the person sees them."""
    if 0 <= cell.row < shape.rows and 0 <= cell.column < shape.columns:
        return
    msg = (
        f"{name} has no cell [{cell.row + first},{cell.column + first}].\n"
        f"  {name} has {shape.rows} rows and {shape.columns} columns.\n"
        f"  Cells are counted from {first} here: row first, then column."
    )
    raise UnknownNameError(msg)

"""Lay out a trace: sections as in the method, for each step its operands and its result."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import UnknownNameError
from limelight.mechanism.operations.forward import Normalise
from limelight.mechanism.operations.softmax import Raise, Scale
from limelight.mechanism.orientation import Orientation
from limelight.notation.expressions import Expression, Symbol
from limelight.notation.numbers import MASKED, decimal_text, exact_text
from limelight.notation.plain import Plain, symbol_text
from limelight.sheet.model import Block, Fact, Grid, Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from limelight.mechanism.matrix import Cell
    from limelight.mechanism.plan import Stage, Step
    from limelight.mechanism.recipe import Recipe
    from limelight.mechanism.trace import Trace, Worked

MOST_CELLS_LOOKED_AT = 400
"""How many cells of a step are looked at to find one that teaches something."""


class Layout(NamedTuple):
    """How a trace is to be laid out.

    Attributes:
        orientation: Tokens as columns or as rows.
        digits: Decimals of numbers that are not shown exactly.
    """

    orientation: Orientation = Orientation.COLUMNS
    digits: int = 3

    def trace(self, trace: Trace, *, about: str = "", source: str = "") -> Sheet:
        """Lay out every step."""
        return self.sheet(trace, self._sections(trace, trace.steps), about=about, source=source)

    def step(self, trace: Trace, name: str) -> Sheet:
        """Lay out one step.

        Raises:
            UnknownNameError: There is no such step.
        """
        worked = trace[name]
        if worked.step is None:
            return self.sheet(trace, (given_section((self.grid(worked),)),))
        return self.sheet(trace, self._sections(trace, (worked,)))

    def cell(self, trace: Trace, written: str) -> Sheet:
        """Lay out the arithmetic of one cell, all the way back to the inputs.

        Args:
            trace: A worked trace.
            written: The cell as people write it, counted from 1: "Z[1,2]".

        Raises:
            UnknownNameError: There is no such cell.
        """
        worked, at = trace.find_cell(written, self.orientation)
        wanted = worked.back_to_inputs(at)
        sections = [
            self._origin_section(step, sorted(wanted[step.name]))
            for step in reversed(trace.steps)
            if step.name in wanted
        ]
        given = [trace[given.name] for given in trace.plan.inputs if given.name in wanted]
        sections.append(given_section(tuple(self.grid(matrix) for matrix in given)))
        return self.sheet(trace, tuple(sections))

    def sheet(
        self,
        trace: Trace,
        sections: tuple[Section, ...],
        *,
        title: str = "",
        about: str = "",
        source: str = "",
    ) -> Sheet:
        """Put sections under the title and facts of a trace."""
        return Sheet(
            title=title or trace.title,
            about=about,
            facts=self.facts(trace, source),
            sections=sections,
            notes=self.notes(trace),
            digits=self.digits,
            fractions=trace.recipe.digits is None,
        )

    def grid(self, worked: Worked, *, caption: str = "", is_result: bool = False) -> Grid:
        """Return the grid of an input or step."""
        matrix = self.orientation.matrix(worked.matrix)
        axes = self.orientation.axes(worked.axes)
        labels = (worked.row_labels, worked.column_labels)
        row_labels, column_labels = labels[::-1] if self.orientation.is_turned else labels
        return Grid(
            caption=caption or worked.name,
            numbers=matrix.rows,
            row_labels=row_labels,
            column_labels=column_labels,
            row_axis=axes.rows,
            column_axis=axes.columns,
            is_named=not caption,
            is_result=is_result,
        )

    def _sections(self, trace: Trace, steps: Iterable[Worked]) -> tuple[Section, ...]:
        numbers = stage_numbers(trace)
        sections = []
        for (stage, head), group in groupby(steps, key=_stage_and_head):
            sections.append(
                Section(
                    number=numbers[stage],
                    title=f"{stage.title} · head {head}" if head else stage.title,
                    purpose=stage.purpose if head in {None, 1} else "",
                    blocks=tuple(self.block(worked) for worked in group),
                )
            )
        return tuple(sections)

    def block(self, worked: Worked) -> Block:
        """Lay out one step: operands, result, and the arithmetic of one cell."""
        step = step_of(worked)
        joiner = step.operation.joiner
        operands = worked.operands
        if self.orientation.swaps(joiner):
            operands = operands[::-1]
        grids = [self.grid(operand) for operand in operands]
        grids.append(self.grid(worked, is_result=True))
        between = [joiner] * (len(operands) - 1)
        return Block(
            name=worked.name,
            formula=self.formula(step),
            saying=self.saying(step),
            grids=tuple(grids),
            signs=(*between, "=" if joiner else "→"),
            equations=(self.orientation.equation(worked.equation(telling_cell(worked))),),
        )

    def _origin_section(self, worked: Worked, cells: list[Cell]) -> Section:
        step = step_of(worked)
        block = Block(
            name=worked.name,
            formula=self.formula(step),
            saying=self.saying(step),
            equations=tuple(self.orientation.equation(worked.equation(cell)) for cell in cells),
        )
        return Section(title=symbol_text(worked.name), blocks=(block,))

    def formula(self, step: Step) -> tuple[Expression, Expression]:
        """Return the step's name and what it is made of, as symbols."""
        operands = [Symbol(name) for name in step.operands]
        return Symbol(step.name), self.orientation.expression(step.operation.formula(*operands))

    def saying(self, step: Step) -> str:
        """Say in words what the step does."""
        names = step.operands
        if self.orientation.swaps(step.operation.joiner):
            names = names[::-1]
        return self.orientation.words(step.operation.saying(*map(symbol_text, names)))

    def facts(self, trace: Trace, source: str = "") -> tuple[Fact, ...]:
        """Return sizes, rules, the orientation, and the source where there is one."""
        ways = {
            Orientation.COLUMNS: "tokens as columns",
            Orientation.ROWS: "tokens as rows: every matrix is transposed",
        }
        facts = [
            Fact(label="Sizes", text=_sizes(trace)),
            Fact(label="Rules", text=rules(trace)),
            Fact(label="View", text=ways[self.orientation]),
        ]
        return (*facts, Fact(label="Source", text=source)) if source else tuple(facts)

    def notes(self, trace: Trace) -> tuple[str, ...]:
        """Return what should be known of the numbers: which are rounded, which are hidden."""
        writer = Plain(self.digits, fractions=trace.recipe.digits is None)
        numbers = [number for worked in trace.steps for _, number in worked.matrix.cells()]
        notes = []
        if not all(writer.is_exact(number) for number in numbers if number != MASKED):
            notes.append(
                f"Numbers that do not fit are shown to {self.digits} decimals; "
                "JSON output has every digit."
            )
        if any(number == MASKED for number in numbers):
            notes.append("-∞ marks a hidden score; its weight is 0.")
        return tuple(notes)


def rules(trace: Trace) -> str:
    """Say in a line by which rules a trace was worked: those that its steps need.

    >>> from limelight import gallery, work
    >>> rules(work(gallery("self-attention")))
    'by-hand: floor(S/2) for S/√d_k, 3^C for e^C'
    """
    recipe = trace.recipe
    used = {step.operation.name for step in trace.plan.steps}
    said = [_RULES[name](recipe) for name in _RULES if name in used]
    if recipe.digits is not None:
        steps = ", ".join(recipe.rounded_steps) or "every step"
        said.append(f"rounded to {recipe.digits} decimals in {steps}")
    return f"{recipe.name}: {', '.join(said)}" if said else recipe.name


def _scale_rule(recipe: Recipe) -> str:
    divisor = "√d_k" if recipe.divisor == "sqrt(d_k)" else _number(recipe.divisor)
    rounded = {"none": "S/{}", "nearest": "round(S/{})"}.get(
        recipe.scaled, f"{recipe.scaled}(S/{{}})"
    )
    written = rounded.format(divisor)
    return written if written == "S/√d_k" else f"{written} for S/√d_k"


def _raise_rule(recipe: Recipe) -> str:
    return "e^C" if recipe.base == "e" else f"{_number(recipe.base)}^C for e^C"


def _normalise_rule(recipe: Recipe) -> str:
    if recipe.deviation == "whole":
        return "deviations in whole numbers"
    return f"deviations with ε = {decimal_text(recipe.epsilon, 3)}"


_RULES: dict[str, Callable[[Recipe], str]] = {
    Scale.name: _scale_rule,
    Raise.name: _raise_rule,
    Normalise.name: _normalise_rule,
}


def _number(value: Fraction | str) -> str:
    return value if isinstance(value, str) else exact_text(value)


def given_section(grids: tuple[Grid, ...]) -> Section:
    """Return the section of matrices that are given."""
    block = Block(name="given", grids=grids, signs=("",) * (len(grids) - 1))
    return Section(title="Given", blocks=(block,))


def _sizes(trace: Trace) -> str:
    """List tokens, features and so on, as people say them."""
    shapes = {name: trace[name].shape for name in trace}
    sizes = sorted(trace.plan.sizes(shapes).items(), key=_tokens_first)
    return ", ".join(
        f"{size} {_COUNTED[axis][size == 1]}" if axis in _COUNTED else _kept_together(axis, size)
        for axis, size in sizes
    )


def _kept_together(axis: str, size: int) -> str:
    """Write d_k = 3 so that no line breaks within it."""
    return f"{axis} = {size}".replace(" ", "\N{NO-BREAK SPACE}")


_COUNTED = {
    "tokens": ("tokens", "token"),
    "queries": ("queries", "query"),
    "keys": ("keys", "key"),
    "features": ("features", "feature"),
    "heads": ("heads", "head"),
}


def _tokens_first(item: tuple[str, int]) -> int:
    return list(_COUNTED).index(item[0]) if item[0] in _COUNTED else len(_COUNTED)


def stage_numbers(trace: Trace) -> dict[Stage, str]:
    """Number the stages in order, as the method does: [1], [2] and so on."""
    stages = dict.fromkeys(step.stage for step in trace.plan.steps)
    return {stage: f"[{number}]" for number, stage in enumerate(stages, 1)}


def _stage_and_head(worked: Worked) -> tuple[Stage, int | None]:
    step = step_of(worked)
    return step.stage, step.head


def step_of(worked: Worked) -> Step:
    """Return the step of what was worked; an input has none and is refused."""
    if worked.step is None:
        raise UnknownNameError(worked.name)
    return worked.step


def telling_cell(worked: Worked) -> Cell:
    """Choose the cell whose arithmetic teaches most; the first of several."""
    operands = [operand.matrix for operand in worked.operands]
    cells = [cell for cell, _ in islice(worked.matrix.cells(), MOST_CELLS_LOOKED_AT)]
    return max(cells, key=lambda cell: step_of(worked).operation.interest(cell, *operands))

"""Find what causes a wrong step: recompute it the way each known mistake would."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from limelight.catalogue.catalogue import CATALOGUE, LEARNERS
from limelight.errors import NumberError
from limelight.marking.intervals import INTERVALS, Between
from limelight.marking.marks import Cause, Slip, Verdict
from limelight.mechanism.matrix import Cell
from limelight.mechanism.operations.operation import Misfit
from limelight.notation.expressions import Entry, Equation, Expression, Plus, Times, Value
from limelight.notation.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight.catalogue.alternative import Alternative
    from limelight.marking.answers import Filled
    from limelight.marking.reading import Reading, StepReading
    from limelight.mechanism.plan import Step
    from limelight.notation.numbers import Number

MOST_SLIPS = 2
"""So many wrong cells of a step are told one by one; more are no slips."""

FEWEST_IN_PART = 2
"""A mistake that was made in some cells only is named where it explains at least so many."""


class Diagnosis:
    """What may have caused the wrong steps of a reading."""

    def __init__(self, reading: Reading) -> None:
        """Take what was read; mistakes are worked only when a cause is asked for."""
        self._reading = reading
        self._own = reading.own()

    def causes(self, name: str) -> tuple[Cause, ...]:
        """Return every mistake that reproduces the wrong cells of a step.

        Those that reproduce all of its cells go before those that were made in some; a step
        before it that was not handed in may be where the mistake was made.
        """
        reading = self._reading.steps[name]
        found: dict[tuple[str, str], Cause] = {}
        for alternative in self._candidates(reading.step):
            whole = self._reproduces(alternative, reading)
            key = (alternative.mistake, alternative.step)
            if whole is None or (key in found and found[key].is_whole >= whole):
                continue
            found[key] = _cause(alternative, is_whole=whole)
        causes = found.values()
        return tuple(
            cause for cause in causes if cause.is_whole or not any(c.is_whole for c in causes)
        )

    def slips(self, name: str) -> tuple[Slip, ...]:
        """Return the cells of a step that are off by themselves, if they are few."""
        reading = self._reading.steps[name]
        cells = [
            Cell(row, column)
            for row, verdicts in enumerate(reading.cells)
            for column, verdict in enumerate(verdicts)
            if verdict is Verdict.WRONG
        ]
        if reading.misfit or len(cells) > MOST_SLIPS:
            return ()
        return tuple(self._slip(reading, cell) for cell in cells)

    @cached_property
    def _alternatives(self) -> Mapping[str, list[Alternative]]:
        plan = self._reading.trace.plan
        shapes = {name: worked.shape for name, worked in self._reading.trace.matrices.items()}
        by_step: dict[str, list[Alternative]] = {}
        for mistake in LEARNERS.values():
            for alternative in mistake.alternatives(plan, shapes):
                by_step.setdefault(alternative.step, []).append(alternative)
        return by_step

    def _candidates(self, step: Step) -> Iterator[Alternative]:
        """Go through the mistakes of a step, and of those before it that were not handed in."""
        waiting, seen = [step], {step.name}
        while waiting:
            current = waiting.pop(0)
            yield from self._alternatives.get(current.name, ())
            for name in current.operands:
                known = self._reading.steps.get(name)
                if known is not None and not known.filled and name not in seen:
                    seen.add(name)
                    waiting.append(known.step)

    def _reproduces(self, alternative: Alternative, reading: StepReading) -> bool | None:
        """Tell whether it has every cell (True), the wrong ones (False), or not (None)."""
        try:
            made = alternative.compute(INTERVALS, self._own)
            values = self._carried(alternative.step, made, reading.step)
        except (NumberError, Misfit, OverflowError):
            return None
        agrees = _agreement(reading.filled or reading.misfit, values)
        if all(agrees.values()):
            return True
        wrong = [
            Cell(row, column)
            for row, verdicts in enumerate(reading.cells)
            for column, verdict in enumerate(verdicts)
            if verdict is Verdict.WRONG
        ]
        is_some = len(wrong) >= FEWEST_IN_PART and not reading.misfit
        return False if is_some and all(agrees[cell] for cell in wrong) else None

    def _carried(self, origin: str, made: Between, step: Step) -> Between:
        """Work on from a step that was made otherwise to the one that was handed in."""
        if origin == step.name:
            return made
        values = {**self._own, origin: made}
        changed = {origin}
        for later in self._reading.trace.plan.steps:
            if later.name == origin or not changed & set(later.operands):
                continue
            if later.name != step.name and self._reading.steps[later.name].filled:
                continue
            operands = [values[name] for name in later.operands]
            later.operation.shape(*(operand.shape for operand in operands))
            values[later.name] = later.operation.compute(INTERVALS, *operands)
            changed.add(later.name)
            if later.name == step.name:
                break
        return values[step.name]

    def _slip(self, reading: StepReading, cell: Cell) -> Slip:
        step, orientation = reading.step, self._reading.convention.orientation
        operands = [self._own[name].shown for name in step.operands]
        spelled = step.operation.cell(cell, *operands)
        right = reading.follows.shown[cell]
        equation = Equation(
            (Entry(step.name, cell.row + 1, cell.column + 1), spelled.expression, Value(right)),
            note=spelled.note,
        )
        written = reading.filled[cell.row][cell.column]
        return Slip(
            cell=orientation.cell(cell),
            written=written.text,
            arithmetic=Plain().equation(orientation.equation(equation)),
            guess=_guess(written.number, right, spelled.expression),
        )


def _cause(alternative: Alternative, *, is_whole: bool) -> Cause:
    mistake = CATALOGUE[alternative.mistake]
    return Cause(
        mistake=mistake.id,
        name=mistake.name,
        step=alternative.step,
        says=alternative.says,
        sentence=mistake.sentence,
        remedy=mistake.remedy,
        is_whole=is_whole,
    )


def _agreement(filled: Filled, values: Between) -> dict[Cell, bool]:
    """Tell for each cell that was written whether it stands for the value."""
    if (len(filled), len(filled[0])) != tuple(values.shape):
        return {
            Cell(row, column): False
            for row, entries in enumerate(filled)
            for column in range(len(entries))
        }
    return {
        Cell(row, column): entry.stands_for(values.low[row, column], values.high[row, column])
        for row, entries in enumerate(filled)
        for column, entry in enumerate(entries)
        if not entry.is_blank
    }


def _guess(written: Number | None, right: Number, expression: Expression) -> str:
    """Say what a difference looks like: one term, twice one term, or 1."""
    if not isinstance(written, Fraction) or not isinstance(right, Fraction):
        return ""
    difference = written - right
    terms = [term for term in _terms(expression) if term]
    if -difference in terms:
        return "one term is missing"
    if difference in terms:
        return "one term was added twice"
    if any(difference == -2 * term for term in terms):
        return "the sign of one term is lost"
    return "off by one" if abs(difference) == 1 else ""


def _terms(expression: Expression) -> Iterator[Fraction]:
    if isinstance(expression, Plus):
        for term in expression.terms:
            factors = term.factors if isinstance(term, Times) else (term,)
            numbers = [part.number for part in factors if isinstance(part, Value)]
            if len(numbers) == len(factors):
                product = Fraction(1)
                for number in numbers:
                    product *= Fraction(number)
                yield product

"""Sheets with a mistake that was made on purpose, for the programs that mark them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight import work
from limelight.catalogue.catalogue import alternatives
from limelight.errors import NumberError
from limelight.mechanism.exact import EXACT_FRACTIONS
from limelight.mechanism.operations.operation import Misfit
from limelight.notation.expressions import NameParts
from limelight.notation.numbers import decimal_text, exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limelight import Exercise
    from limelight.catalogue.alternative import Alternative
    from limelight.mechanism.matrix import Matrix
    from limelight.mechanism.trace import Trace

Texts = dict[str, list[list[str]]]


def right(exercise: Exercise) -> dict[str, Matrix]:
    """Return every step, worked rightly."""
    return {worked.name: worked.matrix for worked in work(exercise).steps}


def mistaken(exercise: Exercise) -> Iterator[tuple[Alternative, dict[str, Matrix]]]:
    """Go through every mistake that shows, with what comes of it; of several heads the first."""
    trace = work(exercise)
    shapes = {name: trace[name].shape for name in trace}
    for alternative in alternatives(trace.plan, shapes):
        if NameParts.of(alternative.step).head not in {"", "1"}:
            continue
        try:
            made = _worked_with(trace, alternative)
        except (NumberError, Misfit):
            continue
        if made[alternative.step] != trace[alternative.step].matrix:
            yield alternative, made


def written(matrices: Mapping[str, Matrix], digits: int | None = None) -> Texts:
    """Write matrices down: as fractions, or rounded to decimals."""
    return {
        name: [
            [
                exact_text(number) if digits is None else decimal_text(number, digits)
                for number in row
            ]
            for row in matrix.rows
        ]
        for name, matrix in matrices.items()
    }


def _worked_with(trace: Trace, alternative: Alternative) -> dict[str, Matrix]:
    """Work a trace again with one step made otherwise, and everything after it from there."""
    given = {name: trace[name].matrix for name in trace if trace[name].step is None}
    made: dict[str, Matrix] = {}
    for step in trace.plan.steps:
        values = given | made
        if step.name == alternative.step:
            made[step.name] = alternative.compute(EXACT_FRACTIONS, values)
            continue
        operands = [values[name] for name in step.operands]
        step.operation.shape(*(operand.shape for operand in operands))
        made[step.name] = step.operation.compute(EXACT_FRACTIONS, *operands)
    return made

"""Lay out two traces side by side: how far do the rules move the numbers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.notation.expressions import NameParts
from limelight.notation.numbers import decimal_text
from limelight.notation.plain import symbol_text
from limelight.sheet.layout import Layout, rules
from limelight.sheet.model import Block, Fact, Grid, Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Collection

    from limelight.mechanism.compare import Comparison, StepComparison
    from limelight.mechanism.trace import Trace


def lay_out_comparison(
    comparison: Comparison, layout: Layout, names: Collection[str] | None = None
) -> Sheet:
    """Lay out the steps that differ, or those called *names*, and say which do not differ.

    Raises:
        UnknownNameError: There is no step of that name.
    """
    chosen = comparison.differing if names is None else [comparison[name] for name in names]
    same = [symbol_text(step.name) for step in comparison.steps if not step.differs]
    first, second = comparison.first, comparison.second
    return Sheet(
        title=f"{first.title}: {first.recipe.name} against {second.recipe.name}",
        facts=(
            Fact(label="First", text=rules(first)),
            Fact(label="Second", text=rules(second)),
            Fact(label="Same", text=", ".join(same) or "no step"),
        ),
        sections=tuple(_section(step, layout, (first, second)) for step in chosen),
        notes=(_conclusion(comparison, layout.digits),),
        digits=layout.digits,
        fractions=first.recipe.digits is None,
    )


def _section(step: StepComparison, layout: Layout, traces: tuple[Trace, Trace]) -> Section:
    names = traces[0].recipe.name, traces[1].recipe.name
    left = layout.grid(step.first, caption=names[0])
    block = Block(
        name=step.name,
        saying=_furthest(step, layout, names),
        grids=(
            left,
            layout.grid(step.second, caption=names[1]),
            _difference(step, layout, left, f"{names[1]} - {names[0]}"),
        ),
        signs=("", ""),
    )
    return Section(title=symbol_text(step.name), blocks=(block,))


def _difference(step: StepComparison, layout: Layout, like: Grid, caption: str) -> Grid:
    return Grid(
        caption=caption,
        numbers=layout.orientation.matrix(step.difference).rows,
        row_labels=like.row_labels,
        column_labels=like.column_labels,
        row_axis=like.row_axis,
        column_axis=like.column_axis,
        is_named=False,
        is_result=True,
    )


def _furthest(step: StepComparison, layout: Layout, names: tuple[str, str]) -> str:
    shown = layout.orientation.cell(step.furthest)
    values = [
        f"{decimal_text(worked.matrix[step.furthest], layout.digits)} {name}"
        for worked, name in zip((step.first, step.second), names, strict=True)
    ]
    place = f"{symbol_text(step.name)}[{shown.row + 1},{shown.column + 1}]"
    return f"furthest apart at {place}: {', '.join(values)}"


def _conclusion(comparison: Comparison, digits: int) -> str:
    """Say how far the weights and the last step are moved."""
    names = [step.name for step in comparison.steps if NameParts.of(step.name).family == "A"]
    names.append(comparison.first.result.name)
    moves = [
        f"{symbol_text(name)} moves by up to {decimal_text(comparison[name].distance, digits)}"
        for name in dict.fromkeys(names)
    ]
    first, second = comparison.first.recipe.name, comparison.second.recipe.name
    return f"From {first} to {second}, {', '.join(moves)}."

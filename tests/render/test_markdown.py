"""Markdown with LaTeX: every formula is one, and has what the sheet has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from latex2mathml.converter import convert

from limelight.exercises.exercise import work
from limelight.mechanism.compare import compare
from limelight.mechanism.recipe import Recipe
from limelight.render.markdown import Markdown
from limelight.sheet.comparison import lay_out_comparison
from tests.render.drawing import many_heads
from tests.sheet.looking import (
    COLUMNS,
    EVERY_SHEET,
    NAMES,
    ROWS,
    grids_of,
    sheet_of_trace,
    trace_of,
)

if TYPE_CHECKING:
    from limelight.sheet.model import Grid, Sheet

FORMULA = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.DOTALL | re.MULTILINE)
PAIRS = [
    (r"(?<!\\)\{", r"(?<!\\)\}"),
    (r"\\left(?![a-z])", r"\\right(?![a-z])"),
    (r"\\begin\{bmatrix\}", r"\\end\{bmatrix\}"),
    (r"\\lfloor", r"\\rfloor"),
]


def text_of(sheet: Sheet) -> str:
    """Write a sheet as Markdown."""
    return "\n".join(Markdown(sheet).lines())


def formulas_of(sheet: Sheet) -> list[str]:
    """Return what stands between two $$."""
    return FORMULA.findall(text_of(sheet))


def unbalanced(formula: str) -> list[str]:
    """Return the delimiters that are opened more or less often than closed, or too late."""
    wrong = []
    for opening, closing in PAIRS:
        depth = 0
        for mark in re.finditer(f"({opening})|({closing})", formula):
            depth += 1 if mark[1] else -1
            if depth < 0:
                break
        if depth:
            wrong.append(opening)
    return wrong


def matrices_in(formulas: list[str]) -> list[tuple[int, int]]:
    """Return, for each matrix that a browser would draw, its rows and its cells."""
    mathml = "".join(map(convert, formulas))
    tables = [table.split("</mtable>")[0] for table in mathml.split("<mtable")[1:]]
    return [(table.count("<mtr>"), table.count("<mtd>")) for table in tables]


def sizes_of(grids: list[Grid]) -> list[tuple[int, int]]:
    """Return, for each grid, its rows and its cells."""
    return [(len(grid.numbers), sum(map(len, grid.numbers))) for grid in grids]


@pytest.mark.parametrize(("name", "recipe", "view"), EVERY_SHEET)
def test_every_formula_is_latex(name: str, recipe: str, view: str) -> None:
    """Every formula of every sheet parses, and its brackets are balanced."""
    formulas = formulas_of(sheet_of_trace(name, recipe, view))

    assert formulas
    assert [formula for formula in formulas if unbalanced(formula)] == []
    assert all(convert(formula).startswith("<math") for formula in formulas)


@pytest.mark.parametrize("name", NAMES)
def test_every_matrix_is_there(name: str) -> None:
    """There is a matrix for each grid, in order, with as many rows and numbers."""
    sheet = sheet_of_trace(name)

    assert matrices_in(formulas_of(sheet)) == sizes_of(grids_of(sheet))


@pytest.mark.parametrize("name", NAMES)
def test_comparisons_are_latex(name: str) -> None:
    """Comparisons and the sheets of cells have formulas that parse as well."""
    comparison = compare(trace_of(name), trace_of(name, "exact"))
    result = trace_of(name).result.name
    sheets = [
        lay_out_comparison(comparison, ROWS),
        COLUMNS.cell(trace_of(name), f"{result}[1,1]"),
    ]

    for formula in (formula for sheet in sheets for formula in formulas_of(sheet)):
        assert unbalanced(formula) == []
        assert convert(formula).startswith("<math")


def test_roundings_and_many_heads_are_latex() -> None:
    """Rounded results, and names with two figures, have formulas that parse."""
    trace = work(many_heads(11), Recipe(name="paper", digits=2, scaled="nearest"))

    for formula in formulas_of(COLUMNS.trace(trace)):
        assert unbalanced(formula) == []
        assert convert(formula).startswith("<math")


def test_no_dollar_is_left_over() -> None:
    """Dollars stand only around formulas, one pair each."""
    for name in NAMES:
        text = text_of(sheet_of_trace(name))

        assert text.count("$") == 4 * len(FORMULA.findall(text))


def test_sections_are_headings() -> None:
    """The title is a heading, and each section one below it, numbered as in the method."""
    headings = [
        line for line in text_of(sheet_of_trace("softmax")).splitlines() if line[:1] == "#"
    ]

    assert headings == ["# Softmax of a column", r"## \[1\] Softmax: raise, sum, divide"]


def test_what_is_no_latex_is_seen() -> None:
    """The checks can fail: brackets that do not match, and a matrix too few."""
    sheet = sheet_of_trace("softmax")
    first, *_ = [formula for formula in formulas_of(sheet) if "bmatrix" in formula]
    cut = first.replace(r" \\ ", " ", 1)

    assert unbalanced(first) == []
    assert unbalanced(first.replace(r"\end{bmatrix}", "", 1))
    assert unbalanced(first + "}")
    assert unbalanced("}{")
    assert matrices_in([first]) == [(4, 4), (4, 4)]
    assert matrices_in([cut]) == [(3, 3), (4, 4)]

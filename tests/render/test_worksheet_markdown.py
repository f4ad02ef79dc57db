"""Worksheets as Markdown: every tableau is one formula, with every cell in its place."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest
from latex2mathml.converter import convert
from markdown_it import MarkdownIt

from limelight.notation.latex import symbol_latex
from limelight.render.tableau_latex import room_of
from limelight.sheet.flow import flowed
from limelight.sheet.worksheet import Purpose
from tests.kept import RENEWING, difference
from tests.render.test_markdown import FORMULA, unbalanced
from tests.render.worksheets import CASES, NAMES, markdown, tableaux_of, texts_of, worksheet_of
from tests.sheet.looking import VIEWS

BOX = re.compile(r"\\begin\{array\}\{r\|(r+)\} (.*?) \\end\{array\}")
KEPT = {
    "worksheet-softmax.md": Purpose.BLANK,
    "worksheet-softmax-key.md": Purpose.KEY,
}


@cache
def formulas_of(name: str, purpose: Purpose, view: str) -> list[str]:
    """Return what stands between two $$."""
    return FORMULA.findall(markdown(worksheet_of(name, purpose, view)))


def tableaux_in(formulas: list[str]) -> list[str]:
    """Return the formulas that draw tableaux."""
    return [formula for formula in formulas if formula.startswith(r"\begin{array}")]


def cells_in(formula: str) -> list[list[list[str]]]:
    """Return, for each box of a tableau, its rows of cells, labels left out."""
    return [
        [row.split(" & ")[1:] for row in body.split(r" \hline ")[1].split(r" \\ ")]
        for _, body in BOX.findall(formula)
    ]


def plain(cell: str) -> str:
    """Write a cell as plain text, its decimal behind it."""
    cell = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", cell).replace(r"\infty", "∞")
    cell = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", cell)
    return re.sub(r"\\underset\{(.*?)\}\{(.*?)\}", r"\2 \1", cell).replace(r"\square", "")


@pytest.mark.parametrize(("name", "purpose", "view"), CASES)
def test_every_cell_is_drawn(name: str, purpose: Purpose, view: str) -> None:
    """Each box, read back from its array, has the cells that it should: numbers and blanks."""
    worksheet = worksheet_of(name, purpose, view)
    cut = flowed(worksheet, room_of(worksheet))
    formulas = tableaux_in(formulas_of(name, purpose, view))
    for formula, tableau in zip(formulas, tableaux_of(cut), strict=True):
        read = Counter(str([[*map(plain, row)] for row in box]) for box in cells_in(formula))

        assert read == Counter(str(texts_of(worksheet, box)) for box in tableau.boxes)


@pytest.mark.parametrize(("name", "purpose", "view"), CASES)
def test_every_formula_is_latex(name: str, purpose: Purpose, view: str) -> None:
    """Every formula parses and its brackets are balanced; dollars stand around nothing else."""
    formulas = formulas_of(name, purpose, view)
    text = markdown(worksheet_of(name, purpose, view))

    assert [formula for formula in formulas if unbalanced(formula)] == []
    assert [opened(formula) for formula in formulas] == [[]] * len(formulas)
    assert all(convert(formula).startswith("<math") for formula in formulas)
    assert text.count("$") == 4 * len(formulas)


def opened(formula: str) -> list[str]:
    """Return the environments that are opened and not closed in their order."""
    stack: list[str] = []
    for act, what in re.findall(r"\\(begin|end)\{(\w+)\}", formula):
        if act == "begin":
            stack.append(what)
        elif not stack or stack.pop() != what:
            return [what]
    return stack


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_straight(name: str, view: str) -> None:
    """Each row of a box has a cell for each of its columns and one for the label."""
    for formula in tableaux_in(formulas_of(name, Purpose.KEY, view)):
        for columns, body in BOX.findall(formula):
            rows = re.split(r" \\\\(?: \\hline)? ", body)

            assert [row.count(" & ") for row in rows] == [len(columns)] * len(rows)


@pytest.mark.parametrize("name", NAMES)
def test_operands_stand_above_and_beside(name: str) -> None:
    """A tableau is a row for each line: what stands beside, the box, what is said of it."""
    worksheet = worksheet_of(name)
    cut = flowed(worksheet, room_of(worksheet))
    formulas = tableaux_in(formulas_of(name, Purpose.BLANK, "columns"))
    for formula, tableau in zip(formulas, tableaux_of(cut), strict=True):
        outer = BOX.sub(lambda box: f"<{box[2].split(' & ')[0]}>", formula)
        rows = outer.removeprefix(r"\begin{array}{rrl} ").split(r" \\ ")[::2]
        named = [re.findall("<(.*?)>", cell) for row in rows for cell in row.split(" & ")[:2]]
        head = [[], [symbol_latex(tableau.head.name)]] if tableau.head else []

        assert named == head + [
            [symbol_latex(box.name) for box in boxes]
            for line in tableau.lines
            for boxes in (line.beside, (line.box,))
        ]


@pytest.mark.parametrize("name", NAMES)
def test_a_viewer_sees_headings_and_words(name: str) -> None:
    """The title is a heading, parts and stages are ones below it, in order."""
    worksheet = worksheet_of(name)
    tokens = MarkdownIt("commonmark").parse(FORMULA.sub("", markdown(worksheet)))
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    kinds = {token.type for token in tokens}

    assert levels[0] == 1 == levels.count(1)
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    assert kinds.isdisjoint({"html_block", "code_block", "fence", "hr", "lheading_open"})


def test_the_sheet_says_which_it_is() -> None:
    """Title, lines for the name on what is handed in, and what tells it from others."""
    blank, key = (
        markdown(worksheet_of("softmax", purpose)) for purpose in (Purpose.BLANK, Purpose.KEY)
    )

    assert blank.startswith("# Softmax of a column\n\nName: ____")
    assert key.startswith("# Softmax of a column · key\n\nFour")
    for sheet in (blank, key):
        assert sheet.endswith("\nExercise SA-4x6 · Seed 7 · Sheet 3 of 30")


@pytest.mark.parametrize("name", KEPT)
def test_markdown_is_the_one_kept(name: str) -> None:
    """Small worksheets read exactly as they stand in their files."""
    assert difference(name, markdown(worksheet_of("softmax", KEPT[name])) + "\n") == ""


@pytest.mark.skipif(RENEWING, reason="renewing would keep what is changed here on purpose")
def test_what_is_wrong_is_seen() -> None:
    """The checks can fail: a cell too few, an array left open, a number that is another."""
    (formula,) = tableaux_in(formulas_of("softmax", Purpose.KEY, "columns"))
    short = formula.replace(r" \\ \text{2} & 1", r" \\ \text{2}", 1)
    (name, *_) = KEPT

    assert cells_in(short) != cells_in(formula)
    assert opened(formula.replace(r"\end{array}", "", 1)) == ["array"]
    assert unbalanced(formula + "}")
    assert plain(r"\underset{0.675}{\frac{27}{40}}") == "27/40 0.675"
    assert difference(name, markdown(worksheet_of("softmax", Purpose.KEY))) != ""

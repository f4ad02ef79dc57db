"""The neutral sheet of a trace, against the published exercise taken apart by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from limelight.notation.plain import Plain
from limelight.sheet.layout import Layout
from tests.sheet.looking import COLUMNS, EVERY_SHEET, blocks_of, sheet_of_trace, trace_of

SECTIONS = [
    ("[1]", "Queries, keys and values", ["Q", "K", "V"]),
    ("[2]", "Scores", ["K_T", "S"]),
    ("[3]", "Scale", ["C"]),
    ("[4]", "Softmax: raise, sum, divide", ["E", "sums", "A"]),
    ("[5]", "Weighted values", ["Z"]),
]
GRIDS = {
    "Q": (["W_Q", "X", "Q"], ("·", "=")),
    "K": (["W_K", "X", "K"], ("·", "=")),
    "V": (["W_V", "X", "V"], ("·", "=")),
    "K_T": (["K", "K_T"], ("→",)),
    "S": (["K_T", "Q", "S"], ("·", "=")),
    "C": (["S", "C"], ("→",)),
    "E": (["C", "E"], ("→",)),
    "sums": (["E", "sums"], ("→",)),
    "A": (["E", "sums", "A"], ("/", "=")),
    "Z": (["V", "A", "Z"], ("·", "=")),
}
FORMULAS = {
    "Q": "Q = W_Q X",
    "K": "K = W_K X",
    "V": "V = W_V X",
    "K_T": "Kᵀ = transpose(K)",
    "S": "S = Kᵀ Q",
    "C": "C = floor(S/2)",
    "E": "E = 3^C",
    "sums": "sums = Σ(E)",
    "A": "A = E / sums",
    "Z": "Z = V A",
}
WORDS = {
    "S": "each cell is a row of Kᵀ times a column of Q",
    "sums": "each column of E added up",
    "K_T": "the rows of K become columns",
}
ARITHMETIC = {
    "K": "K[3,1] = 1·2 + 0·0 + 0·0 + 0·0 + 0·2 + (-1)·1 = 1",
    "S": "S[2,2] = 2·1 + 1·1 + 0·2 = 3",
    "C": "C[3,1] = floor(-1/2) = -1",
    "E": "E[3,1] = 3^(-1) = 1/3 ≈ 0.333",
    "A": "A[1,1] = 3 / (46/3) = 9/46 ≈ 0.196",
    "Z": "Z[1,1] = 20·(9/46) + 0·(27/46) + 0·(1/46) + 20·(9/46) = 180/23 ≈ 7.826",
}
SHEET = sheet_of_trace("self-attention")
BLOCKS = blocks_of(SHEET)


def test_sections_are_those_of_the_method() -> None:
    """Five numbered sections, titled as in the method, hold the ten steps in order."""
    found = [
        (section.number, section.title, [block.name for block in section.blocks])
        for section in SHEET.sections
    ]

    assert found == SECTIONS


def test_every_section_says_what_it_is_for() -> None:
    """No section goes without a sentence on its purpose."""
    silent = [section.title for section in SHEET.sections if not section.purpose.endswith(".")]

    assert silent == []


@pytest.mark.parametrize("step", GRIDS)
def test_grids_are_operands_then_result(step: str) -> None:
    """A block shows its operands in the order of the formula, then its result."""
    block = BLOCKS[step]

    assert ([grid.caption for grid in block.grids], block.signs) == GRIDS[step]
    assert [grid.is_result for grid in block.grids] == [False] * len(block.signs) + [True]


@pytest.mark.parametrize("step", FORMULAS)
def test_formula_is_the_one_of_the_method(step: str) -> None:
    """A block's formula reads as the method writes it."""
    left, right = BLOCKS[step].formula or pytest.fail(f"{step} has no formula")
    writer = Plain()

    assert f"{writer(left)} = {writer(right)}" == FORMULAS[step]


@pytest.mark.parametrize("step", WORDS)
def test_words_say_the_formula(step: str) -> None:
    """A block says its formula in words as well."""
    assert BLOCKS[step].saying == WORDS[step]


@pytest.mark.parametrize("step", GRIDS)
def test_one_cell_is_spelled_out(step: str) -> None:
    """A block spells out the arithmetic of exactly one cell."""
    assert len(BLOCKS[step].equations) == 1


@pytest.mark.parametrize("step", ARITHMETIC)
def test_spelled_cell_teaches(step: str) -> None:
    """The cell is one with little in it that is 0, and a negative one where that is hard."""
    (equation,) = BLOCKS[step].equations

    assert Plain().equation(equation) == ARITHMETIC[step]


def test_result_grid_holds_the_numbers_worked_by_hand() -> None:
    """The grid of A holds the published weights, exactly."""
    weights = BLOCKS["A"].grids[-1]
    quarter = [Fraction(9, 46), Fraction(9, 28), Fraction(9, 22), Fraction(1, 12)]
    second = [Fraction(27, 46), Fraction(9, 28), Fraction(3, 22), Fraction(3, 4)]
    third = [Fraction(1, 46), Fraction(1, 28), Fraction(1, 22), Fraction(1, 12)]

    assert [list(row) for row in weights.numbers] == [quarter, second, third, quarter]


def test_result_grid_says_what_its_axes_are() -> None:
    """The weights have keys down and queries across."""
    weights = BLOCKS["A"].grids[-1]

    assert (weights.row_axis, weights.column_axis) == ("keys", "queries")


def test_facts_stand_above() -> None:
    """Title, sizes, rules, view and source stand above the sections."""
    facts = {fact.label: fact.text for fact in SHEET.facts}

    assert SHEET.title == "Self-attention"
    assert facts["Sizes"] == "4 tokens, 6 features, d_k\xa0=\xa03, d_v\xa0=\xa03"
    assert facts["Rules"] == "by-hand: floor(S/2) for S/√d_k, 3^C for e^C"
    assert facts["View"] == "tokens as columns"
    assert facts["Source"].startswith("Self-Attention.xlsx")


@pytest.mark.parametrize(("name", "recipe", "view"), EVERY_SHEET)
def test_every_exercise_lays_out(name: str, recipe: str, view: str) -> None:
    """A sheet of every exercise, recipe and view has every step once and fitting labels."""
    sheet = sheet_of_trace(name, recipe, view)
    steps = [step.name for step in trace_of(name, recipe).plan.steps]

    assert [block.name for section in sheet.sections for block in section.blocks] == steps
    for block in blocks_of(sheet).values():
        assert len(block.signs) == len(block.grids) - 1
        for grid in block.grids:
            assert len(grid.numbers) == len(grid.row_labels)
            assert {len(row) for row in grid.numbers} == {len(grid.column_labels)}


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
def test_a_note_says_when_numbers_are_cut(recipe: str) -> None:
    """The sheet says that decimals are cut where they are, and only there."""
    cut = [note for note in sheet_of_trace("self-attention", recipe).notes if "decimals" in note]

    assert bool(cut) == (recipe == "exact")


def test_a_note_explains_hidden_scores() -> None:
    """The sheet explains -∞ where there is one, and only there."""
    causal = sheet_of_trace("causal-self-attention").notes

    assert [note for note in causal if "-∞" in note]
    assert not [note for note in SHEET.notes if "-∞" in note]


def test_one_step_is_one_block() -> None:
    """The sheet of a step has its block alone, under the number it has in the whole."""
    sheet = COLUMNS.step(trace_of("self-attention"), "A")
    (section,) = sheet.sections

    assert section.number == "[4]"
    assert section.blocks == (BLOCKS["A"],)


def test_an_input_is_a_grid() -> None:
    """The sheet of an input is its grid, under Given."""
    (section,) = COLUMNS.step(trace_of("self-attention"), "X").sections
    (block,) = section.blocks

    assert section.title == "Given"
    assert [grid.caption for grid in block.grids] == ["X"]


def test_heads_are_named_in_titles() -> None:
    """Each head has its own sections, numbered as the stage, and the join has none."""
    sections = sheet_of_trace("multi-head-attention").sections
    scores = [section for section in sections if section.title.startswith("Scores")]

    assert [section.title for section in scores] == [f"Scores · head {head}" for head in (1, 2, 3)]
    assert {section.number for section in scores} == {"[2]"}
    assert [bool(section.purpose) for section in scores] == [True, False, False]
    assert (sections[-1].number, sections[-1].title) == ("[6]", "Join the heads")


def test_digits_reach_the_sheet() -> None:
    """The decimals asked for are those of the sheet."""
    assert Layout(digits=7).trace(trace_of("self-attention", "exact")).digits == 7

"""limelight work --format json: exact, complete, the same for every program that reads it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

from limelight.exercises.gallery import gallery
from tests.cli.running import inside, limelight
from tests.oracles import by_hand, numpy_attention
from tests.sheet.looking import NAMES, trace_of
from tests.sheet.provenance import made_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.notation.numbers import Number
    from tests.oracles.by_hand import Grid

Document: TypeAlias = "dict[str, Any]"

HEADING = ["exercise", "title", "orientation", "recipe", "steps"]
STEP = ["name", "operation", "operands", "rows", "columns", "values"]
EXACT_NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
CELL = re.compile(r"(\w+)\[([0-9]+),([0-9]+)\]")


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Callable[..., Document]:
    """Run limelight work --format json and read what it wrote."""

    def run_and_read(*arguments: str) -> Document:
        ran = inside(capsys, "work", *arguments, "--format", "json")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.isascii()
        document: Document = json.loads(ran.out)
        return document

    return run_and_read


def number(text: str) -> Number:
    """Read a value: a fraction where it is one, else float64."""
    return Fraction(text) if EXACT_NUMBER.fullmatch(text) else float(text)


def numbers(step: Document) -> Grid:
    """Read the values of a step."""
    return [[number(text) for text in row] for row in step["values"]]


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_one_object_holds_every_step(
    name: str, recipe: str, read: Callable[..., Document]
) -> None:
    """The object has its heading, then inputs and steps in order, each with its parts."""
    document = read(name, "--recipe", recipe)
    trace = trace_of(name, recipe)

    assert set(HEADING) <= set(document)
    assert (document["exercise"], document["recipe"]) == (name, recipe)
    assert (document["title"], document["orientation"]) == (gallery(name).title, "columns")
    assert [step["name"] for step in document["steps"]] == list(trace)
    for step in document["steps"]:
        worked = trace[step["name"]]
        assert set(STEP) <= set(step)
        assert step["operation"] == (worked.step.operation.name if worked.step else "given")
        assert step["operands"] == [operand.name for operand in worked.operands]
        assert (step["rows"], step["columns"]) == worked.shape
        assert [len(row) for row in step["values"]] == [step["columns"]] * step["rows"]


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_values_come_back_exactly(name: str, recipe: str, read: Callable[..., Document]) -> None:
    """Every value reads back as the very number that was worked: fraction or float64."""
    trace = trace_of(name, recipe)
    for step in read(name, "--recipe", recipe)["steps"]:
        assert numbers(step) == trace[step["name"]].tolist(), step["name"]


@pytest.mark.parametrize("name", NAMES)
def test_decimals_have_seventeen_figures(name: str, read: Callable[..., Document]) -> None:
    """What is no fraction is written with 17 significant figures, less zeros at its end."""
    for step in read(name, "--recipe", "exact")["steps"]:
        texts = {text for row in step["values"] for text in row}
        decimals = {text for text in texts if not EXACT_NUMBER.fullmatch(text)}

        assert decimals == {format(float(text), ".17g") for text in decimals}


@pytest.mark.parametrize("name", NAMES)
def test_by_hand_is_what_a_pencil_gives(name: str, read: Callable[..., Document]) -> None:
    """The command line gives what an independent hand makes of the inputs that it gives."""
    steps = {step["name"]: step for step in read(name, "--recipe", "by-hand")["steps"]}
    given = {key: numbers(step) for key, step in steps.items() if step["operation"] == "given"}
    exercise = gallery(name)
    expected = by_hand.worked(exercise.kind, given, heads=exercise.heads, causal=exercise.causal)

    assert {key: numbers(steps[key]) for key in expected} == expected
    assert set(steps) == set(given) | set(expected)


@pytest.mark.parametrize("name", NAMES)
def test_exact_is_what_numpy_gives(name: str, read: Callable[..., Document]) -> None:
    """The exact recipe gives what NumPy makes of the inputs, to the last figures."""
    steps = {step["name"]: step for step in read(name, "--recipe", "exact")["steps"]}
    given = {
        key: np.array(numbers(step), dtype=float)
        for key, step in steps.items()
        if step["operation"] == "given"
    }
    exercise = gallery(name)
    expected = numpy_attention.worked(
        exercise.kind, given, heads=exercise.heads, causal=exercise.causal
    )

    for key, array in expected.items():
        np.testing.assert_allclose(np.array(numbers(steps[key]), float), array, 1e-9, 1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_the_transpose(name: str, read: Callable[..., Document]) -> None:
    """By rows matrices are transposed, factors change places, and nothing else changes."""
    columns, rows = read(name), read(name, "--rows")
    turned = [
        step
        | {"rows": step["columns"], "columns": step["rows"]}
        | {"row_axis": step["column_axis"], "column_axis": step["row_axis"]}
        | {"values": [list(row) for row in zip(*step["values"], strict=True)]}
        | ({"operands": step["operands"][::-1]} if step["operation"] == "product" else {})
        for step in columns["steps"]
    ]

    assert rows == columns | {"orientation": "rows", "steps": turned}


@pytest.mark.parametrize("step", ["A", "X", "K_T"])
def test_one_step_is_the_same_step(step: str, read: Callable[..., Document]) -> None:
    """--step gives the step of the whole, alone."""
    everything = read()
    alone = [one for one in everything["steps"] if one["name"] == step]

    assert read("--step", step) == everything | {"steps": alone}


@pytest.mark.parametrize("view", ["columns", "rows"])
@pytest.mark.parametrize("cell", [("Z", 0, 1), ("A", 2, 1), ("K_T", 3, 0), ("X", 5, 3)])
def test_a_cell_comes_with_what_it_is_made_of(
    cell: tuple[str, int, int], view: str, read: Callable[..., Document]
) -> None:
    """--cell gives the cell, and every cell that it is made of with value and words."""
    name, row, column = cell
    turn = slice(None, None, -1 if view == "rows" else 1)
    first, second = [row + 1, column + 1][turn]
    shown = f"{name}[{first},{second}]"
    document = read("--cell", shown, *(["--rows"] if view == "rows" else []))
    trace = trace_of("self-attention")
    found = []
    for part in document["arithmetic"]:
        match = CELL.fullmatch(part["cell"])
        assert match
        at = tuple(int(figure) - 1 for figure in [match[2], match[3]][turn])
        found.append((match[1], at))
        assert number(part["value"]) == trace[match[1]].matrix[at[0], at[1]]
        assert part["words"].replace("ᵀ", "_T").startswith(f"{part['cell']} = ")

    assert (document["cell"], document["orientation"]) == (shown, view)
    assert number(document["value"]) == trace[name][row, column]
    assert found[0] == (name, (row, column))
    assert len(found) == len(set(found))
    assert set(found) == {(step, tuple(at)) for step, at in made_of(trace)[name][row][column]}


@pytest.mark.parametrize("view", ["columns", "rows"])
def test_a_comparison_has_both_and_their_difference(
    view: str, read: Callable[..., Document]
) -> None:
    """--compare gives, for every step, both results, their difference and its furthest cell."""
    document = read("--compare", *(["--rows"] if view == "rows" else []))
    first, second = trace_of("self-attention"), trace_of("self-attention", "exact")

    assert document["recipes"] == ["by-hand", "exact"]
    assert document["orientation"] == view
    assert [step["name"] for step in document["steps"]] == [step.name for step in first.steps]
    for step in document["steps"]:
        ours = [numbers({"values": step[which]}) for which in ("first", "second", "difference")]
        theirs = [first[step["name"]], second[step["name"]]]
        matrices = [one.matrix.T if view == "rows" else one.matrix for one in theirs]
        row, column = step["furthest"]
        assert ours[:2] == [matrix.tolist() for matrix in matrices]
        assert ours[2] == [
            [b - a for a, b in zip(*pair, strict=True)] for pair in zip(*ours[:2], strict=True)
        ]
        assert number(step["distance"]) == abs(ours[2][row - 1][column - 1])
        assert number(step["distance"]) == max(
            abs(Fraction(entry)) for line in ours[2] for entry in line
        )


def test_hidden_scores_are_minus_infinity(read: Callable[..., Document]) -> None:
    """A hidden score is written -inf, which every program reads."""
    (masked,) = read("causal-self-attention", "--step", "M")["steps"]

    assert {text for row in masked["values"] for text in row if "inf" in text} == {"-inf"}
    assert masked["values"][1][0] == "-inf"


def test_json_does_not_depend_on_the_terminal() -> None:
    """Neither the encoding, nor a narrow terminal, nor a wish for colour changes the JSON."""
    wishes = {"PYTHONIOENCODING": "ascii", "COLUMNS": "40", "FORCE_COLOR": "1"}

    assert limelight("work", "--format", "json", wishes=wishes) == limelight(
        "work", "--format", "json"
    )


def test_a_wrong_value_is_seen() -> None:
    """The reading can fail: a figure less is another number."""
    third = format(1 / 3, ".17g")

    assert number(third) == 1 / 3
    assert number(third[:-2]) != 1 / 3
    assert number("9/46") == Fraction(9, 46)

"""Grids in a terminal: nothing is lost, everything is in its column."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from limelight.exercises.exercise import work
from limelight.sheet.layout import Layout
from tests.render.drawing import (
    ROW,
    TOKENS,
    alone,
    bands,
    column_of,
    drawn,
    labelled,
    large_trace,
    read_back,
    shows,
)
from tests.sheet.looking import COLUMNS, NAMES, ROWS, trace_of

PART = re.compile(r"columns (\d+)–(\d+)")
LABELS = {
    "plain": ("the", "cat", "sat"),
    "wide": ("猫", "が", "好き"),
    "mixed": ("a", "日本", "한국"),
    "accents": ("e\u0301te\u0301", "n\u0303", "u"),
    "Thai": ("ที่นี่", "ไทย", "a"),
    "enclosed": ("a\u20dd", "b", "c"),
    "emoji": ("👍", "ok", "🐈"),
    "long": ("antidisestablishmentarianism", "日本語日本語日本語", "e\u0301" * 15),
    "controls": ("a\x1b[31m", "b\u202e", "c\u200b"),
    "numbers": ("12", "3", "456"),
}
BRACKETS = re.compile(r"[⎡⎢⎣⎤⎥⎦]")


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
@pytest.mark.parametrize("view", [COLUMNS, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_drawn(name: str, view: Layout, recipe: str) -> None:
    """Each matrix of the gallery, read back from the text, is what was worked."""
    trace = trace_of(name, recipe)
    for step in trace:
        grid = view.grid(trace[step])
        text = read_back(drawn(alone(grid), 60))

        assert text.columns == list(grid.column_labels)
        assert list(text.rows) == list(grid.row_labels)
        assert all(
            shows(entry, number)
            for row, line in zip(text.rows.values(), grid.numbers, strict=True)
            for entry, number in zip(row, line, strict=True)
        ), step


@pytest.mark.parametrize("width", [40, 80, 131])
@pytest.mark.parametrize("step", ["X", "S", "E", "A", "Z"])
def test_a_large_grid_is_cut_and_nothing_is_lost(step: str, width: int) -> None:
    """Every number of 64 tokens is drawn, each part with the labels of its rows and columns."""
    grid = COLUMNS.grid(large_trace()[step])
    lines = drawn(alone(grid), width)
    text = read_back(lines)
    labels = [str(number) for number in range(1, TOKENS + 1)]

    assert text.columns == labels
    assert list(text.rows) == list(grid.row_labels)
    assert all(
        shows(entry, number)
        for row, line in zip(text.rows.values(), grid.numbers, strict=True)
        for entry, number in zip(row, line, strict=True)
    )


@pytest.mark.parametrize("width", [40, 80, 131])
def test_parts_of_a_grid_are_named(width: int) -> None:
    """The captions of the parts say which columns they have, from the first to the last."""
    lines = drawn(alone(COLUMNS.grid(large_trace()["A"])), width)
    parts = [(int(first), int(last)) for first, last in PART.findall("\n".join(lines))]

    assert parts[0][0] == 1
    assert [second[0] for second in parts[1:]] == [first[1] + 1 for first, _ in pairwise(parts)]
    assert parts[-1][1] == TOKENS


def test_a_grid_that_fits_is_not_cut() -> None:
    """A grid of four columns has no parts."""
    lines = drawn(alone(COLUMNS.grid(trace_of("self-attention")["A"])))

    assert PART.findall("\n".join(lines)) == []


def test_a_lost_number_is_seen() -> None:
    """The reader can fail: a row that lacks a number, or has another, is not what was worked."""
    grid = COLUMNS.grid(trace_of("self-attention")["S"])
    lines = drawn(alone(grid))
    cut = [line.replace("-2", "  ") for line in lines]

    assert [len(row) for row in read_back(lines).rows.values()] == [4, 4, 4, 4]
    assert [len(row) for row in read_back(cut).rows.values()] == [4, 4, 3, 4]
    assert shows("0.333", grid.numbers[0][0] / 9)
    assert not shows("0.334", grid.numbers[0][0] / 9)


def edges(lines: list[str]) -> set[tuple[int, ...]]:
    """Return where the brackets of every row stand, as a terminal counts columns."""
    rows = [line for line in lines if BRACKETS.search(line)]
    return {tuple(column_of(row, at.start()) for at in BRACKETS.finditer(row)) for row in rows}


def right_edges(band: list[str]) -> list[list[int]]:
    """Return where the labels of the columns end, and the numbers of each row."""
    first = next(index for index, line in enumerate(band) if ROW.search(line))
    rows = [(band[first - 1], 0, len(band[first - 1]))]
    for line in band[first:]:
        match = ROW.search(line)
        assert match
        rows.append((line, match.start(3), match.end(3)))
    return [
        [column_of(line, at.end()) for at in re.compile(r"\S+").finditer(line, start, end)]
        for line, start, end in rows
    ]


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("step", ["X", "A"])
def test_labels_do_not_move_the_grid(step: str, labels: tuple[str, ...]) -> None:
    """Brackets stand below each other, and labels end where their numbers end."""
    lines = drawn(alone(COLUMNS.grid(work(labelled(*labels))[step])))
    (band,) = bands(lines)

    assert len(edges(lines)) == 1
    assert len({tuple(ends) for ends in right_edges(band)}) == 1


def test_a_grid_moved_by_a_column_is_seen() -> None:
    """The check of columns can fail: one space more in one row is seen."""
    lines = drawn(alone(COLUMNS.grid(work(labelled("the", "cat"))["A"])))
    moved = [line.replace("the ", "the  ") for line in lines]

    assert len(edges(lines)) == 1
    assert len(edges(moved)) == 2


def test_no_line_ends_in_spaces() -> None:
    """Nothing invisible stands at the end of a line."""
    lines = [line for name in NAMES for line in drawn(COLUMNS.trace(trace_of(name)))]

    assert [line for line in lines if line != line.rstrip()] == []


def test_digits_are_those_of_the_sheet() -> None:
    """A sheet of one decimal shows one, and a sheet of twelve shows twelve."""
    trace = trace_of("softmax", "exact")
    shown = {
        digits: read_back(drawn(Layout(digits=digits).step(trace, "sums"))[-8:]).rows["1"][-1]
        for digits in (1, 12)
    }

    assert shown == {1: "11.5", 12: "11.475217368561"}

"""Sheets as lines, and lines read back as the grids that they draw."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from limelight.exercises.document import exercise_document, parse_exercise
from limelight.exercises.exercise import Exercise, work
from limelight.exercises.gallery import gallery
from limelight.render.lines import plain_text
from limelight.render.terminal import Terminal
from limelight.sheet.layout import given_section
from limelight.sheet.model import Sheet
from tests.sheet.looking import COLUMNS

if TYPE_CHECKING:
    from limelight.mechanism.trace import Trace
    from limelight.notation.numbers import Number
    from limelight.sheet.model import Grid

ROW = re.compile(r"(\S+) ([⎡⎢⎣\[])([^⎤⎥⎦\]]*)([⎤⎥⎦\]])")
"""A row of a grid: its label, the numbers between brackets."""

TOKENS = 64


class Drawn(NamedTuple):
    """A grid as it was read back: column labels, row labels, numbers as text."""

    columns: list[str]
    rows: dict[str, list[str]]


def drawn(sheet: Sheet, width: int = 80) -> list[str]:
    """Draw a sheet without styles."""
    return [plain_text(line) for line in Terminal(sheet, width).lines()]


def alone(grid: Grid) -> Sheet:
    """Put a grid on a sheet of its own, where nothing stands beside it."""
    return Sheet(title="", sections=(given_section((grid,)),))


def bands(lines: list[str]) -> list[list[str]]:
    """Return the runs of lines that draw rows of grids, with their two lines of heading."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        else:
            found.append([])
    return [band for band in found if any(ROW.search(line) for line in band)]


def read_back(lines: list[str]) -> Drawn:
    """Read the only grid of a sheet, whose parts lie beside and below each other."""
    columns: list[str] = []
    rows: dict[str, list[str]] = {}
    for band in bands(lines):
        first = next(index for index, line in enumerate(band) if ROW.search(line))
        columns += band[first - 1].split()
        for line in band[first:]:
            for label, _, numbers, _ in ROW.findall(line):
                rows.setdefault(label, []).extend(numbers.split())
    return Drawn(columns, rows)


def column_of(line: str, index: int) -> int:
    """Return where a character stands on a terminal: wide letters take two columns."""
    return cell_len(line[:index])


def shows(text: str, number: Number, digits: int = 3) -> bool:
    """Tell whether a text is a number: exactly, or rounded to *digits* decimals or figures."""
    if number in {math.inf, -math.inf}:
        return float(text.replace("∞", "inf")) == number
    read, exact = Fraction(text), Fraction(number)
    if "/" in text:
        return read == exact
    size = abs(read) if "e" in text else Fraction(1)
    return 2 * abs(read - exact) <= size * Fraction(1, 10**digits)


def labelled(*words: str) -> Exercise:
    """Return an exercise of as many tokens, which have these names."""
    tokens = [[(3 * token + row) % 5 for token in range(len(words))] for row in range(2)]
    return Exercise(
        kind="self-attention",
        inputs=Exercise.self_attention(x=tokens, w_q=[[1, 0]], w_k=[[0, 1]], w_v=[[10, 1]]).inputs,
        labels={"X": words},
    )


@cache
def large_trace() -> Trace:
    """Work an exercise of 64 tokens."""
    features = range(8)
    tokens = [[(7 * row + 3 * token) % 5 - 2 for token in range(TOKENS)] for row in features]
    weight = [[(row + 2 * feature) % 3 - 1 for feature in features] for row in range(3)]
    return work(Exercise.self_attention(x=tokens, w_q=weight, w_k=weight, w_v=weight))


def many_heads(heads: int) -> Exercise:
    """Return an exercise of as many heads, each of size 1."""
    weight = [[(row + feature) % 2 for feature in range(2)] for row in range(heads)]
    return Exercise.self_attention(
        x=[[1, 2], [0, 1]], w_q=weight, w_k=weight, w_v=weight, heads=heads
    )


def written_by(stranger: str) -> Exercise:
    """Read a file whose author put a text wherever a text may stand."""
    document = exercise_document(gallery("softmax")) | {
        "title": stranger[:200],
        "about": stranger,
        "source": stranger,
        "recipe": {"name": stranger[:60], "base": 3},
        "labels": {"C": [stranger[:40]]},
    }
    return parse_exercise(json.dumps(document), "a file")


def sheet_written_by(stranger: str) -> Sheet:
    """Lay such a file out."""
    exercise = written_by(stranger)
    return COLUMNS.trace(work(exercise), about=exercise.about, source=exercise.source)

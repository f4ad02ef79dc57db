"""Worksheets to draw: every exercise of the gallery for every purpose, and uncommon sizes."""

from __future__ import annotations

from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING

from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.mechanism.matrix import Matrix
from limelight.render.lines import plain_text
from limelight.render.worksheet_html import WorksheetPage, WorksheetPiece
from limelight.render.worksheet_markdown import WorksheetMarkdown
from limelight.render.worksheet_text import WorksheetText
from limelight.render.written import written
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Part, Purpose
from tests.render.drawing import written_by
from tests.sheet.looking import COLUMNS, VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limelight.sheet.layout import Layout
    from limelight.sheet.worksheet import Box, Tableau, Worksheet

IMPRINT = Imprint(identity="SA-4x6", seed="7", number="3 of 30")


def _matrix(random: Random, rows: int, columns: int) -> list[list[int]]:
    return [[random.randint(-2, 2) for _ in range(columns)] for _ in range(rows)]


def large(*, tokens: int, features: int, heads: int = 1) -> Exercise:
    """Return self-attention of any size."""
    random = Random(f"{tokens} × {features} × {heads}")  # noqa: S311 - nothing to keep secret
    weights = [_matrix(random, 3, features) for _ in range(heads)]
    return Exercise.self_attention(
        x=_matrix(random, features, tokens), w_q=weights, w_k=weights, w_v=weights
    )


def long_numbers() -> Exercise:
    """Return an exercise whose numbers have eight characters, and whose labels have more."""
    return Exercise(
        kind="dot-product",
        inputs={
            "K": Matrix.read([["1234.567", "-765.432", "0.000001"], ["2345678", "1", "-1234567"]]),
            "Q": Matrix.read([["-99999.9", "1/3"], ["12345678", "-0.12345"]]),
        },
        # The one from right to left before numbers without a sign: pypdf would part them.
        labels={"K": ("ثلاثة", "antidisestablishmentarianism", "猫が好き猫が好き")},
    )


UNCOMMON: dict[str, Callable[[], Exercise]] = {
    "1 × 1": partial(large, tokens=1, features=1),
    "12 × 6 × 3": partial(large, tokens=12, features=6, heads=3),
    "many tokens": partial(large, tokens=40, features=2),
    "long numbers": long_numbers,
}
NAMES = [*gallery_names(), *UNCOMMON]
CASES = [(name, purpose, view) for name in NAMES for purpose in Purpose for view in VIEWS]
SAMPLES = [
    ("self-attention", Purpose.BLANK, "columns"),
    ("self-attention", Purpose.KEY, "columns"),
    ("multi-head-attention", Purpose.HINTS, "rows"),
    ("encoder-block", Purpose.KEY, "columns"),
    ("1 × 1", Purpose.HINTS, "columns"),
    ("12 × 6 × 3", Purpose.KEY, "rows"),
    ("long numbers", Purpose.KEY, "columns"),
]
"""What a browser is asked to draw, which takes its time."""


@cache
def worksheet_of(name: str, purpose: Purpose = Purpose.BLANK, view: str = "columns") -> Worksheet:
    """Lay an exercise out by hand."""
    exercise = UNCOMMON[name]() if name in UNCOMMON else gallery(name)
    return lay_out_by_hand(exercise, Template(purpose=purpose, layout=VIEWS[view]), IMPRINT)


def worksheet_written_by(stranger: str, layout: Layout = COLUMNS) -> Worksheet:
    """Lay out a file whose author put a text wherever a text may stand."""
    imprint = Imprint(identity=stranger, seed=stranger, number=stranger)
    return lay_out_by_hand(written_by(stranger), Template(layout=layout), imprint)


def alone(worksheet: Worksheet, tableau: Tableau) -> Worksheet:
    """Put a tableau on a worksheet of its own, without words."""
    return worksheet._replace(parts=(Part((tableau,)),))


def texts_of(worksheet: Worksheet, box: Box) -> list[list[str]]:
    """Return what the cells of a box show: number and decimal with a space between, or ""."""
    return [
        [
            " ".join(filter(None, written(worksheet, number, state)))
            for number, state in zip(numbers, states, strict=True)
        ]
        for numbers, states in zip(box.numbers, box.states, strict=True)
    ]


def tableaux_of(worksheet: Worksheet) -> Iterator[Tableau]:
    """Go through the tableaux of every part."""
    return (tableau for part in worksheet.parts for tableau in part.tableaux)


def text(worksheet: Worksheet, width: int = 80, encoding: str = "utf-8") -> str:
    """For a terminal, without colour."""
    return "\n".join(map(plain_text, WorksheetText(worksheet, width, encoding).lines()))


def markdown(worksheet: Worksheet) -> str:
    """For a notebook or a README."""
    return "\n".join(WorksheetMarkdown(worksheet).lines())


def page(worksheet: Worksheet) -> str:
    """For a browser and its printer."""
    return WorksheetPage(worksheet).text()


def piece(worksheet: Worksheet) -> str:
    """For a page of somebody else's."""
    return WorksheetPiece(worksheet).text()


RENDERERS = {"text": text, "markdown": markdown, "page": page, "piece": piece}

"""A stranger's file cannot steer what draws it: terminal, Markdown viewer, browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.exercises.exercise import work
from limelight.mechanism.compare import compare
from limelight.mechanism.recipe import EXACT
from limelight.sheet.comparison import lay_out_comparison
from limelight.sheet.model import Sheet
from tests.render.drawing import sheet_written_by, written_by
from tests.render.hostile import RENDERERS, STEERING, html, markdown, text_of, unseen
from tests.sheet.looking import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@pytest.mark.parametrize("text", STEERING.values(), ids=STEERING)
def test_nothing_that_steers_comes_through(text: str, render: Callable[[Sheet], str]) -> None:
    """No title, label, name or source brings a control or an invisible character along."""
    output = render(sheet_written_by(text))

    assert unseen(output) == []
    assert output.encode("utf-8")


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_comparisons_let_nothing_through(render: Callable[[Sheet], str]) -> None:
    """The names of recipes that a comparison shows steer nothing either."""
    exercise = written_by("".join(STEERING.values()))
    comparison = compare(work(exercise), work(exercise, EXACT))

    assert unseen(render(lay_out_comparison(comparison, COLUMNS))) == []


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_a_name_cannot_add_lines(render: Callable[[Sheet], str]) -> None:
    """A title with line ends in it is drawn on one line."""
    plain, hostile = Sheet(title="a b", sections=()), Sheet(title="a\nb", sections=())

    assert render(hostile) == render(plain)


def test_what_steers_is_seen() -> None:
    """The check can fail: it sees each of the characters when they do come through."""
    missed = [name for name, text in STEERING.items() if name != "new lines" and not unseen(text)]

    assert missed == []


@settings(max_examples=25)
@given(st.text(max_size=200))
def test_no_text_at_all_steers(text: str) -> None:
    """Whatever a file has for a title, what is drawn of it can be read."""
    sheet = Sheet(title=text, about=text, sections=())

    assert [unseen(render(sheet)) for render in (text_of, markdown, html)] == [[], [], []]

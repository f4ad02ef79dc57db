"""A stranger's text stays text on a worksheet: in a terminal, in Markdown, in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import html5lib
import pytest

from limelight.render.lines import printable, width_of
from tests.render.hostile import EVERYTHING, STEERING, unseen
from tests.render.test_hostile_html import shape_of
from tests.render.test_hostile_markdown import kinds_of
from tests.render.test_markdown import FORMULA
from tests.render.worksheets import (
    RENDERERS,
    markdown,
    page,
    piece,
    text,
    worksheet_of,
    worksheet_written_by,
)
from tests.sheet.looking import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.sheet.worksheet import Worksheet

LONG = {"long": "x" * 60, "wide": "猫が好き" * 15, "turned": "שלום עולם " * 6, "formula": "=cmd()"}
TEXTS = EVERYTHING | LONG
WORD = worksheet_written_by("word")
PAGES = {"page": page, "piece": piece}


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@pytest.mark.parametrize("stranger", STEERING.values(), ids=STEERING)
def test_nothing_that_steers_comes_through(
    stranger: str, render: Callable[[Worksheet], str]
) -> None:
    """No title, label, name or imprint brings a control or an invisible character along."""
    output = render(worksheet_written_by(stranger))

    assert unseen(output) == []
    assert output.encode("utf-8")


@pytest.mark.parametrize("form", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("stranger", TEXTS.values(), ids=TEXTS)
def test_a_page_is_what_it_is_with_plain_words(
    stranger: str, form: Callable[[Worksheet], str]
) -> None:
    """A text adds no element and no attribute to a page that a plain word does not."""
    assert structure(form(worksheet_written_by(stranger))) == structure(form(WORD))


def structure(source: str) -> list[tuple[str, dict[str, str]]]:
    """Return elements and attributes; how wide a label is drawn may differ, and the policy."""
    return [
        (tag, {key: re.sub(r"\b[cl]\d+", "", value) for key, value in attributes.items()})
        for tag, attributes in shape_of(re.sub(r"sha256-[^']*", "", source))
    ]


@pytest.mark.parametrize("stranger", TEXTS.values(), ids=TEXTS)
def test_the_running_foot_keeps_to_its_string(stranger: str) -> None:
    """What a printed page has at its foot is one string of the style, whatever is in it."""
    tree = html5lib.parse(page(worksheet_written_by(stranger)), namespaceHTMLElements=False)
    style = "".join(next(tree.iter("style")).itertext())
    (string,) = re.findall(r'@bottom-left\{content:"([^"]*)"', style)
    letters = re.sub(r"\\([0-9a-f]{6})", lambda found: chr(int(found[1], 16)), string)

    assert printable(stranger)[:200] in letters
    assert style.count("{") == style.count("}")
    assert re.fullmatch(r"(?:[A-Za-z0-9 .,:·-]|\\[0-9a-f]{6})*", string)


@pytest.mark.parametrize("stranger", TEXTS.values(), ids=TEXTS)
def test_markdown_is_what_it_is_with_plain_words(stranger: str) -> None:
    """Outside formulas a text opens nothing; within them there is nothing but letters."""
    shown, plain = markdown(worksheet_written_by(stranger)), markdown(WORD)

    assert kinds_of(FORMULA.sub("", shown)) == kinds_of(FORMULA.sub("", plain))
    assert len(FORMULA.findall(shown)) == len(FORMULA.findall(plain))
    for formula, usual in zip(FORMULA.findall(shown), FORMULA.findall(plain), strict=True):
        assert commands(formula) == commands(usual)


def commands(formula: str) -> list[str]:
    """Return everything in a formula that LaTeX or Markdown acts on; room may differ."""
    usual = re.sub(r"\\hphantom\{0*\}", "", formula)
    return re.findall(r"\\[a-zA-Z]+|\\\\|[{}&$#%~^<>`*!()_]", usual)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("stranger", TEXTS.values(), ids=TEXTS)
def test_text_fits_whatever_is_in_it(stranger: str, view: str, width: int) -> None:
    """No line is wider than asked for, with words of any length and letters of any width."""
    lines = text(worksheet_written_by(stranger, VIEWS[view]), width).split("\n")

    assert [line for line in lines if width_of(line) > width] == []


def test_what_comes_through_is_seen() -> None:
    """The checks can fail: a script, a command of LaTeX, a control that is let through."""
    shown = markdown(worksheet_of("softmax"))

    assert structure(page(WORD).replace("word", "<b>word</b>")) != structure(page(WORD))
    assert commands(r"\text{a}") != commands(r"\text{a}\href{b}{c}")
    assert unseen(text(WORD).replace("word", "\x1b[31m", 1)) != []
    assert kinds_of(shown) != kinds_of(f"{shown}\n\n<script>")

"""How wide text is on a terminal, and what of it may reach one."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from limelight.render.lines import Box, Span, beside, line_width, plain_text, printable, width_of

WORDS = {
    "Latin": "Tiếng Việt",
    "accents": "e\u0301te\u0301",
    "Chinese": "自注意力",
    "Japanese": "か\u3099んばって",
    "Korean": "한국어",
    "half-width": "ﾊﾝｶｸ",
    "Hebrew with points": "שָׁלוֹם",
    "Arabic with points": "عَرَبِيّ",
    "Thai": "ที่นี่",
    "enclosing marks": "a\u20dd",
    "emoji": "👍🐈",
    "signs": "KᵀQ/√d ≈ Σ → ⎡½⎤ …",
}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_width_is_the_one_that_rich_measures(word: str) -> None:
    """The columns of a word are those that an independent table of widths gives."""
    assert width_of(word) == cell_len(word)


def test_the_measure_can_differ() -> None:
    """The check of widths can fail: letters and columns are not the same."""
    assert len("自注意力") == 4
    assert cell_len("自注意力") == 8


def test_nothing_that_steers_is_printable() -> None:
    """Of all characters, none of control, format, private or no use comes through."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    categories = {unicodedata.category(character) for character in printable(every)}

    assert categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} == set()


def test_what_can_be_read_stays() -> None:
    """Letters, accents, signs and spaces come through as they are."""
    text = " ".join(WORDS.values())

    assert printable(text) == text


def test_line_ends_and_tabs_become_spaces() -> None:
    """Text of several lines becomes one line."""
    assert printable("a\nb\tc") == "a b c"


@given(st.text())
def test_printable_text_keeps_its_length(text: str) -> None:
    """One character stands for each that was taken out, so that nothing hides."""
    assert len(printable(text)) == len(text)
    assert printable(printable(text)) == printable(text)


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF)), min_size=1))
def test_a_box_is_as_wide_as_its_widest_line(texts: list[str]) -> None:
    """Every line of a box is filled up to one width."""
    box = Box.of([(Span(printable(text)),) for text in texts])

    assert {line_width(line) for line in box.lines} == {box.width}
    assert box.width == max(width_of(printable(text)) for text in texts)


def test_boxes_stand_beside_each_other() -> None:
    """Lines of boxes are put together, a gap between them, and no space at the end."""
    left, right = Box.of([(Span("a"),), (Span("bcd"),)]), Box.of([(Span("x"),)]).lowered(1, 2)

    assert [plain_text(line) for line in beside([left, right], 2)] == ["a", "bcd  x"]

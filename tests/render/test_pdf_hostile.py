"""Nothing that a stranger wrote is more than text on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.exercise import Exercise
from limelight.render.pdf import Pdf, compiler
from limelight.sheet.by_hand import Imprint
from limelight.sheet.model import Fact
from limelight.sheet.worksheet import Purpose
from tests.render.hostile import MARKUP, STEERING
from tests.render.paper import ink, pdf, read, worksheet

if TYPE_CHECKING:
    from limelight.sheet.worksheet import Worksheet

TYPST = {
    "panic": '#panic("taken")',
    "read": '#read("/etc/passwd")',
    "evaluation": '#eval("1 + 1")',
    "import": '#import "@preview/cetz:0.3.0"',
    "content": "] #panic() [",
    "string": '" + panic() + "',
    "escape": "\\u{41} \\",
    "mathematics": "$x^2$ $",
    "markup": "= Heading *bold* _it_ `raw` @label <label>",
    "comment": "// */ /*",
    "data": '", "pages": [], "x": "',
}
ALPHABETS = {
    "Hebrew": "שלום",
    "Arabic": "سلام",
    "Greek": "λόγος",
    "Cyrillic": "слово",
    "Chinese": "東京",
    "face": "😀",
    "nobody's": "\U0001f9ff\u0378",
}


def written_by(text: str) -> Worksheet:
    """Return a worksheet on which everything that can be a stranger's is."""
    exercise = replace(
        Exercise.self_attention(x=[[1, 2]], w_q=[[1]], w_k=[[1]], w_v=[[1]]),
        labels={"X": (text, "cat")},
    )
    sheet = worksheet(exercise, Purpose.KEY, imprint=Imprint(text, text, text))
    facts = (Fact(label="Source", text=text),)
    return sheet._replace(title=text, about=text, facts=facts, notes=(text,))


@pytest.mark.parametrize("text", (TYPST | MARKUP | STEERING).values(), ids=str)
def test_strangers_words_are_text(text: str) -> None:
    """No word of a stranger's is read as code: it is printed, or a mark in its place."""
    pages = read(pdf().render([written_by(text)])).pages
    shown = "".join(run.text for page in pages for run in ink(page))
    letters = [letter for letter in text if letter.isascii() and letter.isalnum()]

    assert all(letter in shown for letter in letters)


def test_code_would_be_seen() -> None:
    """The template can be made to stop: what is read as code there is code."""
    renderer = Pdf()
    renderer._template += b'\n#eval("panic()")'

    with pytest.raises(RuntimeError, match="panicked"):
        renderer.render([written_by("")])


@pytest.mark.parametrize("text", ALPHABETS.values(), ids=ALPHABETS)
def test_every_alphabet_is_printed(text: str) -> None:
    """What the fonts of Typst lack comes from the machine's, or is a box: never an error."""
    assert read(pdf().render([written_by(text)])).pages


def test_letters_that_no_font_has_are_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has no fonts either, the document does not claim to be PDF/UA."""
    renderer = Pdf()
    monkeypatch.setattr(renderer, "_with_fonts_of_machine", renderer._compiler)
    document = renderer.render([written_by("東京")])

    assert b"pdfuaid:part" not in document
    assert b"pdfuaid:part" in renderer.render([written_by("Tokyo")])


def test_other_errors_are_not_hidden() -> None:
    """Only a lack of letters is mended; a fault of the template is shown."""
    renderer = Pdf()
    renderer._template = b"#panic()"

    with pytest.raises(renderer._typst.TypstError, match="panicked"):
        renderer.render([worksheet("softmax")])


def test_titles_may_be_empty() -> None:
    """A document has a title even where its worksheet has none."""
    sheet = worksheet("softmax")._replace(title=" ", about="", facts=())
    metadata = read(pdf().render([sheet])).metadata

    assert metadata is not None
    assert metadata.title == "Worksheet"


def test_memory_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Typst keeps of former documents is dropped once it is much."""
    renderer = Pdf()
    monkeypatch.setattr(compiler, "_MUCH", 2)
    renderer.render([worksheet("softmax")])
    kept = renderer._pages_kept
    renderer.render([worksheet("softmax")])

    assert (kept, renderer._pages_kept) == (1, 0)

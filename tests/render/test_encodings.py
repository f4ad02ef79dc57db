"""Streams that lack our letters: everything can be written, and columns stay straight."""

from __future__ import annotations

import io
import re

import pytest

from limelight.exercises.exercise import work
from limelight.mechanism.recipe import BY_HAND
from limelight.render.letters import writable
from limelight.render.lines import plain_text
from limelight.render.markdown import Markdown
from limelight.render.paint import encoding_of, paint
from limelight.render.terminal import Terminal
from tests.render.drawing import alone, labelled
from tests.sheet.looking import COLUMNS, NAMES, sheet_of_trace, trace_of

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
ENCODINGS = ["ascii", "cp1252", "cp437", "shift_jis", "utf-8"]
EDGE = re.compile(r"(?<=\S )\[|\]$")
STRANGE = labelled("猫", "e\u0301", "\ud800")


def written(name: str, encoding: str, wish: str) -> str:
    """Paint on a stream of an encoding, and read back what came out."""
    sheet = COLUMNS.trace(work(STRANGE, BY_HAND)) if name == "strange" else sheet_of_trace(name)
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n", write_through=True)
    if wish == "markdown":
        lines = (writable(line, encoding_of(stream)) for line in Markdown(sheet).lines())
        stream.writelines(f"{line}\n" for line in lines)
    else:
        paint(Terminal(sheet, encoding=encoding_of(stream)).lines(), stream)
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("wish", ["plain", "colour", "markdown"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_stream_can_be_written(
    encoding: str, wish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sheet raises on a stream that lacks letters, and none of our own is lost there."""
    if wish == "colour":
        monkeypatch.setenv("FORCE_COLOR", "1")
    lost = [name for name in NAMES if "?" in written(name, encoding, wish)]

    assert lost == []
    assert "S" in written("strange", encoding, wish)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_colour_changes_nothing_on_any_stream(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On streams that lack some letters too, the text is the same with and without colour."""
    plain = [written(name, encoding, "plain") for name in NAMES]
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = [written(name, encoding, "colour") for name in NAMES]

    assert [ESCAPE.sub("", text) for text in coloured] == plain
    assert all(map(ESCAPE.search, coloured))


def edges(lines: list[str]) -> set[tuple[int, ...]]:
    """Return where the brackets stand, row by row."""
    found = (tuple(at.start() for at in EDGE.finditer(line)) for line in lines)
    return {places for places in found if places}


@pytest.mark.parametrize("recipe", ["by-hand", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_columns_stay_straight_in_ascii(name: str, recipe: str) -> None:
    """Where -∞ becomes -inf, and ⎡ becomes [, the brackets of a grid stay below each other."""
    trace = trace_of(name, recipe)
    crooked = [
        step
        for step in trace
        for lines in [Terminal(alone(COLUMNS.grid(trace[step])), 200, "ascii").lines()]
        if len(edges(list(map(plain_text, lines)))) != 1
    ]

    assert crooked == []


def test_a_moved_bracket_is_seen() -> None:
    """The check of columns can fail: a longer number moves the bracket behind it."""
    assert len(edges(["1 [2 -1]", "2 [3  4]"])) == 1
    assert len(edges(["1 [2 -inf]", "2 [3  4]"])) == 2


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_too_long_in_ascii(name: str, width: int) -> None:
    """Plainer letters are longer, and lines fit all the same."""
    sheets = [sheet_of_trace(name), sheet_of_trace(name, "exact", "rows")]
    lines = [
        plain_text(line) for sheet in sheets for line in Terminal(sheet, width, "ascii").lines()
    ]

    assert [line for line in lines if len(line) > width] == []


def test_plainer_letters_say_the_same() -> None:
    """Our signs have spellings in ASCII: nothing of a formula is lost."""
    text = "Kᵀ·Q/√3 ≈ -∞ → Σ × ⎡1⎤ ─ 1–2 a…"

    assert writable(text, "ascii") == "K^T*Q/sqrt 3 ~ -inf -> sum x [1] - 1-2 a~"
    assert writable(text, "utf-8") == text
    assert writable("½ × 猫", "latin-1") == "½ × ?"

"""Paint: colour where it is wanted, and nothing but colour."""

from __future__ import annotations

import io
import re

import pytest

from limelight.render.paint import columns_of, encoding_of, paint, wants_colour
from limelight.render.terminal import Terminal
from tests.sheet.looking import EVERY_SHEET, sheet_of_trace

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Console(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def painted(index: int, stream: io.StringIO) -> str:
    """Paint a sheet of the gallery."""
    paint(Terminal(sheet_of_trace(*EVERY_SHEET[index])).lines(), stream)
    return stream.getvalue()


@pytest.mark.parametrize("index", range(len(EVERY_SHEET)), ids=map("-".join, EVERY_SHEET))
def test_colour_changes_nothing_but_colour(index: int) -> None:
    """What is painted for a terminal, escape codes taken out, is what is painted for a file."""
    plain, coloured = painted(index, io.StringIO()), painted(index, Console())

    assert ESCAPE.sub("", coloured) == plain
    assert ESCAPE.search(plain) is None
    assert ESCAPE.search(coloured)


def test_another_text_is_seen() -> None:
    """The comparison can fail: another sheet is not the same without its colours."""
    assert ESCAPE.sub("", painted(0, Console())) != painted(1, io.StringIO())


def test_colours_end_where_lines_end() -> None:
    """Every line that opens a colour closes it, so that nothing after it is coloured."""
    for line in painted(0, Console()).splitlines():
        codes = ESCAPE.findall(line)

        assert not codes or codes[-1] == "\x1b[0m"


@pytest.mark.parametrize(
    ("wishes", "on_terminal", "in_file"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_wishes_are_followed(
    wishes: dict[str, str], *, on_terminal: bool, in_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR and a dumb terminal switch colour off, FORCE_COLOR on; empty is not set."""
    for name, value in wishes.items():
        monkeypatch.setenv(name, value)

    assert (wants_colour(Console()), wants_colour(io.StringIO())) == (on_terminal, in_file)


@pytest.mark.parametrize(
    ("columns", "expected"), [("132", 132), ("", 80), ("0", 80), ("-5", 80), ("wide", 80)]
)
def test_columns_are_those_of_the_environment(
    columns: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLUMNS says how wide a stream is; where it makes no sense, a file has 80."""
    monkeypatch.setenv("COLUMNS", columns)

    assert columns_of(io.StringIO()) == expected


def test_encodings_are_those_of_streams() -> None:
    """A stream is asked for its encoding; one that has none takes everything."""
    latin = io.TextIOWrapper(io.BytesIO(), encoding="Latin-1")

    assert (encoding_of(latin), encoding_of(io.StringIO())) == ("latin-1", "utf-8")

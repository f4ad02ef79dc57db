"""Put lines on a stream: in colour on a terminal, plain anywhere else."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TextIO

from limelight.render.lines import Line, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

USUAL_WIDTH = 80
"""Columns of anything that has no width of its own, such as a file."""

_STYLES = {
    "title": "bold",
    "heading": "bold",
    "formula": "bold cyan",
    "symbol": "cyan",
    "result": "bold",
    "sum": "green",
    "quiet": "dim",
    "": "",
}


def columns_of(stream: TextIO) -> int:
    """Return how wide *stream* is: COLUMNS, the terminal's width, or 80."""
    columns = os.environ.get("COLUMNS", "")
    if re.fullmatch("[1-9][0-9]{0,4}", columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH


def paint(lines: Iterable[Line], stream: TextIO) -> None:
    """Write *lines* to *stream*, in colour where it is a terminal that wants colour.

    The lines must have been drawn for the stream's encoding; see `encoding_of`.
    """
    if wants_colour(stream):
        _paint_in_colour(lines, stream)
        return
    stream.writelines(f"{plain_text(line)}\n" for line in lines)


def wants_colour(stream: TextIO) -> bool:
    """Tell whether to colour: a terminal, unless NO_COLOR is set or TERM is dumb."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def encoding_of(stream: TextIO) -> str:
    """Return the encoding of *stream*, "utf-8" where it has none."""
    return (stream.encoding or "utf-8").lower()


def _paint_in_colour(lines: Iterable[Line], stream: TextIO) -> None:
    # Here, so that piped output does not wait for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=stream, highlight=False, force_terminal=True)
    for line in lines:
        text = Text(end="\n")
        for span in line:
            text.append(span.text, _STYLES[span.style])
        text.rstrip()
        console.print(text, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)

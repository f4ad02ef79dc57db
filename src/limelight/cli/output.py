"""Put a sheet or JSON on standard output in the format that was asked for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from limelight.render.formats import Look
from limelight.render.letters import writable
from limelight.render.paint import columns_of, encoding_of, paint

if TYPE_CHECKING:
    from limelight.render.formats import Format
    from limelight.sheet.model import Sheet
    from limelight.sheet.worksheet import Worksheet


def show_text(sheet: Sheet) -> None:
    """Write the sheet for reading."""
    from limelight.render.terminal import Terminal  # noqa: PLC0415 - one format is needed

    drawing = Terminal(sheet, columns_of(sys.stdout), encoding_of(sys.stdout))
    paint(drawing.lines(), sys.stdout)


def show_markdown(sheet: Sheet) -> None:
    """Write the sheet for pasting."""
    from limelight.render.markdown import Markdown  # noqa: PLC0415 - one format is needed

    for line in Markdown(sheet).lines():
        sys.stdout.write(f"{writable(line, encoding_of(sys.stdout))}\n")


def show_json(document: dict[str, object]) -> None:
    """Write JSON that any program can read, in ASCII."""
    json.dump(document, sys.stdout, indent=1)
    sys.stdout.write("\n")


def show_bytes(content: bytes) -> None:
    """Write a file's content as it stands, whatever letters a terminal has."""
    sys.stdout.buffer.write(content)


def show_worksheet(worksheet: Worksheet, form: Format) -> None:
    """Write a worksheet in a format that can be read as it stands."""
    if form.name == "text":  # as wide and as colourful as the terminal is
        from limelight.render.worksheet_text import WorksheetText  # noqa: PLC0415

        drawing = WorksheetText(worksheet, columns_of(sys.stdout), encoding_of(sys.stdout))
        paint(drawing.lines(), sys.stdout)
        return
    text = form.draw([worksheet], Look()).decode()
    sys.stdout.write(writable(text, encoding_of(sys.stdout)))

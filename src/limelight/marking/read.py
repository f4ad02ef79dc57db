"""Read what somebody handed in: a workbook, JSON, or a table as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from limelight.errors import FileError
from limelight.files import decoded, named, read_bytes
from limelight.marking.answers_csv import parse_table
from limelight.marking.answers_json import parse_answers
from limelight.marking.answers_workbook import parse_workbook

if TYPE_CHECKING:
    import os

    from limelight.marking.answers import Answers

ENDINGS = (".xlsx", ".xlsm", ".json", ".csv", ".tsv", ".txt")
"""How the names of files end that answers are read from."""

MOST_BYTES = 2_000_000
"""The largest file that is read; a filled workbook has some 10,000 bytes."""

_ARCHIVE = b"PK\x03\x04"


def read_answers(path: str | os.PathLike[str]) -> Answers:
    """Read what somebody handed in, with limits on everything: files come from strangers.

    What the file holds decides how it is read: an archive is a workbook, text that begins with a
    brace is JSON, other text is a table.

    Args:
        path: A workbook that was filled in (.xlsx), answers as JSON, or a table of them (.csv,
            .tsv or .txt).

    Raises:
        FileError: It cannot be read, or holds no answers; the message says why.
        LimelightError: An exercise that it carries cannot be used.
    """
    path = Path(path)
    content = read_bytes(path, MOST_BYTES)
    origin = named(path)
    if content.startswith(_ARCHIVE):
        answers = parse_workbook(content, origin)
    elif path.suffix.lower() in {".xlsx", ".xlsm"}:
        raise FileError(_no_workbook(origin))
    else:
        text = decoded(content, path)
        is_json = path.suffix.lower() == ".json" or text.lstrip().startswith("{")
        answers = (parse_answers if is_json else parse_table)(text, origin)
    return answers if answers.name != origin else answers._replace(name=path.name)


def _no_workbook(origin: str) -> str:
    return (
        f"{origin} must be a workbook, as its name says.\n"
        "  It does not begin as one: an old .xls, one with a password, or something else.\n"
        "  Save it as .xlsx without a password."
    )

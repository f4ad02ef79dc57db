"""Whatever is handed in is marked, or refused with a LimelightError.

CONTRIBUTING.md says how to run this; the last argument is the folder of the corpus. The first byte
of an input says which reader gets the rest; parts of a workbook are packed anew, so that changes
in them are reached.
"""

from __future__ import annotations

import io
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["limelight"]):
    from limelight.errors import LimelightError
    from limelight.exercises.gallery import gallery
    from limelight.marking.answers_csv import parse_table
    from limelight.marking.answers_json import parse_answers
    from limelight.marking.answers_workbook import parse_workbook
    from limelight.marking.check import check
    from limelight.marking.scheme_file import parse_scheme
    from limelight.render.xlsx.workbook import workbook_to_fill
    from limelight.sheet.by_hand import Template, lay_out_by_hand
    from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from limelight.marking.answers import Answers

EXERCISE = gallery("softmax")
PARTS = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")


def key() -> dict[str, bytes]:
    """Return the parts of a workbook that is all right."""
    book = workbook_to_fill(lay_out_by_hand(EXERCISE, Template(Purpose.KEY)))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


KEY = key()


def repacked(name: str, content: bytes) -> bytes:
    """Return the workbook with another part of a name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, part in {**KEY, name: content}.items():
            archive.writestr(each, part)
    return file.getvalue()


def mark(answers: Answers) -> None:
    """Mark what was read, as a sheet of the exercise."""
    check(answers._replace(identity="", exercise=None), EXERCISE)


def read(content: bytes) -> None:
    """Hand the bytes to one of the readers."""
    choice, rest = content[:1], content[1:]
    number = choice[0] % 7 if choice else 0
    text = rest.decode("utf-8", "replace")
    with suppress(LimelightError):
        if number < len(PARTS):
            mark(parse_workbook(repacked(PARTS[number], rest), "fuzz"))
        elif number == len(PARTS):
            mark(parse_workbook(rest, "fuzz"))
        elif number == len(PARTS) + 1:
            mark(parse_answers(text, "fuzz"))
        elif number == len(PARTS) + 2:
            mark(parse_table(text, "fuzz"))
        else:
            parse_scheme(text, "fuzz")


def plant(folder: Path) -> None:
    """Put inputs that can be read into an empty corpus, to start from."""
    if any(folder.iterdir()):
        return
    seeds = [bytes([index]) + KEY[name] for index, name in enumerate(PARTS)]
    seeds.append(
        bytes([len(PARTS) + 1]) + b'{"name": "a", "steps": {"E": [["1/2", 0.5], [null]]}}'
    )
    seeds.append(bytes([len(PARTS) + 2]) + b"name,a\nE\n1/2,0.5\n\nstep,row,column,value\nE,1,1,2")
    seeds.append(bytes([len(PARTS) + 3]) + b'{"format": "limelight-scheme-1", "points": {"A": 2}}')
    for index, seed in enumerate(seeds):
        (folder / f"seed-{index}").write_bytes(seed)


if __name__ == "__main__":
    plant(Path(sys.argv[-1]))
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()

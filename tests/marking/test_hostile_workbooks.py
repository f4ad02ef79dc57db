"""Workbooks from strangers: every limit holds, and nothing in them is worked or fetched."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import pytest

from limelight.errors import FileError
from limelight.exercises.gallery import gallery
from limelight.marking.answers_workbook import parse_workbook
from limelight.marking.check import check
from limelight.marking.workbook_cells import MOST_CELLS, MOST_SHEETS
from limelight.marking.workbook_parts import MOST_LEVELS, MOST_MEMBERS, MOST_UNPACKED
from tests.marking.filling import filled
from tests.marking.making import right, worked

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "xl/worksheets/sheet1.xml"
RECORD = "xl/worksheets/sheet2.xml"
BOOK = "xl/workbook.xml"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    b"<a>&c;</a>"
)
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@cache
def good() -> bytes:
    """Return a workbook that can be read."""
    return filled(gallery("softmax"), right(worked("softmax")))


def changed(parts: dict[str, bytes], *, drop: str = "") -> bytes:
    """Return the good workbook with some parts replaced or added, and one left out."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good())) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name not in {*parts, drop}:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return file.getvalue()


def part(name: str) -> bytes:
    """Return a part of the good workbook."""
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return archive.read(name)


def grown(name: str, before: bytes, more: bytes) -> dict[str, bytes]:
    """Return a part with more in it."""
    return {name: part(name).replace(before, more + before, 1)}


def encrypted() -> bytes:
    """Return a workbook whose parts say that they are encrypted."""
    content = bytearray(good())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 1)
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"PK\x03\x04" + b"\0" * 99, "cannot be unpacked"),
    "cut off": (lambda: good()[:-40], "cannot be unpacked"),
    "another archive": (lambda: changed({}, drop=BOOK), "no part 'xl/workbook.xml'"),
    "no XML": (lambda: changed({BOOK: b"<a"}), "is no XML"),
    "unknown encoding": (
        lambda: changed({BOOK: b'<?xml version="1.0" encoding="klingon"?><a/>'}),
        "is no XML",
    ),
    "entities": (lambda: changed({BOOK: BOMB}), "declares a document type"),
    "outside entity": (lambda: changed({SHEET: OUTSIDE}), "declares a document type"),
    "nested": (lambda: changed({BOOK: b"<a>" * 40 + b"</a>" * 40}), "nested too deep"),
    "endless": (
        lambda: changed({SHEET: b"<a>" + b" " * MOST_UNPACKED + b"</a>"}),
        "unpacks to more than 16 MB",
    ),
    "many parts": (
        lambda: changed({f"a{index}": b"" for index in range(MOST_MEMBERS + 1)}),
        "more than 1,000 parts",
    ),
    "many sheets": (
        lambda: changed(
            grown(
                BOOK,
                b"</sheets>",
                b"".join(
                    b'<sheet name="s%d" sheetId="9" r:id="r%d" xmlns:r="r"/>' % (index, index)
                    for index in range(MOST_SHEETS + 1)
                ),
            )
        ),
        "more than 100 sheets",
    ),
    "many cells": (
        lambda: changed(grown(SHEET, b"</sheetData>", b"<row>%s</row>" % (b"<c/>" * MOST_CELLS))),
        "a sheet has more than 100,000 cells",
    ),
    "a huge range": (
        lambda: changed(
            grown(
                BOOK,
                b"</definedNames>",
                b'<definedName name="step_A">Worksheet!$A$1:$XFD$1048576</definedName>',
            )
        ),
        "its steps have more than 50,000 cells",
    ),
    "another format": (
        lambda: changed(
            {RECORD: part(RECORD).replace(b"limelight-workbook-1", b"limelight-workbook-9")}
        ),
        "its format is 'limelight-workbook-9'",
    ),
    "encrypted": (encrypted, "is encrypted"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_bounded_memory(name: str) -> None:
    """In three lines that say what is wrong; never a crash."""
    make, said = HOSTILE[name]
    content = make()
    tracemalloc.start()
    with pytest.raises(FileError) as caught:
        parse_workbook(content, "x.xlsx")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 3
    assert most < 60_000_000


def test_the_good_one_is_read() -> None:
    """What is refused above is refused for what was changed."""
    assert check(parse_workbook(changed({}), "x.xlsx")).is_right


def test_a_formula_is_never_worked() -> None:
    """One without a value is quoted, one with a value counts as that value."""
    cell = b'<c r="%s"><f>HYPERLINK("http://x")</f>%s</c>'
    rows = b'<row r="900">' + cell % (b"A900", b"") + cell % (b"B900", b"<v>3</v>") + b"</row>"
    named = b'<definedName name="step_E">Worksheet!$A$900:$B$900</definedName>'
    parts = grown(SHEET, b"</sheetData>", rows) | grown(BOOK, b"</definedNames>", named)
    book = part(BOOK).replace(b'name="step_E"', b'name="old"')
    parts[BOOK] = book.replace(b"</definedNames>", named + b"</definedNames>")
    answers = parse_workbook(changed(parts), "x.xlsx")

    first, second = answers.filled["E"][0]
    assert (first.text, first.number) == ('=HYPERLINK("http://x")', None)
    assert second.number == 3


def test_external_parts_and_paths_that_climb_are_not_followed() -> None:
    """A sheet that lies elsewhere is as good as none."""
    relations = part("xl/_rels/workbook.xml.rels")
    for target in (b"http://x/sheet1.xml", b"../../../../etc/passwd"):
        book = changed(
            {"xl/_rels/workbook.xml.rels": relations.replace(b"/xl/worksheets/sheet1.xml", target)}
        )
        with pytest.raises(FileError):
            parse_workbook(book, "x.xlsx")


def test_levels_that_are_allowed_are_read() -> None:
    """The limit on levels is one on more than that."""
    deep = b"<a>" * (MOST_LEVELS - 2) + b"</a>" * (MOST_LEVELS - 2)
    book = changed(grown(SHEET, b"</worksheet>", deep))

    assert parse_workbook(book, "x.xlsx").filled

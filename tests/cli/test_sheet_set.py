"""limelight sheet --variants: a folder of sheets, their key, and how it is told."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from limelight.classroom.manifest import MANIFEST
from limelight.exercises.gallery import gallery_names
from limelight.render.formats import FORMATS
from tests.classroom.sets import contents, manifest_of
from tests.classroom.sets import faults as faults_of_set
from tests.cli.running import PATIENCE, PROGRAM, environment, faults, inside, limelight
from tests.cli.test_streams import chunks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def asked(count: int, folder: Path, *more: str) -> list[str]:
    """Return the words that ask for a set that is drawn quickly."""
    return ["sheet", "softmax", "--variants", str(count), *more, "--out", str(folder)]


def test_a_set_is_written_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is PDF unless told otherwise, and what is there is said in a line."""
    folder = tmp_path / "class"
    ran = inside(capsys, *asked(3, folder))

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{folder} has 3 sheets and their key: 4 files, and manifest.json.\n"
    assert faults_of_set(folder) == []
    assert [name for name, content in contents(folder).items() if content[:5] != b"%PDF-"] == [
        MANIFEST
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_set_goes_into_every_format(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each format has its set, and a second call finds it finished."""
    first = inside(capsys, *asked(3, tmp_path / "class", "--format", form))
    second = inside(capsys, *asked(3, tmp_path / "class", "--format", form))

    assert (first.status, first.err, second.status, second.err) == (0, "", 0, "")
    assert faults_of_set(tmp_path / "class") == []
    assert "were there already" in second.out


@pytest.mark.parametrize("name", gallery_names())
def test_every_exercise_has_its_variants(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each exercise of the gallery has variants of its kind and size, no two alike."""
    folder = tmp_path / "class"
    arguments = ["sheet", name, "--variants", "4", "--format", "text", "--out", str(folder)]
    ran = inside(capsys, *arguments)
    facts = {
        line
        for file, content in contents(folder).items()
        if file.startswith("sheet")
        for line in content.decode().splitlines()
        if line.startswith(("Sizes", "Rules"))
    }

    assert (ran.status, ran.err) == (0, "")
    assert faults_of_set(folder) == []
    assert facts <= set(inside(capsys, "sheet", name).out.splitlines())


def test_wishes_reach_every_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hints, blanks, rows, decimals, seed and mistakes are those that were asked for."""
    wishes = ["--hints", "--blank", "A,sums", "--rows", "--digits", "5", "--seed", "9"]
    ran = inside(capsys, *asked(2, tmp_path, *wishes, "--reveal", "none", "--format", "text"))
    demand = manifest_of(tmp_path)["demand"]

    assert (ran.status, ran.err) == (0, "")
    assert (demand["purpose"], demand["blank"], demand["orientation"]) == (
        "hints",
        ["A", "sums"],
        "rows",
    )
    assert (demand["digits"], demand["seed"], demand["reveal"]) == (5, 9, [])


def test_another_set_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder with another set the message says in what it differs, and how to go on."""
    inside(capsys, *asked(2, tmp_path, "--format", "text"))
    before = contents(tmp_path)
    ran = inside(capsys, *asked(3, tmp_path, "--format", "text", "--digits", "2"))

    assert faults(ran) == []
    assert "sheets (2 there, 3 asked for)" in ran.err
    assert "digits (3 there, 2 asked for)" in ran.err
    assert contents(tmp_path) == before
    assert inside(capsys, *asked(3, tmp_path, "--format", "text", "--force")).status == 0
    assert faults_of_set(tmp_path) == []


def test_a_folder_with_other_files_is_welcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What else is in the folder stays; a file that would be replaced is refused."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert inside(capsys, *asked(2, tmp_path, "--format", "text")).status == 0
    (tmp_path / "sheet-01.txt").write_text("mine", encoding="utf-8")
    ran = inside(capsys, *asked(2, tmp_path, "--format", "text"))

    assert faults(ran) == []
    assert "sheet-01.txt" in ran.err
    assert contents(tmp_path)["notes.txt"] == contents(tmp_path)["sheet-01.txt"] == b"mine"


def test_what_sheets_cannot_be_is_told(tmp_path: Path) -> None:
    """Refused as a process too, with one message, and without an empty folder."""
    for more in (["--blank", "R"], ["--reveal", "L999"], ["--keys", "100000"]):
        ran = limelight(*asked(2, tmp_path / "class", *more))

        assert faults(ran) == []
    assert list(tmp_path.iterdir()) == []


def bar_of(folder: Path, wishes: Mapping[str, str]) -> str:
    """Write a set with standard error on a terminal; return what stands there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *asked(40, folder, "--format", "text")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment(wishes),
    ) as process:
        os.close(theirs)
        seen = b"".join(chunks(ours)).decode("utf-8")
        os.close(ours)
        assert process.wait(PATIENCE) == 0
    return seen


def test_a_bar_stands_on_a_terminal_alone(tmp_path: Path) -> None:
    """Whoever looks on sees how far it is; nothing of it reaches a pipe, or a dumb terminal."""
    seen = bar_of(tmp_path / "one", {})
    ran = limelight(*asked(40, tmp_path / "two", "--format", "text"))

    assert "Worksheets" in ESCAPE.sub("", seen)
    assert "100%" in seen
    assert bar_of(tmp_path / "three", {"TERM": "dumb"}) == ""
    assert ran.err == ""


def test_the_manifest_is_for_any_program(tmp_path: Path) -> None:
    """It is JSON in ASCII, and says of every sheet what marking it needs."""
    limelight(*asked(3, tmp_path, "--format", "text"))
    text = (tmp_path / MANIFEST).read_text(encoding="ascii")

    assert [sheet["number"] for sheet in json.loads(text)["sheets"]] == [1, 2, 3]

"""What README, docs and examples show is what happens."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from limelight import read_exercise, work, write_exercise
from limelight.cli.main import run
from limelight.exercises.document import parse_exercise
from limelight.exercises.gallery import gallery, gallery_names
from limelight.notation.expressions import NameParts

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])
CONSOLE = re.compile(r"```console\n\$ limelight (.*)\n((?:.*\n)*?)```")
SHELL = re.compile(r"^limelight (.*)$", re.MULTILINE)
SHOWING = ["README.md", "docs/auditing.md", "docs/checking.md", "docs/worksheets.md"]
MAY_FIND = {"audit", "check"}
"""Commands whose exit status 1 says that something is wrong."""

LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def shown_commands(text: str) -> Iterator[tuple[list[str], str]]:
    """Return each command that a document shows with the output below it."""
    for match in CONSOLE.finditer(text):
        yield shlex.split(match[1]), match[2]


@pytest.mark.parametrize("name", SHOWING)
def test_documents_show_real_output(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every console block of a document is what its command prints."""
    monkeypatch.setenv("COLUMNS", "80")
    commands = list(shown_commands((ROOT / name).read_text(encoding="utf-8")))
    printed = []
    for arguments, _ in commands:
        assert run(arguments) == (1 if arguments[0] in MAY_FIND else 0)  # they show mistakes
        printed.append(capsys.readouterr().out)

    assert printed == [output for _, output in commands]
    assert commands


def forget_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let modules be imported from the current folder, and only for this test."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("examples", "examples.attention"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.parametrize("name", SHOWING)
def test_commands_in_documents_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line of a document that starts limelight does what it says, one after the other."""
    monkeypatch.chdir(tmp_path)
    forget_examples(monkeypatch)
    write_exercise(gallery("self-attention"), "mine.json")
    shutil.copytree(ROOT / "examples", "examples")
    commands = SHELL.findall((ROOT / name).read_text(encoding="utf-8"))
    for line in commands:
        arguments = shlex.split(line, comments=True)

        status = run([*arguments, "--force"] if "--out" in arguments else arguments)
        assert status in ({0, 1} if arguments[0] in MAY_FIND else {0}), line
    assert len(commands) > 5


def test_a_changed_output_is_noticed() -> None:
    """The console blocks are really cut out: command and output, each by itself."""
    text = "x\n```console\n$ limelight work --step A\nline 1\n\nline 2\n```\ny"

    assert list(shown_commands(text)) == [(["work", "--step", "A"], "line 1\n\nline 2\n")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_in_documents_run(path: Path) -> None:
    """Every Python example in a document gives what stands below it."""
    results = doctest.testfile(str(path), module_relative=False, encoding="utf-8")

    assert results.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_in_documents_lead_somewhere(path: Path) -> None:
    """Every relative link of a document names a file that is there."""
    links = LINK.findall(path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*.json")), ids=lambda path: path.name)
def test_example_files_work(path: Path) -> None:
    """Every example file is read and worked."""
    trace = work(read_exercise(path))

    assert len(trace.steps) > 0


def test_format_example_is_a_file() -> None:
    """The first example of FORMAT.md is an exercise file."""
    text = (ROOT / "docs" / "FORMAT.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert example is not None

    assert parse_exercise(example[1], "FORMAT.md").title == "Two tokens"


def test_glossary_has_every_name() -> None:
    """Every step and input of the gallery stands in the glossary."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = [line.split("|")[1] for line in glossary.splitlines() if line.startswith("| ")]
    known = {name for entry in entries for name in re.findall(r"\w+", entry)}
    parts = [NameParts.of(name) for exercise in gallery_names() for name in names_in(exercise)]

    assert {part.family for part in parts if not {part.family, part.stem} & known} == set()


def names_in(name: str) -> list[str]:
    """Return the names of inputs and steps of a gallery exercise."""
    return list(work(gallery(name)))

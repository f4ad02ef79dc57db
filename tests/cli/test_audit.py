"""limelight audit: what it says of a dump, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.setup import Setup
from limelight.cli.audit import SETTINGS
from tests.auditing.files import headed, safetensors
from tests.auditing.making import Maker
from tests.cli.running import faults, inside, limelight

if TYPE_CHECKING:
    import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "dump.npz"


def put(folder: Path, **options: object) -> Path:
    """Write a right dump whose settings stand in it."""
    made = Maker(rng=np.random.default_rng(2), options=options).make()
    path = folder / "dump.safetensors"
    path.write_bytes(safetensors(made.tensors, made.settings))
    return path


def test_a_right_dump_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0, and a line for every tensor."""
    ran = inside(capsys, "audit", put(tmp_path, causal="bottom-right"))

    assert (ran.status, ran.err) == (0, "")
    assert "First wrong  nothing\n" in ran.out
    assert all(f"\n  {name}" in ran.out for name in ("q", "scores", "masked", "output"))


def test_a_wrong_dump_is_wrong() -> None:
    """Exit status 1; no line is wider than 80 columns."""
    ran = limelight("audit", EXAMPLE, wishes={"COLUMNS": "80"})

    assert (ran.status, ran.err) == (1, "")
    assert "First wrong  scaled\n" in ran.out
    assert "E2, scale applied twice" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for a program."""
    ran = inside(capsys, "audit", EXAMPLE, "--format", "json")
    said = json.loads(ran.out)

    assert ran.status == 1
    assert said["first_wrong"] == "scaled"
    assert said["setup"] == {"causal": "bottom-right"}
    scaled = next(step for step in said["steps"] if step["name"] == "scaled")
    assert scaled["wrong_cells"] == scaled["cells"] == 30
    assert "E2" in [cause["mistake"] for cause in scaled["causes"]]


def test_options_win_over_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """With the scale that it was made with, the example is right."""
    assert inside(capsys, "audit", EXAMPLE, "--scale", "0.25").status == 0
    ran = inside(capsys, "audit", EXAMPLE, "--scale", "0.25", "--window", "1,0")
    assert (ran.status, "First wrong  masked\n" in ran.out) == (1, True)


def test_another_alignment_is_a_convention(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the alignment is not known, either is right, and said."""
    ran = inside(capsys, "audit", put(tmp_path, causal="top-left"), "--causal", "true")

    assert ran.status == 0
    assert "Another convention (E12): the causal alignment" in ran.out


def test_what_cannot_be_read_is_refused_plainly(tmp_path: Path) -> None:
    """Exit status 2 and one message, in which nothing steers the terminal."""
    hostile = tmp_path / "dump.safetensors"
    hostile.write_bytes(headed({"\x1b[2J": 1}))
    for arguments in (
        [hostile],
        [tmp_path / "nothing.npz"],
        [tmp_path / "model.pt"],
        [EXAMPLE, "--scale", "often"],
        [EXAMPLE, "--causal", "sideways"],
        [EXAMPLE, "--no-such-option", "1"],
        [],
    ):
        ran = limelight("audit", *arguments)

        assert faults(ran) == [], ran.err
        assert "\x1b" not in ran.err


def test_every_setting_has_an_option() -> None:
    """The options of the command are the fields of a setup, in their order."""
    assert list(SETTINGS) == list(Setup.__dataclass_fields__)

"""What cannot be meant is refused: exit status 2, one message, nothing on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import Ran, faults, inside, limelight

if TYPE_CHECKING:
    from pathlib import Path

GALLERY = "softmax, dot-product, self-attention"

MESSAGES: dict[tuple[str, ...], list[str]] = {
    # An exercise, a recipe, a step: what is near is suggested, what there is is listed.
    ("work", "sefl-attention"): ["'sefl-attention'", "Did you mean self-attention", GALLERY],
    ("work", "zzz"): ["'zzz'", GALLERY],
    ("work", "exact"): ["exact is a recipe", GALLERY, "--recipe exact"],
    ("work", "--recipe", "exakt"): ["'exakt'", "Did you mean exact", "by-hand, exact"],
    ("work", "--step", "Z1"): ["'Z1'", "Did you mean Z", "X, W_Q, W_K, W_V"],
    ("work", "--step", "O"): ["'O'", "X, W_Q, W_K, W_V"],
    # A cell: how it is written, and how large the matrix is.
    ("work", "--cell", "Z[1"): ["STEP[row,column]", "'Z[1'", "Z[1,1]"],
    ("work", "--cell", "Z"): ["STEP[row,column]", "'Z'"],
    ("work", "--cell", "Z(1,2)"): ["STEP[row,column]"],
    ("work", "--cell", "Z[1,2,3]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[-1,2]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[1.5,2]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[a,b]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[\N{ARABIC-INDIC DIGIT ONE},2]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[99999999999999,1]"): ["Z[99999999999999,1]"],
    ("work", "--cell", f"Z[{'9' * 9999},1]"): ["STEP[row,column]"],
    ("work", "--cell", "Z[0,1]"): ["Z has no cell [0,1]", "3 rows and 4 columns", "from 1"],
    ("work", "--cell", "Z[4,1]"): ["Z has no cell [4,1]", "3 rows and 4 columns"],
    ("work", "--cell", "Z[999999999,1]"): ["Z has no cell [999999999,1]"],
    ("work", "--rows", "--cell", "Z[1,4]"): ["Z has no cell [1,4]", "4 rows and 3 columns"],
    ("work", "--cell", "B[1,1]"): ["'B'", "X, W_Q, W_K, W_V"],
    # Nothing is not taken for a wish to see everything.
    ("work", ""): ["''", GALLERY],
    ("work", "--cell", ""): ["STEP[row,column]"],
    ("work", "--step", ""): ["''", "X, W_Q, W_K, W_V"],
    ("work", "--recipe", ""): ["''", "by-hand, exact"],
    ("work", "softmax", "--compare", ""): ["''", "by-hand, exact"],
    # Options that do not go together, or do not exist, or have no such value.
    ("work", "--cell", "Z[1,1]", "--step", "A"): ["--cell", "--step"],
    ("work", "--cell", "Z[1,1]", "--compare"): ["--cell", "--compare"],
    ("work", "--digits", "-1"): ["--digits", "-1", "0<=x<=15"],
    ("work", "--digits", "99"): ["--digits", "99", "0<=x<=15"],
    ("work", "--digits", "few"): ["--digits", "'few'"],
    ("work", "--digits", "9" * 9999): ["--digits"],
    ("work", "--format", "pdf"): ["--format", "'pdf'", "text", "json", "markdown"],
    ("work", "--colour"): ["--colour"],
    ("work", "softmax", "dot-product"): ["dot-product"],
    ("work", "--recipe"): ["--recipe"],
    ("sing",): ["'sing'"],
    ("--loud",): ["--loud"],
    ("gallery", "softmax"): ["softmax"],
}


@pytest.mark.parametrize("arguments", MESSAGES, ids=lambda arguments: " ".join(arguments)[:40])
def test_what_cannot_be_meant_is_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The message has the rule that is broken, what came, and the way out."""
    ran = inside(capsys, *arguments)

    assert faults(ran) == []
    assert [fact for fact in MESSAGES[arguments] if fact not in ran.err] == []


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("option", ["--step", "--cell", "--compare"])
def test_no_format_writes_half_a_page(
    option: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be shown is found out before the first line, in every format."""
    ran = inside(capsys, "work", "softmax", option, "B", "--format", form)

    assert faults(ran) == []


def test_no_command_line_is_too_strange(capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments that no terminal would send are refused like any other."""
    strange = ["\x00", "a\x1b[31mb", "\udcff", "x" * 100_000, "../" * 5000, "\n", "-", "猫"]

    assert [faults(inside(capsys, "work", word)) for word in strange] == [[]] * len(strange)


def test_what_was_typed_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A message quotes what was typed without the characters that steer."""
    for word in ("a\x1b]0;taken\x07b", "a\x1b[31mb.json", "./a\u202eb", "a\rb"):
        for arguments in (
            ["work", word],
            ["work", "--step", word],
            ["work", "--cell", word],
            ["work", "softmax", word],
            ["sheet", "--out", word],
            ["sheet", "--out", f"{word}.doc", "--key"],
            ["sheet", "--blank", word],
        ):
            err = inside(capsys, *arguments).err

            assert err
            assert [mark for mark in "\x1b\x07\u202e\r" if mark in err] == []


def test_a_process_refuses_as_well(tmp_path: Path) -> None:
    """As a process too it ends with status 2 and one message."""
    missing = tmp_path / "missing.json"
    ran = limelight("work", missing)

    assert faults(ran) == []
    assert str(missing) in ran.err


def test_faults_are_seen() -> None:
    """The check of messages can fail: each of the demands can be missed."""
    good = "limelight: a rule.\n  Facts.\n  A way out.\n"
    bad = {
        "status": Ran(1, "", good),
        "output": Ran(2, "half a page", good),
        "traceback": Ran(2, "", good + "Traceback (most recent call last):\n"),
        "nameless": Ran(2, "", good.removeprefix("limelight: ")),
        "twice": Ran(2, "", good + good),
        "short": Ran(2, "", "limelight: no.\n"),
        "flush left": Ran(2, "", good.replace("  Facts", "Facts")),
        "no sentence": Ran(2, "", good.replace("out.", "out")),
    }

    assert faults(Ran(2, "", good)) == []
    assert [name for name, ran in bad.items() if not faults(ran)] == []

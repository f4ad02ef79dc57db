"""docs/auditing-functions.md shows what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.auditing.adapters.known import ADAPTERS
from limelight.auditing.trials.cases import CASES
from tests.auditing.functions import broken
from tests.cli.running import inside
from tests.docs.test_documents import forget_examples, shown_commands

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "auditing-functions.md").read_text(encoding="utf-8")

ERRORS = re.compile(r"\b\d(\.\d+)?e[-+]\d\d\b|(?<=\]: )-?[\d.]+, not -?[\d.]+")


def without_errors(text: str) -> str:
    """Return text without what another processor may round otherwise."""
    return ERRORS.sub("N", text)


def test_the_report_is_what_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for errors of rounding, letter by letter."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    forget_examples(monkeypatch)
    ((arguments, shown),) = shown_commands(PAGE)

    ran = inside(capsys, *arguments)

    assert (ran.status, ran.err) == (1, "")
    assert without_errors(ran.out) == without_errors(shown)


def test_only_errors_are_left_out() -> None:
    """The comparison can fail: other verdicts and names are other text."""
    line = "  causal  wrong  1e+00 of 8e-06  E11"

    assert without_errors(line) == "  causal  wrong  N of N  E11"


def test_every_configuration_and_adapter_is_listed() -> None:
    """In their order, as they are called."""
    rows = [line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("| `")]
    named = [row.strip("`") for row in rows]

    assert named[: len(ADAPTERS)] == list(ADAPTERS)
    assert named[-len(CASES) :] == list(CASES)


def test_figures_are_as_they_are() -> None:
    """How many functions have a mistake in them."""
    assert f"{len(broken.BROKEN)} functions with a mistake" in PAGE

"""A program that tests need and that is missing: a skip on a desk, a failure in CI."""

from __future__ import annotations

import sys

import pytest

from tests.tools import REQUIRED, program


def test_a_program_that_is_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of a program is returned."""
    monkeypatch.setenv("PATH", str(sys.exec_prefix) + "/bin")

    assert program("python", "python3").endswith("/bin/python")


def test_a_missing_program_skips_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where programs are not required, the test is skipped and names the package."""
    monkeypatch.delenv(REQUIRED, raising=False)

    with pytest.raises(pytest.skip.Exception, match="the package no-such-package has it"):
        program("no-such-program", "no-such-package")


def test_a_missing_program_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI the same is a failure."""
    monkeypatch.setenv(REQUIRED, "1")

    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        program("no-such-program", "no-such-package")

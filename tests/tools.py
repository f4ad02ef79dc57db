"""Programs that some tests need beside Python: found, or the test is skipped and says so."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = "LIMELIGHT_REQUIRE_TOOLS"
"""Set to 1, as CI does, a program that is missing is a failure and not a skip."""


def program(name: str, package: str) -> str:
    """Return the path of a program, or skip the test that asks for it.

    Args:
        name: As it is called in a shell.
        package: The package of Debian that has it, to be named where it is missing.
    """
    path = shutil.which(name)
    if path is not None:
        return path
    says = f"{name} is not installed; the package {package} has it"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(says, pytrace=False)
    pytest.skip(says)

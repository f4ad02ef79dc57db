"""Every test of this room runs on each kernel of this machine, unless it is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from limelight.stream import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the kernels of a test: all, or what its marker says, as pyproject.toml has it."""
    marked = metafunc.definition.get_closest_marker
    names = kernel.available()
    if marked("reference"):
        names = [kernel.REFERENCE]
    elif marked("kernels"):
        names.remove(kernel.REFERENCE)
    elif marked("once"):
        names = names[:1]
    metafunc.parametrize("on_kernel", names, indirect=True, scope="package")


@pytest.fixture(autouse=True, scope="package")
def on_kernel(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the kernel that everything in the test runs on."""
    with kernel.pinned(request.param):
        yield request.param

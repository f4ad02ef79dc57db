"""Which kernel computes: the compiled one of this machine's instruction set, or the reference."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from limelight.errors import OptionError

native: Any = None
"""The compiled module, or None where it was installed without a compiler."""

with suppress(ModuleNotFoundError):
    import limelight.stream._kernel as _module

    native = _module

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = "reference"

KERNEL = "LIMELIGHT_KERNEL"
"""The environment variable that pins a kernel, by a name of `available`; read once."""

THREADS = "LIMELIGHT_THREADS"
"""The environment variable that says how many threads to use, read at each call."""

MOST_THREADS = 1024

_chosen: str | None = None


def available() -> list[str]:
    """Return the kernels that this machine runs, the fastest first."""
    return [*(native.kernels() if native else []), REFERENCE]


def chosen() -> str:
    """Return the kernel in use; the first time, choose it.

    Raises:
        OptionError: The environment asks for one that this machine does not run.
    """
    global _chosen  # noqa: PLW0603 - chosen once for the process
    if _chosen is None:
        _chosen = _choose()
    return _chosen


@contextmanager
def pinned(name: str) -> Iterator[None]:
    """Use one kernel for a while, whatever was chosen."""
    global _chosen  # noqa: PLW0603 - as above
    before, _chosen = _chosen, name
    try:
        yield
    finally:
        _chosen = before


def threads_in_use(threads: int | None) -> int:
    """Return how many threads to use: as asked, or as the environment says, or 0 for all.

    Raises:
        OptionError: The environment does not say a number.
    """
    if threads is not None:
        return min(int(threads), MOST_THREADS)
    if native is not None and not native.is_set(THREADS):
        return 0  # found out in a tenth of the time
    asked = os.environ.get(THREADS, "")
    if not asked:
        return 0
    if asked.isascii() and asked.isdigit() and 0 < len(asked) <= len("1000") and int(asked):
        return int(asked)
    msg = (
        f"{THREADS} must be a whole number from 1: got {asked[:20]!r}.\n"
        "  It is read from the environment.\n"
        "  Leave it away to use every processor."
    )
    raise OptionError(msg)


def _choose() -> str:
    asked, names = os.environ.get(KERNEL, ""), available()
    if asked and asked not in names:
        msg = (
            f"{KERNEL} must name a kernel: expected {', '.join(names)}; got {asked[:40]!r}.\n"
            "  These are the ones that this machine runs.\n"
            "  Leave it away to use the fastest."
        )
        raise OptionError(msg)
    if not asked and native is None:
        warnings.warn(
            "Limelight was installed without its compiled kernel, so attention is computed by "
            "the NumPy reference: right, but slow. Install a C++20 compiler and then Limelight "
            "once more: pip install --force-reinstall --no-deps limelight",
            RuntimeWarning,
            stacklevel=4,
        )
    return asked or names[0]

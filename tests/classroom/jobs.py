"""Work for a crew, in a module that its processes can import."""

from __future__ import annotations

import os
import signal
import time

from limelight.errors import ShapeError


def double(number: int) -> tuple[int, int]:
    """Return the double, and which process has made it."""
    return 2 * number, os.getpid()


def slowly(number: int) -> tuple[int, int]:
    """Take a moment."""
    time.sleep(0.2)
    return double(number)


def refuse(number: int) -> int:
    """Refuse 3 as the package refuses, and fail at 5 as a fault would."""
    if number == 3:
        msg = "a rule.\n  Facts.\n  A way out."
        raise ShapeError(msg)
    if number == 5:
        raise ZeroDivisionError
    return number


def die(number: int) -> int:
    """Be killed at 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number

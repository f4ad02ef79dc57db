"""What a function cannot be asked for."""

from __future__ import annotations


class Lacking(Exception):  # noqa: N818 - it is no error of the caller's
    """A function has no way to be asked for something; the message says what it lacks."""

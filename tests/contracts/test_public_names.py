"""The front door: which names there are, and that each is there and documented."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import pytest

import limelight

NAMES = [
    "BY_HAND",
    "EXACT",
    "Exercise",
    "LimelightError",
    "Observation",
    "Partial",
    "Recipe",
    "Trace",
    "attend",
    "attend_partial",
    "audit",
    "audit_sparse",
    "check",
    "compare",
    "gallery",
    "merge",
    "observe",
    "read_exercise",
    "work",
    "write_exercise",
]


def is_documented(thing: object) -> bool:
    """Tell whether a class or function has a docstring that somebody wrote."""
    text = (thing.__doc__ or "").strip()
    name = getattr(thing, "__name__", "")
    return bool(text) and not text.startswith(f"{name}(")


def test_names_are_these() -> None:
    """The front door has exactly the names of the list, in order."""
    assert limelight.__all__ == NAMES


def test_names_are_few() -> None:
    """The front door has at most 20 names."""
    assert len(limelight.__all__) <= 20


def test_names_are_listed() -> None:
    """`dir(limelight)` shows the public names and nothing else."""
    assert dir(limelight) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_name_is_there_and_documented(name: str) -> None:
    """Each name leads somewhere, and a class or function says what it is."""
    thing = getattr(limelight, name)

    assert is_documented(thing) or not (inspect.isclass(thing) or inspect.isroutine(thing))


def test_unknown_name_is_refused() -> None:
    """A name that is not there is refused as Python refuses it."""
    with pytest.raises(AttributeError, match=r"^module 'limelight' has no attribute 'wrok'$"):
        _ = limelight.wrok


def test_missing_docstrings_are_seen() -> None:
    """The check can fail: neither no docstring nor a generated one passes."""

    def bare() -> None:
        pass

    @dataclass
    class Generated:
        size: int

    assert [is_documented(bare), is_documented(Generated)] == [False, False]

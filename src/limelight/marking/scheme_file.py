"""A scheme as a file: how many points each step is worth. docs/checking.md has the rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from limelight.errors import NumberError
from limelight.exercises.kinds import step_names
from limelight.exercises.problems import Problems
from limelight.files import named, read_text
from limelight.marking.scheme import Scheme
from limelight.notation.expressions import NameParts
from limelight.notation.numbers import read_number

if TYPE_CHECKING:
    import os

FORMAT = "limelight-scheme-1"

MOST_POINTS = 1_000
"""The most points that a step may be worth."""

_MOST_BYTES = 100_000
_FIELDS = ("format", "points", "otherwise", "carried", "by_cell")


def read_scheme(path: str | os.PathLike[str]) -> Scheme:
    """Read a scheme from a JSON file.

    Raises:
        FileError: It cannot be read, or is no scheme; every problem is named at once.
    """
    path = Path(path)
    return parse_scheme(read_text(path, _MOST_BYTES), named(path))


def parse_scheme(text: str, origin: str) -> Scheme:
    """Make a scheme from the text of a file.

    Raises:
        FileError: It is no scheme; every problem is named at once.

    >>> text = '{"format": "limelight-scheme-1", "points": {"A": 3}, "carried": "1/2"}'
    >>> parse_scheme(text, "mine.json").worth("A2")
    Fraction(3, 1)
    """
    problems = Problems(origin, "scheme", "docs/checking.md")
    try:
        document = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        problems.add("the file", "must be JSON.")
        document = {}
    if not isinstance(document, dict):
        problems.add("the file", "must be an object.")
        document = {}
    problems.refuse()
    scheme = _scheme(document, problems)
    problems.refuse()
    return scheme


def _scheme(document: dict[str, object], problems: Problems) -> Scheme:
    for name in document:
        if name not in _FIELDS:
            problems.add(name[:40], f"is no field of a scheme: {', '.join(_FIELDS)}.")
    if document.get("format") != FORMAT:
        problems.add("format", f'must be "{FORMAT}".')
    by_cell = document.get("by_cell", True)
    if not isinstance(by_cell, bool):
        problems.add("by_cell", "must be true or false.")
    return Scheme(
        points=_points(document.get("points", {}), problems),
        otherwise=_number(document.get("otherwise", "1"), "otherwise", MOST_POINTS, problems),
        carried=_number(document.get("carried", "1"), "carried", 1, problems),
        by_cell=bool(by_cell),
    )


def _points(given: object, problems: Problems) -> dict[str, Fraction]:
    if not isinstance(given, Mapping):
        problems.add("points", "must be points by the names of steps.")
        return {}
    known = step_names()
    families = {NameParts.of(name).family for name in known}
    for name in given:
        if name not in known and NameParts.of(name).family not in families:
            problems.add(f"points.{name[:40]}", "is no step of any exercise.")
    return {
        name: _number(points, f"points.{name[:40]}", MOST_POINTS, problems)
        for name, points in given.items()
    }


def _number(given: object, path: str, most: int, problems: Problems) -> Fraction:
    try:
        number = read_number(given)
    except NumberError as error:
        problems.add(path, str(error))
        return Fraction(0)
    if not 0 <= number <= most:
        problems.add(path, f"must be from 0 to {most}.")
    return number

"""Files made to hang, to crash or to deceive are refused like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from limelight.exercises.document import exercise_document
from limelight.exercises.gallery import gallery
from tests.cli.running import faults, inside, limelight
from tests.render.hostile import STEERING, unseen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LARGEST = 10_000_000
HERE = "HERE"
GOOD = json.dumps(exercise_document(gallery("softmax")) | {"sizes": {}})
SOFTMAX = '{"format": "limelight-exercise-1", "kind": "softmax", "inputs": {"C": HERE}}'
PLACES = {
    "all": HERE,
    "entry": SOFTMAX.replace(HERE, "[[HERE]]"),
    "label": GOOD.replace('"labels": {}', '"labels": {"C": [HERE]}'),
    "recipe": GOOD.replace('"by-hand"', HERE),
    "title": GOOD.replace('"Softmax of a column"', HERE),
    "unknown key": GOOD.replace('"format"', '"other": HERE, "format"'),
}
NAMES = "{" + ", ".join(f'"{name}": 1' for name in range(60_000)) + "}"
ENDLESS = {
    "names": NAMES,
    "sizes": GOOD.replace('"sizes": {}', f'"sizes": {NAMES}'),
    "labels": GOOD.replace('"labels": {}', f'"labels": {{"C": [{"1, " * 700_000}1]}}'),
    "steps": GOOD.replace('"by-hand"', f'{{"rounded_steps": [{"1, " * 700_000}1]}}'),
    "numbers": SOFTMAX.replace(HERE, f"[[{'1, ' * 1_000_000}1]]"),
    "rows": SOFTMAX.replace(HERE, f"[{'[1], ' * 500_000}[1]]"),
    "no numbers": SOFTMAX.replace(HERE, f"[[{'null, ' * 190_000}1]]"),
    "no rows": SOFTMAX.replace(HERE, f"[{'1, ' * 190_000}1]"),
    "a number": SOFTMAX.replace(HERE, f"[[{'7' * 9_900_000}]]"),
    "a decimal": SOFTMAX.replace(HERE, f"[[0.{'7' * 9_900_000}]]"),
    "heads": GOOD.replace('"heads": 1', f'"heads": {"7" * 9_900_000}'),
    "a title": GOOD.replace("Softmax of a column", "x" * 9_900_000),
    "a name": GOOD.replace('"format"', f'"{"x" * 9_900_000}": 1, "format"'),
}
GROWING = {
    "3^1000000": ("softmax", {"C": [[1_000_000]]}, "3^1000000 has more than 10,000 digits"),
    "3^(10^9999)": ("softmax", {"C": [["1e9999"]]}, "has more than 10,000 digits"),
    "3^(-10^9999)": ("softmax", {"C": [["-1e9999"]]}, "has more than 10,000 digits"),
    "a product of long numbers": (
        "dot-product",
        {"K": [["1e6000"]], "Q": [["1e6000"]]},
        "more than 10,000 digits",
    ),
    "many unlike denominators": (
        "dot-product",
        {"K": [[f"1/{10**40 + row}"] for row in range(300)], "Q": [[1]] * 300},
        "more than 10,000 digits",
    ),
    "a large product": (
        "dot-product",
        {"K": [[1] * 20_000], "Q": [[1] * 20_000]},
        "too large to be worked number by number",
    ),
}


def deepest() -> int:
    """Return how deep a list may be before Python refuses to read it, called from here."""
    low, high = 1, 100_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            json.loads("[" * middle + "]" * middle)
        except RecursionError:
            high = middle
        else:
            low = middle
    return low


@pytest.mark.parametrize("place", PLACES)
def test_no_depth_is_too_deep(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nests as deep as can just be read, and those that just cannot, are refused alike."""
    path = tmp_path / "deep.json"
    wrong = {}
    for depth in (*range(deepest() - 60, deepest() + 5), 10 * deepest()):
        path.write_text(PLACES[place].replace(HERE, "[" * depth + "]" * depth), encoding="utf-8")
        if found := faults(inside(capsys, "work", path)):
            wrong[depth] = found

    assert wrong == {}


@pytest.mark.parametrize("content", ENDLESS)
def test_endless_files_are_refused_soon(content: str, tmp_path: Path) -> None:
    """A file of up to 10 MB that holds too much of one thing is refused before one waits."""
    path = tmp_path / "endless.json"
    path.write_text(ENDLESS[content], encoding="utf-8")
    ran = limelight("work", path)

    assert path.stat().st_size < LARGEST
    assert faults(ran) == []
    assert len(ran.err) < 10_000


@pytest.mark.parametrize("content", GROWING)
def test_numbers_that_grow_are_refused(content: str, tmp_path: Path) -> None:
    """Exact work that would never end is refused with the step in which it grew."""
    path = tmp_path / "growing.json"
    kind, inputs, fact = GROWING[content]
    document = {"format": "limelight-exercise-1", "kind": kind, "inputs": inputs}
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = limelight("work", path)

    assert faults(ran) == []
    assert fact in ran.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "number", "rows", "columns"),
    [("softmax", f"1/{'7' * 41}", 500, 390), ("dot-product", "7" * 4900, 10, 100)],
    ids=["many", "long"],
)
def test_ten_megabytes_of_numbers_end(
    kind: str, number: str, rows: int, columns: int, tmp_path: Path
) -> None:
    """The largest files of legal numbers are worked, or refused, before one gives up waiting."""
    path = tmp_path / "large.json"
    names = {"softmax": ["C"], "dot-product": ["K", "Q"]}[kind]
    inputs = {name: [[number] * columns] * rows for name in names}
    document = {"format": "limelight-exercise-1", "kind": kind, "inputs": inputs}
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = limelight("work", path)

    assert 0.9 * LARGEST < path.stat().st_size < LARGEST
    assert "Traceback" not in ran.err
    assert ran.status == 0 or faults(ran) == []


HIDING: dict[str, Callable[[str], str]] = {
    "unknown key": lambda text: json.dumps(json.loads(GOOD) | {text: 1}),
    "key of inputs": lambda text: json.dumps(json.loads(GOOD) | {"inputs": {text: [[None]]}}),
    "key of labels": lambda text: json.dumps(json.loads(GOOD) | {"labels": {text: ["a"]}}),
    "key of sizes": lambda text: json.dumps(json.loads(GOOD) | {"sizes": {text: 1}}),
    "key of the recipe": lambda text: json.dumps(json.loads(GOOD) | {"recipe": {text: 1}}),
    "key twice": lambda text: f"{{{json.dumps(text)}: 1, {json.dumps(text)}: 1}}",
    "kind": lambda text: json.dumps(json.loads(GOOD) | {"kind": text}),
    "entry": lambda text: json.dumps(json.loads(GOOD) | {"inputs": {"C": [[text]]}}),
    "recipe": lambda text: json.dumps(json.loads(GOOD) | {"recipe": text}),
    "no JSON": lambda text: text,
}


@pytest.mark.parametrize("place", HIDING)
def test_messages_do_not_pass_on_what_steers(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message about a file quotes it without controls, and no name in it adds a line."""
    path = tmp_path / "steering.json"
    wrong = {}
    for name, text in STEERING.items():
        path.write_text(HIDING[place](text), encoding="utf-8", errors="replace")
        ran = inside(capsys, "work", path)
        if found := faults(ran) + unseen(ran.err):
            wrong[name] = found

    assert wrong == {}

"""How many filled sheets a second: a class of 1,000, as JSON and as workbooks.

Every sheet is another exercise, and half of them have a mistake; openpyxl has filled in the
workbooks. Aim: 200 a second from JSON and 50 from workbooks on two processors. Openpyxl alone,
opening the same workbooks on one processor, is the yardstick of the latter.
"""

from __future__ import annotations

import io
import json
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
from mistaken import Texts, mistaken, right, written
from timing import asked_for_quick, processors, row, say_machine, table

from limelight.classroom.class_marks import mark_class
from limelight.exercises.generate import exercise_set
from limelight.exercises.identity import identity_of
from limelight.render.xlsx.workbook import workbook_to_fill
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limelight import Exercise
    from limelight.catalogue.alternative import Alternative
    from limelight.marking.outcome import Outcome
    from limelight.mechanism.matrix import Matrix

COUNT, SOME = 1000, 10
SEED = 5


class Handed(NamedTuple):
    """A sheet that was handed in.

    Attributes:
        exercise: What was to be worked.
        sheet: What was written.
        mistake: What is wrong with it, or "".
    """

    exercise: Exercise
    sheet: Texts
    mistake: str


def handed_in(count: int) -> Iterator[Handed]:
    """Go through the sheets of a class: every second one has a mistake, every third decimals."""
    rng = random.Random(SEED)  # noqa: S311 - exercises, no secrets
    for index, exercise in enumerate(exercise_set("self-attention", count, seed=SEED)):
        digits = 3 if index % 3 == 0 else None
        if index % 2:
            alternative, made = rng.choice(fitting(exercise))
            yield Handed(exercise, written(made, digits), alternative.mistake)
        else:
            yield Handed(exercise, written(right(exercise), digits), "")


def fitting(exercise: Exercise) -> list[tuple[Alternative, dict[str, Matrix]]]:
    """Return the mistakes whose matrices fit into the cells of the workbook."""
    shapes = {name: matrix.shape for name, matrix in right(exercise).items()}
    return [
        (alternative, made)
        for alternative, made in mistaken(exercise)
        if shapes == {name: matrix.shape for name, matrix in made.items()}
    ]


def as_json(handed: Handed) -> bytes:
    """Write a sheet as JSON, its exercise by its identity."""
    return json.dumps({"identity": identity_of(handed.exercise), "steps": handed.sheet}).encode()


def as_workbook(handed: Handed) -> bytes:
    """Let openpyxl fill in the workbook that is handed out."""
    imprint = Imprint(identity=identity_of(handed.exercise))
    blank = workbook_to_fill(lay_out_by_hand(handed.exercise, Template(), imprint))
    book = openpyxl.load_workbook(io.BytesIO(blank))
    for name, rows in handed.sheet.items():
        ((sheet, place),) = book.defined_names[f"step_{name}"].destinations
        for cells, texts in zip(book[sheet][place.replace("$", "")], rows, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                cell.value = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORMS: dict[str, tuple[str, Callable[[Handed], bytes]]] = {
    "JSON": (".json", as_json),
    "workbooks": (".xlsx", as_workbook),
}


def main() -> None:
    """Write the class in each form, time how it is marked, then verify the marks."""
    count = SOME if asked_for_quick(__doc__ or "") else COUNT
    say_machine("openpyxl")
    table(f"{count} sheets", "from", "processes", "a second")
    handed = list(handed_in(count))
    for name, (ending, form) in FORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            for index, each in enumerate(handed):
                Path(folder, f"{index:05}{ending}").write_bytes(form(each))
            for processes in dict.fromkeys((1, processors())):
                start = time.perf_counter()
                outcomes = mark_class(folder, processes=processes)
                row(name, processes, f"{count / (time.perf_counter() - start):.0f}")
                verify(outcomes, handed)
            if ending == ".xlsx":
                row("workbooks, openpyxl alone", 1, f"{opened_alone(folder):.0f}")


def opened_alone(folder: str) -> float:
    """Return how many workbooks a second openpyxl opens, without looking at them."""
    paths = sorted(Path(folder).iterdir())[:100]
    start = time.perf_counter()
    for path in paths:
        openpyxl.load_workbook(path, data_only=True)
    return len(paths) / (time.perf_counter() - start)


def verify(outcomes: tuple[Outcome, ...], handed: list[Handed]) -> None:
    """Hold what is said of every sheet against what was done to it."""
    for outcome, each in zip(outcomes, handed, strict=True):
        assert not outcome.problem, outcome.problem
        assert bool(outcome.first_wrong) == bool(each.mistake), "a right sheet was accused"
        named = {name for tied in outcome.mistakes for name in tied}
        assert not each.mistake or each.mistake in named, "a mistake is off"


if __name__ == "__main__":
    main()

"""How long worksheets on paper take: 1,000 different ones with their keys, as PDF.

Aim: 25 sheets with keys a second on two cores, and less than 400 MB whatever their number.
"""

from __future__ import annotations

import random
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from timing import asked_for_quick, processors, row, say_machine, table

from limelight import Exercise
from limelight.render.pdf import Pdf, volumes
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.worksheet import Worksheet

TOKENS, FEATURES, WIDTH = 4, 6, 3
SHEETS, QUICK = 1000, 20
AT_ONCE = 25
"""So many sheets are handed to a process together."""

SEED = 7
AIM, MEMORY_AIM = 25, 400


class Made(NamedTuple):
    """What a process has made: pages with and without numbers, bytes, its most memory in MB."""

    sheets: int
    written: int
    peak: float


def exercise(number: int) -> Exercise:
    """Return an exercise for a pencil: small integers, most of them 0 or 1."""
    rng = random.Random(SEED * SHEETS + number)  # noqa: S311 - numbers to work with, no secret

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[rng.choice((0, 0, 0, 1, 1, 2, -1)) for _ in range(columns)] for _ in range(rows)]

    return Exercise.self_attention(
        x=matrix(FEATURES, TOKENS),
        w_q=matrix(WIDTH, FEATURES),
        w_k=matrix(WIDTH, FEATURES),
        w_v=[[10 * entry for entry in entries] for entries in matrix(WIDTH, FEATURES)],
    )


def worksheets(numbers: range, purpose: Purpose) -> Iterator[Worksheet]:
    """Lay out exercises, one after the other."""
    for number in numbers:
        imprint = Imprint(f"sheet-{number}", str(SEED), f"{number + 1} of {SHEETS}")
        yield lay_out_by_hand(exercise(number), Template(purpose), imprint)


def pdf_of(numbers: range) -> Made:
    """Make every sheet a document of its own, and volumes of the keys."""
    renderer = Pdf()
    blanks = [renderer.render([sheet]) for sheet in worksheets(numbers, Purpose.BLANK)]
    keys = [renderer.render(volume) for volume in volumes(worksheets(numbers, Purpose.KEY))]
    assert all(document.startswith(b"%PDF-") for document in (*blanks, *keys))
    assert len(set(blanks)) == len(numbers)
    return Made(len(numbers), sum(map(len, (*blanks, *keys))), _peak())


def measure(sheets: int, processes: int) -> None:
    """Make the sheets in so many processes, and print what it took."""
    parts = [range(at, min(at + AT_ONCE, sheets)) for at in range(0, sheets, AT_ONCE)]
    start = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(pdf_of, parts))
    took = time.perf_counter() - start
    assert sum(part.sheets for part in made) == sheets
    row(
        processes,
        f"{took:.1f} s",
        f"{sheets / took:.1f}",
        AIM if processes > 1 else "",
        f"{max(part.peak for part in made):.0f} MB",
        MEMORY_AIM,
        f"{sum(part.written for part in made) / sheets / 1000:.0f} KB",
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure with one process and with as many as there are processors."""
    quick = asked_for_quick("How long worksheets on paper take.")
    sheets = QUICK if quick else SHEETS
    say_machine("typst")
    table(
        f"{sheets} sheets with keys as PDF: {TOKENS} tokens × {FEATURES} features",
        *("processes", "time", "sheets a second", "aim", "memory of each", "aim", "a sheet"),
    )
    for processes in sorted({1, processors()}):
        measure(sheets, processes)


if __name__ == "__main__":
    main()

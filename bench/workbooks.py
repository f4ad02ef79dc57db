"""How many workbooks a second: 1,000 different exercises, each as a workbook to fill in.

Aim: 50 a second. The key and the live workbook of the same exercises are timed as well, and
XlsxWriter alone, writing as many cells one after the other without any layout, as a yardstick.
"""

from __future__ import annotations

import io
import math
import random
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from itertools import count as counted

import openpyxl
import xlsxwriter
from timing import asked_for_quick, row, say_machine, table

from limelight import Exercise, work
from limelight.render.xlsx.workbook import live_workbook, workbook_to_fill
from limelight.sheet.by_hand import Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose, Worksheet

COUNT, SOME = 1000, 20
SEED = 11
TOKENS, FEATURES, WIDTH = 4, 6, 3

Make = Callable[[Exercise], bytes]


def exercises(count: int) -> list[Exercise]:
    """Return different exercises of the size of the published one."""
    rng = random.Random(SEED)  # noqa: S311 - numbers to work with, no secret

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[rng.choice((0, 0, 0, 1, 1, 2, -1)) for _ in range(columns)] for _ in range(rows)]

    return [
        Exercise.self_attention(
            x=matrix(FEATURES, TOKENS),
            w_q=matrix(WIDTH, FEATURES),
            w_k=matrix(WIDTH, FEATURES),
            w_v=matrix(WIDTH, FEATURES),
        )
        for _ in range(count)
    ]


def laid_out(exercise: Exercise, purpose: Purpose) -> Worksheet:
    """Lay one out."""
    return lay_out_by_hand(exercise, Template(purpose))


def bare(exercise: Exercise) -> bytes:
    """Write the same numbers, one below the other, with XlsxWriter alone."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        cells, rows = book.add_worksheet(), counted()
        trace = work(exercise)
        for name in trace:
            for numbers in trace[name].rows:
                cells.write_row(next(rows), 0, list(map(str, numbers)))
    return file.getvalue()


WAYS: dict[str, Make] = {
    "to fill in": lambda exercise: workbook_to_fill(laid_out(exercise, Purpose.BLANK)),
    "key": lambda exercise: workbook_to_fill(laid_out(exercise, Purpose.KEY)),
    "live": lambda exercise: live_workbook(laid_out(exercise, Purpose.BLANK)),
    "XlsxWriter alone": bare,
}


def main() -> None:
    """Time each way, in turns of a few, then read some workbooks back."""
    count = SOME if asked_for_quick(__doc__ or "") else COUNT
    given = exercises(count)
    say_machine("xlsxwriter")
    seconds = dict.fromkeys(WAYS, 0.0)
    made: dict[str, list[bytes]] = {name: [] for name in WAYS}
    for some in batches(given):
        for name, make in WAYS.items():
            start = time.perf_counter()
            made[name] += map(make, some)
            seconds[name] += time.perf_counter() - start
    table(f"{count} workbooks, one process", "workbook", "a second", "each")
    for name, taken in seconds.items():
        row(name, f"{count / taken:.0f}", f"{taken / count * 1000:.1f} ms")
    verify(given, made)


def batches(given: list[Exercise]) -> Iterator[list[Exercise]]:
    """Take a few at a time, so that a machine that drifts slows every way."""
    for start in range(0, len(given), SOME):
        yield given[start : start + SOME]


def verify(given: list[Exercise], made: dict[str, list[bytes]]) -> None:
    """Hold the last step of every fiftieth live workbook and key against `work`."""
    for name in ("to fill in", "key", "live"):
        assert len(set(made[name])) == len(given), "workbooks are to be different"
    for index in range(0, len(given), 50):
        expected = work(given[index])["Z"].tolist()
        live = map(float, map(str, chain(*read(made["live"][index]))))
        assert all(
            math.isclose(cell, number, rel_tol=1e-12, abs_tol=1e-12)
            for cell, number in zip(live, chain(*expected), strict=True)
        ), "a live workbook is off"
        key = read(made["key"][index])
        assert all(map(is_shown, chain(*key), chain(*expected))), "a key is off"


def is_shown(cell: object, number: Fraction | float) -> bool:
    """Tell whether a key shows a number: exactly, or to three decimals where it is long."""
    text = str(cell).split("\n")[0]
    right = Fraction(number)
    if "/" in text:
        return Fraction(text) == right
    return math.isclose(float(text), right, rel_tol=5e-4, abs_tol=5e-4)


def read(workbook: bytes) -> list[list[object]]:
    """Return what stands where the last step is."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    ((sheet, cells),) = book.defined_names["step_Z"].destinations
    return [[cell.value for cell in line] for line in book[sheet][cells.replace("$", "")]]


if __name__ == "__main__":
    main()

"""How often a mistake is named: alone, in a tie, or not; with every step, and with the result.

Every mistake of the catalogue is made at every step where it shows, on generated exercises, and
everything after it is worked rightly from there. What cannot be seen as it is written, such as a
difference that is rounded away, does not count. Aim: none missed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from mistaken import Texts, mistaken, written
from timing import asked_for_quick, row, say_machine, table

from limelight import check, work
from limelight.catalogue.catalogue import LEARNERS
from limelight.exercises.generate import exercise_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight import Exercise

SEED = 2026
FORMS: tuple[tuple[str, dict[str, object], int], ...] = (
    ("self-attention", {}, 40),
    ("self-attention", {"sizes": {"tokens": 3, "features": 3, "d_k": 3, "d_v": 3}}, 20),
    ("cross-attention", {"sizes": {"features": 3, "features of Y": 3}}, 20),
    ("encoder-block", {"heads": 1}, 10),
)
"""Kinds, what is asked of them, and how many exercises; square ones show what others cannot."""

WAYS = ("every step, fractions", "every step, 3 decimals", "the result alone")
OUTCOMES = ("alone", "in a tie", "missed")


def main() -> None:
    """Count for each entry and way."""
    quick = asked_for_quick(__doc__ or "")
    say_machine()
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for exercise in exercises(quick=quick):
        count(exercise, counts)
    table("Mistakes named", "entry", *(f"{way}: alone, in a tie, missed" for way in WAYS))
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in LEARNERS:
        if entry in counts:
            row(entry, *(figures(counts[entry][way]) for way in WAYS))
            for way in WAYS:
                totals[way].update(counts[entry][way])
    row("all", *(figures(totals[way]) for way in WAYS))
    assert not any(totals[way]["missed"] for way in WAYS), "a mistake was missed"


def exercises(*, quick: bool) -> Iterator[Exercise]:
    """Go through the exercises."""
    for kind, options, number in FORMS:
        form = {"reveal": (), **options}
        yield from exercise_set(kind, 1 if quick else number, seed=SEED, **form)  # type: ignore[arg-type]


def count(exercise: Exercise, counts: dict[str, dict[str, Counter[str]]]) -> None:
    """Make each mistake, hand it in each way, and note how it is named."""
    result = work(exercise).result
    for alternative, made in mistaken(exercise):
        sheets = {WAYS[0]: written(made), WAYS[1]: written(made, 3)}
        if made[result.name] != result.matrix:
            sheets[WAYS[2]] = written({result.name: made[result.name]})
        for way, sheet in sheets.items():
            counts[alternative.mistake][way][named(exercise, sheet, alternative.mistake)] += 1


def named(exercise: Exercise, sheet: Texts, mistake: str) -> str:
    """Mark a sheet and say how its mistake is named."""
    wrong = check(sheet, exercise).first_wrong
    if wrong is None:  # written so, it is right: rounded, or the same but for noise of float64
        return "hidden"
    causes = {cause.mistake for cause in wrong.causes}
    if mistake not in causes:
        return "missed"
    return "alone" if len(causes) == 1 else "in a tie"


def figures(counted: Counter[str]) -> str:
    """Write how often for each outcome."""
    return ", ".join(str(counted[outcome]) for outcome in OUTCOMES) if counted else "–"


if __name__ == "__main__":
    main()

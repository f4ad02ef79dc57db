"""How many exercises are generated in a second, on one processor.

Aim: 500 a second for self-attention, everything demanded that it can show.
"""

from __future__ import annotations

import gc
import statistics
import time

from timing import asked_for_quick, row, say_machine, table

from limelight import work
from limelight.exercises.content import content_of
from limelight.exercises.generate import Demands, Form, exercise_set, reveals, ties
from limelight.exercises.identity import identity_of, read_identity
from limelight.notation.expressions import NameParts

SEED = 2026
EXERCISES = 10_000
"""Of self-attention; of the other kinds a fifth."""

VERIFIED = 50
FORMS = {
    "self-attention": Form.of("self-attention"),
    "causal self-attention": Form.of("self-attention", causal=True),
    "multi-head, 3 heads": Form.of("self-attention", heads=3),
    "cross-attention": Form.of("cross-attention"),
    "softmax": Form.of("softmax"),
    "dot-product": Form.of("dot-product"),
    "transformer": Form.of("transformer"),
    "encoder-block, 2 heads": Form.of("encoder-block"),
    "12 tokens × 6 features × 3 heads": Form.of(
        "self-attention", sizes={"tokens": 12, "features": 6}, heads=3
    ),
}


def largest(exercise: object, family: str) -> float:
    """Return the largest number of a step's family, or its largest denominator for A."""
    trace = work(exercise)  # type: ignore[arg-type]
    numbers = [
        number
        for name in trace
        if NameParts.of(name).family == family
        for _, number in trace[name].matrix.cells()
    ]
    if family == "A":
        return max((number.denominator for number in numbers), default=0)  # type: ignore[union-attr]
    return max((float(number) for number in numbers), default=0.0)


def verify(form: Form, seed: int, count: int) -> None:
    """Hold a sample against the demands; nothing comes twice, and identities lead back."""
    demands = Demands.read(form, None)
    contents = set()
    for index, exercise in enumerate(exercise_set(form, count, seed=seed)):
        contents.add(content_of(exercise))
        if index < VERIFIED:
            assert demands.reveal <= reveals(exercise).keys()
            assert ties(exercise) <= demands.alike
            assert read_identity(identity_of(exercise)) == exercise
    assert len(contents) == count


def main() -> None:
    """Time each form, then verify what was generated."""
    quick = asked_for_quick(__doc__ or "")
    say_machine()
    table(
        "Exercises generated", "form", "exercises", "a second", "mistakes shown", "sum", "below A"
    )
    for name, form in FORMS.items():
        count = EXERCISES if name == "self-attention" else EXERCISES // 5
        count = 10 if quick else count
        Demands.read(form, None)
        gc.collect()
        start = time.perf_counter()
        made = sum(1 for _ in exercise_set(form, count, seed=SEED))
        took = time.perf_counter() - start
        sample = list(exercise_set(form, min(count, VERIFIED), seed=SEED))
        sums = statistics.median(largest(exercise, "sums") for exercise in sample)
        below = statistics.median(largest(exercise, "A") for exercise in sample)
        shown = len(Demands.read(form, None).reveal)
        row(name, f"{made:,}", f"{made / took:.0f}", shown, f"{sums:.1f}", f"{below:.0f}")
        verify(form, SEED, min(count, 200))


if __name__ == "__main__":
    main()

"""From a candidate to the code that names it, and back.

A code holds, five bits a character: the version of the generator (the first character), the
form, the candidate's number, and 15 bits of the content. A check character ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.exercises import typed
from limelight.exercises.generator.form import (
    GENERATED,
    Form,
)
from limelight.exercises.generator.workshop import workshop
from limelight.mechanism.recipe import RECIPES

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERATOR_VERSION = 1
"""The version of everything that a code depends on: which matrices a candidate's number makes.

A change of what a number makes is a new version, and the old one stays readable.
"""

CHECKED_BITS = 15
"""So many bits of the content are in the code."""

_SHORT_SIZE = 8
_FORMS = [
    (kind, causal, recipe)
    for recipe in RECIPES.values()
    for kind, known in GENERATED.items()
    for causal in ((False, True) if known.causal else (False,))
]
_FORM_BITS = 4


class Named(NamedTuple):
    """What a code says.

    Attributes:
        form: The form of the exercise.
        number: The candidate.
        content: The first bits of its content.
    """

    form: Form
    number: int
    content: int

    @property
    def code(self) -> str:
        """The code, without hyphens."""
        bits = "".join(_written(self))
        count = -(-len(bits) // typed.BITS)
        number = int(bits, 2) << count * typed.BITS - len(bits)
        return typed.with_check(
            typed.characters(GENERATOR_VERSION, 1) + typed.characters(number, count)
        )

    @classmethod
    def read(cls, code: str) -> Named | None:
        """Read a code whose check character is right; None where it says nothing.

        Raises:
            LimelightError: It names a form that there is not.
        """
        inner = code[1:-1]
        length = typed.BITS * len(inner)
        reader = _Reader(f"{typed.number_of(inner):0{length}b}" if inner else "")
        try:
            named = _read(reader)
        except (IndexError, ValueError):
            return None
        return named if named.code == code else None


class _Reader:
    """Takes bits from the left."""

    def __init__(self, bits: str) -> None:
        self._bits = iter(bits)

    def take(self, count: int) -> int:
        """Take so many bits as a number; ValueError where there are fewer."""
        return int("".join(next(self._bits, "x") for _ in range(count)), 2) if count else 0


def _written(named: Named) -> Iterator[str]:
    form = named.form
    yield f"{_FORMS.index((form.kind, form.causal, form.recipe)):0{_FORM_BITS}b}"
    for axis, size in form.sizes.items():
        if GENERATED[form.kind].sizes[axis] == 0:
            yield "1" if size else "0"
        if size:
            yield f"0{size - 1:03b}" if size <= _SHORT_SIZE else f"1{size - 1:06b}"
    if GENERATED[form.kind].heads:
        yield f"1{form.heads - 1:04b}" if form.heads > 1 else "0"
    if bits := (workshop(form).space - 1).bit_length():
        yield f"{named.number:0{bits}b}"
    yield f"{named.content:0{CHECKED_BITS}b}"


def _read(reader: _Reader) -> Named:
    kind, causal, recipe = _FORMS[reader.take(_FORM_BITS)]
    known = GENERATED[kind]
    lengths = [_read_size(reader, may_lack=usual == 0) for usual in known.sizes.values()]
    heads = 1
    if known.heads and reader.take(1):
        heads = reader.take(4) + 1
    form = Form(kind=kind, lengths=tuple(lengths), heads=heads, causal=causal, recipe=recipe)
    space = workshop(form).space
    number = reader.take((space - 1).bit_length())
    if number >= space:
        raise ValueError(number)
    return Named(form, number, reader.take(CHECKED_BITS))


def _read_size(reader: _Reader, *, may_lack: bool) -> int:
    if may_lack and not reader.take(1):
        return 0
    return reader.take(6 if reader.take(1) else 3) + 1

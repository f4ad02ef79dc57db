"""The identity of an exercise: short enough to be typed from paper, and it leads back.

An identity is one of three:

- of a generated exercise a code such as 14MS2-4S2NG-2GB0R-N8B, from which it is made again;
- of an exercise of the gallery its name and four characters, such as self-attention-7K3Q;
- of any other a code that begins with F: the exercise itself lies in a file.

Each has some bits of the exercise's content, so that another exercise is never taken for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limelight.errors import IdentityError, LimelightError, UnknownNameError
from limelight.exercises import typed
from limelight.exercises.content import content_of, first_bits
from limelight.exercises.gallery import gallery, gallery_names
from limelight.exercises.generate import remade
from limelight.exercises.generator.naming import CHECKED_BITS, GENERATOR_VERSION, Named

if TYPE_CHECKING:
    from limelight.exercises.exercise import Exercise

_IN_GALLERY = 4
"""Characters behind the name of a gallery exercise."""

_IN_FILE = 13
"""Characters of content behind the F of another one: 65 bits."""

_FILE = "F"
_SHOWN = 40
_CHECKED_NAME = re.compile(rf"-[0-9a-z]{{{_IN_GALLERY}}}$")
_NAMED = re.compile(rf"(.+?)-?([0-9a-z]{{{_IN_GALLERY}}})")


def identity_of(exercise: Exercise) -> str:
    """Return the identity of an exercise.

    Title, labels and other words do not count, nor what the recipe is called.

    Args:
        exercise: Any; one whose name is an identity or of the gallery is held against what
            that name leads to, so that numbers that were changed are noticed.

    >>> from limelight.exercises.generate import generate
    >>> identity_of(generate("softmax", seed=1))
    '10CD4-G5A5Z-MD'
    """
    content = content_of(exercise)
    if exercise.name in gallery_names():
        if content_of(gallery(exercise.name)) == content:
            return f"{exercise.name}-{_gallery_code(content)}"
    elif (code := _generated_code(exercise, content)) is not None:
        return typed.grouped(code)
    return typed.grouped(_file_code(content))


def read_identity(text: str) -> Exercise:
    """Return the exercise that an identity leads to.

    Args:
        text: As it stands on the sheet. Upper or lower case, O for 0, I or L for 1, spaces and
            missing hyphens do not matter.

    Raises:
        IdentityError: It was mistyped, is of another version of the generator, or of an
            exercise that lies in a file.
        UnknownNameError: It names an exercise that is not in the gallery.

    >>> from limelight.exercises.generate import generate
    >>> exercise = generate("softmax", seed=1)
    >>> read_identity(identity_of(exercise).lower()) == exercise
    True
    """
    written = str(text).strip()
    match = _NAMED.fullmatch(re.sub(r"[\s_-]+", "-", written).lower())
    if match and match[1] in gallery_names():
        return _from_gallery(match[1], match[2], written)
    code = typed.cleaned(written)
    _refuse_wordy(written, code)
    if not typed.is_checked(code):
        raise IdentityError(_mistyped(written))
    if code[0] == _FILE:
        raise IdentityError(_lies_in_a_file(typed.grouped(code)))
    if code[0] != str(GENERATOR_VERSION):
        raise IdentityError(_other_version(written, code[0]))
    return _from_code(code, written)


def is_identity_of(text: str, exercise: Exercise) -> bool:
    """Tell whether an identity, as somebody typed it, is that of an exercise.

    >>> from limelight import gallery
    >>> is_identity_of(identity_of(gallery("softmax")).upper(), gallery("softmax"))
    True
    """
    return typed.cleaned(str(text)) == typed.cleaned(identity_of(exercise))


def _generated_code(exercise: Exercise, content: int) -> str | None:
    """Return the code that an exercise has for a name, where that leads to its content."""
    code = typed.cleaned(exercise.name)
    if code[:1] != str(GENERATOR_VERSION) or set(code) - set(typed.ALPHABET):
        return None
    named = _read(code) if typed.is_checked(code) else None
    return code if named is not None and content_of(remade(named)) == content else None


def _read(code: str) -> Named | None:
    try:
        return Named.read(code)
    except LimelightError:  # a form that there is not
        return None


def _from_code(code: str, written: str) -> Exercise:
    named = _read(code)
    if named is None:
        raise IdentityError(_mistyped(written))
    exercise = remade(named)
    if first_bits(content_of(exercise), CHECKED_BITS) != named.content:
        raise IdentityError(_mistyped(written))
    return exercise


def _from_gallery(name: str, code: str, written: str) -> Exercise:
    exercise = gallery(name)
    if typed.cleaned(code) != _gallery_code(content_of(exercise)):
        raise IdentityError(_mistyped(written))
    return exercise


def _gallery_code(content: int) -> str:
    return typed.characters(first_bits(content, typed.BITS * _IN_GALLERY), _IN_GALLERY)


def _file_code(content: int) -> str:
    bits = first_bits(content, typed.BITS * _IN_FILE)
    return typed.with_check(_FILE + typed.characters(bits, _IN_FILE))


def _refuse_wordy(written: str, code: str) -> None:
    """Refuse what is no code at all: a code begins with its version, or with F."""
    if not code:
        raise IdentityError(_no_identity(written))
    if not code[0].isdigit() and code[0] != _FILE:
        name = _CHECKED_NAME.sub("", written.lower())
        raise UnknownNameError.among("exercise of the gallery", name, gallery_names())
    if strange := [character for character in code if character not in typed.ALPHABET]:
        raise IdentityError(_strange(written, strange[0]))


def _quoted(written: str) -> str:
    return repr(written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…")


def _mistyped(written: str) -> str:
    return (
        f"the identity {_quoted(written)} was mistyped: its check characters do not fit.\n"
        "  One wrong character is enough; the letters I, L, O and U are never in a code.\n"
        "  Compare it with the sheet, group by group."
    )


def _no_identity(written: str) -> str:
    return (
        f"an identity must be what stands on a sheet; got {_quoted(written)}.\n"
        "  It is like 14MS2-4S2NG-2GB0R-N8B, or like softmax-7K3Q.\n"
        "  Type it from the sheet."
    )


def _strange(written: str, character: str) -> str:
    return (
        f"an identity has letters, digits and hyphens, and no U; "
        f"{_quoted(written)} has {character!r}.\n"
        "  It is like 14MS2-4S2NG-2GB0R-N8B, or like softmax-7K3Q.\n"
        "  Compare it with the sheet, group by group."
    )


def _lies_in_a_file(code: str) -> str:
    return (
        f"the identity {code} is of an exercise that lies in a file.\n"
        "  It was neither generated nor taken from the gallery: its numbers are nowhere else.\n"
        "  Give the file of the exercise."
    )


def _other_version(written: str, version: str) -> str:
    return (
        f"the identity {_quoted(written)} is of version {version} of the generator.\n"
        f"  This Limelight makes exercises of version {GENERATOR_VERSION}.\n"
        "  Compare its first character with the sheet, or use another version of Limelight."
    )

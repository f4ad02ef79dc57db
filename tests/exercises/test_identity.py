"""Identities lead back to their exercises, and what was mistyped is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight import EXACT, Exercise, gallery, read_exercise, write_exercise
from limelight.errors import IdentityError, UnknownNameError
from limelight.exercises import typed
from limelight.exercises.gallery import gallery_names
from limelight.exercises.generate import Form, exercise_set, generate
from limelight.exercises.identity import identity_of, is_identity_of, read_identity
from tests.exercises.forms import ONE_NUMBER, OTHER_SIZES, USUAL

if TYPE_CHECKING:
    from pathlib import Path

OWN = Exercise(kind="softmax", inputs={"C": [[1], [2], [-3]]}, title="Mine")  # type: ignore[dict-item]
CODES = st.text(typed.ALPHABET, min_size=2, max_size=24).map(typed.with_check)


@pytest.mark.parametrize("form", [*USUAL, *ONE_NUMBER, *OTHER_SIZES], ids=str)
def test_identities_lead_back(form: Form) -> None:
    """Some exercises of each form are made again from what stands on their sheets."""
    for exercise in exercise_set(form, 1 if form in ONE_NUMBER else 5, seed=1, reveal=()):
        identity = identity_of(exercise)
        assert read_identity(identity) == exercise
        assert is_identity_of(identity.lower(), exercise)
        assert len(identity.replace("-", "")) <= 22


@pytest.mark.slow
def test_a_thousand_identities_lead_back() -> None:
    """A thousand identities differ, are at most 20 characters, and lead back."""
    exercises = list(exercise_set("self-attention", 1000, seed=2, reveal=()))
    identities = [identity_of(exercise) for exercise in exercises]

    assert len(set(identities)) == 1000
    assert max(len(identity.replace("-", "")) for identity in identities) <= 20
    assert [read_identity(identity) for identity in identities] == exercises


@pytest.mark.parametrize("name", gallery_names())
def test_the_gallery_is_named(name: str) -> None:
    """An exercise of the gallery has its name and four characters, and is found by them."""
    identity = identity_of(gallery(name))

    assert identity.startswith(f"{name}-")
    assert read_identity(identity) == gallery(name)
    assert read_identity(identity.upper().replace("-", " ")) == gallery(name)


def test_typing_is_forgiven() -> None:
    """Case, O for 0, I and L for 1, spaces and missing hyphens do not matter."""
    exercise = generate("self-attention", seed=3)
    identity = identity_of(exercise)
    for misread in (
        identity.lower(),
        identity.replace("-", ""),
        identity.replace("-", " "),
        f" {identity} ",
        identity.replace("0", "O").replace("1", "l"),
        identity.replace("1", "I"),
    ):
        assert read_identity(misread) == exercise


@given(CODES, st.data())
def test_one_wrong_character_is_noticed(code: str, data: st.DataObject) -> None:
    """Any single character put for another breaks the check."""
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([c for c in typed.ALPHABET if c != code[at]]))

    assert typed.is_checked(code)
    assert not typed.is_checked(code[:at] + other + code[at + 1 :])


@given(CODES, st.data())
def test_two_exchanged_characters_are_noticed(code: str, data: st.DataObject) -> None:
    """Any two characters that have changed places break the check, unless they are the same."""
    one = data.draw(st.integers(0, len(code) - 2))
    other = data.draw(st.integers(one + 1, len(code) - 1))
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]

    assert typed.is_checked("".join(letters)) == (code[one] == code[other])


def test_every_typo_of_an_identity_is_noticed() -> None:
    """Of a whole identity every wrong character and every lost one is noticed."""
    code = typed.cleaned(identity_of(generate("cross-attention", seed=1)))
    for at in range(1, len(code)):
        for wrong in [*(code[:at] + c + code[at + 1 :] for c in typed.ALPHABET if c != code[at])]:
            with pytest.raises(IdentityError, match="mistyped"):
                read_identity(wrong)
    with pytest.raises(IdentityError, match="mistyped"):
        read_identity(code[:-1])


def test_words_do_not_count() -> None:
    """Title, labels and what the recipe is called are no part of an identity; rules are."""
    exercise = generate("self-attention", seed=4)
    labelled = replace(exercise, title="Other", labels={"X": ("a", "b", "c", "d")})
    renamed = exercise.under(replace(exercise.recipe, name="ours"))

    assert identity_of(labelled) == identity_of(renamed) == identity_of(exercise)
    assert identity_of(exercise.under(EXACT)) != identity_of(exercise)
    assert identity_of(exercise.under(EXACT)).startswith("F")


def test_changed_numbers_lose_the_identity(tmp_path: Path) -> None:
    """A file whose numbers were changed has another identity, though it kept its name."""
    exercise = generate("softmax", seed=5)
    write_exercise(exercise, tmp_path / "one.json")
    kept = read_exercise(tmp_path / "one.json")
    changed = replace(exercise, inputs={"C": [[1, 2], [3, 1], [0, 0], [0, 1]]})  # type: ignore[dict-item]

    assert identity_of(kept) == identity_of(exercise)
    assert identity_of(changed).startswith("F")
    assert identity_of(replace(gallery("softmax"), inputs=OWN.inputs)).startswith("F")


def test_an_exercise_of_ones_own_needs_its_file() -> None:
    """The identity of a file's exercise is known again, and cannot be read back."""
    identity = identity_of(OWN)

    assert is_identity_of(identity.lower(), OWN)
    assert not is_identity_of(identity, gallery("softmax"))
    with pytest.raises(IdentityError, match=r"lies in a file.*\n.*\n  Give the file"):
        read_identity(identity)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", IdentityError, "must be what stands on a sheet"),
        ("- -", IdentityError, "must be what stands on a sheet"),
        ("softmax-0000", IdentityError, "mistyped"),
        ("sofmax-AAAA", UnknownNameError, "no exercise of the gallery named 'sofmax'"),
        ("hello", UnknownNameError, "no exercise of the gallery named 'hello'"),
        ("1UUUU-UUUUU", IdentityError, "has 'U'"),
        ("14MS2-*", IdentityError, r"has '\*'"),
        (typed.with_check("2ABCDEF"), IdentityError, "is of version 2 of the generator"),
        (typed.with_check("1"), IdentityError, "mistyped"),
        (typed.with_check("1ZZZZZZZZZZ"), IdentityError, "mistyped"),
        ("1" * 5000, IdentityError, "mistyped"),
    ],
)
def test_what_leads_nowhere_is_refused(text: str, error: type[Exception], words: str) -> None:
    """Each way to be wrong has its own three lines."""
    with pytest.raises(error, match=words) as caught:
        read_identity(text)

    assert str(caught.value).count("\n") == 2

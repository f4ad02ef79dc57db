"""What files a class set has, and what counts as the same set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from limelight.classroom.class_set import MOST_SHEETS, blank_of
from limelight.errors import OptionError, UnknownNameError
from limelight.exercises.gallery import gallery
from limelight.exercises.generate import Form
from limelight.mechanism.orientation import Orientation
from limelight.render.formats import FORMATS, Format, Look
from limelight.sheet.by_hand import Template, count_cells
from limelight.sheet.layout import Layout
from limelight.sheet.worksheet import Purpose
from tests.classroom.sets import softmax_set


def files(count: int, form: Format, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of a set's files in a format made for the purpose."""
    monkeypatch.setitem(FORMATS, "text", form)
    return [piece.file for piece in softmax_set(count).pieces()]


FEW = FORMATS["text"]._replace(most=3, endings=(".pdf",))


def test_a_set_has_its_sheets_and_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets are numbered with as many digits as the last one, two at least; one key holds all."""
    assert files(1, FEW, monkeypatch) == ["sheet-01.pdf", "key.pdf"]
    assert files(3, FEW, monkeypatch) == [*(f"sheet-0{n}.pdf" for n in (1, 2, 3)), "key.pdf"]


def test_a_key_that_is_too_long_comes_in_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume follows the sheets that it is of and says in its name which these are."""
    assert files(7, FEW, monkeypatch) == [
        *("sheet-01.pdf", "sheet-02.pdf", "sheet-03.pdf", "key-01-03.pdf"),
        *("sheet-04.pdf", "sheet-05.pdf", "sheet-06.pdf", "key-04-06.pdf"),
        *("sheet-07.pdf", "key-07.pdf"),
    ]
    assert files(2, FEW._replace(most=1), monkeypatch) == [
        *("sheet-01.pdf", "key-01.pdf", "sheet-02.pdf", "key-02.pdf"),
    ]


def test_a_volume_of_large_exercises_has_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a volume holds is bounded in cells too: memory does not grow with the exercises."""
    monkeypatch.setitem(FORMATS, "text", FEW._replace(most=50))
    form = Form.of("self-attention", sizes={"tokens": 16, "features": 16, "d_k": 16, "d_v": 16})
    keys = [piece for piece in softmax_set(9, form=form).pieces() if piece.is_key]

    assert count_cells(blank_of(form)) == 3344
    assert [(piece.first, piece.last) for piece in keys] == [(1, 4), (5, 8), (9, 9)]


def test_a_quiz_has_its_answers_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiz is one file to be handed to a platform, or few."""
    quiz = FEW._replace(is_quiz=True, endings=(".xml",))

    assert files(3, quiz, monkeypatch) == ["quiz.xml"]
    assert files(4, quiz, monkeypatch) == ["quiz-01-03.xml", "quiz-04.xml"]


@pytest.mark.parametrize("count", [1, 9, 99, 100, 1000, MOST_SHEETS])
def test_every_sheet_has_a_file_and_a_key(count: int) -> None:
    """No sheet is left out, none stands twice, and names sort as numbers do."""
    pieces = list(softmax_set(count).pieces())
    sheets = [piece for piece in pieces if not piece.is_key]
    keys = [piece for piece in pieces if piece.is_key]

    assert [(piece.first, piece.last) for piece in sheets] == [(n, n) for n in range(1, count + 1)]
    assert [n for key in keys for n in range(key.first, key.last + 1)] == list(range(1, count + 1))
    assert [piece.file for piece in sheets] == sorted({piece.file for piece in sheets})
    assert all(
        key.first <= sheet.first <= key.last
        for key in keys
        for sheet in sheets
        if sheet.key == key.file
    )


@pytest.mark.parametrize("count", [0, -1, MOST_SHEETS + 1])
def test_too_many_or_none_are_refused(count: int) -> None:
    """The message says how many a set may have."""
    with pytest.raises(OptionError, match=r"at least 1 and at most 9,999 sheets"):
        softmax_set(count).exercises()


def test_a_mistake_that_is_none_is_refused() -> None:
    """What a set is to reveal is looked up before anything is drawn."""
    with pytest.raises(UnknownNameError, match="'L999'"):
        softmax_set(reveal=frozenset({"L999"})).exercises()


CHANGES: dict[str, dict[str, Any]] = {
    "kind": {"form": Form.like(gallery("dot-product"))},
    "recipe": {"form": Form.like(gallery("softmax").under(gallery("softmax").recipe))},
    "sheets": {"sheets": 6},
    "seed": {"seed": 8},
    "reveal": {"reveal": frozenset()},
    "purpose": {"template": Template(purpose=Purpose.HINTS)},
    "blank": {"template": Template(blank=frozenset({"A"}))},
    "orientation": {"template": Template(layout=Layout(orientation=Orientation.ROWS))},
    "digits": {"template": Template(layout=Layout(digits=4))},
    "format": {"format": "pdf"},
    "paper": {"look": Look(paper="letter")},
    "live": {"look": Look(live=True)},
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_a_file_is_part_of_the_demand(name: str) -> None:
    """Two sets with the same demand are the same set; each field makes another one."""
    plain, changed = softmax_set().demand(), softmax_set(**CHANGES[name]).demand()
    differing = [field for field in plain if plain[field] != changed[field]]

    assert (name in differing) == (name != "recipe")
    assert json.loads(json.dumps(changed)) == changed

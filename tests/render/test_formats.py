"""The table of formats: what is found by name and by ending, and drawn."""

from __future__ import annotations

import pytest

from limelight.errors import UnknownNameError
from limelight.exercises.gallery import gallery
from limelight.render.formats import FORMATS, Look, format_named, format_of_file
from limelight.render.pdf import MOST_SHEETS
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose, Worksheet


def worksheets(count: int, purpose: Purpose) -> list[Worksheet]:
    """Return worksheets of one exercise, numbered."""
    template = Template(purpose=purpose)
    return [
        lay_out_by_hand(gallery("softmax"), template, Imprint(number=f"{n} of {count}"))
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_found_by_its_name_and_by_its_ending(name: str) -> None:
    """No ending is that of two formats; capitals and folders do not matter."""
    form = format_named(name)

    assert {format_of_file(f"a.b/c{ending}") for ending in form.endings} == {form}
    assert {format_of_file(f"C{ending.upper()}") for ending in form.endings} == {form}


def test_what_is_no_format_is_told() -> None:
    """An unknown name is refused with those that there are; an unknown ending is none."""
    with pytest.raises(UnknownNameError, match="Known: pdf, xlsx, html"):
        format_named("word")

    assert [format_of_file(name) for name in ("", "-", "pdf", "a.doc", "a.pdf.bak")] == [None] * 5


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_as_many_as_it_may(name: str) -> None:
    """Several worksheets in one file are more than one of them, where there may be several."""
    form = format_named(name)
    purpose = Purpose.BLANK if form.is_quiz else Purpose.KEY
    one = form.draw(worksheets(1, purpose), Look())

    if form.most > 1:
        assert len(form.draw(worksheets(3, purpose), Look())) > len(one)


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_texts_stand_one_after_the_other(name: str) -> None:
    """In a file of several, each worksheet is as it is by itself, in order."""
    form = format_named(name)
    three = worksheets(3, Purpose.KEY)
    singly = [form.draw([worksheet], Look()).decode() for worksheet in three]
    together = form.draw(three, Look()).decode()

    assert [together.count(text) for text in singly] == [1, 1, 1]
    assert [together.index(text) for text in singly] == sorted(map(together.index, singly))


def test_a_volume_is_no_longer_than_pdf_allows() -> None:
    """No more sheets are asked of a document than it may have."""
    assert FORMATS["pdf"].most <= MOST_SHEETS

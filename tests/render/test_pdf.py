"""What is printed is what the worksheet says: every number in its order, and no blank filled."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from limelight.errors import MissingExtraError, ShapeError, UnknownNameError
from limelight.exercises.exercise import Exercise
from limelight.exercises.gallery import gallery_names
from limelight.mechanism.orientation import Orientation
from limelight.render.pdf import MOST_SHEETS, Pdf, compiler, volumes
from limelight.render.pdf.measures import PAPERS
from limelight.render.written import written
from limelight.sheet.worksheet import Purpose, State
from tests.render.paper import ink, numbers, pdf, read, worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limelight.sheet.worksheet import Worksheet

ONE_PAGE = ("self-attention", "softmax", "dot-product")


def expected(sheet: Worksheet) -> list[str]:
    """Return what the cells of a worksheet show, box by box, with a true minus sign."""
    texts = (
        text
        for box in sheet.boxes
        for _, _, number, state in box.cells()
        for text in written(sheet, number, state)
    )
    return [text.replace("-", "−") for text in texts if text]


def printed(document: bytes) -> list[str]:
    """Return what stands in the cells of a document."""
    return [text for page in read(document).pages for text in numbers(ink(page))]


def is_within(part: list[str], whole: list[str]) -> bool:
    """Tell whether all of a list stands in another, in the same order."""
    rest: Iterator[str] = iter(whole)
    return all(text in rest for text in part)


def small(seed: int) -> Exercise:
    """Return a small exercise."""
    random = Random(seed)  # noqa: S311 - nothing to keep secret

    def matrix(rows: int, columns: int) -> list[list[int]]:
        return [[random.randint(-1, 2) for _ in range(columns)] for _ in range(rows)]

    return Exercise.self_attention(
        x=matrix(2, 2), w_q=matrix(2, 2), w_k=matrix(2, 2), w_v=matrix(1, 2)
    )


@pytest.mark.parametrize("name", ONE_PAGE)
@pytest.mark.parametrize("purpose", Purpose)
def test_every_number_is_printed_in_its_order(name: str, purpose: Purpose) -> None:
    """Given and worked numbers stand in the cells, fractions with their decimals; blanks not."""
    sheet = worksheet(name, purpose)

    assert printed(pdf().render([sheet])) == expected(sheet)


@pytest.mark.parametrize("orientation", Orientation)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("name", [name for name in gallery_names() if name not in ONE_PAGE])
def test_no_number_is_lost_where_pages_break(
    name: str, purpose: Purpose, orientation: Orientation
) -> None:
    """What goes over a page has copies in addition, and everything else in its order."""
    sheet = worksheet(name, purpose, orientation)
    seen = printed(pdf("letter").render([sheet]))

    assert is_within(expected(sheet), seen)
    assert set(seen) == set(expected(sheet))


def test_a_lost_number_is_seen() -> None:
    """The comparison can fail: it misses a number that is not printed."""
    sheet = worksheet("softmax", Purpose.KEY)
    seen = printed(pdf().render([sheet]))

    assert not is_within(expected(sheet), seen[:-1])
    assert not is_within(expected(sheet), seen[::-1])


def test_a_key_spells_out_examples() -> None:
    """The arithmetic of an example stands by its box; a blank sheet says what to do in words."""
    texts = {
        purpose: re.sub(r"\s", "", unicodedata.normalize("NFKC", page.extract_text()))
        for purpose in Purpose
        for page in read(pdf().render([worksheet("self-attention", purpose)])).pages
    }
    example = re.compile(r"S\[\d,\d\]=\d[^=]*=3")

    assert [bool(example.search(texts[purpose])) for purpose in Purpose] == [False, True, True]
    assert "addedup" in texts[Purpose.BLANK]
    assert "addedup" not in texts[Purpose.KEY]


@pytest.mark.parametrize("paper", PAPERS)
def test_papers_have_their_sizes(paper: str) -> None:
    """A4 is 210 × 297 mm, Letter 8.5 × 11 inches."""
    box = read(pdf(paper).render([worksheet("softmax")])).pages[0].mediabox
    inches = {"a4": (210 / 25.4, 297 / 25.4), "letter": (8.5, 11)}[paper]

    assert (float(box.width) / 72, float(box.height) / 72) == pytest.approx(inches, abs=1e-3)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("paper", PAPERS)
def test_the_published_exercise_fits_a_page(paper: str, purpose: Purpose) -> None:
    """Four tokens of six features take one page, on either paper."""
    document = pdf(paper).render([worksheet("self-attention", purpose)])

    assert len(read(document).pages) == 1


def test_sheets_begin_on_pages_of_their_own() -> None:
    """A booklet counts the pages of each worksheet from 1, and knows its sheets apart."""
    first, second = worksheet("multi-head-attention"), worksheet("softmax")
    pages = read(pdf().render([first, second._replace(number="2 of 30")])).pages
    counted = [re.findall(r"page \d of \d", page.extract_text()) for page in pages]

    assert counted == [[f"page {number} of 4"] for number in (1, 2, 3, 4)] + [["page 1 of 1"]]
    assert "Sheet 2 of 30 · k7q2-m4zd · seed 2024" in pages[-1].extract_text()


@pytest.mark.parametrize(
    ("purpose", "has_name"), [(Purpose.BLANK, True), (Purpose.HINTS, True), (Purpose.KEY, False)]
)
def test_who_fills_it_in_has_a_line_for_the_name(purpose: Purpose, *, has_name: bool) -> None:
    """Name and date stand at the head of every page that is written on."""
    pages = read(pdf().render([worksheet("multi-head-attention", purpose)])).pages
    texts = [page.extract_text() for page in pages]

    assert [("Name" in text, "Date" in text) for text in texts] == [(has_name, has_name)] * 4


def test_the_same_worksheets_give_the_same_bytes() -> None:
    """No date and no chance is in a document, whatever was rendered before it."""
    sheets = [worksheet("self-attention", Purpose.KEY), worksheet("dot-product")]
    before = pdf().render(sheets)
    pdf().render([worksheet("softmax")])

    assert pdf().render(sheets) == before == Pdf().render(sheets)


def test_documents_say_what_they_are() -> None:
    """Title, identity, language, and that the structure is marked, with tables as tables."""
    document = pdf().render([worksheet("self-attention", Purpose.KEY)])
    reader = read(document)
    root: Any = reader.trailer["/Root"]

    assert reader.metadata is not None
    assert reader.metadata.title == "Self-attention"
    assert reader.metadata.keywords == "k7q2-m4zd"
    assert "/CreationDate" not in reader.metadata
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in document
    assert len(re.findall(rb"/S ?/Table\b", document)) == len(worksheet("self-attention").boxes)


def test_many_worksheets_are_divided() -> None:
    """Volumes have at most so many sheets and cells, and all of them, in their order."""
    sheet = worksheet("softmax")
    many = [sheet._replace(number=str(index)) for index in range(2 * MOST_SHEETS + 1)]
    parts = list(volumes(many))

    assert [len(part) for part in parts] == [MOST_SHEETS, MOST_SHEETS, 1]
    assert [sheet for part in parts for sheet in part] == many


def test_large_worksheets_are_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume ends before it has more cells than are good for it."""
    sheet = worksheet("softmax")
    cells = sum(len(list(box.cells())) for box in sheet.boxes)
    monkeypatch.setattr(compiler, "MOST_CELLS", 2 * cells)

    assert [len(part) for part in volumes([sheet] * 5)] == [2, 2, 1]
    monkeypatch.setattr(compiler, "MOST_CELLS", 1)
    assert [len(part) for part in volumes([sheet] * 2)] == [1, 1]


@pytest.mark.parametrize("count", [0, MOST_SHEETS + 1])
def test_the_most_sheets_are_said(count: int) -> None:
    """A document without a worksheet, or with too many, is refused with the limit."""
    with pytest.raises(ShapeError, match=f"1 to {MOST_SHEETS} worksheets; this one has {count}"):
        pdf().render([worksheet("softmax")] * count)


def test_an_unknown_paper_is_refused() -> None:
    """The papers there are, are named."""
    with pytest.raises(UnknownNameError, match="Known: a4, letter"):
        Pdf("a5")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Typst, the message says what to install."""
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'limelight\[pdf\]'"):
        Pdf()


def test_nothing_loads_typst_before_it_is_used() -> None:
    """The renderer is imported without its package."""
    code = "import sys, limelight.render.pdf; sys.exit('typst' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_cell_shows_its_state() -> None:
    """Part of the steps may be blank: the others are worked."""
    sheet = worksheet("softmax", Purpose.KEY)
    part = sheet.parts[0]
    line = part.tableaux[0].lines[-1]
    blank = line.box._replace(states=((State.BLANK,),) * 4)
    lines = (*part.tableaux[0].lines[:-1], line._replace(box=blank))
    mixed = sheet._replace(
        parts=(part._replace(tableaux=(part.tableaux[0]._replace(lines=lines),)),)
    )

    assert printed(pdf().render([mixed])) == expected(mixed)
    assert len(expected(mixed)) < len(expected(sheet))


def test_different_sheets_differ() -> None:
    """The numbers of the one are not those of the other."""
    one, other = (worksheet(small(seed), Purpose.KEY) for seed in (1, 2))

    assert printed(pdf().render([one])) == expected(one)
    assert printed(pdf().render([one, other])) == expected(one) + expected(other)

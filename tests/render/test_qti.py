"""A QTI package asks for every blank cell, and its rules mark answers as a teacher would."""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from limelight.errors import QuizError
from limelight.exercises.gallery import gallery
from limelight.notation.plain import symbol_text
from limelight.render.qti import PACKAGE, Qti
from limelight.render.qti_item import pattern
from limelight.render.quiz import MOST_ACROSS, MOST_FIELDS
from limelight.sheet.by_hand import Imprint, Template, lay_out_by_hand
from limelight.sheet.worksheet import Purpose, State
from tests.render.qti_reading import document, read
from tests.render.quiz_answers import Place, large, right, sheets, truth, wrong
from tests.render.quiz_reading import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.render.qti_reading import Item

SHEETS = sheets()


@cache
def items(name: str) -> list[Item]:
    """Return the items of one of `SHEETS`."""
    return read(Qti((SHEETS[name],)).package())


def tried(item: Item, name: str, *, of: str) -> list[dict[str, str]]:
    """Return answers to a whole item: of the first right (or wrong) ones, of the second, on."""
    true = truth(SHEETS[name])
    by_field = {}
    for place, field in item.fields.items():
        as_text = item.types[field] == "string"
        answers = right if of == "right" else wrong
        by_field[field] = list(answers(true[place], as_text=as_text))
    most = max(map(len, by_field.values()))
    return [
        {field: found[index % len(found)] for field, found in by_field.items()}
        for index in range(most)
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_every_blank_cell_is_asked_once(name: str) -> None:
    """Each blank cell has a field, in the table, row and column that a worksheet has it in."""
    found = [place for item in items(name) for place in item.fields]

    assert sorted(found) == sorted(truth(SHEETS[name]))
    assert all(sorted(item.fields.values()) == sorted(item.types) for item in items(name))


@pytest.mark.parametrize("name", SHEETS)
def test_right_answers_earn_every_point(name: str) -> None:
    """Fractions and decimals are right, in any mixture; each cell is worth a point."""
    for item in items(name):
        for answers in (*tried(item, name, of="right"), item.solution):
            outcomes = item.outcomes(answers)

            assert outcomes["SCORE"] == outcomes["MAXSCORE"] == len(item.fields), answers


@pytest.mark.parametrize("name", SHEETS)
def test_wrong_answers_earn_nothing(name: str) -> None:
    """A sign, a last digit, a floor the wrong way, nothing at all: no points."""
    for item in items(name):
        for answers in tried(item, name, of="wrong"):
            assert item.outcomes(answers)["SCORE"] == 0, answers


def test_one_wrong_cell_costs_one_point() -> None:
    """Credit is by the cell."""
    for item in items("self-attention"):
        answers = dict(item.solution)
        answers[next(iter(answers))] = "1000"

        assert item.outcomes(answers)["SCORE"] == len(item.fields) - 1


def test_rules_that_mark_falsely_are_seen() -> None:
    """The check of rules can fail: a wider tolerance or pattern gives points for wrong answers."""
    number, text = (
        next(i for i in items("self-attention") if i.fields.keys() >= {Place(symbol, "1", "1")})
        for symbol in ("Q", "A")
    )
    for item, element, attribute, lax in (
        (number, "equal", "tolerance", "10 10"),
        (text, "patternMatch", "pattern", ".*"),
    ):
        broken = item._replace(root=deepcopy(item.root))
        for rule in named(broken.root, element):
            rule.set(attribute, lax)
        scores = [
            broken.outcomes(answers)["SCORE"]
            for answers in tried(item, "self-attention", of="wrong")
        ]

        assert max(float(score or 0) for score in scores) > 0


@pytest.mark.parametrize("name", ["self-attention", "multi-head-attention", "rows"])
def test_a_quotient_may_stand_as_it_was_divided(name: str) -> None:
    """Weights may be written over the sum of their column, not in lowest terms."""
    worksheet = SHEETS[name]
    fields = {place: (item, field) for item in items(name) for place, field in item.fields.items()}
    boxes = {box.name: box for box in worksheet.boxes}
    unreduced = 0
    for weights in (box for box in boxes.values() if box.name.startswith("A")):
        assert weights.making is not None
        sums = boxes[weights.making.operands[1]]
        for row, column, number, _ in weights.cells():
            total = Fraction(
                sums.numbers[row][0] if worksheet.is_turned else sums.numbers[0][column]
            )
            share = Fraction(number) * total
            if Fraction(number).denominator == 1 or {total.denominator, share.denominator} != {1}:
                continue
            labels = weights.row_labels[row], weights.column_labels[column]
            item, field = fields[Place(symbol_text(weights.name), *labels)]
            unreduced += Fraction(number).denominator != total

            assert item.outcomes({field: f"{share}/{total}"})["SCORE"] == 1

    assert unreduced > 0


def test_patterns_are_regular_expressions_of_xml_schema() -> None:
    """A validator of XML Schema takes every pattern, and by it what the rules take."""
    for item in items("causal-self-attention"):
        for condition in named(item.root, "patternMatch"):
            takes = _schema_pattern(condition.get("pattern", ""))
            solution = item.solution[condition[0].get("identifier", "")]

            assert takes(solution)
            assert takes(solution.replace("-", "\N{MINUS SIGN}").replace("/", " / "))
            assert not takes(f"1{solution}")
            assert not takes("")


def _schema_pattern(expression: str) -> Callable[[str], bool]:
    """Return what tells whether a text is valid by a pattern of XML Schema."""
    xs = "http://www.w3.org/2001/XMLSchema"
    schema = etree.Element(f"{{{xs}}}schema", nsmap={"xs": xs})
    element = etree.SubElement(schema, f"{{{xs}}}element", name="v")
    kind = etree.SubElement(element, f"{{{xs}}}simpleType")
    restriction = etree.SubElement(kind, f"{{{xs}}}restriction", base="xs:string")
    etree.SubElement(restriction, f"{{{xs}}}pattern", value=expression)
    validator = etree.XMLSchema(schema)

    def takes(text: str) -> bool:
        value = etree.Element("v")
        value.text = text
        return bool(validator.validate(value))

    return takes


def test_a_pattern_is_one_group() -> None:
    """Platforms put anchors around a pattern: an alternative outside a group would lose them."""
    for item in items("softmax"):
        for condition in named(item.root, "patternMatch"):
            expression = condition.get("pattern", "")

            assert expression.startswith("(")
            assert expression.endswith(")")
            assert "^" not in expression
            assert "$" not in expression
    assert pattern(()) == r"(\s*()\s*)"


def test_large_steps_are_asked_in_pieces() -> None:
    """No item has more fields than it may, nor more columns."""
    columns = [{place.column for place in item.fields} for item in items("large")]

    assert max(len(item.fields) for item in items("large")) <= MOST_FIELDS
    assert max(map(len, columns)) <= MOST_ACROSS


def test_what_is_asked_is_not_given_away() -> None:
    """No item shows a number of a step that is asked for."""
    worksheet = SHEETS["causal-self-attention"]
    given = {symbol_text(box.name) for box in worksheet.boxes if box.states[0][0] is State.GIVEN}
    shown = {place.symbol for item in items("causal-self-attention") for place in item.shown}

    assert shown
    assert shown <= given


def test_an_answer_is_explained_once_it_is_given() -> None:
    """Feedback with the arithmetic of a cell is shown when responses were processed."""
    for item in items("self-attention"):
        (feedback,) = named(item.root, "modalFeedback")

        assert item.outcomes({})["FEEDBACK"] == feedback.get("identifier")
        assert feedback.get("outcomeIdentifier") == "FEEDBACK"
        assert "[" in "".join(feedback[-1].itertext())


def test_a_package_lists_what_it_holds() -> None:
    """Manifest, test and files agree; sections are worksheets, and items in their order."""
    sheets = [
        lay_out_by_hand(gallery("softmax"), Template(), Imprint("", "", f"{number} of 2"))
        for number in (1, 2)
    ]
    with zipfile.ZipFile(io.BytesIO(Qti(sheets).package())) as archive:
        names = archive.namelist()
        manifest, test = (document(archive.read(name)) for name in ("imsmanifest.xml", "test.xml"))
    resources = list(named(manifest, "resource"))
    identifiers = [each.get("identifier") for each in resources]
    listed = {each.get("href") for each in named(manifest, "file")}
    sections = list(named(test, "assessmentSection"))

    assert manifest.tag == f"{{{PACKAGE}}}manifest"
    assert listed | {"imsmanifest.xml"} == set(names)
    assert len(set(identifiers)) == len(identifiers)
    assert [
        each.get("identifierref") for each in named(resources[0], "dependency")
    ] == identifiers[1:]
    assert [each.get("identifier") for each in named(test, "assessmentItemRef")] == identifiers[1:]
    assert [each.get("href") for each in named(test, "assessmentItemRef")] == [
        each.get("href") for each in resources[1:]
    ]
    assert [each.get("title") for each in sections] == [
        "Softmax of a column (1 of 2)",
        "Softmax of a column (2 of 2)",
    ]


def test_the_package_is_the_same_each_time() -> None:
    """Not a byte depends on when it is made."""
    assert Qti((SHEETS["large"],)).package() == Qti((large(),)).package()


def test_a_key_cannot_be_asked() -> None:
    """A worksheet without a blank cell is refused."""
    key = lay_out_by_hand(gallery("softmax"), Template(Purpose.KEY))

    with pytest.raises(QuizError, match="no cell of 'Softmax of a column' is blank"):
        Qti((key,)).package()


def test_a_quiz_of_nothing_is_refused() -> None:
    """No worksheets are no package."""
    with pytest.raises(QuizError, match="one worksheet or more; got none"):
        Qti(()).package()

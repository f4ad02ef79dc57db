"""A question as an item of IMS QTI 2.1: declarations, the page, and the rules that mark it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from limelight.render.answers import Kind
from limelight.render.lines import printable
from limelight.render.quiz_page import STYLES, Fill, page, paragraph

if TYPE_CHECKING:
    from limelight.render.answers import Answer, Spelling
    from limelight.render.quiz import Question

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
QTI = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}.xsd",
}
"""What the root of every QTI document says."""

STYLE_SHEET = "limelight.css"
FIELD_LENGTH = 10
"""How many characters a field has room for: the same in every cell, so that it tells nothing."""

EXPLAINED = "explained"
"""The feedback that is shown once an item is answered."""

_SINGLE = {"cardinality": "single"}
_ELEMENTS = {"table", "caption", "th", "td"}
_MINUS = "[-\N{MINUS SIGN}\N{EN DASH}]"


def item(question: Question, identifier: str) -> Element:
    """Return the document of an item.

    Raises:
        QuizError: A number is too large for a platform.
    """
    answers = {_field(row, column): each for (row, column), each in question.answers().items()}
    attributes = {"adaptive": "false", "timeDependent": "false", "toolName": "Limelight"}
    titles = {"identifier": identifier, "title": printable(question.title), "xml:lang": "en"}
    element = Element("assessmentItem", {**QTI, **titles, **attributes})
    for field, answer in answers.items():
        _declare(element, field, answer)
    most = str(len(answers))
    _declare_outcome(element, "SCORE", "float", "0").set("normalMaximum", most)
    _declare_outcome(element, "MAXSCORE", "float", most)
    _declare_outcome(element, "FEEDBACK", "identifier")
    SubElement(element, "stylesheet", {"href": f"../{STYLE_SHEET}", "type": "text/css"})
    body = SubElement(element, "itemBody")
    SubElement(body, "div", {"class": "limelight"}).extend(page(question, Fill(_fill)))
    _process(element, answers)
    _explain(element, question)
    return element


def style_sheet() -> str:
    """Return the style sheet of all items."""
    return "".join(
        f".limelight {name if name in _ELEMENTS else f'.{name}'} {{{style}}}\n"
        for name, style in STYLES.items()
    )


def xml_bytes(element: Element) -> bytes:
    """Return a document."""
    text = tostring(element, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _field(row: int, column: int) -> str:
    """Name a cell as people count it."""
    return f"cell-{row + 1}-{column + 1}"


def _fill(cell: Element, row: int, column: int) -> None:
    attributes = {"expectedLength": str(FIELD_LENGTH)}
    identifier = {"responseIdentifier": _field(row, column)}
    SubElement(cell, "textEntryInteraction", identifier | attributes)


def _declare(element: Element, field: str, answer: Answer) -> None:
    kind = "float" if answer.kind is Kind.NUMBER else "string"
    declaration = SubElement(
        element, "responseDeclaration", {"identifier": field, **_SINGLE, "baseType": kind}
    )
    SubElement(SubElement(declaration, "correctResponse"), "value").text = answer.shown


def _declare_outcome(element: Element, name: str, kind: str, default: str = "") -> Element:
    declaration = SubElement(
        element, "outcomeDeclaration", {"identifier": name, **_SINGLE, "baseType": kind}
    )
    if default:
        SubElement(SubElement(declaration, "defaultValue"), "value").text = default
    return declaration


def _process(element: Element, answers: dict[str, Answer]) -> None:
    """Write the rules: the points of an item are its right cells, counted afresh each time."""
    rules = SubElement(element, "responseProcessing")
    _base(_set(rules, "SCORE"), "float", "0")
    for field, answer in answers.items():
        condition = SubElement(SubElement(rules, "responseCondition"), "responseIf")
        _compare(condition, field, answer)
        total = SubElement(_set(condition, "SCORE"), "sum")
        SubElement(total, "variable", {"identifier": "SCORE"})
        _base(total, "float", "1")
    _base(_set(rules, "FEEDBACK"), "identifier", EXPLAINED)


def _compare(condition: Element, field: str, answer: Answer) -> None:
    if answer.kind is Kind.NUMBER:
        tolerance = f"{answer.tolerance} {answer.tolerance}"
        near = {"toleranceMode": "absolute", "tolerance": tolerance}
        equal = SubElement(condition, "equal", near)
        SubElement(equal, "variable", {"identifier": field})
        _base(equal, "float", answer.written)
        return
    match = SubElement(condition, "patternMatch", {"pattern": pattern(answer.spellings)})
    SubElement(match, "variable", {"identifier": field})


def pattern(spellings: tuple[Spelling, ...]) -> str:
    r"""Return a regular expression, as XML Schema has it, that takes all spellings.

    One group holds it all: platforms put ^ before it and $ behind it.

    >>> from limelight.render.answers import Spelling
    >>> pattern((Spelling("3/4"), Spelling("0.75", goes_on=True)))
    '(\\s*(3\\s*/\\s*4|0?[.,]75[0-9]*)\\s*)'
    """
    taken = "|".join(dict.fromkeys(map(_expression, spellings)))
    return rf"(\s*({taken})\s*)"


def _expression(spelling: Spelling) -> str:
    text = re.sub(r"^(-?)0\.", r"\g<1>0?.", spelling.text)
    return "".join(map(_sign, text)) + ("[0-9]*" if spelling.goes_on else "")


def _sign(sign: str) -> str:
    known = {"-": _MINUS, ".": "[.,]", "/": r"\s*/\s*"}
    return known.get(sign, f"[{sign}{sign.upper()}]" if sign.isalpha() else sign)


def _set(parent: Element, outcome: str) -> Element:
    return SubElement(parent, "setOutcomeValue", {"identifier": outcome})


def _base(parent: Element, kind: str, value: str) -> None:
    SubElement(parent, "baseValue", {"baseType": kind}).text = value


def _explain(element: Element, question: Question) -> None:
    shown = {"outcomeIdentifier": "FEEDBACK", "identifier": EXPLAINED, "showHide": "show"}
    feedback = SubElement(element, "modalFeedback", shown)
    feedback.extend(map(paragraph, question.explanation()))

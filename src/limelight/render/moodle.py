"""Worksheets as Moodle XML: a category for each, in it a question for each step.

The format: https://docs.moodle.org/en/Moodle_XML_format and, for cells within a table, the
embedded answers of https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from limelight.render.answers import Kind
from limelight.render.lines import printable
from limelight.render.quiz import identity_of, name_of, questions, refuse_none
from limelight.render.quiz_page import STYLES, Fill, page, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from limelight.render.answers import Answer, Spelling
    from limelight.render.quiz import Question
    from limelight.sheet.worksheet import Worksheet

CATEGORY = "$course$/top/Limelight"
"""Where the categories are put, in the question bank of a course."""

LONGEST_NAME = 250
"""Moodle's tables hold names of 255 characters."""

PENALTY = "0.3333333"
"""What Moodle takes off for each further try, where a quiz allows one; its own default."""

_FIELD = "\ue000"
"""Stands for a field until the page is HTML; `printable` lets no stranger write it."""

_STEERING = {ord(sign): f"&#{ord(sign)};" for sign in "{}\\$@"}
r"""What Moodle looks for in HTML: fields, formulas between \( and $$, addresses of files."""


class Alternative(NamedTuple):
    """A right answer as Moodle compares it; `tolerance` is "" of a text."""

    text: str
    tolerance: str = ""


@dataclass(frozen=True, slots=True)
class Moodle:
    """Writes worksheets, blank or with hints, as a file for Moodle's question bank.

    A cell that is a fraction takes text, since Moodle's numbers take no fraction; any other
    takes a number with a tolerance.

    >>> from limelight import gallery
    >>> from limelight.sheet.by_hand import lay_out_by_hand
    >>> text = Moodle((lay_out_by_hand(gallery("softmax")),)).text()
    >>> text.count('<question type="cloze">'), text.count('<question type="shortanswer">')
    (2, 1)
    """

    worksheets: Sequence[Worksheet]

    def text(self) -> str:
        """Return the whole file.

        Raises:
            QuizError: A worksheet leaves nothing blank, or a number is too large for Moodle.
        """
        refuse_none(self.worksheets)
        quiz = Element("quiz")
        for worksheet in self.worksheets:
            quiz.append(_category(worksheet))
            quiz.extend([_question(question) for question in questions(worksheet)])
        indent(quiz)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(quiz, encoding="unicode")


def _category(worksheet: Worksheet) -> Element:
    question = Element("question", {"type": "category"})
    name = _plain(name_of(worksheet)).replace("/", "//")  # a single one divides categories
    if "/" in {name[0], name[-1]}:
        name = f" {name} "
    _add_text(SubElement(question, "category"), f"{CATEGORY}/{name}")
    facts = "; ".join(f"{fact.label}: {fact.text}" for fact in worksheet.facts)
    info = [paragraph(text) for text in (worksheet.about, facts) if text]
    _add_text(SubElement(question, "info", {"format": "html"}), _html(info))
    SubElement(question, "idnumber").text = identity_of(worksheet)
    return question


def _question(question: Question) -> Element:
    """Return a question: of several fields, or of one that stands by itself."""
    answers = question.answers()
    if len(answers) == 1:
        return _single(question, next(iter(answers.values())))
    element = Element("question", {"type": "cloze"})
    fields = [_field(answer) for answer in answers.values()]
    _add_headers(element, question, _interleaved(_html(page(question, _MARK)), fields))
    return element


def _single(question: Question, answer: Answer) -> Element:
    is_number = answer.kind is Kind.NUMBER
    element = Element("question", {"type": "numerical" if is_number else "shortanswer"})
    blank = "<strong>?</strong>"
    _add_headers(element, question, _interleaved(_html(page(question, _MARK)), [blank]))
    SubElement(element, "defaultgrade").text = "1"
    if not is_number:
        SubElement(element, "usecase").text = "0"
    for alternative in _alternatives(answer):
        right = SubElement(element, "answer", {"fraction": "100", "format": "plain_text"})
        SubElement(right, "text").text = alternative.text
        _add_text(SubElement(right, "feedback", {"format": "html"}), "")
        if is_number:
            SubElement(right, "tolerance").text = alternative.tolerance
    return element


def _add_headers(element: Element, question: Question, text: str) -> None:
    """Add what questions of every type begin with."""
    _add_text(SubElement(element, "name"), _plain(question.title))
    _add_text(SubElement(element, "questiontext", {"format": "html"}), text)
    feedback = _html(map(paragraph, question.explanation()))
    _add_text(SubElement(element, "generalfeedback", {"format": "html"}), feedback)
    SubElement(element, "penalty").text = PENALTY
    SubElement(element, "hidden").text = "0"
    identity = f"{identity_of(question.worksheet)}-{question.key}"
    SubElement(element, "idnumber").text = identity
    tags = SubElement(element, "tags")
    for tag in ("limelight", question.box.name):
        _add_text(SubElement(tags, "tag"), tag)


def _field(answer: Answer) -> str:
    """Write a field: every alternative is worth the whole mark of the cell."""
    kind = "NUMERICAL" if answer.kind is Kind.NUMBER else "SHORTANSWER"
    alternatives = "~".join(
        f"={text}:{tolerance}" if tolerance else f"={text}"
        for text, tolerance in _alternatives(answer)
    )
    return f"{{1:{kind}:{alternatives}}}"


def _alternatives(answer: Answer) -> Iterator[Alternative]:
    """Go through the right answers; the first is what Moodle shows a learner afterwards.

    A field is as wide as its longest alternative: since a number is given in many digits
    too, a field's width tells nothing and leaves room to write.
    """
    if answer.kind is Kind.NUMBER:
        yield Alternative(answer.shown, "0")
        yield Alternative(answer.written, answer.tolerance)
        return
    yield from map(Alternative, dict.fromkeys(_spelled(answer.spellings)))


def _spelled(spellings: Iterable[Spelling]) -> Iterator[str]:
    """Go through all spellings: with a comma, without the zero, with a true minus sign."""
    for text, goes_on in spellings:
        more = "*" if goes_on else ""
        yield f"{text}{more}"
        if "." in text:
            yield f"{text.replace('.', ',')}{more}"
        if not goes_on and text.removeprefix("-").startswith("0."):
            yield text.replace("0.", ".", 1)
        if text.startswith("-") and "." not in text:
            yield f"\N{MINUS SIGN}{text[1:]}"


def _mark(cell: Element, _row: int, _column: int) -> None:
    cell.text = _FIELD


_MARK = Fill(_mark)


def _interleaved(page_html: str, fields: Sequence[str]) -> str:
    first, *rest = page_html.split(_FIELD)
    return first + "".join(f"{field}{part}" for field, part in zip(fields, rest, strict=True))


def _html(elements: Iterable[Element]) -> str:
    """Write HTML with its styles in it, for an editor keeps no style sheet."""
    written = []
    for element in elements:
        for part in element.iter():
            style = STYLES.get(part.attrib.pop("class", part.tag))
            if style:
                part.set("style", style)
        written.append(tostring(element, encoding="unicode", method="html"))
    return "".join(written).translate(_STEERING)


def _plain(text: str) -> str:
    """Write a name, as much of it as fits: Moodle takes names for HTML, and tags out of them."""
    text = printable(text)
    while len(written := html.escape(text, quote=False)) > LONGEST_NAME:
        text = text[:-1]
    return written


def _add_text(element: Element, text: str) -> None:
    SubElement(element, "text").text = text

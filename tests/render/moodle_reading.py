"""Moodle's side: its XML read back, embedded answers taken apart, and answers graded.

Written from Moodle's documentation of its formats and from how Moodle behaves, which for
numbers is generous: spaces go, a comma may be the decimal point, and what follows a number is
taken for its unit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

import html5lib

from tests.render.quiz_reading import cells

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.render.quiz_answers import Place

BEGINS = re.compile(r"\{([0-9]*):([A-Z_]+):")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?")
ALTERNATIVE = re.compile(r"(?:(=)|%(-?[0-9.,]+)%)?(.*?)(?:(?<!\\)#.*)?", re.DOTALL)
FUZZ = 1e-14
"""Moodle widens a tolerance by this much, relative to numbers above 1."""


class Alternative(NamedTuple):
    """An answer, the share of the mark that it is worth, and how near a number must be."""

    text: str
    share: float
    tolerance: float | None


class Field(NamedTuple):
    """A field to fill in."""

    mark: int
    is_number: bool
    alternatives: tuple[Alternative, ...]

    def grade(self, response: str) -> float:
        """Return the share of the mark that a response earns: the first match counts."""
        for alternative in self.alternatives:
            matches = _is_near if self.is_number else _is_spelled
            if matches(alternative, response):
                return alternative.share
        return 0.0


class Question(NamedTuple):
    """A question that was read; `page` is its text with an element for each field."""

    kind: str
    name: str
    identity: str
    page: Element
    html: str
    feedback: str
    fields: tuple[Field, ...]

    def placed(self) -> dict[Place, Field]:
        """Return each field by the cell that it stands in."""
        if self.kind != "cloze":
            (place,) = (p for p, cell in cells(self.page) if "".join(cell.itertext()) == "?")
            return {place: self.fields[0]}
        return {
            place: self.fields[int(field.get("data-field", ""))]
            for place, cell in cells(self.page)
            for field in cell.iter("samp")
        }

    def shown(self) -> dict[Place, str]:
        """Return the text of each cell without a field."""
        return {
            place: "".join(cell.itertext())
            for place, cell in cells(self.page)
            if not list(cell.iter("samp")) and "".join(cell.itertext()) != "?"
        }


class Category(NamedTuple):
    """A category and its questions."""

    path: tuple[str, ...]
    identity: str
    questions: list[Question]


def read(text: str) -> list[Category]:
    """Read a file; a question belongs to the category before it."""
    found: list[Category] = []
    tree = ET.fromstring(text)  # noqa: S314 - we wrote it ourselves
    for element in tree.iter("question"):
        if element.get("type") == "category":
            path = _texts(element, "category")
            identity = element.findtext("idnumber", "")
            found.append(Category(_split(path), identity, []))
        else:
            found[-1].questions.append(_question(element))
    return found


def embedded(text: str) -> tuple[tuple[Field, ...], str]:
    """Take embedded answers out of a text: the fields, and the text with elements for them."""
    fields: list[Field] = []
    written, at = "", 0
    while begins := BEGINS.search(text, at):
        ends = _end(text, begins.end())
        written += f'{text[at : begins.start()]}<samp data-field="{len(fields)}"></samp>'
        fields.append(_field(begins[1], begins[2], text[begins.end() : ends]))
        at = ends + 1
    return tuple(fields), written + text[at:]


def _question(element: Element) -> Question:
    kind, text = element.get("type", ""), _texts(element, "questiontext")
    fields, page = embedded(text) if kind == "cloze" else ((_alone(element),), text)
    return Question(
        kind=kind,
        name=_texts(element, "name"),
        identity=element.findtext("idnumber", ""),
        page=html5lib.parseFragment(page, namespaceHTMLElements=False),
        html=text,
        feedback=_texts(element, "generalfeedback"),
        fields=fields,
    )


def _alone(element: Element) -> Field:
    alternatives = tuple(
        Alternative(
            answer.findtext("text", ""),
            float(answer.get("fraction", "0")) / 100,
            float(answer.findtext("tolerance", "0")),
        )
        for answer in element.iter("answer")
    )
    return Field(1, element.get("type") == "numerical", alternatives)


def _field(mark: str, kind: str, body: str) -> Field:
    assert kind in {"NUMERICAL", "SHORTANSWER"}
    return Field(int(mark), kind == "NUMERICAL", tuple(map(_alternative, _parts(body))))


def _parts(body: str) -> list[str]:
    return re.split(r"(?<!\\)~", body)


def _alternative(part: str) -> Alternative:
    match = ALTERNATIVE.fullmatch(part)
    assert match is not None
    share = 1.0 if match[1] else float(match[2] or 0) / 100
    text, _, tolerance = re.sub(r"\\([}#~/\"\\])", r"\1", match[3]).partition(":")
    return Alternative(text, share, float(tolerance) if tolerance else 0.0)


def _end(text: str, at: int) -> int:
    """Return where a field ends: at a brace that no backslash stands before."""
    ends = re.compile(r"(?<!\\)\}").search(text, at)
    assert ends is not None
    return ends.start()


def _is_near(alternative: Alternative, response: str) -> bool:
    text = response.replace(" ", "").lower()
    text = text.replace(",", "") if "." in text else text.replace(",", ".")
    number = NUMBER.match(text)
    if number is None:
        return False
    middle = float(alternative.text)
    room = (alternative.tolerance or 0.0) + FUZZ * max(1.0, abs(middle))
    return abs(float(number[0]) - middle) <= room


def _is_spelled(alternative: Alternative, response: str) -> bool:
    """Compare texts: an asterisk stands for anything, capital letters count as small ones."""
    pattern = ".*".join(map(re.escape, alternative.text.split("*")))
    return re.fullmatch(pattern, response.strip(), re.IGNORECASE) is not None


def _texts(element: Element, name: str) -> str:
    return element.findtext(f"{name}/text", "").strip()


def _split(path: str) -> tuple[str, ...]:
    """Divide the path of a category at single slashes; a double one is a slash."""
    parts = re.split(r"(?<!/)/(?!/)", path)
    return tuple(part.replace("//", "/").strip() for part in parts)

"""A delivery engine's side: a package read back, and response processing carried out.

Written from the QTI 2.1 specification (Assessment Test, Section and Item Information Model):
an answer that its base type cannot hold is NULL, a comparison with NULL is NULL, and a
condition that is not true is passed over. Patterns are regular expressions of XML Schema.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from tests.render.quiz_reading import cells, named, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

    from tests.render.quiz_answers import Place

Value: TypeAlias = str | float | bool | None
Values: TypeAlias = dict[str, Value]

DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class Item(NamedTuple):
    """An item of a package."""

    path: str
    root: Element

    @property
    def fields(self) -> dict[Place, str]:
        """Return the identifier of each field by the cell that it stands in."""
        return {
            place: field.get("responseIdentifier", "")
            for place, cell in cells(self.root)
            for field in named(cell, "textEntryInteraction")
        }

    @property
    def shown(self) -> dict[Place, str]:
        """Return the text of each cell without a field."""
        return {
            place: "".join(cell.itertext())
            for place, cell in cells(self.root)
            if not list(named(cell, "textEntryInteraction"))
        }

    @property
    def types(self) -> dict[str, str]:
        """Return the base type of each response."""
        declared = named(self.root, "responseDeclaration")
        return {each.get("identifier", ""): each.get("baseType", "") for each in declared}

    @property
    def solution(self) -> dict[str, str]:
        """Return the correct response of each field."""
        declared = named(self.root, "responseDeclaration")
        return {
            each.get("identifier", ""): next(named(each, "value")).text or "" for each in declared
        }

    def outcomes(self, answers: Mapping[str, str]) -> Values:
        """Carry out the response processing on what was entered into the fields."""
        values: Values = {
            name: converted(answers.get(name), kind) for name, kind in self.types.items()
        }
        for outcome in named(self.root, "outcomeDeclaration"):
            default = next(named(outcome, "value"), None)
            text = None if default is None else default.text
            values[outcome.get("identifier", "")] = converted(text, outcome.get("baseType", ""))
        (processing,) = named(self.root, "responseProcessing")
        _carry_out(processing, values)
        return values


def read(package: bytes) -> list[Item]:
    """Read the items of a package, in the order of its test."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        test = document(archive.read("test.xml"))
        paths = [each.get("href", "") for each in named(test, "assessmentItemRef")]
        return [Item(path, document(archive.read(path))) for path in paths]


def document(content: bytes) -> Element:
    """Parse a document."""
    return ET.fromstring(content)  # noqa: S314 - we wrote it ourselves


def _carry_out(rules: Element, values: Values) -> None:
    for rule in rules:
        if tag(rule) == "responseCondition":
            _choose(rule, values)
        elif tag(rule) == "setOutcomeValue":
            values[rule.get("identifier", "")] = evaluated(rule[0], values)


def _choose(condition: Element, values: Values) -> None:
    for branch in condition:
        is_else = tag(branch) == "responseElse"
        if is_else or evaluated(branch[0], values) is True:
            rules = ET.Element("rules")
            rules.extend(list(branch)[0 if is_else else 1 :])
            _carry_out(rules, values)
            return


def evaluated(expression: Element, values: Values) -> Value:
    """Return the value of an expression."""
    match tag(expression):
        case "baseValue":
            return converted(expression.text, expression.get("baseType", ""))
        case "variable":
            return values[expression.get("identifier", "")]
        case "sum":
            return _sum([evaluated(part, values) for part in expression])
        case "equal":
            return _is_equal(expression, *(evaluated(part, values) for part in expression))
        case "patternMatch":
            return _matches(expression.get("pattern", ""), evaluated(expression[0], values))
    raise LookupError(expression.tag)


def _sum(terms: list[Value]) -> Value:
    if any(term is None for term in terms):
        return None
    return sum(_numbers(terms))


def _is_equal(expression: Element, first: Value, second: Value) -> Value:
    if first is None or second is None:
        return None
    assert expression.get("toleranceMode") == "absolute"
    below, above = map(float, expression.get("tolerance", "").split())
    one, other = _numbers([first, second])
    return other - below <= one <= other + above


def _numbers(values: list[Value]) -> Iterator[float]:
    for value in values:
        assert isinstance(value, float)
        yield value


def _matches(pattern: str, text: Value) -> Value:
    if text is None:
        return None
    assert isinstance(text, str)
    return re.fullmatch(pattern, text) is not None


def converted(text: str | None, kind: str) -> Value:
    """Return a value of a base type, NULL where the text is none."""
    if not text:
        return None
    if kind == "float":
        return float(text) if DOUBLE.fullmatch(text.strip()) else None
    return text

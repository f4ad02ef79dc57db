"""Worksheets as an IMS QTI 2.1 content package: a test with a section for each worksheet.

The specification: https://www.imsglobal.org/question/qtiv2p1/imsqti_implv2p1.html and, for the
package, IMS Content Packaging 1.1. Every file is the same, byte for byte, whenever it is made.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from limelight.render.lines import printable
from limelight.render.qti_item import QTI, STYLE_SHEET, item, style_sheet, xml_bytes
from limelight.render.quiz import identity_of, name_of, questions, refuse_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limelight.render.quiz import Question
    from limelight.sheet.worksheet import Worksheet

PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
"""The namespace of a manifest."""

_TEST = "test.xml"
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive: the earliest that a zip can hold."""
_READABLE = 0o644 << 16


class Item(NamedTuple):
    """A question and where it is in the package."""

    identifier: str
    question: Question

    @property
    def path(self) -> str:
        """Where its file is."""
        return f"items/{self.identifier}.xml"


@dataclass(frozen=True, slots=True)
class Qti:
    """Writes worksheets, blank or with hints, as a package for platforms that speak QTI 2.1.

    An item is a step with a field for each blank cell, each cell worth a point. The arithmetic
    of a telling cell is told once the item is answered.

    >>> from limelight import gallery
    >>> from limelight.sheet.by_hand import lay_out_by_hand
    >>> package = Qti((lay_out_by_hand(gallery("softmax")),)).package()
    >>> zipfile.ZipFile(io.BytesIO(package)).namelist()[:3]
    ['imsmanifest.xml', 'test.xml', 'limelight.css']
    """

    worksheets: Sequence[Worksheet]

    def package(self) -> bytes:
        """Return the package, a zip archive.

        Raises:
            QuizError: A worksheet leaves nothing blank, or a number is too large.
        """
        refuse_none(self.worksheets)
        sections = [
            (worksheet, _items(worksheet, index))
            for index, worksheet in enumerate(self.worksheets, start=1)
        ]
        items = [item for _, section in sections for item in section]
        files = {
            "imsmanifest.xml": xml_bytes(_manifest(items)),
            _TEST: xml_bytes(_test(sections)),
            STYLE_SHEET: style_sheet().encode(),
            **{each.path: xml_bytes(item(each.question, each.identifier)) for each in items},
        }
        return _zipped(files)


def _items(worksheet: Worksheet, index: int) -> list[Item]:
    """Return the items of a worksheet; the index tells apart two of the same exercise."""
    sheet = f"limelight-{identity_of(worksheet)}-{index}"
    return [Item(f"{sheet}-{question.key}", question) for question in questions(worksheet)]


def _test(sections: Sequence[tuple[Worksheet, Sequence[Item]]]) -> Element:
    """Return the test: it adds up the points of its items."""
    title = "; ".join(dict.fromkeys(worksheet.title for worksheet, _ in sections))
    test = Element(
        "assessmentTest",
        {
            **QTI,
            "identifier": "limelight-test",
            "title": printable(title),
            "toolName": "Limelight",
        },
    )
    score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    SubElement(test, "outcomeDeclaration", score)
    part = SubElement(
        test,
        "testPart",
        {"identifier": "part", "navigationMode": "nonlinear", "submissionMode": "individual"},
    )
    SubElement(part, "itemSessionControl", {"showFeedback": "true", "allowReview": "true"})
    for index, (worksheet, items) in enumerate(sections, start=1):
        attributes = {"identifier": f"sheet-{index}", "visible": "true"}
        title = printable(name_of(worksheet))
        section = SubElement(part, "assessmentSection", {**attributes, "title": title})
        for each in items:
            reference = {"identifier": each.identifier, "href": each.path}
            SubElement(section, "assessmentItemRef", reference)
    outcomes = SubElement(SubElement(test, "outcomeProcessing"), "setOutcomeValue")
    outcomes.set("identifier", "SCORE")
    SubElement(SubElement(outcomes, "sum"), "testVariables", {"variableIdentifier": "SCORE"})
    return test


def _manifest(items: Sequence[Item]) -> Element:
    manifest = Element("manifest", {"xmlns": PACKAGE, "identifier": "limelight-package"})
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    test = _resource(resources, "limelight-test", "imsqti_test_xmlv2p1", _TEST)
    for each in items:
        SubElement(test, "dependency", {"identifierref": each.identifier})
        resource = _resource(resources, each.identifier, "imsqti_item_xmlv2p1", each.path)
        SubElement(resource, "file", {"href": STYLE_SHEET})
    return manifest


def _resource(resources: Element, identifier: str, kind: str, path: str) -> Element:
    attributes = {"identifier": identifier, "type": kind, "href": path}
    resource = SubElement(resources, "resource", attributes)
    SubElement(resource, "file", {"href": path})
    return resource


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _FIRST_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            entry.create_system = 3  # Unix, on any system
            archive.writestr(entry, content)
    return stream.getvalue()

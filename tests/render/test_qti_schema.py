"""Every document of a package is valid by the published schemas of QTI 2.1.

The schemas are not ours to hand on: they are looked for beside the repository, and where
`LIMELIGHT_QTI_SCHEMAS` says.
"""

from __future__ import annotations

import io
import os
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from limelight.render.qti import Qti
from limelight.render.qti_item import NAMESPACE
from tests.render.hostile import EVERYTHING
from tests.render.quiz_answers import sheets, strange

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[2]
FOLDER = Path(
    os.environ.get("LIMELIGHT_QTI_SCHEMAS") or REPOSITORY.parent / "shared" / "data" / "qti21"
)
SCHEMA = FOLDER / "qtiv2p1" / "imsqti_v2p1.xsd"

pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(),
    reason=f"needs the schemas of QTI 2.1 in {FOLDER}; LIMELIGHT_QTI_SCHEMAS names another folder",
)

SHEETS = sheets()


@cache
def schema() -> etree.XMLSchema:
    """Return the published schema, its imports resolved from the folder."""
    return etree.XMLSchema(etree.parse(SCHEMA))


def documents(package: bytes) -> dict[str, bytes]:
    """Return the test and the items of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name.endswith(".xml") and name != "imsmanifest.xml"
        }


def complaints(content: bytes) -> list[str]:
    """Return what the schema has to say against a document."""
    schema().validate(etree.fromstring(content))
    return [str(entry) for entry in schema().error_log]


@pytest.mark.parametrize("name", SHEETS)
def test_documents_are_valid(name: str) -> None:
    """The test and every item follow the schema."""
    found = documents(Qti((SHEETS[name],)).package())

    assert len(found) > 1
    assert {
        path: complaints(content) for path, content in found.items() if complaints(content)
    } == {}


@pytest.mark.parametrize("text", EVERYTHING.values(), ids=EVERYTHING)
def test_documents_of_strangers_are_valid(text: str) -> None:
    """Whatever a stranger calls an exercise, its documents follow the schema."""
    found = documents(Qti((strange(text, text),)).package())

    assert [complaint for content in found.values() for complaint in complaints(content)] == []


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "a table without a body": lambda item: item.replace(b"<tbody>", b"").replace(b"</tbody>", b""),
    "an attribute of HTML": lambda item: item.replace(b"<table>", b'<table style="x">'),
    "an unknown rule": lambda item: item.replace(b"patternMatch", b"regularExpression"),
    "a field without a response": lambda item: item.replace(b"responseIdentifier", b"response"),
    "no number": lambda item: item.replace(b'expectedLength="10"', b'expectedLength="twelve"'),
}


@pytest.mark.parametrize("spoil", BREAKS.values(), ids=BREAKS)
def test_a_broken_document_is_seen(spoil: Callable[[bytes], bytes]) -> None:
    """The check by the schema can fail."""
    *_, item = documents(Qti((SHEETS["softmax"],)).package()).values()

    assert complaints(item) == []
    assert NAMESPACE.encode() in item
    assert complaints(spoil(item)) != []

"""LibreOffice without a window: it works workbooks anew and prints them."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools import program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode">
<value>0</value></prop></item>
</oor:items>
"""
"""Work every formula when a file is opened, whatever the file says that it gives."""

TIMEOUT = 300
"""Seconds after which something has gone wrong."""


def recalculated(workbooks: Mapping[str, bytes]) -> dict[str, Path]:
    """Open every workbook, work its formulas, and save it again; return the paths by name."""
    return _converted(workbooks, "xlsx:Calc MS Excel 2007 XML", "xlsx")


def printed(workbooks: Mapping[str, bytes]) -> dict[str, Path]:
    """Print every workbook into a PDF; return the paths by name."""
    return _converted(workbooks, "pdf", "pdf")


def _converted(workbooks: Mapping[str, bytes], into: str, ending: str) -> dict[str, Path]:
    soffice = program("soffice", "libreoffice-calc")
    folder = Path(tempfile.mkdtemp(prefix="limelight-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # several tests read the results
    registry = folder / "profile" / "user" / "registrymodifications.xcu"
    registry.parent.mkdir(parents=True)
    registry.write_text(ALWAYS, encoding="utf-8")
    files = list(_written(folder / "in", workbooks))
    subprocess.run(
        [
            soffice,
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            into,
            "--outdir",
            str(folder / "out"),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=TIMEOUT,
    )
    return {file.stem: (folder / "out" / file.name).with_suffix(f".{ending}") for file in files}


def _written(folder: Path, workbooks: Mapping[str, bytes]) -> Iterable[Path]:
    folder.mkdir()
    for name, content in workbooks.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(content)
        yield path


def text_of_pages(pdf: Path) -> list[str]:
    """Return the words of each page."""
    pdftotext = program("pdftotext", "poppler-utils")
    done = subprocess.run(
        [pdftotext, "-layout", str(pdf), "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    return done.stdout.split("\f")[:-1]

"""Audit a function that is named as module:function, and put what is said where it is to go."""

from __future__ import annotations

import importlib
import json
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from limelight.auditing.trials.export import function_json
from limelight.auditing.trials.function import audit_function
from limelight.cli.progress import bar
from limelight.errors import FileError, UnknownNameError
from limelight.render.paint import columns_of, encoding_of, paint
from limelight.render.report_text import ReportText
from limelight.sheet.function_report import lay_out_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from limelight.auditing.trials.findings import FunctionFindings

_NAMED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def names_function(subject: str) -> bool:
    """Tell whether a subject is written as module:function, and not as the path of a file.

    >>> names_function("mymodel.attention:attend"), names_function("dump.npz")
    (True, False)
    """
    return _NAMED.fullmatch(subject) is not None and not Path(subject).exists()


class Named(NamedTuple):
    """A function that was imported.

    Attributes:
        function: It.
        where: Which module it is from, and which file that is.
    """

    function: Callable[..., Any]
    where: str


def import_function(subject: str) -> Named:
    """Import the module that is named, and nothing else, from the current folder too.

    Raises:
        FileError: The module cannot be imported.
        UnknownNameError: It has no such function.
    """
    module_name, _, path = subject.partition(":")
    module = _imported(module_name)
    found: Any = module
    for name in path.split("."):
        if not hasattr(found, name):
            known = [each for each in dir(found) if not each.startswith("_")]
            raise UnknownNameError.among(f"function in {module_name}", name, known)
        found = getattr(found, name)
    return Named(found, f"{module_name}, {_file_of(module)}")


def _file_of(module: ModuleType) -> str:
    """Return the file of a module, shortly where it lies in the current folder."""
    file = getattr(module, "__file__", None)
    if file is None:
        return "built in"
    here = Path.cwd()
    path = Path(file)
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _imported(name: str) -> ModuleType:
    """Import a module; what it prints goes to standard error."""
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        with redirect_stdout(sys.stderr):
            return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        lines = str(error).strip().splitlines()
        said = f"{type(error).__name__}{f': {lines[0]}' if lines else ''}"
        msg = (
            f"{name} must be a module that can be imported; it cannot.\n"
            f"  {said}\n"
            "  It is looked for in the current folder and where Python looks for packages."
        )
        raise FileError(msg) from error


def audit_named(
    subject: str, given: Mapping[str, str], features: Sequence[str], *, as_json: bool
) -> int:
    """Audit a function; return the exit status: 1 where it is wrong.

    Raises:
        LimelightError: It cannot be audited.
        KeyboardInterrupt: It was stopped; what was found before has been shown.
    """
    options: dict[str, Any] = {**given, "features": list(features) or None}
    if "seed" in options:
        options["seed"] = _whole(given["seed"])
    named = import_function(subject)
    known: list[FunctionFindings] = []
    try:
        with bar("Configurations") as progress, redirect_stdout(sys.stderr):

            def note(findings: FunctionFindings, count: int) -> None:
                known[:] = [findings]
                if progress:
                    progress(len(findings.trials), count)

            findings = audit_function(named.function, progress=note, **options)
    except KeyboardInterrupt:
        for findings in known:
            _show(findings, named.where, as_json=as_json)
            sys.stderr.write("limelight: stopped; the configurations so far are above.\n")
        raise
    _show(findings, named.where, as_json=as_json)
    return 0 if findings.is_right else 1


def _whole(text: str) -> object:
    """Return a number that is written out, or the text, which is refused where it is used."""
    return int(text) if text.isascii() and text.isdigit() else text


def _show(findings: FunctionFindings, where: str, *, as_json: bool) -> None:
    if as_json:
        json.dump(function_json(findings) | {"imported": where}, sys.stdout, indent=1)
        sys.stdout.write("\n")
        return
    report = lay_out_function(findings, where=where)
    drawing = ReportText(report, columns_of(sys.stdout), encoding_of(sys.stdout))
    paint(drawing.lines(), sys.stdout)

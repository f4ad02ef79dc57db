"""Audit a dump of attention: which tensor is the first wrong one, and why."""

from __future__ import annotations

from dataclasses import fields, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from limelight.auditing.causes import Diagnosis
from limelight.auditing.dump import Dump, read_dump
from limelight.auditing.findings import Difference, Findings, StepFinding, Verdict
from limelight.auditing.material import Material
from limelight.auditing.passing import Pass, tiles
from limelight.auditing.precision import coarsest
from limelight.auditing.rounded import RoundedArrays
from limelight.auditing.setup import Setup
from limelight.auditing.tensors import STEPS, Tensors
from limelight.errors import ArrayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.comparing import Tally
    from limelight.stream.options import Alignment


def audit_dump(
    source: Dump | Mapping[str, object] | str | PathLike[str],
    setup: Setup | None = None,
    **options: object,
) -> Findings:
    """Hold every tensor of a dump against what follows from those before it.

    Args:
        source: The path of a file, .npz or .safetensors. Or tensors by name: NumPy's, torch's,
            jax's, or whatever speaks DLPack or `__array__`. Or what `read_dump` returned.
            docs/auditing.md lists the names and what the axes stand for.
        setup: How it was meant to be computed. Where it is None, what the file's metadata say.
        **options: Fields of `Setup`, which win over both.

    Returns:
        Findings: of each tensor whether it is right, within the errors of a right
        implementation; of the first wrong one what causes it, as far as the catalogue knows.

    Raises:
        FileError: The file cannot be read.
        UnknownNameError: A tensor or an option is called as none of those known.
        ArrayError: A tensor is of a kind that cannot be used.
        ShapeError: Sizes contradict each other or the setup.
        OptionError: A setting cannot be followed.

    >>> import numpy as np
    >>> q = k = np.eye(4)[None]
    >>> findings = audit_dump({"q": q, "k": k, "scores": q @ k.mT, "scaled": q @ k.mT / 4})
    >>> findings.first_wrong.name, findings.first_wrong.wrong_cells
    ('scaled', 4)
    >>> [cause.mistake for cause in findings.causes][0]
    'E2'
    """
    dump = _dump(source)
    wanted = Setup.read(options, like=setup or Setup.read(_settings(dump.metadata)))
    tensors = Tensors(dump.tensors, wanted)
    if wanted.causal is not True:
        return _Audit(dump.name, tensors).findings()
    named = [_Audit(dump.name, tensors, alignment) for alignment in _ALIGNMENTS]
    likeliest = max(named, key=lambda audit: audit.first_wrong)
    return likeliest.findings()


_ALIGNMENTS: tuple[Alignment, ...] = ("bottom-right", "top-left")


def _dump(source: Dump | Mapping[str, object] | str | PathLike[str]) -> Dump:
    if isinstance(source, Dump):
        return source
    if isinstance(source, str | PathLike):
        return read_dump(source)
    if hasattr(source, "keys") and hasattr(source, "__getitem__"):
        return Dump(name="tensors", tensors={str(name): source[name] for name in source})
    msg = (
        f"what is audited must be a path or tensors by name; got {type(source).__name__}.\n"
        "  A path ends in .npz or .safetensors.\n"
        '  Give a mapping such as {"q": q, "k": k, "v": v, "output": out}.'
    )
    raise ArrayError(msg)


def _settings(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Take the settings of metadata; whoever saved the file may have written more there."""
    return {field.name: metadata[field.name] for field in fields(Setup) if field.name in metadata}


class _Audit:
    """One reading of a dump, under one causal alignment."""

    def __init__(self, name: str, tensors: Tensors, alignment: Alignment | None = None) -> None:
        self._name = name
        self._setup = tensors.setup
        self._alignment = alignment
        if alignment is not None:
            tensors = tensors.under(replace(tensors.setup, causal=alignment))
        self._material = Material(tensors)
        self._precision = coarsest(
            {tensors.sources[name].dtype for name in self._material.step_of}
            | {tensors.setup.dtype or "float64"}
        )
        self._on = RoundedArrays(self._precision)
        self._names = [name for name in STEPS if name in self._material.step_of]
        self._pass = Pass(self._material, self._on, self._names)
        self._pass.run(tiles(self._material))

    @property
    def first_wrong(self) -> int:
        """Where in the order of the computation the first wrong tensor is."""
        wrong = (at for at, name in enumerate(self._names) if self._tally(name).wrong)
        return next(wrong, len(self._names))

    def findings(self) -> Findings:
        """Say it all."""
        steps = [self._step(name) for name in self._names]
        first = self.first_wrong
        if first < len(steps):
            name = self._names[first]
            causes = Diagnosis(self._material, self._on, name, self._tally(name)).causes()
            steps[first] = replace(steps[first], causes=causes)
        return Findings(
            name=self._name,
            setup=self._setup,
            steps=tuple(steps),
            differences=self._differences(),
            precision=self._precision.name,
        )

    def _tally(self, name: str) -> Tally:
        return self._pass.tallies[name]

    def _step(self, name: str) -> StepFinding:
        tally = self._tally(name)
        if name in self._pass.given:
            return StepFinding(name=name, verdict=Verdict.GIVEN)
        verdict = Verdict.RIGHT
        if tally.wrong:
            verdict = Verdict.WRONG
        elif name in self._pass.unseen.names:
            verdict = Verdict.DIFFERENT
        return StepFinding(
            name=name,
            verdict=verdict,
            error=tally.error,
            tolerance=tally.tolerance,
            place=tally.place,
            expected=tally.expected,
            found=tally.found,
            cells=tally.cells,
            wrong_cells=tally.wrong,
        )

    def _differences(self) -> tuple[Difference, ...]:
        found = self._pass.unseen.differences()
        if self._alignment == "top-left":
            says = "top-left here, by what the dump holds; bottom-right is expected of `True`."
            found = (Difference("E12", "the causal alignment", says), *found)
        return found

"""Hold what a function returned against what is right, and name how it differs."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.auditing.adapters.adapter import Conventions
from limelight.auditing.audit import audit_dump
from limelight.auditing.setup import Setup
from limelight.auditing.trials import differing
from limelight.auditing.trials.causing import cause_of
from limelight.auditing.trials.empty_rows import EmptyRows
from limelight.auditing.trials.findings import Standing
from limelight.auditing.trials.request import HIDING, other_than
from limelight.auditing.trials.rereading import REREADINGS
from limelight.auditing.trials.ruling_out import ways_that_show

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Answer, Prepared
    from limelight.auditing.findings import Cause, Difference, Findings
    from limelight.auditing.trials.case import Alignment
    from limelight.auditing.trials.empty_rows import RowKind
    from limelight.auditing.trials.request import Request
    from limelight.auditing.trials.ruling_out import Way
    from limelight.stream.arrays import Bools, Floats


class Judged(NamedTuple):
    """What is said of an answer.

    Attributes:
        standing: What is said.
        findings: Of the dump that inputs and answer make; None where there was none to make.
        causes: Why it is wrong.
        differences: Conventions by which it is right.
        remark: What is to be said beside.
    """

    standing: Standing
    findings: Findings | None = None
    causes: tuple[Cause, ...] = ()
    differences: tuple[Difference, ...] = ()
    remark: str = ""


def judge(prepared: Prepared, answer: Answer, conventions: Conventions) -> Judged:
    """Say whether an answer is right, by Limelight's conventions or by those of its API.

    What an API documents is what it is held to. Where it documents nothing, whatever convention
    makes the answer right is taken for its own.
    """
    request = prepared.request
    expected = _shape(prepared)
    if answer.output.shape != expected:
        remark = f"returns {answer.output.shape}, not {expected}"
        return Judged(Standing.WRONG, remark=remark)
    if not request.sizes[2]:
        return Judged(Standing.RIGHT)
    readings = [
        _Reading(prepared, answer, conventions, replace(request, causal=alignment))
        for alignment in _alignments(request, conventions)
    ]
    found = [reading.judged() for reading in readings]
    good = next((judged for judged in found if judged.standing is not Standing.WRONG), None)
    if good or found[0].causes:
        return good or found[0]
    return found[0]._replace(causes=_misread(readings))


def shown_by(prepared: Prepared, answer: Answer) -> frozenset[Way]:
    """Return the mistakes that would show in an answer, which is right."""
    reading = _Reading(prepared, answer, Conventions(), prepared.request)
    dump, setup = reading.dumped(prepared.request, answer.output)
    return ways_that_show(dump, setup, prepared.result)


def _misread(readings: list[_Reading]) -> tuple[Cause, ...]:
    """Return the mistakes that change what is asked and give what was found."""
    causes: dict[str, Cause] = {}
    for reading, other in product(readings, REREADINGS):
        asked = other.made(reading.asked)
        if asked is None or reading.prepared.result != "heads":
            continue
        given = {"q": asked.q, "k": asked.k, "v": asked.v}
        told = reading.prepared._replace(request=asked, given=given)
        if reading._replace(prepared=told, asked=asked).judged().standing is not Standing.WRONG:
            causes.setdefault(other.mistake, cause_of(other.mistake, other.step, other.says))
    return tuple(causes.values())


def _shape(prepared: Prepared) -> tuple[int, ...]:
    """Return the shape that an answer must have."""
    batch, heads, queries, _ = prepared.request.sizes
    given = prepared.given
    if prepared.result == "heads":
        return (batch, heads, queries, prepared.request.v.shape[-1])
    wide = given["w_v"].shape[0] if "w_v" in given else given["v_proj"].shape[-1]
    joined = wide // prepared.kv_heads * heads
    return (batch, queries, given["w_o"].shape[0] if "w_o" in given else joined)


def _alignments(request: Request, conventions: Conventions) -> list[Alignment | None]:
    """Return the causal alignments by which an answer may be right, the likeliest first."""
    asked = request.causal
    _, _, queries, keys = request.sizes
    if asked is None or conventions.causal == "named":
        return [asked]
    if queries == keys and request.key_lengths is None:
        return [asked]
    if conventions.causal is not None:
        return [conventions.causal]
    return [asked, other_than(asked)]


class _Reading(NamedTuple):
    """One way to understand what was asked."""

    prepared: Prepared
    answer: Answer
    conventions: Conventions
    asked: Request

    def judged(self) -> Judged:
        """Say what is to be said if it was understood so."""
        rows = EmptyRows.of(self.prepared, self.asked)
        output = rows.without(self.answer.output)
        entries = self._entries(output)
        if rows.at.all() or not entries.any():
            findings = None
        else:
            findings = self._audited(self.asked, output, entries)
            if not findings.is_right:
                return self._wrong(findings, output, entries)
        kind = self._kind(rows)
        if kind == "other" or (kind != "none" and self._is_broken(kind)):
            what = "what no convention gives" if kind == "other" else kind
            says = f"a query that sees no key gets {what}"
            return Judged(Standing.WRONG, findings, (cause_of("E18", "weights", says),))
        differences = self._differences(kind, leaks=not entries.all())
        standing = Standing.CONVENTION if differences else Standing.RIGHT
        return Judged(standing, findings, differences=differences)

    def _wrong(self, findings: Findings, output: Floats, entries: Bools) -> Judged:
        """Say that it is wrong, unless it is only less exact than its numbers are."""
        if self.asked.case.dtype == "float64":
            narrow = self._audited(self.asked, output, entries, dtype="float32")
            if narrow.is_right:
                return Judged(Standing.CONVENTION, narrow, differences=(differing.precision(),))
        return Judged(Standing.WRONG, findings, self._causes(findings, output))

    def _entries(self, output: Floats) -> Bools:
        """Tell which entries of the batch are to be audited: not those that hidden NaN reached."""
        batch = output.shape[0]
        if not self.asked.case.holds_nan or self.conventions.hidden_nan:
            return np.ones(batch, dtype=bool)
        return np.asarray(~np.isnan(output.reshape(batch, -1)).any(axis=1))

    def _kind(self, rows: EmptyRows) -> RowKind:
        """Tell what queries without a key got."""
        kind = rows.kind(self.answer.output)
        if kind != "other" or self.asked.sizes[3] == 0:
            return kind
        mask = self.asked.mask
        if mask is not None and mask.dtype != bool:
            return kind
        visible = self.asked.seen(*HIDING) | self.asked.empty_rows()[..., None]
        shown = self.asked.masked(visible, *HIDING)
        everything = np.ones(len(visible), dtype=bool)
        findings = self._audited(shown, self.answer.output, everything)
        return "unmasked" if findings.is_right else kind

    def _is_broken(self, kind: RowKind) -> bool:
        """Tell whether the API documents 0 for a query without a key, and it got another thing."""
        return self.conventions.empty_row == "zero" and kind != "zero"

    def _differences(self, kind: RowKind, *, leaks: bool) -> tuple[Difference, ...]:
        found = []
        request, conventions = self.prepared.request, self.conventions
        if self.asked.causal != request.causal:
            documented = conventions.causal is not None
            found.append(
                differing.causal(self.asked.causal, request.causal, is_documented=documented)
            )
        if kind not in {"none", "zero"}:
            documented = conventions.empty_row == kind
            found.append(differing.empty_row(kind, is_documented=documented))
        if conventions.polarity == "hides" and self._says_bools():
            found.append(differing.polarity())
        if leaks:
            found.append(differing.leak())
        return tuple(found)

    def _says_bools(self) -> bool:
        """Tell whether the function was given a mask of bools."""
        passed = self.prepared.passed.values()
        return any("bool" in str(getattr(each, "dtype", "")) for each in passed)

    def _causes(self, findings: Findings, output: Floats) -> tuple[Cause, ...]:
        """Return the causes, told apart by the weights where they came with the output."""
        found = {cause.mistake: cause for cause in findings.causes}
        if self.asked.case.holds_nan and "E19" in found:
            return (found["E19"],)  # of the padding: other mistakes with it show without NaN
        weights = self.answer.weights
        if weights is None or len(findings.causes) == 1:
            return findings.causes
        dump, setup = self.dumped(self.asked, output)
        closer = audit_dump({**dump, "weights": weights}, setup)
        return closer.causes or findings.causes

    def _audited(
        self, asked: Request, output: Floats, entries: Bools, *, dtype: str | None = None
    ) -> Findings:
        """Audit the dump of some entries of the batch, worked in a type."""
        dump, setup = self.dumped(asked, output)
        if not entries.all():
            dump = {name: _cut(name, each, entries) for name, each in dump.items()}
        return audit_dump(dump, setup if dtype is None else replace(setup, dtype=dtype))

    def dumped(self, asked: Request, output: Floats) -> tuple[dict[str, Any], Setup]:
        """Return what a dump of the call would hold, and its settings."""
        names = ("mask", "bias", "sinks", "key_starts", "key_lengths")
        there = {name: value for name in names if (value := getattr(asked, name)) is not None}
        setup = replace(
            self.prepared.setup or Setup(),
            scale=asked.scale,
            softcap=asked.softcap,
            causal=asked.causal,
            window=asked.window,
            dtype=asked.case.dtype,
        )
        return {**self.prepared.given, **there, self.prepared.result: output}, setup


def _cut(name: str, tensor: Any, entries: Bools) -> Any:  # noqa: ANN401 - an array
    """Return the part of a tensor that belongs to some entries of the batch."""
    has_batch = name in _BY_ENTRY and tensor.shape[0] == len(entries)
    return tensor[entries] if has_batch else tensor


_BY_ENTRY = frozenset(
    {
        *("x", "q", "k", "v", "q_proj", "k_proj", "v_proj", "heads", "output"),
        *("mask", "bias", "key_starts", "key_lengths"),
    }
)

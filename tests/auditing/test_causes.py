"""Mistakes made on purpose are named, and conventions are not called mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limelight.auditing import causes
from limelight.auditing.audit import audit_dump
from limelight.auditing.findings import Findings, Verdict
from limelight.auditing.signatures import Evidence, Signature
from tests.auditing.making import DTYPES, Made, Maker


def maker(**options: Any) -> Maker:  # noqa: ANN401 - any option
    """Return what makes a dump in float32."""
    return Maker(rng=np.random.default_rng(11), options=options)


def named(findings: Findings) -> list[str]:
    """Return the ids of the causes."""
    return list(dict.fromkeys(cause.mistake for cause in findings.causes))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_cause_is_named_in_every_dtype(dtype: str) -> None:
    """Scores divided by d_k, alone and from the output alone."""
    wrong = maker(scale=1 / 8)
    wrong.dtype = dtype
    tensors = wrong.make().tensors

    assert named(audit_dump(tensors)) == ["E2"]
    kept = {name: tensors[name] for name in ("q", "k", "v", "output")}
    assert "E2" in named(audit_dump(kept))


def test_a_mistake_in_some_heads_is_named_with_them() -> None:
    """Where other heads are right, the cause says in which ones it was made."""
    right, wrong = maker().make().tensors, maker(scale=1 / 8).make().tensors
    tensors = {name: right[name] for name in ("q", "k", "v", "scores")}
    tensors["scaled"] = right["scaled"].copy()
    tensors["scaled"][:, 2] = wrong["scaled"][:, 2]
    findings = audit_dump(tensors)

    assert [(cause.mistake, cause.heads) for cause in findings.causes] == [("E2", (2,))]
    assert "in head 2" in str(findings)


def test_a_softmax_over_queries_is_named() -> None:
    """A mistake that mixes queries is tried on all of them at once."""
    tensors = maker().make().without("heads", "output")
    powers = np.exp(tensors["scaled"].astype(np.float64))
    tensors["weights"] = (powers / powers.sum(axis=-2, keepdims=True)).astype(np.float32)

    assert "E7" in named(audit_dump(tensors))


def test_what_no_mistake_explains_is_said_to_be_so() -> None:
    """Noise has no cause."""
    tensors = maker().make().tensors
    tensors["scores"] = maker().draw(*tensors["scores"].shape, scale=3.0)
    findings = audit_dump(tensors)

    assert findings.first_wrong is not None
    assert findings.first_wrong.name == "scores"
    assert findings.causes == ()
    assert "No known mistake" in str(findings)


def blind(fill: float) -> Made:
    """Return a dump whose first entry sees no key at all, with something in its rows."""
    made = maker(key_lengths=[0, 7]).make()
    weights = made.tensors["weights"] = made.tensors["weights"].copy()
    weights[0] = fill
    return made


@pytest.mark.parametrize(
    ("fill", "kind"), [(np.nan, "NaN"), (1 / 7, "the same for every key"), (0.5, "other numbers")]
)
def test_a_query_that_sees_nothing_is_a_convention(fill: float, kind: str) -> None:
    """Whatever stands there is a difference, and no bug."""
    findings = audit_dump(blind(fill).without("heads", "output"))

    assert findings.is_right
    assert findings["weights"].verdict is Verdict.DIFFERENT
    assert [(each.mistake, kind in each.says) for each in findings.differences] == [("E18", True)]


def test_zeros_there_are_no_difference() -> None:
    """Limelight's own convention is not remarked on."""
    assert audit_dump(blind(0.0).tensors).differences == ()


@pytest.mark.parametrize("alignment", ["top-left", "bottom-right"])
def test_an_unknown_alignment_is_found_out(alignment: str) -> None:
    """With causal=True either is right; a named one that is not the dump's is wrong."""
    tensors = maker(causal=alignment).make().tensors
    other = {"top-left": "bottom-right", "bottom-right": "top-left"}[alignment]
    findings = audit_dump(tensors, causal=True)

    assert findings.is_right
    assert [each.mistake for each in findings.differences] == ["E12"] * (alignment == "top-left")
    assert not audit_dump(tensors, causal=other).is_right


@pytest.mark.parametrize(("share", "expected"), [(1.0, ["L18"]), (0.0, [])])
def test_signatures_explain_every_wrong_cell_or_nothing(
    share: float, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature is a cause only where it leaves no wrong cell over."""

    def explains(evidence: Evidence) -> Any:  # noqa: ANN401 - an array
        return evidence.wrong & (share > 0)

    signature = Signature("L18", "made up", ("scores",), explains)
    monkeypatch.setattr(causes, "SIGNATURES", (signature,))
    tensors = maker().make().tensors
    tensors["scores"] = maker().draw(*tensors["scores"].shape, scale=3.0)

    assert named(audit_dump(tensors)) == expected

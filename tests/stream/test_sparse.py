"""`audit_sparse` grades a pattern exactly: what computing both ways and subtracting gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight import attend, audit_sparse
from tests.stream.cases import Case, assert_close, cases, many, random_case

pytestmark = pytest.mark.once


@many
@given(cases(), st.integers(0, 2**32))
def test_an_audit_is_what_both_ways_give(case: Case, seed: int) -> None:
    """Under any options: the weights on kept keys, and the distance of the two outputs."""
    dense, options = case.dense, dict(case.options)
    kept = np.random.default_rng(seed).random(dense.scores.shape) < 0.5
    audit = audit_sparse(*case.arrays, kept, **options)
    share = np.exp(dense.sink - np.where(np.isneginf(dense.lse), 0, dense.lse))
    mass = (dense.weights * kept).sum(axis=-1) + share
    seen = ~np.isneginf(dense.lse)
    mask = options.pop("mask", np.ones((), dtype=bool))
    hidden = kept & mask if mask.dtype == bool else np.where(kept, mask, -np.inf)
    sparse = Case(q=case.q, k=case.k, v=case.v, options=options | {"mask": hidden}).dense
    moved = np.linalg.norm(np.asarray(sparse.output - dense.output, dtype=np.float64), axis=-1)
    size = case.condition * float(np.abs(case.v).max(initial=1.0))

    assert_close(audit.kept_mass, np.where(seen, mass, 1), 60, size)
    assert_close(audit.moved, moved, 200, size)


def test_keeping_everything_moves_nothing() -> None:
    """A pattern of all keys keeps all the weight, exactly."""
    case = random_case(60)
    audit = audit_sparse(*case.arrays, np.ones(9, dtype=bool))

    assert (audit.kept_mass == 1).all()
    assert (audit.moved == 0).all()
    assert (audit.relative == 0).all()


def test_keeping_nothing_moves_the_output_to_nothing() -> None:
    """A pattern of no keys keeps no weight, and the whole output is lost."""
    case = random_case(61)
    audit = audit_sparse(*case.arrays, np.zeros(9, dtype=bool))

    assert (audit.kept_mass == 0).all()
    assert_close(audit.moved, np.linalg.norm(attend(*case.arrays), axis=-1), 4)
    assert_close(audit.relative, np.ones((1, 7)), 4)


def test_a_tiny_loss_is_not_lost() -> None:
    """A dropped key of weight e^-60 moves the output by that much: nothing cancels."""
    q, k = np.ones((1, 1, 1)), np.array([[[60.0], [0.0]]])
    v = np.array([[[1.0], [3.0]]])
    audit = audit_sparse(q, k, v, np.array([True, False]))

    assert audit.moved.item() == pytest.approx(2 * np.exp(-60), rel=1e-12)


def test_blocks_beyond_the_first() -> None:
    """Kept keys all lie in later blocks than dropped ones."""
    case = random_case(62, tokens=(300, 1100))
    kept = np.arange(1100) >= 700
    audit = audit_sparse(*case.arrays, kept)

    assert_close(audit.kept_mass, (case.dense.weights * kept).sum(axis=-1), 60)

"""NaN and infinity: nothing leaks from what is hidden, everything propagates from what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limelight import attend
from tests.stream.cases import looked, random_case

BAD = [np.nan, np.inf, -np.inf]

MASK = np.tri(7, 9, dtype=bool)

HIDING: dict[str, dict[str, Any]] = {
    "bool": {"mask": MASK},
    "additive": {"mask": np.where(MASK, 0.0, -np.inf)},
    "bias": {"bias": np.where(MASK, 0.0, -np.inf)},
    "causal": {"causal": "top-left"},
    "window": {"window": (None, 0)},
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("options", HIDING.values(), ids=list(HIDING))
def test_hidden_slots_do_not_leak(bad: float, options: dict[str, Any]) -> None:
    """Keys and values that a query does not see may hold anything."""
    case = random_case(20)
    clean = looked(*case.arrays, **options)
    case.k[:, 5:], case.v[:, 5:] = bad, bad
    seen = looked(*case.arrays, **options)

    for name in ("output", "lse", "entropy", "max_logit", "sink_mass", "attention_distance"):
        assert (getattr(seen, name)[:, :5] == getattr(clean, name)[:, :5]).all(), name
    assert (seen.top_keys.indices[:, :5] == clean.top_keys.indices[:, :5]).all()


@pytest.mark.parametrize("bad", BAD)
def test_padding_does_not_leak(bad: float) -> None:
    """Keys beyond `key_lengths` may hold anything, and nothing received is lost to them."""
    case = random_case(21, key_lengths=4)
    clean = looked(*case.arrays, **case.options)
    case.k[:, 4:], case.v[:, 4:] = bad, bad
    seen = looked(*case.arrays, **case.options)

    assert (seen.output == clean.output).all()
    assert (seen.received == clean.received).all()
    assert (seen.picture.mean == clean.picture.mean).all()


def test_masked_queries_do_not_leak() -> None:
    """A query of NaN that sees nothing gives 0."""
    case = random_case(22)
    case.q[:, 2] = np.nan
    mask = np.ones((7, 1), dtype=bool)
    mask[2] = False

    assert (attend(*case.arrays, mask=mask)[:, 2] == 0).all()


@pytest.mark.parametrize("where", ["q", "k", "v"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_visible_ones_propagate(where: str, bad: float) -> None:
    """What is visible goes through as IEEE arithmetic takes it through a dense softmax."""
    case = random_case(23, tokens=(5, 600))
    getattr(case, where)[0, 3, 1] = bad
    with np.errstate(invalid="ignore"):
        scores = np.einsum("hqd,hkd->hqk", case.q, case.k) / 2
        power = np.exp(scores - scores.max(axis=-1, keepdims=True))
        expected = np.einsum("hqk,hkd->hqd", power / power.sum(-1, keepdims=True), case.v)
    output = attend(*case.arrays)

    np.testing.assert_allclose(output, expected, rtol=1e-12)
    assert not np.isfinite(output).all() or (where == "k" and np.isinf(bad))


def test_a_visible_nan_stays_in_its_column() -> None:
    """NaN in one column of one value spoils that column of the output and no other."""
    case = random_case(24)
    case.v[0, 3, 1] = np.nan
    output = attend(*case.arrays)

    assert np.isnan(output[..., 1]).all()
    assert np.isfinite(output[..., [0, 2]]).all()


def test_infinite_values_add_as_ieee_adds() -> None:
    """+∞ alone is +∞; with -∞ in the same column it is NaN."""
    case = random_case(25)
    case.v[0, 0, 0] = case.v[0, 1, 1] = np.inf
    case.v[0, 2, 1] = -np.inf
    output = attend(*case.arrays)

    assert (output[..., 0] == np.inf).all()
    assert np.isnan(output[..., 1]).all()


def test_scores_to_1e30_in_float32() -> None:
    """Inputs whose scores reach 1e30 give the value of the largest score, not NaN."""
    random = np.random.default_rng(26)
    q, k = (random.normal(size=(1, 40, 4)).astype(np.float32) * np.float32(1e15) for _ in range(2))
    v = random.normal(size=(1, 40, 4)).astype(np.float32)
    seen = looked(q, k, v, top=1)
    best = seen.top_keys.indices[0, :, 0]

    assert (seen.output[0] == v[0, best]).all()
    assert (seen.entropy == 0).all()
    assert (seen.top_keys.weights == 1).all()

"""NaN and infinity beyond one tile of keys: kernels do with them what the reference does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest

from limelight.stream import kernel
from tests.stream.cases import Case, fields_of, looked, random_case

if TYPE_CHECKING:
    from tests.stream.dense import Array

N = 200

BAD = [np.nan, np.inf, -np.inf]

RANDOM = np.random.default_rng(120)

SETTINGS: dict[str, dict[str, Any]] = {
    "all": {},
    "causal": {"causal": "top-left"},
    "window": {"window": (20, 9)},
    "mask": {"mask": RANDOM.random((N, N)) < 0.5},
    "additive": {"mask": np.where(RANDOM.random((N, N)) < 0.5, -np.inf, 0.5)},
    "lengths": {"key_lengths": 130},
    "sinks": {"causal": "top-left", "sinks": np.array([0.5, -0.5])},
    "softcap": {"softcap": 5.0, "causal": "top-left"},
}

PLACES = [[63, 64], [0], [100], [N - 1], [5, 150]]
"""Tokens, for each entry of the batch: at the border of two tiles, first, inside, last, two."""

pytestmark = pytest.mark.kernels


def case_of(dtype: Any, setting: str) -> Case:  # noqa: ANN401 - a dtype
    """Return five times two heads of 200 tokens."""
    return random_case(
        121, batch=(len(PLACES),), heads=(2, 1), tokens=(N, N), dims=(8, 8), **SETTINGS[setting]
    ).cast(dtype)


def spoilt(where: str, bad: float, setting: str, dtype: Any, columns: Any = 2) -> Case:  # noqa: ANN401
    """Return a case with a bad number at each of the places of q, k or v."""
    case = case_of(dtype, setting)
    for entry, places in enumerate(PLACES):
        for place in places:
            getattr(case, where)[entry, 0, place, columns] = bad
    return case


def everything(case: Case) -> dict[str, Array]:
    """Observe all that there is."""
    options = case.options | {"top": 5, "picture": 23, "tokens": np.arange(N) % 11}
    return fields_of(looked(*case.arrays, **options))


EXPECTED: dict[bytes, dict[str, Array]] = {}
"""What the reference gives, by arrays and options; it is asked once for all kernels."""


def expected_of(case: Case) -> dict[str, Array]:
    """Return what the reference gives."""
    key = b"".join(each.tobytes() for each in case.arrays) + repr(case.options).encode()
    if key not in EXPECTED:
        with kernel.pinned(kernel.REFERENCE):
            EXPECTED[key] = everything(case)
    return EXPECTED[key]


def assert_reference(case: Case) -> None:
    """Demand what the reference gives: NaN and infinity where it has them, the rest close by."""
    seen, expected = everything(case), expected_of(case)
    unclear = np.isnan(expected["top_keys.weights"].astype(np.float64)).any(axis=-1)

    assert seen.keys() == expected.keys()
    for name, array in seen.items():
        found, wanted = (each.astype(np.float64) for each in (array, expected[name]))
        if name == "top_keys.indices":
            found, wanted = found[unclear], wanted[unclear]
        assert (np.isnan(found) == np.isnan(wanted)).all(), name
        tolerance = 2e-2 if name == "output" else 2e-3
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("where", ["q", "k", "v"])
def test_one_bad_number(where: str, bad: float, setting: str) -> None:
    """NaN or infinity in one place of q, k or v goes as far as the reference lets it go."""
    assert_reference(spoilt(where, bad, setting, np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.float16, ml_dtypes.bfloat16])
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("where", ["q", "k", "v"])
def test_one_bad_number_of_any_dtype(where: str, bad: float, dtype: Any) -> None:  # noqa: ANN401
    """So it goes in every dtype."""
    assert_reference(spoilt(where, bad, "causal", dtype))


@pytest.mark.parametrize("setting", ["all", "causal", "mask"])
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("where", ["q", "k", "v"])
def test_a_whole_row_of_bad_numbers(where: str, bad: float, setting: str) -> None:
    """A token whose every number is bad, as padding that was never written may be."""
    assert_reference(spoilt(where, bad, setting, np.float32, slice(None)))


def test_infinity_and_nan_together() -> None:
    """A row with a score of +∞ and one of NaN has no largest score."""
    case = case_of(np.float32, "all")
    case.k[..., 10, 2], case.k[..., 150, 2] = np.inf, np.nan

    assert_reference(case)


def test_a_query_that_infinity_blinds() -> None:
    """A row whose scores are all -∞ sees nothing, and is not counted among those that see."""
    case = case_of(np.float32, "all")
    case.k[..., 0] = np.abs(case.k[..., 0])
    case.q[:, 0, 70] = [-np.inf, 0, 0, 0, 0, 0, 0, 0]

    assert looked(*case.arrays).lse[0, 0, 70] == -np.inf
    assert_reference(case)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ["mask", "bias"])
def test_bad_numbers_that_are_added(name: str, bad: float) -> None:
    """NaN and +∞ in a mask or a bias spoil the rows that they stand in; -∞ hides."""
    added = np.zeros((N, N), dtype=np.float32)
    added[30:40, 60:70] = bad
    case = case_of(np.float32, "causal")

    assert_reference(Case(q=case.q, k=case.k, v=case.v, options=case.options | {name: added}))


@pytest.mark.parametrize("bad", BAD)
def test_bad_sinks_and_slopes(bad: float) -> None:
    """A sink or a slope of no number spoils its own head alone; a sink of -∞ is none."""
    case = case_of(np.float32, "causal")
    for options in ({"sinks": np.array([bad, 0.5])}, {"bias": np.array([bad, 0.5])}):
        assert_reference(Case(q=case.q, k=case.k, v=case.v, options=case.options | options))


@pytest.mark.parametrize("dtype", [np.float32, ml_dtypes.bfloat16])
@pytest.mark.parametrize("bad", BAD)
def test_nothing_leaks_from_hidden_slots(bad: float, dtype: Any) -> None:  # noqa: ANN401
    """Rows that do not see a bad key or value are the same to the bit as without it."""
    case = case_of(dtype, "causal")
    clean = fields_of(looked(*case.arrays, **case.options))
    case.k[..., 100:, :], case.v[..., 100:, :] = bad, bad
    seen = fields_of(looked(*case.arrays, **case.options))

    for name in ("output", "lse", "entropy", "max_logit", "sink_mass", "attention_distance"):
        assert (seen[name][:, :, :100] == clean[name][:, :, :100]).all(), name
    for name in ("top_keys.indices", "top_keys.weights", "picture.mean"):
        assert (seen[name][:, :, :50] == clean[name][:, :, :50]).all(), name

"""What is asked for is said by options, else by a mask that means the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from limelight import attend
from limelight.auditing.adapters.asking import Asking, offered
from limelight.auditing.trials.cases import CASES
from limelight.auditing.trials.lacking import Lacking
from limelight.auditing.trials.request import HIDING, Request, draw

if TYPE_CHECKING:
    from limelight.auditing.adapters.asking import MasksOf
    from limelight.auditing.trials.case import Case

HIDES = [
    case for case in CASES.values() if set(HIDING) & set(draw(case).options) and not case.holds_nan
]
"""Configurations in which something finite is hidden."""


def attended(request: Request) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return what a request asks for, by Limelight's own options and padding by its mask."""
    if request.key_starts is not None:
        request = request.by_mask("key_starts", *(["mask"] if request.mask is not None else []))
    arrays = (each.astype(np.float64) for each in (request.q, request.k, request.v))
    result: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = attend(*arrays, **request.options)
    return result


@pytest.mark.parametrize("case", HIDES, ids=lambda case: case.name)
@pytest.mark.parametrize("masks", ["both", "finite", "infinite"])
def test_a_mask_says_the_same(case: Case, masks: MasksOf) -> None:
    """Whatever hides keys, and whatever the mask is made of."""
    request = draw(case)
    asking = Asking(offered(mask="mask", scale="scale"), masks=masks)

    told, options = asking.told(request)

    assert set(told.options) - {"scale"} == {"mask"}
    assert options["mask"] is told.mask
    seeing = ~request.empty_rows()  # the others may have anything where -∞ is a finite number
    np.testing.assert_allclose(
        attended(told)[seeing], attended(request)[seeing], rtol=1e-9, atol=1e-12
    )


def test_numbers_of_a_mask_are_kept_where_it_hides_more() -> None:
    """Padding is added to a mask of numbers, whose biases stay."""
    request = replace(draw(CASES["additive mask"]), key_lengths=np.array([5, 3]))

    told, _ = Asking(offered(mask="mask")).told(request)

    assert told.mask is not None
    assert told.mask.dtype == np.float32
    np.testing.assert_allclose(attended(told), attended(request), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("softcap", "it has no option for a softcap"),
        ("sinks", "it has no option for sinks"),
        ("causal", "it has no option for causal attention"),
        ("left padding", "it has no option for left padding"),
        ("bool mask", "it has no option for a mask"),
    ],
)
def test_what_cannot_be_said_is_lacking(name: str, said: str) -> None:
    """Without a mask nothing else can stand for it."""
    with pytest.raises(Lacking, match=said):
        Asking({}).told(draw(CASES[name]))


def test_numbers_are_added_by_a_mask_of_numbers() -> None:
    """A bias needs no option of its own, unless masks are of bools."""
    request = draw(CASES["bias"])

    told, options = Asking(offered(mask="mask")).told(request)

    assert options["mask"] is request.bias
    assert told.bias is None
    with pytest.raises(Lacking, match="numbers to add to the scores"):
        Asking(offered(mask="mask"), masks="bool").told(request)


def test_the_same_seed_draws_the_same() -> None:
    """And another one other numbers."""
    one, again, other = (draw(CASES["sinks"], seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(one.q, again.q)
    assert not np.array_equal(one.q, other.q)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_only_rows_that_are_meant_to_be_are_empty(case: Case) -> None:
    """Every query sees a key, where the configuration does not say otherwise."""
    request = draw(case)
    meant = {"fully masked row", "causal with more queries", "no keys"}

    assert bool(request.empty_rows().any()) is (request.case.name in meant)

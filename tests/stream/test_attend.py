"""`attend` gives what dense attention gives, under every option."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from limelight import attend, attend_partial, merge
from limelight.stream.partial import Partial
from tests.stream.cases import Case, assert_close, cases, looked, many, random_case


@many
@given(cases())
def test_attend_is_dense_attention(case: Case) -> None:
    """Any options together give what writing every weight down gives."""
    largest = float(np.abs(case.v).max(initial=1.0)) * case.condition

    assert_close(attend(*case.arrays, **case.options), case.dense.output, 20, largest)


@pytest.mark.parametrize("queries", [1, 255, 256, 257])
@pytest.mark.parametrize("keys", [1, 511, 512, 513, 1025])
@pytest.mark.parametrize("causal", [None, "top-left", "bottom-right"])
def test_lengths_around_block_boundaries(queries: int, keys: int, causal: str | None) -> None:
    """Blocks that are full, one short, or begun by one token change nothing."""
    case = random_case(1, tokens=(queries, keys), causal=causal)

    assert_close(attend(*case.arrays, **case.options), case.dense.output, 20)


def test_one_token() -> None:
    """One token attends to itself: the output is its value."""
    case = random_case(2, tokens=(1, 1))

    assert (attend(*case.arrays) == case.v).all()


def test_no_keys() -> None:
    """Without keys every query receives 0, and the sum is empty."""
    case = random_case(3, tokens=(4, 0))
    seen = looked(*case.arrays, tokens=np.zeros(0, dtype=np.int64))

    assert (seen.output == 0).all()
    assert (seen.lse == -np.inf).all()
    assert (seen.entropy == 0).all()
    assert (seen.top_keys.indices == -1).all()
    assert (seen.sink_mass == 0).all()
    assert seen.detection.duplicate_token == 0
    assert seen.received.shape == (1, 0)


def test_no_queries() -> None:
    """Without queries there is no row, and no key receives anything."""
    case = random_case(4, tokens=(0, 5))
    seen = looked(*case.arrays)

    assert seen.output.shape == (1, 0, 3)
    assert (seen.received == 0).all()


def test_fully_masked_rows_give_nothing() -> None:
    """A query that sees no key: output 0, lse -∞, entropy 0, no top keys."""
    mask = np.ones((7, 9), dtype=bool)
    mask[3] = False
    case = random_case(5, mask=mask)
    seen = looked(*case.arrays, **case.options)
    row = (0, 3)

    assert (seen.output[row] == 0).all()
    assert (seen.lse[row], seen.entropy[row], seen.max_logit[row]) == (-np.inf, 0, -np.inf)
    assert (seen.top_keys.indices[row] == -1).all()
    assert (seen.top_keys.weights[row] == 0).all()


@many
@given(cases())
def test_partials_of_any_division_merge_to_one_pass(case: Case) -> None:
    """Keys dealt into three hands, merged in two orders, give what all at once give."""
    options = {name: given for name, given in case.options.items() if name != "sinks"}
    keys = np.arange(case.k.shape[-2])
    hands = [attend_partial(*case.arrays, keys=keys[n::3], top=3, **options) for n in range(3)]
    whole = attend_partial(*case.arrays, top=3, **options).finish()
    one = merge(merge(hands[0], hands[1]), hands[2]).finish()
    other = merge(hands[2], merge(hands[0], hands[1])).finish()
    size = case.condition
    largest = float(np.abs(case.v).max(initial=1.0)) * size

    for merged in (one, other):
        assert_close(merged.output, whole.output, 8, largest)
        assert_close(merged.lse, whole.lse, 4, size)
        assert_close(merged.entropy, whole.entropy, 8, size)
        if "softcap" not in options:  # near it, the last bit of a product decides on a tie
            assert (merged.top_indices == whole.top_indices).all()


def test_a_sink_is_one_more_key_without_value() -> None:
    """A sink merged into a partial gives what `attend` gives with sinks."""
    case = random_case(6, heads=(2, 2))
    sinks = np.array([0.5, -1.0])
    score = np.repeat(sinks[:, None], 7, axis=1)
    partial = merge(attend_partial(*case.arrays), Partial.of_sink(score, d_v=3))

    assert_close(partial.finish().output, attend(*case.arrays, sinks=sinks), 4)


def test_heads_are_shared_interleaved() -> None:
    """Query heads 0 and 1 share key head 0, heads 2 and 3 key head 1."""
    case = random_case(7, heads=(4, 2))
    repeated = [np.repeat(each, 2, axis=0) for each in (case.k, case.v)]

    assert (attend(*case.arrays) == attend(case.q, *repeated)).all()


def test_threads_change_nothing() -> None:
    """The result is the same to the bit for any number of threads."""
    case = random_case(8)

    assert (attend(*case.arrays, threads=1) == attend(*case.arrays, threads=64)).all()

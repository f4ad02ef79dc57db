"""`observe` says what the dense weights say, without ever holding them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight import attend
from limelight.stream.head import Head
from limelight.stream.observe import EVERYTHING
from tests.stream.cases import Case, assert_close, cases, looked, many, random_case

if TYPE_CHECKING:
    from limelight.stream.where import Where
    from tests.stream.dense import Array

PRODUCTS = 60
"""Epsilons for sums of weights, whose scores have been through a product and a tanh."""


@many
@given(cases(), st.integers(0, 4), st.integers(1, 5))
def test_statistics_are_those_of_dense_attention(case: Case, top: int, picture: int) -> None:
    """Under any options together, every statistic is what the written-down weights give."""
    seen = looked(*case.arrays, top=top, picture=picture, **case.options)
    dense = case.dense
    scale = case.condition
    weights = np.asarray(dense.weights, dtype=np.float64)
    seers = np.maximum(dense.visible.sum(axis=-2), 1)
    mean, largest = dense.pooled(picture, weights)
    distance = (weights * np.abs(dense.distances)).sum(axis=-1)

    assert_close(seen.lse, dense.lse, 20, scale)
    assert_close(seen.entropy, dense.entropy, PRODUCTS, scale)
    assert_close(seen.max_logit, dense.scores.max(axis=-1, initial=-np.inf), 20, scale)
    assert_close(seen.received, weights.sum(axis=-2), PRODUCTS * 7, scale)
    assert_close(seen.received_mean, weights.sum(axis=-2) / seers, PRODUCTS, scale)
    assert_close(seen.picture.mean, mean, PRODUCTS, scale)
    assert_close(seen.picture.max, largest, PRODUCTS, scale)
    assert_close(seen.picture.visible, dense.pooled(picture, dense.visible)[0], 2)
    assert_close(seen.sink_mass, weights[..., :1].sum(axis=-1), PRODUCTS, scale)
    assert_close(seen.attention_distance, distance, PRODUCTS * 20, scale)
    assert_close(seen.weights(), weights, PRODUCTS, scale)


@many
@given(st.integers(0, 2**32), st.integers(0, 6))
def test_top_keys_are_the_largest_weights(seed: int, top: int) -> None:
    """Whole-number scores, full of ties: the indices in order, ties by the lowest, exactly."""
    case = random_case(seed, tokens=(6, 5), dims=(2, 2), scale=1.0, causal="top-left")
    case.q[...], case.k[...] = np.round(case.q), np.round(case.k)
    seen = looked(*case.arrays, want=["top_keys"], top=top, **case.options).top_keys
    indices, weights = case.dense.top(top)

    assert (seen.indices == indices).all()
    assert_close(seen.weights, weights, 17)


@pytest.mark.parametrize(("queries", "keys", "bins"), [(1000, 1000, 25), (600, 1030, 7)])
@pytest.mark.parametrize("spread", [1.0, 60.0])
def test_pictures_whose_bins_straddle_blocks(
    queries: int, keys: int, bins: int, spread: float
) -> None:
    """Bins that begin in one block and end in the next hold what dense bins hold."""
    case = random_case(9, tokens=(queries, keys), spread=spread, causal="bottom-right")
    seen = looked(*case.arrays, want=["picture"], picture=bins, **case.options).picture
    mean, largest = case.dense.pooled(bins, np.asarray(case.dense.weights, dtype=np.float64))

    assert_close(seen.mean, mean, PRODUCTS * spread)
    assert_close(seen.max, largest, PRODUCTS * spread)


@pytest.mark.parametrize("tokens", [(255, 511), (256, 512), (257, 513), (1, 1025), (513, 1)])
def test_statistics_around_block_boundaries(tokens: tuple[int, int]) -> None:
    """Blocks that are full, one short, or begun by one token change no statistic."""
    case = random_case(19, tokens=tokens, causal="bottom-right", window=(400, None))
    seen, dense = looked(*case.arrays, top=4, picture=9, **case.options), case.dense
    weights = np.asarray(dense.weights, dtype=np.float64)

    assert_close(seen.lse, dense.lse, 20)
    assert_close(seen.entropy, dense.entropy, 20)
    assert_close(seen.received, weights.sum(axis=-2), PRODUCTS)
    assert_close(seen.picture.mean, dense.pooled(9, weights)[0], 20)
    assert_close(seen.sink_mass, weights[..., 0], 20)
    assert (seen.top_keys.indices == dense.top(4)[0]).all()


def test_hidden_bins_are_told_apart() -> None:
    """Above the diagonal of a causal picture nothing is visible; on it, half."""
    case = random_case(10, tokens=(8, 8), causal="top-left")
    visible = looked(*case.arrays, picture=2, **case.options).picture.visible

    assert visible.tolist() == [[[10 / 16, 0], [1, 10 / 16]]]


def detected(weights: Array, pattern: Array) -> float:
    """Return TransformerLens' score of one head, error measure "mul"."""
    return float((weights * pattern).sum() / weights.sum())


def test_detection_is_that_of_transformer_lens() -> None:
    """Patterns built as `detect_head` builds them give the same scores."""
    tokens = np.array([3, 1, 4, 1, 5, 9, 3, 1, 4, 4])
    case = random_case(11, heads=(2, 1), tokens=(10, 10), causal="top-left")
    seen = looked(*case.arrays, tokens=tokens, **case.options).detection
    weights = case.dense.weights
    previous = np.eye(10, k=-1)
    duplicate = np.tril((tokens == tokens[:, None]) & ~np.eye(10, dtype=bool))
    shifted = np.roll(duplicate, 1, axis=1)
    shifted[:, 0] = False
    induction = np.tril(shifted)

    for head in range(2):
        assert_close(seen.previous_token[head], np.array(detected(weights[head], previous)), 20)
        assert_close(seen.duplicate_token[head], np.array(detected(weights[head], duplicate)), 20)
        assert_close(seen.induction[head], np.array(detected(weights[head], induction)), 20)


def test_an_induction_head_is_found() -> None:
    """A head that looks at what followed the last copy of its token scores 1."""
    tokens = np.array([0, 1, 2, 0, 1, 2])
    mask = np.full((6, 6), -np.inf)
    for query in range(3, 6):
        mask[query, query - 2] = 0
    x = np.ones((1, 6, 2))
    seen = looked(x, x, x, mask=mask, tokens=tokens).detection

    assert (seen.induction, seen.previous_token, seen.duplicate_token) == (1, 0, 0)


def test_without_tokens_only_the_previous_one_is_known() -> None:
    """Duplicates and induction need tokens; without them their scores are None."""
    detection = looked(*random_case(12).arrays).detection

    assert (detection.duplicate_token, detection.induction) == (None, None)


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_is_not_wanted_is_none(name: str) -> None:
    """One thing wanted gives that thing and nothing else."""
    seen = looked(*random_case(13).arrays, want=[name])
    there = [each for each in EVERYTHING if getattr(seen, each) is not None]

    assert there == [name]


@pytest.mark.reference
def test_what_is_not_wanted_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without wanting what needs finished rows the scores are computed once, not twice."""
    asked = []
    scores = Head.scores

    def counted(head: Head, rows: Where, keys: Where) -> Array:
        asked.append(keys)
        return scores(head, rows, keys)

    monkeypatch.setattr(Head, "scores", counted)
    case = random_case(14)
    counts = []
    for want in (["output", "lse", "entropy", "max_logit", "top_keys"], ["received"]):
        asked.clear()
        looked(*case.arrays, want=want)
        counts.append(len(asked))

    assert counts == [1, 2]


def test_values_are_not_read_for_the_sake_of_weights() -> None:
    """Statistics of weights do not depend on values: NaN everywhere in v changes nothing."""
    case = random_case(15)
    want = [name for name in EVERYTHING if name != "output"]
    seen = looked(case.q, case.k, np.full_like(case.v, np.nan), want=want)

    assert (seen.lse == looked(*case.arrays).lse).all()


def test_output_is_what_attend_gives() -> None:
    """Looking does not change what is attended to, to the bit."""
    case = random_case(16, heads=(4, 2), tokens=(300, 700), causal="bottom-right")

    assert (
        looked(*case.arrays, **case.options).output == attend(*case.arrays, **case.options)
    ).all()


@pytest.mark.parametrize(
    ("queries", "keys", "shape"),
    [
        (2, slice(None), (1, 1, 9)),
        ([5, 0, -1], 3, (1, 3, 1)),
        (slice(None, None, 3), np.arange(9) > 6, (1, 3, 2)),
        (range(2), np.array([8, 1]), (1, 2, 2)),
        ([], slice(4, 2), (1, 0, 0)),
    ],
)
def test_any_part_of_the_weights_is_recomputed(
    queries: Array, keys: Array, shape: tuple[int, ...]
) -> None:
    """`weights` gives the rows and columns asked for, in the order asked for."""
    case = random_case(17, causal="top-left")
    whole = looked(*case.arrays, **case.options).weights()
    part = looked(*case.arrays, want=[], **case.options).weights(queries, keys)
    rows, columns = (np.atleast_1d(np.arange(n)[at]) for n, at in ((7, queries), (9, keys)))

    assert part.shape == shape
    assert_close(part, whole[:, rows][:, :, columns], 8)


def test_bounds_in_epsilons() -> None:
    """Over scores as large as real heads have: out 3.8, lse 2.5, entropy 4.1, weight 17."""
    random = np.random.default_rng(18)
    worst = dict.fromkeys(["output", "lse", "entropy", "weights"], 0.0)
    for _ in range(20):
        scores = np.round(random.normal(size=(1, 8, 700)) * 20, 6)
        case = Case(
            q=np.ones((1, 8, 1)),
            k=np.zeros((1, 700, 1)),
            v=random.normal(size=(1, 700, 4)),
            options={"mask": scores},
        )
        seen, dense = looked(*case.arrays, top=1, picture=1, mask=scores), case.dense
        for name, actual, expected, size in [
            ("output", seen.output, dense.output, np.abs(case.v).max()),
            ("lse", seen.lse, dense.lse, np.abs(dense.lse)),
            ("entropy", seen.entropy, dense.entropy, np.maximum(dense.entropy, 1.0)),
            ("weights", seen.top_keys.weights[..., 0], dense.weights.max(axis=-1), 1.0),
        ]:
            error = np.abs(actual - expected) / np.asarray(size) / np.finfo(np.float64).eps
            worst[name] = max(worst[name], float(error.max()))

    assert worst["output"] <= 3.8
    assert worst["lse"] <= 2.5
    assert worst["entropy"] <= 4.1
    assert worst["weights"] <= 17

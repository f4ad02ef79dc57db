"""A partial merges in any order and any tree, and never gives NaN for what holds none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limelight.errors import ShapeError
from limelight.stream.partial import Partial, finish, merge
from tests.stream.cases import assert_close, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.stream.dense import Array

pytestmark = pytest.mark.once

QUERIES, D_V, TOP = 3, 2, 4


def blocks_of(seed: int, widths: Sequence[int], kind: str) -> list[tuple[Array, Array, Array]]:
    """Draw blocks of keys: scores, values, and key indices dealt at random."""
    random = np.random.default_rng(seed)
    keys = random.permutation(sum(widths))
    found = []
    for width in widths:
        own, keys = np.sort(keys[:width]), keys[width:]
        scores = random.normal(size=(QUERIES, width))
        if kind == "huge":
            scores = (scores * np.float32(1e30)).astype(np.float32).astype(np.float64)
        if kind == "ties":
            scores = np.round(scores)
        scores[random.random(scores.shape) < 0.2] = -np.inf
        if random.random() < 0.4 and width:
            scores[random.integers(QUERIES)] = -np.inf
        found.append((scores, random.normal(size=(width, D_V)), own))
    return found


def part(block: tuple[Array, Array, Array]) -> Partial:
    """Return the state over a block."""
    return Partial.of(*block, top=TOP)


def joined(blocks: list[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    """Return all blocks as one, keys in order."""
    order = np.argsort(np.concatenate([keys for *_, keys in blocks]))
    return (
        np.hstack([scores for scores, *_ in blocks])[:, order],
        np.vstack([values for _, values, _ in blocks])[order],
        np.arange(len(order)),
    )


def merged_at_random(parts: list[Partial], seed: int) -> Partial:
    """Merge neighbours in a random tree, sides exchanged at random."""
    random = np.random.default_rng(seed)
    while len(parts) > 1:
        at = int(random.integers(len(parts) - 1))
        pair = parts[at : at + 2]
        parts[at : at + 2] = [merge(*pair) if random.random() < 0.5 else merge(*pair[::-1])]
    return parts[0]


WIDTHS = st.lists(st.integers(0, 5), min_size=1, max_size=18)


@many
@given(st.integers(0, 2**32), WIDTHS, st.sampled_from(["plain", "huge", "ties"]))
@example(0, [0], "plain")
@example(0, [0, 0, 3], "huge")
def test_any_tree_of_merges_equals_one_pass(seed: int, widths: list[int], kind: str) -> None:
    """Blocks merged in any tree give what one pass over all their keys gives."""
    blocks = blocks_of(seed, widths, kind)
    whole = finish(part(joined(blocks)))
    tree = finish(merged_at_random([part(block) for block in blocks], seed))

    assert not any(np.isnan(field).any() for field in tree)
    assert_close(tree.output, whole.output, 8, 4)
    assert_close(tree.lse, whole.lse, 5)
    assert_close(tree.entropy, whole.entropy, 8)
    assert_close(tree.sum_squares, whole.sum_squares, 8)
    assert_close(tree.largest, whole.largest, 8)
    assert_close(tree.top_weights, whole.top_weights, 34)
    assert (tree.top_indices == whole.top_indices).all()


@many
@given(st.integers(0, 2**32), st.integers(0, 5))
def test_the_identity_changes_nothing(seed: int, width: int) -> None:
    """Merged with the state over no keys, from either side, a partial stays as it is."""
    own = part(blocks_of(seed, [width], "plain")[0])
    nothing = Partial.identity(QUERIES, d_v=D_V, top=TOP)

    for merged in (merge(own, nothing), merge(nothing, own)):
        for name in ("m", "l", "o", "e", "q2"):
            assert (getattr(merged, name) == getattr(own, name)).all(), name
        assert (merged.top.indices == own.top.indices).all()
        assert (merged.top.scores == own.top.scores).all()


def test_nothing_merged_with_nothing_is_nothing() -> None:
    """Two empty parts give no NaN: output 0, lse -∞, entropy 0, no key."""
    nothing = Partial.identity(QUERIES, d_v=D_V, top=TOP)
    done = finish(merge(nothing, nothing))

    assert (done.output == 0).all()
    assert (done.lse == -np.inf).all()
    assert (done.entropy == 0).all()
    assert (done.sum_squares == 0).all()
    assert (done.largest == 0).all()
    assert (done.top_indices == -1).all()
    assert (done.top_weights == 0).all()


def test_a_uniform_row_has_the_entropy_of_its_keys() -> None:
    """For n equal scores: entropy ln n, lse s + ln n, Σp² = largest weight = 1/n."""
    done = finish(Partial.of(np.full((1, 8), 80.0), np.zeros((8, 1)), np.arange(8)))

    assert_close(done.entropy, np.array([np.log(8)]), 1)
    assert_close(done.lse, np.array([80 + np.log(8)]), 1)
    assert (done.sum_squares.item(), done.largest.item()) == (0.125, 0.125)


def test_scores_far_apart_do_not_overflow() -> None:
    """Scores at both ends of float64 give the larger one all the weight."""
    scores = np.array([[-1.7e308, 1.7e308]])
    one = Partial.of(scores, np.array([[1.0], [2.0]]), np.arange(2), top=1)
    halves = [Partial.of(scores[:, n : n + 1], np.ones((1, 1)), np.array([n])) for n in (0, 1)]

    assert (finish(one).output.item(), finish(one).entropy.item()) == (2.0, 0.0)
    assert finish(merge(*halves)).entropy == 0.0


def test_partials_of_other_queries_are_refused() -> None:
    """Partials about other queries, or with another number of top keys, do not merge."""
    three = Partial.identity(3, d_v=2, top=1)

    for other in (Partial.identity(4, d_v=2, top=1), Partial.identity(3, d_v=2)):
        with pytest.raises(ShapeError, match="two partials merge when they are about the same"):
            merge(three, other)


def test_a_wrong_merge_is_seen() -> None:
    """The comparison can fail: without rescaling, two parts do not add up to one pass."""
    blocks = blocks_of(1, [4, 4], "plain")
    a, b = (part(block) for block in blocks)
    wrong = Partial(
        m=np.maximum(a.m, b.m), l=a.l + b.l, o=a.o + b.o, e=a.e + b.e, q2=a.q2 + b.q2, top=a.top
    )

    with pytest.raises(AssertionError):
        assert_close(finish(wrong).output, finish(part(joined(blocks))).output, 8, 4)

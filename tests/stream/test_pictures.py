"""Pictures of a page: what is hidden, what is 0, what is NaN, and what the colours mean."""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.stream import gallery
from limelight.stream.curve import Curve, sparkline
from limelight.stream.hidden import hidden_bins, hidden_by_position, keys_in_sight
from limelight.stream.look import visible_share
from limelight.stream.png import HIDDEN, MOST_PIXELS, NOT_A_NUMBER, SHADES, ZERO, palette, shaded
from limelight.stream.problem import Problem
from tests.stream.cases import Case, cases, looked, many, random_case

if TYPE_CHECKING:
    from limelight.stream.head import Head
    from tests.stream.dense import Array

pytestmark = pytest.mark.once

CASE = random_case(80, heads=(2, 1), tokens=(20, 20), causal="top-left")
FULL = ZERO + SHADES - 1


def pixels_of(page: str) -> list[Array]:
    """Read the indices of every picture of a page, legend left out, from its PNG."""
    found = []
    for figure in re.findall("<figure>.*?</figure>", page):
        data = re.search(r"base64,([^\"]+)", figure)
        assert data is not None
        found.append(indices_of(b64decode(data[1])))
    return found


def indices_of(png: bytes) -> Array:
    """Read a PNG of palette indices without filters, each chunk against its checksum."""
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert png[at + 8 + length : at + 12 + length] == struct.pack(
            ">I", zlib.crc32(kind + data)
        )
        chunks[kind] = data
        at += 12 + length
    across, down, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (form, len(chunks[b"PLTE"])) == ([8, 3, 0, 0, 0], 3 * len(chunks[b"tRNS"]))
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8)
    return lines.reshape(down, across + 1)[:, 1:]


def test_its_pictures_are_the_pictures() -> None:
    """A pixel for each bin: full where the largest mean is, and clear only where it is hidden."""
    seen = looked(*CASE.arrays, picture=10, **CASE.options)

    for pixels, mean in zip(pixels_of(seen._repr_html_()), seen.picture.mean, strict=True):
        assert pixels.shape == (10, 10)
        assert pixels[np.unravel_index(mean.argmax(), mean.shape)] == FULL
        assert ((pixels == HIDDEN) == np.triu(np.ones((10, 10)), 1)).all()
        assert (np.diff(pixels[mean > 0][mean[mean > 0].argsort()].astype(int)) >= 0).all()


def test_the_shade_is_the_square_root() -> None:
    """A quarter of the largest weight has half the shades; the least weight is not shown as 0."""
    mean = np.array([[0.0, 1e-300, 0.2, 0.8]])
    pixels = shaded(mean, np.zeros((1, 4), dtype=bool))

    assert pixels.tolist() == [[ZERO, ZERO + 1, ZERO + np.ceil((SHADES - 1) / 2), FULL]]


@pytest.mark.parametrize("background", [(255, 255, 255), (17, 17, 17), (30, 30, 30)])
def test_shades_are_in_order_on_any_background(background: tuple[int, ...]) -> None:
    """Heavier stands out more, by lightness alone, on white and on a dark page."""
    colours = palette()[ZERO:].astype(np.float64)
    opacity = colours[:, 3:] / 255
    seen = (colours[:, :3] * opacity + np.array(background) * (1 - opacity)) / 255
    linear = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722]
    page = (np.array(background) / 255) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    contrast = (np.maximum(light, page) + 0.05) / (np.minimum(light, page) + 0.05)

    assert (np.diff(contrast) > -0.005).all()
    assert contrast[0] > 1.1
    assert contrast[-1] > 3


def test_weight_0_is_not_hidden() -> None:
    """Where a key may be seen and has no weight, the veil is drawn and not the background."""
    q, k = np.full((1, 3, 1), 1000.0), np.array([[[1.0], [0.0], [0.0]]])
    (pixels,) = pixels_of(looked(q, k, k, want=["picture"], causal="top-left")._repr_html_())

    assert pixels.tolist() == [
        [FULL, HIDDEN, HIDDEN],
        [FULL, ZERO, HIDDEN],
        [FULL, ZERO, ZERO],
    ]


def test_nan_has_a_colour_of_its_own() -> None:
    """NaN is neither 0 nor hidden; the legend says so where there is any."""
    k = np.zeros((1, 4, 1))
    k[0, 2] = np.nan
    page = looked(np.ones((1, 4, 1)), k, k, want=["picture"], causal="top-left")._repr_html_()
    (pixels,) = pixels_of(page)

    assert (pixels == NOT_A_NUMBER).tolist() == [[False] * 4] * 2 + [[True] * 3 + [False]] + [
        [True] * 4
    ]
    assert "not a number" in page
    assert "not a number" not in looked(*CASE.arrays)._repr_html_()


def test_the_legend_says_what_is_there() -> None:
    """The ends of the scale, that it is by the square root, and hidden bins where some are."""
    seen = looked(*random_case(81).arrays, causal="top-left")
    page = seen._repr_html_()

    assert f"{seen.picture.mean.max():.3g}</span>" in page
    assert "by square root: half way is a quarter" in page
    assert "hidden by the options" in page
    assert "hidden by the options" not in looked(*random_case(81).arrays)._repr_html_()


def test_each_picture_has_words() -> None:
    """For who cannot see it: which head, the largest mean, and how much is hidden."""
    seen = looked(*CASE.arrays, **CASE.options)

    assert re.findall('<figure>.*?alt="(.*?)"', seen._repr_html_()) == [
        f"Weights of head {head}: largest {seen.picture.mean[head].max():.3g}, 48% hidden"
        for head in (0, 1)
    ]


def test_large_pictures_keep_what_is_thin() -> None:
    """More than 256 bins are drawn together, the largest winning, and the page says so."""
    eye = np.eye(300)[None] * 1000
    seen = looked(eye, eye, eye[..., :1], want=["picture"], causal="top-left")
    page = seen._repr_html_()
    (pixels,) = pixels_of(page)

    assert pixels.shape == (150, 150)
    assert (pixels.diagonal() == FULL).all()
    assert ((pixels == HIDDEN) == np.triu(np.ones((150, 150)), 1)).all()
    assert "a pixel shows the largest of 2 × 2" in page


def test_nan_wins_over_weights() -> None:
    """Where bins are drawn together, one that is not a number is not lost among the others."""
    mean = np.zeros((2 * MOST_PIXELS, 1))
    mean[1], mean[2] = np.nan, 1

    assert shaded(mean, np.zeros(mean.shape, dtype=bool))[:3, 0].tolist() == [
        NOT_A_NUMBER,
        FULL,
        ZERO,
    ]


def test_a_picture_has_the_shape_of_its_tokens() -> None:
    """Few queries over many keys are drawn low and wide, but never too low to be seen."""
    page = looked(*random_case(82, tokens=(5, 10)).arrays)._repr_html_()
    thin = looked(*random_case(82, tokens=(1, 90)).arrays)._repr_html_()

    assert 'width="320" height="160"' in page
    assert 'width="320" height="80"' in thin


@many
@given(cases(), st.integers(1, 9))
def test_hidden_bins_are_those_without_a_visible_cell(case: Case, most: int) -> None:
    """From the ends of the bins, or from the mask: as counting every cell has it."""
    problem = Problem.read(*case.arrays, case.options)
    sizes = (problem.queries, problem.keys)
    bins = (min(most, sizes[0]), min(most, sizes[1]))
    share = visible_share(problem, bins)

    for at, head in problem.heads():
        assert (hidden_bins(head, sizes, bins) == (share[at] == 0)).all()


@many
@given(cases())
def test_keys_in_sight_are_counted(case: Case) -> None:
    """As many as position alone leaves visible to each query."""
    problem = Problem.read(*case.arrays, case.options)

    for _, head in problem.heads():
        hidden = head.sight.hidden(slice(0, problem.queries), slice(0, problem.keys))
        assert (keys_in_sight(head.sight, problem.queries) == (~hidden).sum(axis=1)).all()


def test_a_window_beyond_every_number_is_open() -> None:
    """A side of 2^70 tokens is as good as none."""
    case = random_case(83)
    head = Problem.read(*case.arrays, {"window": (2**70, 2**70)}).head((0,))

    assert not hidden_by_position(head.sight, (7, 9), (7, 9)).any()
    assert (keys_in_sight(head.sight, 7) == 9).all()


def test_a_mask_is_looked_at_once_for_all_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What heads have in common is worked out once; a mask for each head, for each."""
    calls = []

    def counted(head: Head, sizes: tuple[int, int], bins: tuple[int, int]) -> Array:
        calls.append(head)
        return hidden_bins(head, sizes, bins)

    monkeypatch.setattr(gallery, "hidden_bins", counted)
    mask = np.tri(20, dtype=bool)

    for own, times in ((mask, 1), (np.stack([mask, ~mask]), 2)):
        calls.clear()
        looked(*CASE.arrays, want=["picture"], mask=own)._repr_html_()
        assert len(calls) == times


def test_a_mask_too_large_to_look_at_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page does not keep anyone waiting: position still hides, and the page says the rest."""
    monkeypatch.setattr(gallery, "_MOST_CELLS", 10)
    mask = np.ones((20, 20), dtype=bool)
    mask[19] = False
    page = looked(*CASE.arrays, want=["picture"], mask=mask, causal="top-left")._repr_html_()
    pixels, _ = pixels_of(page)

    assert "The mask is too large to look at: what it hides is shown as weight 0." in page
    assert (pixels[19] == ZERO).all()
    assert (pixels[0, 1:] == HIDDEN).all()


def test_a_curve_is_drawn_together() -> None:
    """Each stretch has its least, mean and largest number; NaN counts for none of them."""
    curve = Curve.of(np.array([1.0, 3.0, np.nan, 8.0, np.nan, np.nan]), 3)

    np.testing.assert_array_equal(curve.middle, [0.5, 2.5, 4.5])
    np.testing.assert_array_equal(curve.least, [1, 8, np.nan])
    np.testing.assert_array_equal(curve.mean, [2, 8, np.nan])
    np.testing.assert_array_equal(curve.most, [3, 8, np.nan])


@many
@given(st.integers(1, 400), st.integers(1, 100))
def test_no_token_is_lost_in_a_curve(tokens: int, stretches: int) -> None:
    """The largest and the smallest number are those of some stretch, however many there are."""
    numbers = np.random.default_rng(tokens).normal(size=tokens)
    curve = Curve.of(numbers, stretches)

    assert len(curve.mean) == min(tokens, stretches)
    assert (curve.most.max(), curve.least.min()) == (numbers.max(), numbers.min())


def test_a_sparkline_has_gaps_where_there_is_nothing() -> None:
    """The line is lifted over NaN, and has words for who cannot see it."""
    drawn = sparkline(np.array([0.0, 1.0, np.nan, 1.0, 0.5]), 1.0, "entropy")

    assert re.findall("[ML](?=[0-9.]+ [0-9.]+)", drawn.split("<path")[-1]) == ["M", "L", "M", "L"]
    assert 'role="img" aria-label="entropy"' in drawn


def test_a_sparkline_of_one_is_a_dot() -> None:
    """A line of one point would not be seen."""
    assert '20.0h.1"' in sparkline(np.array([3.0]), 22.0, "one")

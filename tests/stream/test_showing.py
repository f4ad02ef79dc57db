"""An observation shows itself: in words, in a notebook, and as a drawing."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import html5lib
import numpy as np
import pytest

from limelight.errors import MissingExtraError, OptionError
from tests.stream.cases import looked, random_case

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

pytestmark = pytest.mark.once

CASE = random_case(70, batch=(1,), heads=(2, 1), tokens=(20, 20), causal="top-left")


def test_it_says_what_was_seen() -> None:
    """The representation names the sizes and the fields that are there."""
    seen = looked(*CASE.arrays, want=["lse", "entropy"])

    assert repr(seen) == "Observation((1, 2, 20, 20): lse, entropy)"


def test_its_page_is_html() -> None:
    """A line for each head under heads of columns with units, and well-formed."""
    page = looked(*CASE.arrays, **CASE.options)._repr_html_()
    (table,) = parsed(page).iter("table")
    heads = [" ".join(head.itertext()) for head in table.findall("./thead/tr/th[@scope='col']")]
    lines = [line.text for line in table.findall("./tbody/tr/th[@scope='row']")]

    assert table.find("caption") is not None
    assert lines == ["entry 0, head 0", "entry 0, head 1"]
    assert "entropy  mean, nats" in heads
    assert "distance  mean, tokens" in heads


def parsed(page: str) -> Element:
    """Read a page strictly."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True
    )
    return parser.parseFragment(page)  # type: ignore[no-any-return] # types-html5lib says Any


def test_its_page_stands_on_any_background() -> None:
    """No colour of text or page is set, nothing comes from elsewhere, nothing runs, no ids."""
    page = looked(*CASE.arrays, **CASE.options)._repr_html_()

    for word in ("<script", "http", " id=", "prefers-color-scheme", "rgb(", "#"):
        assert word not in page
    assert len(re.findall("currentColor", page)) > 5


def test_a_page_is_bounded() -> None:
    """16 heads of noise, 512 bins a side, the worst there is, stay under 1.5 million bytes."""
    x = np.zeros((16, 512, 1))
    seen = looked(x, x, x, want=["picture", "entropy", "received"])
    seen.picture.mean[...] = np.random.default_rng(77).random((16, 512, 512)) ** 2
    seen.entropy[...] = np.random.default_rng(78).random((16, 512))

    assert len(seen._repr_html_().encode()) < 1_500_000


def test_the_options_in_force_are_said() -> None:
    """Sizes, the dtype, and what hides or moves scores: as words, without the arrays."""
    case = random_case(73, heads=(2, 2), tokens=(6, 6))
    mask = np.ones((6, 6), dtype=bool)
    options = {"causal": "bottom-right", "window": (3, 1), "softcap": 20.0, "sinks": [0.0, 1.0]}
    page = looked(*case.arrays, want=["lse"], mask=mask, **options)._repr_html_()

    assert (
        "<p>heads: 2 · queries: 6 · keys: 6 · float64 · causal bottom-right · window 3 back · "
        "softcap 20 · mask · sinks</p>"
    ) in page


def test_a_window_without_causality_has_two_sides() -> None:
    """Each side that is not open is said."""
    page = looked(*CASE.arrays, want=["lse"], window=(None, 1))._repr_html_()

    assert "float64 · window 1 ahead</p>" in page


def test_the_keys_that_receive_most_are_named() -> None:
    """Three keys, the most first, each with its share of all that is received."""
    page = looked(np.zeros((1, 2, 1)), *[np.zeros((1, 4, 1))] * 2, want=["received"])
    page.received[...] = [[0.5, 0.1, 1.2, 0.2]]

    assert ">2: 60 %, 0: 25 %, 3: 10 %</td>" in page._repr_html_()


def test_detection_is_shown() -> None:
    """How much of the weight is where such heads look; without tokens only the first kind."""
    page = looked(*CASE.arrays, tokens=np.arange(20) % 5, **CASE.options)._repr_html_()

    for title in ("previous token", "duplicate token", "induction"):
        assert title in page
    assert "induction" not in looked(*CASE.arrays, want=["detection"])._repr_html_()


def test_nothing_wanted_is_shown_as_nothing() -> None:
    """A page of heads without statistics is still a page."""
    page = looked(*CASE.arrays, want=[])._repr_html_()

    assert not list(parsed(page).iter("table"))


@pytest.mark.parametrize("batch", [(0,), (2, 0)])
def test_no_heads_are_shown_as_none(batch: tuple[int, ...]) -> None:
    """An empty batch has a page as well."""
    case = random_case(74, batch=batch)

    assert not list(parsed(looked(*case.arrays)._repr_html_()).iter("table"))


def test_an_empty_picture_is_said() -> None:
    """Without keys there are no bins: words stand for the image."""
    case = random_case(72, tokens=(3, 0))
    page = looked(*case.arrays, want=["picture"])._repr_html_()

    assert "There is no picture: no queries, or no keys." in page


@pytest.mark.parametrize("tokens", [(0, 3), (3, 0), (0, 0), (1, 1)])
def test_the_smallest_sizes_are_shown(tokens: tuple[int, int]) -> None:
    """No queries, no keys, or one of each: a dash where there is nothing to tell."""
    page = looked(*random_case(75, tokens=tokens).arrays)._repr_html_()

    assert ("<td>–</td>" in page) == (0 in tokens)
    assert list(parsed(page).iter("table"))


def test_rows_that_see_nothing_do_not_spoil_a_mean() -> None:
    """Means are those of queries that see a key; a head without any shows dashes."""
    mask = np.ones((20, 20), dtype=bool)
    mask[3:] = False
    seen = looked(*CASE.arrays, want=["entropy"], mask=mask)
    none = looked(*CASE.arrays, want=["lse"], mask=np.zeros((20, 20), dtype=bool))

    assert f"<td>{seen.entropy[0, 0, :3].mean():.2f}</td>" in seen._repr_html_()
    assert "<td>–</td>" in none._repr_html_()


def test_nan_is_said() -> None:
    """A statistic that is not a number is shown as NaN, not left away."""
    q, k, v = (each.copy() for each in CASE.arrays)
    k[0, 0, 3] = np.nan

    assert "<td>NaN</td>" in looked(q, k, v)._repr_html_()


def test_many_heads_are_counted() -> None:
    """A page shows 16 heads and says how many more there are."""
    case = random_case(71, heads=(20, 1))

    assert "and 4 more heads" in looked(*case.arrays, want=["lse"])._repr_html_()


@pytest.mark.parametrize(
    ("want", "titles"),
    [
        (["picture", "entropy", "received"], ["weights, mean of each bin", "entropy", "received"]),
        (["received"], ["received"]),
    ],
)
def test_what_was_wanted_is_drawn(want: list[str], titles: list[str]) -> None:
    """A panel each for picture, entropy and received, as far as they are there."""
    figure = looked(*CASE.arrays, want=want, **CASE.options).plot(head=1)

    assert [panel.get_title() for panel in figure.axes if panel.get_title()] == titles


def test_the_head_asked_for_is_drawn() -> None:
    """The curve drawn is that of the head, named by its number or with its batch entry."""
    seen = looked(*CASE.arrays, want=["entropy"])

    for head in (1, (0, 1)):
        _, curve = seen.plot(head=head).axes[0].lines
        assert (curve.get_ydata() == seen.entropy[0, 1]).all()


def test_bins_are_drawn_where_their_tokens_are() -> None:
    """The axes count tokens, the colours are by the square root, hidden bins have none."""
    seen = looked(*CASE.arrays, want=["picture"], picture=10, **CASE.options)
    panel, bar = seen.plot(head=1).axes
    (image,) = panel.images
    drawn = image.get_array()
    mean = seen.picture.mean[0, 1]

    assert image.get_extent() == [-0.5, 19.5, 19.5, -0.5]
    assert (image.norm(mean.max()), image.norm(mean.max() / 4)) == (1, 0.5)
    assert (drawn.mask[:: len(drawn) // 10, :: len(drawn) // 10] == np.triu(mean == 0)).all()
    assert panel.get_xlabel() == "key (hatched: hidden by the options)"
    assert bar.get_ylabel() == "weight, square-root scale"


def test_nan_is_drawn_apart() -> None:
    """A bin that is not a number is neither weight 0 nor hidden."""
    q, k, v = (each.copy() for each in CASE.arrays)
    k[0, 0, 3] = np.nan
    panel = looked(q, k, v, want=["picture"], **CASE.options).plot().axes[0]

    assert panel.get_xlabel() == "key (hatched: hidden by the options, violet: NaN)"
    assert len(panel.images) == 2


@pytest.mark.parametrize("sinks", [None, [0.0, 0.0]])
def test_no_entropy_is_above_its_bound(sinks: list[float] | None) -> None:
    """The faint line is ln of the keys in sight, a sink being one more; equal scores reach it."""
    zero = np.zeros((2, 9, 4))
    options = {"causal": "bottom-right", "window": (5, 0), "sinks": sinks}
    bound, curve = looked(zero, zero, zero, want=["entropy"], **options).plot().axes[0].lines

    np.testing.assert_allclose(curve.get_ydata(), bound.get_ydata(), rtol=1e-14)


def test_without_a_bound_none_is_drawn() -> None:
    """How many keys a mask leaves is not known without looking: there is no line."""
    mask = np.tri(20, dtype=bool)

    assert len(looked(*CASE.arrays, want=["entropy"], mask=mask).plot().axes[0].lines) == 1


def test_long_curves_are_drawn_together() -> None:
    """Of 3,000 tokens 600 stretches are drawn: their mean, and what they range over."""
    case = random_case(76, tokens=(1, 3000))
    (panel,) = looked(*case.arrays, want=["received"]).plot().axes

    assert len(panel.lines[0].get_ydata()) == 600
    assert len(panel.collections) == 1


def test_nothing_is_drawn_of_no_tokens() -> None:
    """Without keys the panels are empty."""
    figure = looked(*random_case(72, tokens=(3, 0)).arrays).plot()

    assert len(figure.axes) == 3
    assert not figure.axes[0].images


@pytest.mark.parametrize("head", [2, -1, (1, 0), (0, 0, 0)])
def test_a_head_that_is_not_there_is_refused(head: int | tuple[int, ...]) -> None:
    """The message says which heads there are."""
    with pytest.raises(OptionError, match=r"^there is no such head: expected one of \(1, 2\)"):
        looked(*CASE.arrays).plot(head=head)


def test_nothing_to_draw_is_refused() -> None:
    """The message says what to want."""
    with pytest.raises(OptionError, match=r"^there is nothing to draw: expected picture, entropy"):
        looked(*CASE.arrays, want=["lse"]).plot()


def test_without_matplotlib_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra gives the exact install command."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(MissingExtraError, match=r"Install it: pip install 'limelight\[plot\]'$"):
        looked(*CASE.arrays).plot()

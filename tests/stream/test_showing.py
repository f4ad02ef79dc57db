"""An observation shows itself: in words, in a notebook, and as a drawing."""

from __future__ import annotations

import re
import struct
import sys
import zlib
from base64 import b64decode

import html5lib
import numpy as np
import pytest

from limelight.errors import MissingExtraError, OptionError
from tests.stream.cases import looked, random_case

CASE = random_case(70, batch=(1,), heads=(2, 1), tokens=(20, 20), causal="top-left")


def test_it_says_what_was_seen() -> None:
    """The representation names the sizes and the fields that are there."""
    seen = looked(*CASE.arrays, want=["lse", "entropy"])

    assert repr(seen) == "Observation((1, 2, 20, 20): lse, entropy)"


def test_its_page_is_html() -> None:
    """A line for each head with its statistics, and well-formed."""
    page = looked(*CASE.arrays, **CASE.options)._repr_html_()
    html5lib.HTMLParser(strict=True).parseFragment(page)

    assert page.count("<tr>") == 3
    assert "mean entropy" in page


def test_its_picture_is_the_picture() -> None:
    """The image holds a pixel for each bin: black where the largest mean is, white where none."""
    seen = looked(*CASE.arrays, picture=10, **CASE.options)
    data = re.search(r"base64,([^\"]+)", seen._repr_html_())
    assert data is not None
    pixels = grey_of(b64decode(data[1]))
    mean = seen.picture.mean[0, 0]

    assert pixels.shape == (10, 10)
    assert pixels[np.unravel_index(mean.argmax(), mean.shape)] == 0
    assert (pixels[mean == 0] == 255).all()


def grey_of(png: bytes) -> np.ndarray:
    """Read what a PNG of grey rows without filters holds."""
    columns, rows = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    lines = zlib.decompress(png[start + 4 : start + 4 + length])
    return np.frombuffer(lines, np.uint8).reshape(rows, columns + 1)[:, 1:]


def test_nothing_wanted_is_shown_as_nothing() -> None:
    """A page of heads without statistics is still a page."""
    html5lib.HTMLParser(strict=True).parseFragment(looked(*CASE.arrays, want=[])._repr_html_())


def test_an_empty_picture_is_shown_as_nothing() -> None:
    """Without keys there are no bins: a dash stands for the image."""
    case = random_case(72, tokens=(3, 0))

    assert "<td>–</td>" in looked(*case.arrays, want=["picture"])._repr_html_()


def test_rows_that_see_nothing_do_not_spoil_a_mean() -> None:
    """The mean lse is that of queries that see a key; a head without any shows a dash."""
    seen = looked(*CASE.arrays, want=["lse"], mask=np.zeros((20, 20), dtype=bool))

    assert "<td>–</td>" in seen._repr_html_()


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

    assert [panel.get_title() for panel in figure.axes] == titles


def test_the_head_asked_for_is_drawn() -> None:
    """The curve drawn is that of the head, named by its number or with its batch entry."""
    seen = looked(*CASE.arrays, want=["entropy"])

    for head in (1, (0, 1)):
        (curve,) = seen.plot(head=head).axes[0].lines
        assert (curve.get_ydata() == seen.entropy[0, 1]).all()


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

"""The pictures of an observation side by side, and what their colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.arrays import read
from limelight.stream.hidden import hidden_bins, hidden_by_position
from limelight.stream.png import (
    HIDDEN,
    NOT_A_NUMBER,
    SHADES,
    ZERO,
    data_url,
    largest_of,
    shaded,
    thinning,
)
from limelight.stream.table import name_of

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats
    from limelight.stream.observation import Observation
    from limelight.stream.png import Pixels
    from limelight.stream.problem import Problem

_SIDE, _SIDE_ALONE = 180, 320
"""How wide a picture is drawn, in the page's pixels; and one that is alone."""

_MOST_CELLS = 1 << 26
"""A page looks at so many cells of a mask, for each head; of more it says that it does not."""


def gallery(observation: Observation, heads: list[tuple[int, ...]]) -> str:
    """Return the pictures of some heads; nothing where none was wanted."""
    picture = observation.picture
    if picture is None or not heads:
        return ""
    problem, means = picture.problem, [read("picture", picture.mean).floats(at) for at in heads]
    bins = means[0].shape
    if not means[0].size:
        return "<p>There is no picture: no queries, or no keys.</p>"
    hiding = _Hiding(problem, bins)
    pixels = [shaded(mean, hiding.bins(at)) for at, mean in zip(heads, means, strict=True)]
    box = _box(problem, len(heads))
    figures = [_figure(*each, box) for each in zip(heads, means, pixels, strict=True)]
    return (
        f"<p>{_explained(problem, bins)}{hiding.note}</p>{_legend(pixels, means)}"
        f'<div class="pictures">{"".join(figures)}</div>'
    )


class _Hiding:
    """Which bins of each head are hidden; what heads have in common is worked out once."""

    def __init__(self, problem: Problem, bins: tuple[int, int]) -> None:
        self.problem, self.shape = problem, bins
        self.sizes = (problem.queries, problem.keys)
        self.note = ""
        self.found: dict[object, Bools] = {}

    def bins(self, at: tuple[int, ...]) -> Bools:
        """Tell which bins of a head are hidden, (query bins, key bins)."""
        head = self.problem.head(at)
        if head.added and self.sizes[0] * self.sizes[1] > _MOST_CELLS:
            self.note = " The mask is too large to look at: what it hides is shown as weight 0."
            return hidden_by_position(head.sight, self.sizes, self.shape)
        places = tuple((each.array.ctypes.data, each.array.strides) for each in head.added)
        key = (head.sight, places)
        if key not in self.found:
            self.found[key] = hidden_bins(head, self.sizes, self.shape)
        return self.found[key]


def _explained(problem: Problem, bins: tuple[int, int]) -> str:
    pooled = bins != (problem.queries, problem.keys)
    each = f"the mean of each of {bins[0]:,} × {bins[1]:,} bins" if pooled else "each by itself"
    down, across = thinning(bins)
    together = f"; a pixel shows the largest of {down} × {across}" if down * across > 1 else ""
    return (
        f"<strong>Weights</strong> <small>{each}{together}. Queries run down from 0 to "
        f"{problem.queries - 1:,}, keys across from 0 to {problem.keys - 1:,}.</small>"
    )


def _legend(pixels: list[Pixels], means: list[Floats]) -> str:
    """Say what the shades mean, and what else is there to see."""
    largest = f"{largest_of(means[0]):.3g}" if len(means) == 1 else "the largest of the head"
    ramp = np.arange(ZERO, ZERO + SHADES, dtype=np.uint8)[None]
    parts = [
        f"<span>0 {_swatch(ramp, 120)} {largest}</span>",
        "<span><small>by square root: half way is a quarter</small></span>",
    ]
    for index, meaning in ((HIDDEN, "hidden by the options"), (NOT_A_NUMBER, "not a number")):
        if any((each == index).any() for each in pixels):
            parts.append(f"<span>{_swatch(np.full((1, 1), index, np.uint8), 14)} {meaning}</span>")
    return f'<p class="legend">{"".join(parts)}</p>'


def _swatch(pixels: Pixels, width: int) -> str:
    return f'<img alt="" {_sized(width, 14)}" src="{data_url(pixels)}">'


def _sized(width: int, height: int) -> str:
    """Return attributes, and a style left open: a notebook's own style has height:auto."""
    size = f"width:{width}px;height:{height}px"
    return f'width="{width}" height="{height}" style="{size}'


def _box(problem: Problem, heads: int) -> tuple[int, int]:
    """Return how wide and high a picture is drawn: like its tokens, as far as that can be read."""
    side = _SIDE_ALONE if heads == 1 else _SIDE
    longest = max(problem.queries, problem.keys)
    width, height = (
        max(round(side * size / longest), side // 4) for size in (problem.keys, problem.queries)
    )
    return width, height


def _figure(at: tuple[int, ...], mean: Floats, pixels: Pixels, box: tuple[int, int]) -> str:
    largest, (width, height) = largest_of(mean), box
    hidden = np.count_nonzero(pixels == HIDDEN) / pixels.size
    alt = f"Weights of {name_of(at)}: largest {largest:.3g}, {hidden:.0%} hidden"
    # Enlarged, a bin has sharp edges; made smaller, none may fall through.
    sharp = ";image-rendering:pixelated" if pixels.shape[0] * 2 <= height else ""
    return (
        f"<figure><figcaption>{name_of(at)} <small>largest {largest:.3g}</small></figcaption>"
        f'<img alt="{alt}" {_sized(width, height)}{sharp}" src="{data_url(pixels)}"></figure>'
    )

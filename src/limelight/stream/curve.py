"""A curve over many tokens, drawn together where there is no room for each; as a sparkline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from limelight.stream.arrays import Floats

WIDTH, HEIGHT = 80, 24
"""Of a sparkline, in pixels."""


class Curve(NamedTuple):
    """Numbers over stretches of tokens; NaN where a stretch has none.

    Attributes:
        middle: The middle of each stretch, as a token.
        least: The smallest number of each.
        mean: The mean.
        most: The largest.
    """

    middle: Floats
    least: Floats
    mean: Floats
    most: Floats

    @classmethod
    def of(cls, numbers: Floats, stretches: int) -> Curve:
        """Draw numbers together into at most so many stretches, of as good as one length."""
        count = min(len(numbers), stretches)
        if not count:
            return cls(*[np.zeros(0)] * 4)
        edges = np.linspace(0, len(numbers), count + 1).astype(np.int64)
        there = ~np.isnan(numbers)
        held = np.add.reduceat(there, edges[:-1], dtype=np.float64)
        total = np.add.reduceat(np.where(there, numbers, 0.0), edges[:-1])
        return cls(
            middle=(edges[:-1] + edges[1:] - 1) / 2,
            least=np.fmin.reduceat(numbers, edges[:-1]),
            mean=np.divide(total, held, out=np.full(count, np.nan), where=held > 0),
            most=np.fmax.reduceat(numbers, edges[:-1]),
        )


def sparkline(numbers: Floats, top: float, label: str) -> str:
    """Return a small drawing of numbers from 0 to *top*: their mean, and behind it their range.

    Args:
        numbers: The numbers, a token each.
        top: What stands at the upper edge.
        label: What it shows, for who cannot see it; plain words.
    """
    curve = Curve.of(numbers, WIDTH)
    step = WIDTH / max(len(curve.mean), 1)
    across = (np.arange(len(curve.mean)) + 0.5) * step
    least, mean, most = (
        HEIGHT - 1 - (HEIGHT - 2) * np.clip(each / (top or 1.0), 0, 1)
        for each in (curve.least, curve.mean, curve.most)
    )
    bars, line, pen = [], [], "M"
    for x, low, y, high in zip(across, least, mean, most, strict=True):
        if np.isnan(y):
            pen = "M"
            continue
        if low - high > 1:  # at least a pixel: a thinner range is within the line
            bars.append(f"M{x:.1f} {low:.1f}V{high:.1f}")
        line.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    if len(line) == 1:
        line.append("h.1")
    return (
        f'<svg role="img" aria-label="{label}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="currentColor">'
        f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" opacity=".35"/>'
        f'<path d="{"".join(bars)}" opacity=".3" stroke-width="{step:.1f}"/>'
        f'<path d="{"".join(line)}" stroke-width="1.2" stroke-linejoin="round" '
        'stroke-linecap="round"/></svg>'
    )

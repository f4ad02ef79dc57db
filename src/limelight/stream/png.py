"""Pictures as PNG with a palette that lets the page's own background through."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from limelight.stream.arrays import Bools, Floats

Pixels = npt.NDArray[np.uint8]
"""A palette's index for each pixel, (down, across)."""

HIDDEN, NOT_A_NUMBER, ZERO = 0, 1, 2
"""Where the palette has what the options hide, what is NaN, and weight 0; shades follow."""

SHADES = 96
"""So many that no step shows, and so few that noise of 16 heads stays a small page."""

MOST_PIXELS = 256
"""A side of a picture; more bins are drawn together."""

_GREY, _FULL, _NAN = (128, 128, 128, 40), (245, 92, 10, 255), (110, 90, 235, 255)
"""Weight 0 is a veil, the largest weight an orange as far from white as from black."""


def palette() -> npt.NDArray[np.uint8]:
    """Return red, green, blue and opacity of each index.

    One hue, ever more opaque: what is heavier stands out more, on white as on black, and for
    whoever cannot tell hues apart.
    """
    share = np.linspace(0, 1, SHADES)[:, None]
    # The veil's grey is gone soon, or it would dull the faint shades.
    hue = np.minimum(share * 9, 1)
    colour = np.array(_GREY[:3]) * (1 - hue) + np.array(_FULL[:3]) * hue
    opacity = _GREY[3] * (1 - share) + _FULL[3] * share
    shades = np.concatenate([colour, opacity], axis=1).round()
    return np.concatenate([[(0, 0, 0, 0), _NAN], shades]).astype(np.uint8)


def shaded(mean: Floats, hidden: Bools) -> Pixels:
    """Return the pixels of a picture: shades by the square root, up to the largest mean."""
    largest = largest_of(mean)
    share = np.sqrt(np.where(np.isnan(mean), 0.0, mean) / (largest or 1.0))
    shade = ZERO + np.ceil(share * (SHADES - 1))  # only weight 0 is shown as weight 0
    shade[np.isnan(mean)] = NOT_A_NUMBER
    shade[hidden & (mean == 0)] = HIDDEN
    return _thinned(shade.astype(np.uint8))


def largest_of(mean: Floats) -> float:
    """Return the largest number of a picture, 0 where there is none."""
    return float(np.max(mean, where=~np.isnan(mean), initial=0.0))


def thinning(bins: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many bins one pixel stands for, down and across."""
    return tuple(-(-size // MOST_PIXELS) for size in bins)


def _thinned(pixels: Pixels) -> Pixels:
    """Draw bins together, the heaviest winning: a thin line stays, a hidden bin gives way."""
    pixels = np.where(pixels == NOT_A_NUMBER, 255, pixels)  # NaN wins over every weight
    for axis, step in enumerate(thinning(pixels.shape)):
        pixels = np.maximum.reduceat(pixels, range(0, pixels.shape[axis], step), axis=axis)
    return np.where(pixels == 255, NOT_A_NUMBER, pixels).astype(np.uint8)  # noqa: PLR2004


def data_url(pixels: Pixels) -> str:
    """Return pixels as a PNG that stands in the page itself."""
    down, across = pixels.shape
    colours = palette()
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", across, down, 8, 3, 0, 0, 0)),  # 3: a palette
        (b"PLTE", colours[:, :3].tobytes()),
        (b"tRNS", colours[:, 3].tobytes()),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels), 9)),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

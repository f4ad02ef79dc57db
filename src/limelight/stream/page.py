"""An observation as HTML: a line for each head, and its picture."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.arrays import read

if TYPE_CHECKING:
    from limelight.stream.arrays import Array, Floats
    from limelight.stream.observation import Observation

MOST_HEADS = 16
"""Further heads are counted, not shown."""

COLUMNS = {
    "lse": "mean lse",
    "entropy": "mean entropy",
    "max_logit": "largest logit",
    "sink_mass": "mean sink mass",
    "attention_distance": "mean distance",
}


def page_of(observation: Observation) -> str:
    """Return a table of the heads, as far as their statistics were wanted."""
    heads = list(np.ndindex(*observation.rows.problem.leading[:-1]))
    names = [name for name in COLUMNS if getattr(observation, name) is not None]
    titles = ["head", *(COLUMNS[name] for name in names)]
    titles += ["picture"] if observation.picture is not None else []
    lines = [_line("th", titles)]
    for at in heads[:MOST_HEADS]:
        cells = [", ".join(map(str, at))]
        cells += [_summary(name, getattr(observation, name), at) for name in names]
        if observation.picture is not None:
            cells.append(_image(read("picture", observation.picture.mean).floats(at)))
        lines.append(_line("td", cells))
    more = len(heads) - MOST_HEADS
    note = f"<p>and {more} more heads</p>" if more > 0 else ""
    return f"<table>{''.join(lines)}</table>{note}"


def _line(tag: str, cells: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def _summary(name: str, numbers: Array, at: tuple[int, ...]) -> str:
    own = read(name, numbers).floats(at)
    shown = own[~np.isneginf(own)]
    if not shown.size:
        return "–"
    return f"{shown.max() if name == 'max_logit' else shown.mean():.4g}"


def _image(mean: Floats) -> str:
    """Return a picture as an image: dark where there is much weight, by the square root."""
    if not mean.size:
        return "–"
    finite = np.nan_to_num(mean, nan=0.0, posinf=0.0)
    strength = np.sqrt(finite / (finite.max() or 1.0))
    data = b64encode(_png((255 - 255 * strength).astype(np.uint8))).decode()
    return (
        f'<img alt="weights, queries down, keys across" width="160" height="160" '
        f'style="image-rendering: pixelated" src="data:image/png;base64,{data}">'
    )


def _png(grey: np.ndarray) -> bytes:
    """Write 8-bit grey rows as PNG."""
    rows, columns = grey.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in grey)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

"""Draw an observation with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from limelight.errors import MissingExtraError, OptionError
from limelight.stream.arrays import read

if TYPE_CHECKING:
    from limelight.stream.arrays import Array
    from limelight.stream.observation import Observation, Picture

Figure: TypeAlias = Any
"""What matplotlib calls a Figure; it is an extra, and may not be there."""

Panel: TypeAlias = Any
"""What it calls Axes."""


def plot(observation: Observation, head: tuple[int, ...] | int) -> Figure:
    """Draw picture, entropy and received of one head, as far as they were wanted."""
    try:
        from matplotlib import figure as drawing  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MissingExtraError.of("matplotlib", "plot", "Drawing an observation") from None
    at = _head(observation, head)
    drawn = {name: draw for name, draw in _DRAWN.items() if getattr(observation, name) is not None}
    if not drawn:
        msg = (
            "there is nothing to draw: expected picture, entropy or received, got none.\n"
            f"  {observation!r}\n"
            '  Observe with want=("picture", "entropy", "received").'
        )
        raise OptionError(msg)
    figure = drawing.Figure(figsize=(5 * len(drawn), 4), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(drawn)))
    for panel, (name, draw) in zip(panels, drawn.items(), strict=True):
        draw(panel, getattr(observation, name), at)
    return figure


def _head(observation: Observation, head: tuple[int, ...] | int) -> tuple[int, ...]:
    heads = observation.rows.problem.leading[:-1]
    at = head if isinstance(head, tuple) else (*(0 for _ in heads[1:]), head)
    inside = len(at) == len(heads) and all(
        0 <= index < size for index, size in zip(at, heads, strict=True)
    )
    if not inside:
        msg = (
            f"there is no such head: expected one of {heads}, got {head}.\n"
            "  A head is (batch…, head), counted from 0.\n"
            "  One number means a head of the first batch entry."
        )
        raise OptionError(msg)
    return at


def _draw_picture(panel: Panel, picture: Picture, at: tuple[int, ...]) -> None:
    mean, visible = (read("picture", part).floats(at) for part in (picture.mean, picture.visible))
    panel.imshow(np.where(visible > 0, mean, np.nan), interpolation="nearest", aspect="auto")
    panel.set(title="weights, mean of each bin", xlabel="keys", ylabel="queries")


def _draw_entropy(panel: Panel, entropy: Array, at: tuple[int, ...]) -> None:
    panel.plot(read("entropy", entropy).floats(at))
    panel.set(title="entropy", xlabel="query", ylabel="nats")


def _draw_received(panel: Panel, received: Array, at: tuple[int, ...]) -> None:
    panel.plot(read("received", received).floats(at))
    panel.set(title="received", xlabel="key", ylabel="sum of weights")


_DRAWN = {"picture": _draw_picture, "entropy": _draw_entropy, "received": _draw_received}

"""Draw an observation with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from limelight.errors import MissingExtraError, OptionError
from limelight.stream.arrays import read
from limelight.stream.curve import Curve
from limelight.stream.hidden import hidden_bins, keys_in_sight
from limelight.stream.page import facts_of
from limelight.stream.png import largest_of
from limelight.stream.table import name_of

if TYPE_CHECKING:
    from limelight.stream.arrays import Array, Floats
    from limelight.stream.observation import Observation, Picture
    from limelight.stream.problem import Problem

Figure: TypeAlias = Any
"""What matplotlib calls a Figure; it is an extra, and may not be there."""

Panel: TypeAlias = Any
"""What it calls Axes."""


_SHADES = ("#f4f1ee", "#fdc799", "#f5702a", "#b02e0c", "#4a0d12")
"""From weight 0 to the largest, ever darker."""

_NAN = np.array([0.43, 0.35, 0.92, 1.0])

_INK = "#b02e0c"

_FINE = 1024
"""So many pixels a side are handed to matplotlib."""

_STRETCHES = 600
"""A panel has room for so many points."""


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
    figure = drawing.Figure(figsize=(5 * len(drawn), 4.4), layout="constrained")
    figure.suptitle(f"{name_of(at)} · {facts_of(observation.rows.problem)}", fontsize="medium")
    panels = np.atleast_1d(figure.subplots(1, len(drawn)))
    for panel, (name, draw) in zip(panels, drawn.items(), strict=True):
        draw(panel, getattr(observation, name), observation.rows.problem, at)
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


def _draw_picture(panel: Panel, picture: Picture, problem: Problem, at: tuple[int, ...]) -> None:
    """Draw the bins where their tokens are: shades by the square root, what is hidden hatched."""
    from matplotlib import colors, patches  # noqa: PLC0415 - an extra

    mean = read("picture", picture.mean).floats(at)
    sizes = (problem.queries, problem.keys)
    panel.set(title="weights, mean of each bin", xlabel="key", ylabel="query")
    if not mean.size:
        return
    hidden = hidden_bins(problem.head(at), sizes, mean.shape) & (mean == 0)
    panel.add_patch(
        patches.Rectangle(
            (0, 0),
            1,
            1,
            transform=panel.transAxes,
            zorder=-1,
            hatch="////",
            fc="w",
            ec="0.85",
            lw=0,
        )
    )
    shown = panel.imshow(
        _enlarged(np.ma.masked_array(mean, mask=hidden)),
        cmap=colors.LinearSegmentedColormap.from_list("", _SHADES).with_extremes(bad=(0, 0, 0, 0)),
        norm=colors.PowerNorm(0.5, vmin=0, vmax=largest_of(mean) or 1),
        extent=(-0.5, sizes[1] - 0.5, sizes[0] - 0.5, -0.5),
        interpolation_stage="rgba",
        aspect="auto",
    )
    panel.figure.colorbar(shown, ax=panel, label="weight, square-root scale")
    missing = np.isnan(mean)
    if missing.any():
        violet = _enlarged(missing)[..., None] * _NAN
        panel.imshow(violet, extent=shown.get_extent(), aspect="auto")
    signs = {"hatched: hidden by the options": hidden, "violet: NaN": missing}
    present = ", ".join(sign for sign, where in signs.items() if where.any())
    panel.set_xlabel(f"key ({present})" if present else "key")


def _enlarged(bins: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Repeat bins until there are more than a panel has room for, down and across.

    matplotlib then makes them smaller, by means: edges stay sharp, and a thin line grows faint
    where by the nearest bin it would fall through.
    """
    for axis, size in enumerate(bins.shape):
        bins = bins.repeat(max(_FINE // size, 1), axis=axis)
    return bins


def _draw_entropy(panel: Panel, entropy: Array, problem: Problem, at: tuple[int, ...]) -> None:
    """Draw the entropy, and where position alone decides, what it cannot exceed."""
    head = problem.head(at)
    if not head.added:
        seen = keys_in_sight(head.sight, problem.queries) + (problem.options.sinks is not None)
        with np.errstate(divide="ignore"):
            bound = np.where(seen > 0, np.log(seen), np.nan)
        panel.plot(bound, color="0.6", linewidth=1, linestyle="--", label="ln(keys in sight)")
    _draw_curve(panel, read("entropy", entropy).floats(at))
    panel.set(title="entropy", xlabel="query", ylabel="nats")
    panel.set_ylim(bottom=0)
    if not head.added:
        panel.legend(loc="best", frameon=False, fontsize="small")


def _draw_received(panel: Panel, received: Array, _problem: Problem, at: tuple[int, ...]) -> None:
    """Draw what each key receives, and name the one that receives most."""
    own = read("received", received).floats(at)
    _draw_curve(panel, own)
    panel.set(title="received", xlabel="key", ylabel="sum of weights")
    panel.set_ylim(bottom=0)
    if own.size and not np.isnan(own).all():
        most = int(np.nanargmax(own))
        panel.annotate(
            f"key {most}: {own[most]:.3g}",
            (most, own[most]),
            textcoords="offset points",
            xytext=(8, -4) if most * 2 < len(own) else (-8, -4),
            ha="left" if most * 2 < len(own) else "right",
            fontsize="small",
        )


def _draw_curve(panel: Panel, numbers: Floats) -> None:
    """Draw a curve; of many tokens the mean of each stretch, and behind it what it ranges over."""
    curve = Curve.of(numbers, _STRETCHES)
    panel.plot(curve.middle, curve.mean, color=_INK, linewidth=1.2)
    if len(numbers) > _STRETCHES:
        panel.fill_between(curve.middle, curve.least, curve.most, color=_INK, alpha=0.25, lw=0)
    panel.set_xlim(-0.5, max(len(numbers), 1) - 0.5)
    panel.spines[["top", "right"]].set_visible(b=False)


_DRAWN = {"picture": _draw_picture, "entropy": _draw_entropy, "received": _draw_received}

"""The statistics of each head, as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.stream.arrays import read
from limelight.stream.curve import sparkline

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.stream.arrays import Array, Floats
    from limelight.stream.observation import Observation

NOTHING = "–"

_LONGEST = 1e5
"""From here on a number is shown by its power of ten."""

_TENTH = 0.0995
"""From here on a share has two digits without a decimal."""

MOST_RECEIVED = 3
"""How many keys are named of those that receive most."""


class Column(NamedTuple):
    """A column: what stands above it, and how a head's cell is made.

    Attributes:
        title: What it shows.
        unit: In what, and over what.
        cell: Turns a head's index and label into HTML.
        kind: A class of the cells, or nothing.
    """

    title: str
    unit: str
    cell: Callable[[tuple[int, ...]], str]
    kind: str = ""


def table(observation: Observation, heads: list[tuple[int, ...]]) -> str:
    """Return a line for each head; nothing where no statistic was wanted."""
    columns = _columns(observation, heads) if heads else []
    if not columns:
        return ""
    titles = "".join(
        f'<th scope="col"{_class(column)}>{column.title} <small>{column.unit}</small></th>'
        for column in columns
    )
    lines = []
    for at in heads:
        cells = "".join(f"<td{_class(column)}>{column.cell(at)}</td>" for column in columns)
        lines.append(f'<tr><th scope="row">{name_of(at)}</th>{cells}</tr>')
    note = "Means are over the queries that see a key"
    return (
        '<div class="scroll" role="region" aria-label="statistics" tabindex="0"><table>'
        f"<caption>Statistics <small>{note}</small></caption>"
        f'<thead><tr><th scope="col">head</th>{titles}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def name_of(at: tuple[int, ...]) -> str:
    """Return the name of a head: its number, after the batch entry where there are several."""
    *batch, head = map(str, at)
    return f"entry {', '.join(batch)}, head {head}" if batch else f"head {head}"


def number(value: float) -> str:
    """Return a number with two decimals, or its power of ten where it is long."""
    if math.isnan(value):
        return "NaN"
    return f"{value:.2f}" if abs(value) < _LONGEST else f"{value:.2e}"


def percent(share: float) -> str:
    """Return a share in percent, to two digits where it is small."""
    return "NaN" if math.isnan(share) else f"{100 * share:.{0 if share >= _TENTH else 1}f} %"


def _class(column: Column) -> str:
    return f' class="{column.kind}"' if column.kind else ""


def _columns(observation: Observation, heads: list[tuple[int, ...]]) -> list[Column]:
    """Return the columns of what was wanted."""
    given: list[tuple[str, str, str, Callable[[float], str], Any]] = [
        ("lse", "lse", "mean ln Σ eˢ", number, np.mean),
        ("max_logit", "max logit", "largest", number, np.max),
        ("entropy", "entropy", "mean, nats", number, np.mean),
        ("sink_mass", "sink mass", "mean, on key 0", percent, np.mean),
        ("attention_distance", "distance", "mean, tokens", number, np.mean),
    ]
    found = []
    for name, title, unit, shown, summary in given:
        if getattr(observation, name) is not None:
            found.append(Column(title, unit, _summary(observation, name, shown, summary)))
        if name == "entropy" and observation.entropy is not None:
            found.append(_drawn(observation, "entropy", "over queries", heads))
    if observation.received is not None:
        most = _most(observation.received)
        found.append(Column("most received", "key: share of all", most, "keys"))
        found.append(_drawn(observation, "received", "over keys", heads))
    for name in ("previous_token", "duplicate_token", "induction"):
        shares = getattr(observation.detection, name, None)
        if shares is not None:
            found.append(Column(name.replace("_", " "), "of all weight", _share(name, shares)))
    return found


def _summary(
    observation: Observation,
    name: str,
    shown: Callable[[float], str],
    summary: Any,  # noqa: ANN401 - one of NumPy's, with a dozen forms
) -> Callable[[tuple[int, ...]], str]:
    numbers = read(name, getattr(observation, name))

    def cell(at: tuple[int, ...]) -> str:
        own = numbers.floats(at)
        own = own[~np.isneginf(observation.rows.m[at]) & ~np.isneginf(own)]
        return shown(float(summary(own))) if own.size else NOTHING

    return cell


def _share(name: str, shares: Array) -> Callable[[tuple[int, ...]], str]:
    return lambda at: percent(float(read(name, shares).floats(at)))


def _most(received: Array) -> Callable[[tuple[int, ...]], str]:
    """Name the keys that receive most, each with its share of all that is received."""

    def cell(at: tuple[int, ...]) -> str:
        own = read("received", received).floats(at)
        total = own.sum()
        if not total > 0:
            return NOTHING
        keys = np.argsort(-own, kind="stable")[:MOST_RECEIVED]
        return ", ".join(f"{key}: {percent(own[key] / total)}" for key in keys if own[key] > 0)

    return cell


def _drawn(observation: Observation, name: str, unit: str, heads: list[tuple[int, ...]]) -> Column:
    """Return a column of sparklines, all on one scale: that of the largest number shown.

    What is received is often nearly all with one key, so that it is drawn by its square root.
    """
    source = read(name, getattr(observation, name))
    largest = {at: _largest(source.floats(at)) for at in heads}
    top = max(largest.values())
    rooted = name == "received"

    def cell(at: tuple[int, ...]) -> str:
        own = source.floats(at)
        if not own.size:
            return NOTHING
        if name == "entropy":
            own = np.where(np.isneginf(observation.rows.m[at]), np.nan, own)
        label = f"{name_of(at)}: {name} {unit}, up to {number(largest[at])}"
        drawn, edge = (np.sqrt(own), math.sqrt(top)) if rooted else (own, top)
        return sparkline(drawn, edge, label)

    return Column(name, f"{unit}, {'√, ' if rooted else ''}0–{number(top)}", cell)


def _largest(numbers: Floats) -> float:
    return float(np.max(numbers, where=np.isfinite(numbers), initial=0.0))

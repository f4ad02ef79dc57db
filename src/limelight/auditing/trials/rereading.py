"""What a function may have understood instead: mistakes that change what is asked of it.

The catalogue's rewritings change a step; they do not know that a query may have been left without
a key by the mistake itself, where implementations differ. So these are looked for here, where no
rewriting gives what was found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.auditing.trials.request import HIDING, other_than

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight.auditing.trials.request import Request


class Rereading(NamedTuple):
    """A mistake as another request.

    Attributes:
        mistake: Its id.
        step: The step where it is made.
        says: What was done, in a few words.
        made: The request as it was understood, or None where it would be the same.
    """

    mistake: str
    step: str
    says: str
    made: Callable[[Request], Request | None]


def _inverted(request: Request) -> Request | None:
    if request.mask is None or request.mask.dtype != bool:
        return None
    return replace(request, mask=~request.mask)


def _without(*names: str) -> Callable[[Request], Request | None]:
    def made(request: Request) -> Request | None:
        there = [name for name in names if getattr(request, name) is not None]
        nothing: dict[str, Any] = dict.fromkeys(there)
        return replace(request, **nothing) if there else None

    return made


def _shifted(by: int) -> Callable[[Request], Request | None]:
    """Return what lets a query see so many keys more of the future."""

    def made(request: Request) -> Request | None:
        if request.causal is None or "window" in request.options:
            return None
        _, _, queries, keys = request.sizes
        last = request.first()[:, None, None, None] + np.arange(queries)[:, None] + by
        rest = [name for name in HIDING if name != "causal"]
        if request.mask is not None and request.mask.dtype != bool:
            return None
        return request.masked((np.arange(keys) <= last) & request.seen(*rest), *HIDING)

    return made


def _realigned(request: Request) -> Request | None:
    if request.causal is None:
        return None
    return replace(request, causal=other_than(request.causal))


def _tiled(request: Request) -> Request | None:
    heads, there = request.q.shape[1], request.k.shape[1]
    if there in {1, heads}:
        return None
    times = (1, heads // there, 1, 1)
    return replace(request, k=np.tile(request.k, times), v=np.tile(request.v, times))


REREADINGS: tuple[Rereading, ...] = (
    Rereading("E10", "masked", "the mask", _inverted),
    Rereading("E11", "masked", "without its own key", _shifted(-1)),
    Rereading("E11", "masked", "one future key", _shifted(1)),
    Rereading("E12", "masked", "the other alignment", _realigned),
    Rereading("E13", "masked", "every key seen", _without("causal")),
    Rereading("E20", "masked", "the mask ignored", _without("mask")),
    Rereading("E20", "masked", "padding seen", _without("key_starts", "key_lengths")),
    Rereading("E26", "scores", "tiled", _tiled),
)
"""All of them."""

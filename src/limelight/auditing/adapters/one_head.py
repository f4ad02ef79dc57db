"""Call a function of (tokens, features) for one head after the other."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.auditing.adapters.adapter import Answer, Prepared
from limelight.auditing.adapters.asking import call_text, first_of, is_array, misshapen
from limelight.stream.arrays import read_floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.adapters.adapter import Function
    from limelight.auditing.adapters.asking import Asking
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

_BY_ENTRY = frozenset({"key_lengths", "key_starts"})


def prepare_one_head(
    asking: Asking,
    function: Function,
    request: Request,
    framework: Framework,
    *,
    more: Mapping[str, Any],
) -> Prepared:
    """Make calls for every head of every entry, whose results are put together.

    Raises:
        Lacking: The function cannot be asked for that.
    """
    told, options = asking.told(request)
    batch, heads, *_ = request.sizes
    dtype = request.case.dtype
    strided = request.case.layout == "strided"
    whole = {
        name: framework.make(each, dtype, strided=strided)
        for name, each in (("q", request.q), ("k", request.k), ("v", request.v))
    }
    ours = {offer.name: name for name, offer in asking.offers.items()}
    places = list(product(range(batch), range(heads)))
    calls = [
        {
            name: asking.made(_part(ours[name], value, request, place), dtype, framework)
            for name, value in options.items()
        }
        for place in places
    ]

    def run() -> list[object]:
        return [
            function(*(each[place] for each in whole.values()), **{**more, **options})
            for place, options in zip(places, calls, strict=True)
        ]

    first = {**more, **(calls[0] if calls else {})}
    arrays = {f"{name} {at}": each for at, call in enumerate(calls) for name, each in call.items()}
    return Prepared(
        request=told,
        run=run,
        passed=whole | {name: each for name, each in arrays.items() if is_array(each)},
        text=call_text(function, ("q[i, h]", "k[i, h]", "v[i, h]"), first),
        read=lambda results: _together(results, (batch, heads)),
        given={"q": request.q, "k": request.k, "v": request.v},
    )


def _part(name: str, value: object, request: Request, place: tuple[int, int]) -> object:
    """Return what of an option belongs to one head of one entry."""
    if not isinstance(value, np.ndarray):
        return value
    entry, head = place
    if name in _BY_ENTRY:
        return int(value[entry])
    if value.ndim == 1:
        return float(value[head])
    whole: np.ndarray[Any, Any] = np.broadcast_to(value, request.sizes)[entry, head]
    return whole


def _together(results: Any, sizes: tuple[int, int]) -> Answer:  # noqa: ANN401 - a list of results
    sources = [read_floats("what it returned", first_of(result)) for result in results]
    shapes = {source.shape for source in sources}
    if len(shapes) != 1 or sources[0].array.ndim != 2:  # noqa: PLR2004 - tokens, features
        raise misshapen(sources[0].shape, "(queries, features)")
    stacked = np.stack([source.floats() for source in sources])
    return Answer(stacked.reshape(*sizes, *stacked.shape[1:]), None, sources[0].dtype)

"""Find out how a function is called where its parameters do not tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from limelight.auditing.adapters.adapter import Parameters
from limelight.auditing.adapters.known import adapter_of
from limelight.auditing.adapters.plain import LAYOUTS, USUAL_NAMES, Plain
from limelight.auditing.trials.cases import BOOL_MASK, NUMBER_MASK, PLAIN
from limelight.auditing.trials.findings import Standing
from limelight.auditing.trials.frameworks import candidates, framework
from limelight.auditing.trials.judging import judge
from limelight.auditing.trials.trying import Caller, Raised
from limelight.errors import ArrayError, LimelightError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from limelight.auditing.adapters.adapter import Adapter, Function, Polarity
    from limelight.auditing.adapters.asking import MasksOf
    from limelight.auditing.adapters.plain import Layout
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.findings import Trial
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request


class Wishes(NamedTuple):
    """What the caller says about how a function is called; None is to be found out.

    Attributes:
        adapter: The id of an adapter.
        arrays: A framework.
        layout: The order of the axes.
        masks: What masks are made of.
        polarity: What True says in them.
    """

    adapter: str | None = None
    arrays: str | None = None
    layout: Layout | None = None
    masks: MasksOf | None = None
    polarity: Polarity | None = None


POLARITIES: tuple[Polarity, ...] = ("attends", "hides")

_KNOWN = {
    "layout": LAYOUTS,
    "masks": ("bool", "infinite", "finite", "both"),
    "polarity": POLARITIES,
}


def settle(function: Function, wishes: Wishes, seed: int) -> Caller:
    """Return how a function is called: as is wished, or else so that it is right.

    Raises:
        UnknownNameError: A wish is none that is known.
        ArrayError: The function cannot be called in any way.
    """
    for name, known in _KNOWN.items():
        wish = getattr(wishes, name)
        if wish is not None and wish not in known:
            raise UnknownNameError.among(name, str(wish), known)
    adapter = adapter_of(function, wishes.adapter)
    callers = [Caller(function, each, on, seed) for each, on in _ways(function, adapter, wishes)]
    caller = _best(callers)
    if isinstance(caller.adapter, Plain) and _has_mask(function):
        return _with_masks(caller, caller.adapter, wishes)
    return caller


def _ways(
    function: Function, adapter: Adapter, wishes: Wishes
) -> Iterator[tuple[Adapter, Framework]]:
    """Go through the ways to call a function, the likeliest first."""
    if wishes.arrays is not None:
        frameworks: Iterable[Framework] = [framework(wishes.arrays)]
    elif adapter.frameworks:
        frameworks = [framework(name) for name in adapter.frameworks]
    else:
        frameworks = candidates(function)
    if not isinstance(adapter, Plain):
        yield from ((adapter, each) for each in frameworks)
        return
    layouts = LAYOUTS if wishes.layout is None else (wishes.layout,)
    for layout, each in product(layouts, frameworks):
        yield replace(adapter, layout=layout), each


def _best(callers: list[Caller]) -> Caller:
    """Return the first way that is right; else one that gives numbers; else the first.

    Raises:
        ArrayError: The function raises whichever way it is called.
    """
    found = [(caller, caller.trial(PLAIN)[0]) for caller in _until_right(callers)]
    for is_good in (_is_right, _gives_numbers, _returns):
        for caller, trial in found:
            if is_good(trial):
                return caller
    reasons = dict.fromkeys(f"{caller.framework.name}: {trial.remark}" for caller, trial in found)
    listed = "\n".join(f"  {reason}" for reason in reasons)
    msg = (
        "the function must work for queries, keys and values of (2, 3, 5, 8); it does not.\n"
        f"{listed}\n"
        "  Name the arrays, the adapter or the layout, or audit a function that calls it."
    )
    raise ArrayError(msg)


def _until_right(callers: Iterable[Caller]) -> Iterator[Caller]:
    """Go through ways to call, up to the first that is right."""
    for caller in callers:
        yield caller
        if _is_right(caller.trial(PLAIN)[0]):
            return


def _is_right(trial: Trial) -> bool:
    return trial.standing in {Standing.RIGHT, Standing.CONVENTION}


def _gives_numbers(trial: Trial) -> bool:
    return trial.worst is not None


def _returns(trial: Trial) -> bool:
    return trial.standing is not Standing.LACKS


def _has_mask(function: Function) -> bool:
    parameters = Parameters.of(function)
    return parameters is not None and bool(set(USUAL_NAMES["mask"]) & set(parameters.names))


def _with_masks(caller: Caller, plain: Plain, wishes: Wishes) -> Caller:
    """Find out what its masks are made of, and what True says in them."""
    polarities = POLARITIES if wishes.polarity is None else (wishes.polarity,)
    kind: MasksOf = "both" if wishes.masks is None else wishes.masks
    for polarity in polarities:
        way = caller._replace(adapter=replace(plain, masks=kind, polarity=polarity))
        if _is_right(way.trial(BOOL_MASK)[0]):
            is_narrow = wishes.masks is None and _understood(way, NUMBER_MASK, _as_bools)
            return _taking(way, "bool") if is_narrow else way
    first = caller._replace(adapter=replace(plain, masks=kind, polarity=polarities[0]))
    if wishes.masks is None:
        if _understood(first, BOOL_MASK, _as_numbers):
            return _taking(first, "infinite")
        if _understood(first, NUMBER_MASK, _as_bools):
            return _taking(first, "bool")
    return first


def _taking(caller: Caller, masks: MasksOf) -> Caller:
    """Return the same with masks of another kind."""
    return caller._replace(adapter=replace(caller.adapter, masks=masks))  # type: ignore[type-var]


def _understood(caller: Caller, case: Case, otherwise: Callable[[Request], Request]) -> bool:
    """Tell whether a mask was refused, or taken for one of the other kind."""
    prepared = caller.prepare(case)
    try:
        answer = caller.answer(prepared)
    except Raised:
        return True
    except LimelightError:
        return False
    told = prepared._replace(request=otherwise(prepared.request))
    return judge(told, answer, caller.adapter.conventions).standing is Standing.RIGHT


def _as_bools(request: Request) -> Request:
    """Return what is asked if every number but 0 is True."""
    return replace(request, mask=np.asarray(request.mask) != 0)


def _as_numbers(request: Request) -> Request:
    """Return what is asked if bools are added to the scores."""
    return replace(request, mask=None, bias=np.asarray(request.mask, dtype=np.float32))

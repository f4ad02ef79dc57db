"""Modules like torch.nn.MultiheadAttention: called with tokens, their weights read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.auditing.adapters.adapter import Answer, Conventions, Parameters, Prepared
from limelight.auditing.adapters.asking import (
    Asking,
    call_text,
    first_of,
    is_array,
    misshapen,
    without,
)
from limelight.auditing.adapters.projections import Projections
from limelight.auditing.setup import Setup
from limelight.auditing.trials.cases import PLAIN
from limelight.auditing.trials.lacking import Lacking
from limelight.stream.arrays import read_floats

if TYPE_CHECKING:
    import numpy.typing as npt

    from limelight.auditing.adapters.adapter import Function
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

_PADDING = ("key_starts", "key_lengths")
_HIDING = ("causal", "window", "mask")


class TorchModule:
    """forward(query, key, value, key_padding_mask, need_weights, attn_mask, …), or forward(x).

    As torch documents it, True hides in both masks; a query without a key gets NaN. Tokens come
    as the module's batch_first says.
    """

    id = "torch-module"
    name = "a module like torch.nn.MultiheadAttention"
    frameworks = ("torch",)
    conventions = Conventions(None, "nan", "hides")

    def fits(self, function: Function) -> bool:
        """Tell by its being a module."""
        return hasattr(function, "named_parameters") and callable(
            getattr(function, "forward", None)
        )

    def sized(self, function: Function, case: Case) -> Case:
        """Give tokens the features, and scores the heads, that the module has."""
        projections = Projections.of(function)
        if case.kv_heads != case.heads:
            msg = "its heads are what they are"
            raise Lacking(msg)
        if case.d_v != case.d_k:
            msg = "its widths are what they are"
            raise Lacking(msg)
        if len({projections.width(letter) for letter in "qkv"}) > 1:
            msg = "its keys are made of other features than its queries"
            raise Lacking(msg)
        if case.dtype not in {projections.dtype, PLAIN.dtype}:
            msg = f"its weights are {projections.dtype}"
            raise Lacking(msg)
        width, heads = projections.width("q"), projections.heads
        case = replace(case, heads=heads, kv_heads=heads, dtype=projections.dtype)
        return replace(case, d_k=width, d_v=width)

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call: of one sequence to itself, or of queries to other keys."""
        projections = Projections.of(function)
        parameters = Parameters.of(function)
        known = parameters.names if parameters else ()
        told, values = _told(request, known)
        tokens = _tokens(request, several=len(known) > 1 and known[1].startswith("k"))
        first = bool(getattr(function, "batch_first", True))
        strided = request.case.layout == "strided"
        dtype = request.case.dtype
        made = {
            name: framework.make(_placed(each, first=first, strided=strided), dtype)
            for name, each in tokens.items()
        }
        if strided:
            made = {name: each.swapaxes(0, 1) for name, each in made.items()}
        asking = Asking({}, hides=True)
        options = {name: asking.made(value, dtype, framework) for name, value in values.items()}
        return Prepared(
            request=told,
            run=lambda: function(*made.values(), **options),
            passed=made | {name: each for name, each in options.items() if is_array(each)},
            text=call_text(function, tuple(made), options),
            read=lambda result: _answer(result, first=first),
            given=_given(tokens, projections),
            result="output",
            setup=Setup(heads=projections.heads, kv_heads=projections.kv_heads),
        )


def _told(request: Request, known: tuple[str, ...]) -> tuple[Request, dict[str, Any]]:
    """Say padding by its own mask, and everything else that hides by the other one."""
    for name in request.options:
        if name not in (*_PADDING, *_HIDING):
            raise without(name)
    values: dict[str, Any] = {}
    padding = [name for name in request.options if name in _PADDING]
    hiding = [name for name in request.options if name in _HIDING]
    if padding and "key_padding_mask" in known:
        values["key_padding_mask"] = request.seen(*padding)[:, 0, 0]
    else:
        hiding += padding
    if not hiding:
        return request, values
    if "attn_mask" not in known:
        raise without(hiding[0])
    if hiding != ["mask"]:
        request = request.by_mask(*hiding)
    values["attn_mask"] = _one_for_each_head(request)
    return request, values


def _one_for_each_head(request: Request) -> npt.NDArray[Any]:
    """Return the mask as (batch × heads, queries, keys), or (queries, keys) where it suffices."""
    mask = np.broadcast_to(np.asarray(request.mask), request.sizes)
    if (mask == mask[:1, :1]).all():
        return np.array(mask[0, 0])
    return mask.reshape(-1, *mask.shape[-2:])


def _tokens(request: Request, *, several: bool) -> dict[str, npt.NDArray[Any]]:
    """Return what the module is called with, (batch, tokens, features) each."""
    _, _, queries, keys = request.sizes
    x = request.q[:, 0]
    if not several:
        if queries != keys:
            msg = "it takes one sequence"
            raise Lacking(msg)
        return {"x": x}
    if queries == keys:
        return {"query": x, "key": x, "value": x}
    return {"query": x, "key": request.k[:, 0], "value": request.v[:, 0]}


def _placed(tokens: npt.NDArray[Any], *, first: bool, strided: bool) -> npt.NDArray[Any]:
    """Put the batch where the module has it, or, to lie the other way round, where it has not."""
    return tokens if first != strided else tokens.swapaxes(0, 1)


def _given(tokens: dict[str, npt.NDArray[Any]], projections: Projections) -> dict[str, Any]:
    """Return what a dump has: tokens and weights, or queries, keys and values made of them."""
    sources = list(tokens.values())
    weights = projections.tensors
    if all(each is sources[0] for each in sources):
        return {"x": sources[0], **weights}
    given: dict[str, Any] = {name: weights[name] for name in ("w_o", "b_o") if name in weights}
    for letter, source in zip("qkv", sources, strict=True):
        made = source.astype(np.float64) @ weights[f"w_{letter}"].astype(np.float64).T
        made += weights.get(f"b_{letter}", 0.0)
        given[f"{letter}_proj"] = made.astype(source.dtype)
    return given


def _answer(result: object, *, first: bool) -> Answer:
    source = read_floats("what it returned", first_of(result))
    if source.array.ndim != 3:  # noqa: PLR2004 - batch, tokens, features
        raise misshapen(source.shape, "(batch, queries, features)")
    output = source.floats()
    return Answer(output if first else output.swapaxes(0, 1), None, source.dtype)

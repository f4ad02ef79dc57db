"""The signature of the attention functions of transformers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, offered
from limelight.auditing.trials.lacking import Lacking

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

_FIRST = ("module", "query", "key", "value", "attention_mask")


class TransformersEager:
    """f(module, query, key, value, attention_mask, scaling, dropout, **kwargs).

    Masks are numbers to add, the lowest of their type where a key is hidden, so that a query
    without a key gets the mean of all values. What is returned has tokens before heads. The
    module's part is played by an object with the attributes that such functions read.
    """

    id = "transformers"
    name = "an attention function of transformers"
    frameworks = ("torch",)
    conventions = Conventions(None, "uniform", "attends")

    def fits(self, function: Function) -> bool:
        """Tell by the first parameters."""
        parameters = Parameters.of(function)
        return parameters is not None and parameters.names[: len(_FIRST)] == _FIRST

    def sized(self, function: Function, case: Case) -> Case:
        """Any size."""
        del function
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call; options that vanish in **kwargs are none."""
        if request.sinks is not None and not _reads_sinks(function):
            msg = "it reads no sinks of its module"
            raise Lacking(msg)
        parameters = Parameters.of(function)
        known = parameters.names if parameters else ()
        asking = Asking(
            offered(scale="scaling", mask="attention_mask")
            | {ours: each for ours, each in _SOME.items() if each.name in known},
            masks="finite",
            elsewhere=frozenset({"sinks"}),
            returns="tokens first",
        )
        module = _module(request, framework, has_sinks=_reads_sinks(function))
        usual = {"attention_mask": None, "scaling": request.q.shape[-1] ** -0.5}
        return asking.prepare(function, request, framework, before=(module,), more=usual)


_SOME = offered(softcap="softcap", bias="position_bias")
"""Options that some of them have."""


def _reads_sinks(function: Function) -> bool:
    """Tell whether the function's code asks its module for sinks, as that of gpt-oss does."""
    return "sinks" in getattr(getattr(function, "__code__", None), "co_names", ())


def _module(request: Request, framework: Framework, *, has_sinks: bool) -> SimpleNamespace:
    """Make what stands for the layer: the attributes that such functions read."""
    _, heads, _, width = request.q.shape
    module = SimpleNamespace(
        __name__="module",
        training=False,
        is_causal=False,
        head_dim=width,
        num_key_value_groups=heads // request.k.shape[1],
    )
    if has_sinks:
        sinks = np.full(heads, -np.inf) if request.sinks is None else request.sinks
        module.sinks = framework.make(sinks, request.case.dtype)
    return module

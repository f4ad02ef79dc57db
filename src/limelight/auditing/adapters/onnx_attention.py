"""The signature of onnx's reference implementation of the operator Attention."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, Offer, offered
from limelight.auditing.trials.request import HIDING

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request


class OnnxAttention:
    """f(Q, K, V, attn_mask, past_key, past_value, nonpad_kv_seqlen, *, scale, is_causal, …).

    The operator's text says: True takes part in attention; a query without a key gets 0;
    is_causal counts from the first key, or from the end of past_key. So keys of a cache are
    handed in as past_key and past_value where the last query is to see the last key.
    """

    id = "onnx"
    name = "onnx's reference of Attention"
    frameworks = ("numpy",)
    conventions = Conventions("named", "zero", "attends")

    def fits(self, function: Function) -> bool:
        """Tell by the operator's names of its inputs."""
        parameters = Parameters.of(function)
        return parameters is not None and parameters.names[:3] == ("Q", "K", "V")

    def sized(self, function: Function, case: Case) -> Case:
        """Any size."""
        del function
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call; what is not causal in the operator's way is said by the mask."""
        parameters = Parameters.of(function)
        known = set(parameters.names) if parameters else set()
        offers = offered(scale="scale", softcap="softcap", mask="attn_mask")
        offers |= offered(key_lengths="nonpad_kv_seqlen")
        past = _past(request)
        if past is not None:
            offers["causal"] = Offer("is_causal", lambda _: True)
        offers = {ours: offer for ours, offer in offers.items() if offer.name in known}
        if not past:
            return Asking(offers).prepare(function, request, framework)
        more = {
            f"past_{name}": framework.make(array[:, :, :past], request.case.dtype)
            for name, array in (("key", request.k), ("value", request.v))
        }
        new = replace(request, k=request.k[:, :, past:], v=request.v[:, :, past:])
        prepared = Asking(offers).prepare(function, new, framework, more=more)
        return prepared._replace(
            request=replace(prepared.request, k=request.k, v=request.v),
            given={"q": request.q, "k": request.k, "v": request.v},
        )


def _past(request: Request) -> int | None:
    """Return how many keys are handed in as the past; None where is_causal cannot say it."""
    if set(request.options) & set(HIDING) != {"causal"}:
        return None
    _, _, queries, keys = request.sizes
    behind = keys - queries if request.causal == "bottom-right" else 0
    return behind if behind >= 0 else None

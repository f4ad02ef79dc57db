"""The signature of torch.nn.functional.scaled_dot_product_attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, Offer, offered
from limelight.auditing.trials.lacking import Lacking

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

_NAME = "scaled_dot_product_attention"

_ASKING = Asking(
    {"causal": Offer("is_causal", lambda _: True)} | offered(mask="attn_mask", scale="scale"),
    alone=frozenset({"causal"}),
)


class TorchSdpa:
    """f(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa).

    Its documentation says: True in a mask takes part; is_causal is a lower triangle from the
    first query and the first key (tril with diagonal 0), and excludes a mask.
    """

    id = "torch-sdpa"
    name = "torch's scaled_dot_product_attention"
    frameworks = ("torch",)
    conventions = Conventions("top-left", None, "attends")

    def fits(self, function: Function) -> bool:
        """Tell by its name, since torch's own is written in C, or by its parameters."""
        parameters = Parameters.of(function)
        if parameters is None:
            return getattr(function, "__name__", "") == _NAME
        return parameters.names[:4] == ("query", "key", "value", "attn_mask")

    def sized(self, function: Function, case: Case) -> Case:
        """Any size."""
        del function
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call; grouped heads are switched on where there are any."""
        parameters = Parameters.of(function)
        more: dict[str, Any] = {}
        if request.q.shape[1] != request.k.shape[1]:
            if parameters and "enable_gqa" not in parameters.names and not parameters.takes_any:
                msg = "it has no option for grouped heads"
                raise Lacking(msg)
            more["enable_gqa"] = True
        asking = _ASKING
        if parameters and not parameters.takes_any:
            known = set(parameters.names)
            offers = {ours: each for ours, each in asking.offers.items() if each.name in known}
            asking = asking._replace(offers=offers)
        return asking.prepare(function, request, framework, more=more)

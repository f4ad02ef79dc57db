"""The signature of jax.nn.dot_product_attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, Offer, offered
from limelight.auditing.trials.request import lowest

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request


class JaxAttention:
    """f(query, key, value, bias, mask, *, scale, is_causal, local_window_size, …).

    Axes are (batch, tokens, heads, features). Its documentation says: True in a mask is seen,
    numbers are a bias; is_causal counts from the first query and the first key.
    """

    id = "jax"
    name = "jax.nn.dot_product_attention"
    frameworks = ("jax",)
    conventions = Conventions("top-left", "uniform", "attends")

    def fits(self, function: Function) -> bool:
        """Tell by the parameters that no other has."""
        parameters = Parameters.of(function)
        if parameters is None or parameters.names[:3] != ("query", "key", "value"):
            return False
        return {"bias", "mask", "is_causal"} <= set(parameters.names)

    def sized(self, function: Function, case: Case) -> Case:
        """Any size."""
        del function
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call; masks of numbers are biases."""
        asking = Asking(
            {
                "causal": Offer("is_causal", lambda _: True),
                "mask": Offer("mask" if _is_bool(request) else "bias", _mask),
            }
            | offered(
                scale="scale",
                bias="bias",
                window="local_window_size",
                key_lengths="key_value_seq_lengths",
            ),
            layout="tokens first",
        )
        return asking.prepare(function, request, framework)


def _is_bool(request: Request) -> bool:
    return request.mask is None or request.mask.dtype == bool


def _mask(request: Request) -> Any:  # noqa: ANN401 - an array
    """Return a mask; jax adds a bias as it is, and asks for finite numbers."""
    mask = request.mask
    if mask is None or mask.dtype == bool:
        return mask
    return np.maximum(mask, lowest(request.case.dtype) / 2)

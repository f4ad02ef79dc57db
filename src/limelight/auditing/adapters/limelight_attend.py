"""The signature of `limelight.attend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, offered

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

_OFFERS = offered(
    scale="scale",
    softcap="softcap",
    causal="causal",
    window="window",
    mask="mask",
    key_lengths="key_lengths",
    sinks="sinks",
    bias="bias",
)


class LimelightAttend:
    """attend(q, k, v, *, scale, softcap, causal, window, mask, key_lengths, sinks, bias).

    Masks of bools say True where a key is seen; the alignment is named; a query without a key
    gets 0; what is hidden may hold anything.
    """

    id = "limelight"
    name = "limelight.attend"
    frameworks: tuple[str, ...] = ()
    conventions = Conventions("named", "zero", "attends", hidden_nan=True)

    def fits(self, function: Function) -> bool:
        """Tell by q, k, v and all of the options, or by where the function is from."""
        parameters = Parameters.of(function)
        if parameters is None or parameters.names[:3] != ("q", "k", "v"):
            return False
        home = str(getattr(function, "__module__", "")).partition(".")[0]
        is_ours = home == "limelight" and parameters.takes_any
        return is_ours or {"causal", "key_lengths"} <= set(parameters.names)

    def sized(self, function: Function, case: Case) -> Case:
        """Any size."""
        del function
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call."""
        parameters = Parameters.of(function)
        known = parameters.names if parameters and not parameters.takes_any else tuple(_OFFERS)
        offers = {name: offer for name, offer in _OFFERS.items() if name in known}
        return Asking(offers).prepare(function, request, framework)

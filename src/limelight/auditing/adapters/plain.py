"""Any other function of q, k and v, its options found by their usual names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from limelight.auditing.adapters.adapter import Conventions, Parameters
from limelight.auditing.adapters.asking import Asking, MasksOf, Offer, plainly
from limelight.auditing.adapters.one_head import prepare_one_head
from limelight.auditing.trials.lacking import Lacking
from limelight.errors import OptionError

if TYPE_CHECKING:
    from limelight.auditing.adapters.adapter import Function, Polarity, Prepared
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

Layout: TypeAlias = Literal["heads first", "tokens first", "one head"]

LAYOUTS: tuple[Layout, ...] = ("heads first", "tokens first", "one head")
"""(batch, heads, tokens, features); (batch, tokens, heads, features); (tokens, features), called
for one head after the other."""

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "scale": ("scale", "softmax_scale", "sm_scale", "scaling", "scale_factor"),
    "softcap": ("softcap", "soft_cap", "logit_softcap", "logits_soft_cap", "logit_cap"),
    "causal": ("causal", "is_causal"),
    "window": ("window", "window_size", "local_window_size", "sliding_window"),
    "mask": ("mask", "attn_mask", "attention_mask"),
    "bias": ("bias", "attn_bias", "attention_bias", "position_bias"),
    "sinks": ("sinks", "sink", "s_aux", "attention_sinks"),
    "key_lengths": ("key_lengths", "kv_lengths", "key_value_seq_lengths", "nonpad_kv_seqlen"),
    "key_starts": ("key_starts", "kv_starts"),
}
"""What parameters are called, by what options are called in `limelight.attend`."""

_DROPOUT = ("dropout", "dropout_p", "p_dropout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """f(q, k, v) with options that are called as usual; what it documents is not known.

    Attributes:
        layout: The order of its axes.
        masks: What its masks are made of.
        polarity: What True says in them.
    """

    layout: Layout = "heads first"
    masks: MasksOf = "both"
    polarity: Polarity = "attends"

    id: ClassVar[str] = "plain"
    name: ClassVar[str] = "a function of q, k and v"
    frameworks: ClassVar[tuple[str, ...]] = ()

    @property
    def conventions(self) -> Conventions:
        """Nothing is documented; what True says has been found out, or was said."""
        return Conventions(None, None, self.polarity)

    def fits(self, function: Function) -> bool:
        """Tell by its taking three arguments by position, or by Python's not knowing."""
        parameters = Parameters.of(function)
        return parameters is None or parameters.positional >= 3  # noqa: PLR2004 - q, k and v

    def sized(self, function: Function, case: Case) -> Case:
        """Any size, except that a single head shares nothing."""
        del function
        if self.layout == "one head" and case.heads != case.kv_heads:
            msg = "it is called for one head at a time"
            raise Lacking(msg)
        return case

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make a call."""
        parameters = Parameters.of(function)
        names = parameters.names[3:] if parameters else ()
        offers = {
            ours: Offer(name, _value(ours, name))
            for ours, usual in USUAL_NAMES.items()
            if (name := next((each for each in usual if each in names), None))
        }
        more = _required(parameters, request) if parameters else {}
        asking = Asking(offers, masks=self.masks, hides=self.polarity == "hides")
        if self.layout == "one head":
            return prepare_one_head(asking, function, request, framework, more=more)
        asking = asking._replace(layout=self.layout)
        return asking.prepare(function, request, framework, more=more)


def _value(ours: str, name: str) -> Any:  # noqa: ANN401 - a function
    """Return what makes the value of an option."""
    if ours == "causal":
        return lambda _: True
    if name == "sliding_window":
        return _count_of_keys
    return plainly(ours)


def _count_of_keys(request: Request) -> int:
    """Return a window as models have it in their configuration: how many keys, its own too."""
    left, right = request.window or (None, None)
    if left is None or right != 0 or request.causal is None:
        msg = "its window is causal"
        raise Lacking(msg)
    return left + 1


def _required(parameters: Parameters, request: Request) -> dict[str, Any]:
    """Return values of the options that must be given, where nothing is asked of them."""
    more: dict[str, Any] = {}
    for name in parameters.required:
        if name in parameters.names[:3]:
            continue
        ours = next((ours for ours, usual in USUAL_NAMES.items() if name in usual), None)
        if name in _DROPOUT:
            more[name] = 0.0
        elif ours == "scale":
            more[name] = request.q.shape[-1] ** -0.5
        elif ours is not None:
            more[name] = False if ours == "causal" else None
        else:
            raise _unknown(name)
    return more


def _unknown(name: str) -> OptionError:
    return OptionError(
        f"the function must be callable with q, k and v; it asks for {name!r} as well.\n"
        "  That is none of the usual names of an option.\n"
        f"  Audit a function that gives it: lambda q, k, v: f(q, k, v, {name}=…)."
    )

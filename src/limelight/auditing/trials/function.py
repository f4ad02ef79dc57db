"""Audit an attention function: try it on every configuration, and say what it does there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from limelight.auditing.adapters.asking import name_of
from limelight.auditing.adapters.plain import Plain
from limelight.auditing.trials.case import Case
from limelight.auditing.trials.cases import CASES, PLAIN, chosen
from limelight.auditing.trials.causing import cause_of
from limelight.auditing.trials.findings import FunctionFindings, Standing, Trial
from limelight.auditing.trials.lacking import Lacking
from limelight.auditing.trials.ruling_out import without
from limelight.auditing.trials.settling import Wishes, settle
from limelight.auditing.trials.trying import Raised
from limelight.errors import ArrayError, LimelightError
from limelight.stream.options import refuse_negative

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from limelight.auditing.adapters.adapter import Adapter, Function, Polarity
    from limelight.auditing.adapters.asking import MasksOf
    from limelight.auditing.adapters.plain import Layout
    from limelight.auditing.trials.ruling_out import Way
    from limelight.auditing.trials.trying import Caller

_TELLING = frozenset({"plain", "bool mask", "causal"})
"""Configurations that rule out causes of what is wrong in others."""

UNCHANGED = Case(name="inputs unchanged", says="nothing that it is given is written to")
REPEATED = Case(name="the same twice", says="a second call gives the same, to the bit")


def audit_function(
    function: Function,
    *,
    features: Iterable[str] | None = None,
    seed: int = 0,
    adapter: str | None = None,
    arrays: str | None = None,
    layout: Layout | None = None,
    masks: MasksOf | None = None,
    polarity: Polarity | None = None,
    progress: Callable[[FunctionFindings, int], None] | None = None,
) -> FunctionFindings:
    """Try an attention function on awkward configurations.

    How it is called follows from its parameters, and where these do not tell, from what makes
    it right; every wish wins over that.

    Args:
        function: Called with arrays of queries, keys and values; or a module, called with
            tokens. It stays as it is; a module is called in the mode that it is in.
        features: Names of configurations; all of them where it is None.
        seed: What inputs are drawn from.
        adapter: One of `ADAPTERS`: "limelight", "torch-sdpa", "torch-module", "jax",
            "transformers", "onnx", "plain".
        arrays: Whose arrays it takes: "numpy", "torch" or "jax".
        layout: Of a plain function: "heads first" (batch, heads, tokens, features), "tokens
            first" (batch, tokens, heads, features), or "one head" (tokens, features).
        masks: Of a plain function: "bool", "infinite" or "finite" (numbers to add, where what
            is hidden is -∞ or the lowest finite number), or "both".
        polarity: Of a plain function: "attends" or "hides", which is what True says in a mask.
        progress: Called after each configuration with what is known by then, and how many there
            are in all.

    Returns:
        FunctionFindings: of each configuration whether it is right, lacking, right by another
        convention or wrong; why, as far as the catalogue knows.

    Raises:
        UnknownNameError: A feature, an adapter or a framework is none that is known.
        OptionError: An option cannot be followed, or a module is more than plain attention.
        ArrayError: The function cannot be called with queries, keys and values.

    >>> import numpy as np
    >>> def attention(q, k, v):
    ...     scores = q @ k.swapaxes(-1, -2)
    ...     weights = np.exp(scores - scores.max(-1, keepdims=True))
    ...     return weights / weights.sum(-1, keepdims=True) @ v
    >>> findings = audit_function(attention, features=["plain", "fewer queries"])
    >>> [cause.mistake for cause in findings.explanations[0].causes]
    ['E1']
    """
    refuse_negative("seed", seed)
    if not callable(function):
        raise _not_callable(function)
    cases = chosen(features)
    wishes = Wishes(adapter, arrays, layout, masks, polarity)
    caller = settle(function, wishes, seed)
    return _Round(caller, cases, whole=features is None).findings(progress)


class _Round:
    """Goes through the configurations."""

    def __init__(self, caller: Caller, cases: tuple[Case, ...], *, whole: bool) -> None:
        self._caller = caller
        self._cases = cases
        self._count = len(cases) + 2 * whole
        self._whole = whole
        self._trials: list[Trial] = []

    def findings(
        self, progress: Callable[[FunctionFindings, int], None] | None
    ) -> FunctionFindings:
        """Try them all."""
        changed: dict[str, None] = {}
        for case in self._cases:
            trial, names = self._caller.trial(case)
            changed |= dict.fromkeys(names)
            self._note(trial, progress)
        if self._whole:
            self._note(_unchanged(tuple(changed)), progress)
            self._note(self._repeated(), progress)
        self._rule_out()
        return self._known()

    def _rule_out(self) -> None:
        """Drop causes that would show as well where the function is right."""
        if not any(len(trial.causes) > 1 for trial in self._trials):
            return
        shown: frozenset[Way] = frozenset()
        for trial in self._trials:
            if trial.case.name in _TELLING and trial.standing is Standing.RIGHT:
                shown |= self._caller.shown(CASES[trial.case.name])
        self._trials = [without(trial, shown) for trial in self._trials]

    def _note(
        self, trial: Trial, progress: Callable[[FunctionFindings, int], None] | None
    ) -> None:
        self._trials.append(trial)
        if progress:
            progress(self._known(), self._count)

    def _known(self) -> FunctionFindings:
        caller = self._caller
        return FunctionFindings(
            name=name_of(caller.function),
            adapter=caller.adapter.name,
            framework=caller.framework.name,
            trials=tuple(self._trials),
            seed=caller.seed,
            notes=_notes(caller.adapter),
        )

    def _repeated(self) -> Trial:
        """Call it twice."""
        try:
            is_same = self._caller.repeats(PLAIN)
        except (Lacking, Raised, LimelightError):
            return Trial(case=REPEATED, standing=Standing.LACKS, remark="it returns nothing")
        if is_same:
            return Trial(case=REPEATED, standing=Standing.RIGHT)
        cause = cause_of("E43", "weights", "two runs differ")
        # What is drawn anew each time is right in no configuration, and has no other cause.
        self._trials = [
            replace(trial, causes=(cause,)) if trial.is_wrong else trial for trial in self._trials
        ]
        return Trial(case=REPEATED, standing=Standing.WRONG, causes=(cause,))


def _unchanged(names: tuple[str, ...]) -> Trial:
    if not names:
        return Trial(case=UNCHANGED, standing=Standing.RIGHT)
    remark = f"it writes to {', '.join(names)}"
    return Trial(case=UNCHANGED, standing=Standing.WRONG, remark=remark)


def _notes(adapter: Adapter) -> tuple[str, ...]:
    """Say what was found out about how a function is called."""
    if not isinstance(adapter, Plain):
        return ()
    notes = [_LAYOUTS[adapter.layout]]
    notes += [_MASKS[adapter.masks]] if adapter.masks in _MASKS else []
    return tuple(notes)


_LAYOUTS = {
    "heads first": "It is called with (batch, heads, tokens, features).",
    "tokens first": "It is called with (batch, tokens, heads, features).",
    "one head": "It is called with (tokens, features), for one head after the other.",
}
_MASKS = {
    "bool": "Its masks are of bools.",
    "infinite": "Its masks are numbers to add, -∞ where a key is hidden.",
    "finite": "Its masks are numbers to add, the lowest of their type where a key is hidden.",
}


def _not_callable(function: object) -> ArrayError:
    return ArrayError(
        f"what is audited must be callable: expected a function of q, k and v, got "
        f"{type(function).__name__}.\n"
        "  A dump is a path, or tensors by name.\n"
        "  Give the function itself, not what it returned."
    )

"""Call a function in one configuration, whatever it does, and judge what comes back."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from limelight.auditing.trials.causing import cause_of
from limelight.auditing.trials.findings import Standing, Trial, Worst
from limelight.auditing.trials.judging import judge, shown_by
from limelight.auditing.trials.lacking import Lacking
from limelight.auditing.trials.request import draw
from limelight.errors import LONGEST_QUOTE, ArrayError, LimelightError, ShapeError
from limelight.stream.arrays import BFLOAT16, read

if TYPE_CHECKING:
    import numpy.typing as npt

    from limelight.auditing.adapters.adapter import Adapter, Answer, Function, Prepared
    from limelight.auditing.findings import Cause, Findings
    from limelight.auditing.trials.case import Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.ruling_out import Way
    from limelight.stream.arrays import Array

_HALVES = frozenset({"float16", BFLOAT16})


class Raised(Exception):  # noqa: N818 - what a function raised, to be told and not to be raised
    """A function raised something."""


class Caller(NamedTuple):
    """A function, and how it is called.

    Attributes:
        function: It.
        adapter: Makes calls.
        framework: Makes arrays.
        seed: What inputs are drawn from.
    """

    function: Function
    adapter: Adapter
    framework: Framework
    seed: int = 0

    def prepare(self, case: Case) -> Prepared:
        """Make a call.

        Raises:
            Lacking: The function cannot be asked for that.
            LimelightError: The function cannot be called at all.
        """
        sized = self.adapter.sized(self.function, case)
        return self.adapter.prepare(self.function, draw(sized, self.seed), self.framework)

    def answer(self, prepared: Prepared) -> Answer:
        """Call the function.

        Raises:
            Raised: It raised something.
            ArrayError: What came back is no array.
            ShapeError: What came back has not as many axes as an output.
        """
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                result = prepared.run()
        except (Exception, SystemExit) as error:
            raise Raised(_said(error)) from error
        try:
            return prepared.read(result)
        except LimelightError:
            raise
        except Exception as error:
            # An object of somebody's own may raise whatever it likes when it is looked at.
            raise Raised(_said(error)) from error

    def trial(self, case: Case) -> tuple[Trial, tuple[str, ...]]:
        """Try a configuration; name as well the inputs that the function has written to."""
        try:
            prepared = self.prepare(case)
        except Lacking as lack:
            return Trial(case=case, standing=Standing.LACKS, remark=str(lack)), ()
        before = snapshot(prepared.passed)
        case = prepared.request.case
        try:
            answer = self.answer(prepared)
        except Raised as raised:
            causes = _overflow(prepared, str(raised))
            standing = Standing.WRONG if causes else Standing.LACKS
            remark = f"raises {raised}"
            found = Trial(case=case, standing=standing, remark=remark, causes=causes)
        except (ArrayError, ShapeError) as error:
            remark = str(error).split("\n")[0].removesuffix(".")
            found = Trial(case=case, standing=Standing.WRONG, remark=remark)
        else:
            found = self._judged(prepared, answer)
        inputs = _inputs(prepared)
        after = snapshot(prepared.passed)
        changed = tuple(
            name
            for name, array in before.items()
            if not np.array_equal(array, after[name], equal_nan=array.dtype.kind == "f")
        )
        return replace(found, call=prepared.text, inputs=inputs), changed

    def _judged(self, prepared: Prepared, answer: Answer) -> Trial:
        judged = judge(prepared, answer, self.adapter.conventions)
        return Trial(
            case=prepared.request.case,
            standing=judged.standing,
            remark=judged.remark,
            worst=_worst(judged.findings),
            precision=judged.findings.precision if judged.findings else "",
            causes=judged.causes,
            differences=judged.differences,
            output=answer.output,
        )

    def shown(self, case: Case) -> frozenset[Way]:
        """Return the mistakes that would show in a case in which the function is right."""
        prepared = self.prepare(case)
        return shown_by(prepared, self.answer(prepared))

    def repeats(self, case: Case) -> bool:
        """Tell whether the function gives the same twice, to the bit.

        Raises:
            Lacking: It cannot be asked for that.
            Raised: It raised something.
            LimelightError: What came back cannot be read.
        """
        first, second = (self.answer(self.prepare(case)).output for _ in range(2))
        return np.array_equal(first, second, equal_nan=True)


def snapshot(arrays: dict[str, Array] | Any) -> dict[str, npt.NDArray[Any]]:  # noqa: ANN401
    """Return copies of arrays of whatever framework."""
    return {name: read(name, array).array.copy() for name, array in arrays.items()}


def _inputs(prepared: Prepared) -> dict[str, npt.NDArray[Any]]:
    """Return what a function was asked, as NumPy arrays."""
    request = prepared.request
    arrays = {name: each for name, each in request.options.items() if hasattr(each, "shape")}
    return {"q": request.q, "k": request.k, "v": request.v, **arrays}


def _worst(findings: Findings | None) -> Worst | None:
    if findings is None:
        return None
    step = findings.steps[-1]
    if step.place is None:
        return None
    return Worst(step.place, step.found, step.expected, step.error, step.tolerance)


def _overflow(prepared: Prepared, raised: str) -> tuple[Cause, ...]:
    """Say E17 where a number that is to hide keys does not fit the type."""
    request = prepared.request
    if request.case.dtype in _HALVES and request.mask is not None and "overflow" in raised:
        return (cause_of("E17", "masked", "a sentinel that float16 does not have"),)
    return ()


def _said(error: BaseException) -> str:
    """Return what was raised, in a line."""
    lines = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0].strip()}" if lines else type(error).__name__
    most = 2 * LONGEST_QUOTE
    return text if len(text) <= most else f"{text[: most - 1]}…"

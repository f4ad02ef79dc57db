"""What an adapter is: how a function is asked for something, and what its API documents."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from limelight.auditing.setup import Setup
    from limelight.auditing.trials.case import Alignment, Case
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request
    from limelight.stream.arrays import Array, Floats

EmptyRow: TypeAlias = Literal["zero", "nan", "uniform"]
"""What a query without a key gets: nothing, no number, or the mean of all values."""

Polarity: TypeAlias = Literal["attends", "hides"]
"""What True says in a mask of bools."""

Function: TypeAlias = "Callable[..., Any]"


class Conventions(NamedTuple):
    """What an API documents where conventions differ; None where it documents nothing.

    Attributes:
        causal: From where its flag counts positions; "named" where the caller says it.
        empty_row: What a query without a key gets.
        polarity: What True says in a mask.
        hidden_nan: Whether what is hidden may hold anything, NaN included.
    """

    causal: Alignment | Literal["named"] | None = None
    empty_row: EmptyRow | None = None
    polarity: Polarity | None = None
    hidden_nan: bool | None = None


class Answer(NamedTuple):
    """What a function returned, in Limelight's layout.

    Attributes:
        output: (batch, heads, queries, d_v), or (batch, queries, out) after a projection.
        weights: (batch, heads, queries, keys), where they came with it.
        dtype: What the output came as.
    """

    output: Floats
    weights: Floats | None
    dtype: str


class Prepared(NamedTuple):
    """A call that is ready.

    Attributes:
        request: What is asked for, as the function is told: a mask may stand for more.
        run: Calls the function.
        passed: The arrays that it is given, by name.
        text: The call as one would write it.
        read: Turns what is returned into an answer.
        given: What a dump of it has beside the result: q, k, v, or x and weights.
        result: What the result is called there: "heads", or "output" after a projection.
        setup: Settings of that dump, where they differ from those of the request.
    """

    request: Request
    run: Callable[[], object]
    passed: Mapping[str, Array]
    text: str
    read: Callable[[object], Answer]
    given: Mapping[str, Any]
    result: Literal["heads", "output"] = "heads"
    setup: Setup | None = None

    @property
    def kv_heads(self) -> int:
        """How many heads of keys and values there are."""
        said = self.setup.kv_heads if self.setup else None
        return said or int(self.request.k.shape[1])


class Adapter(Protocol):
    """A way to call attention.

    Its class says in its docstring which parameters it is for, and what their API documents.
    """

    @property
    def id(self) -> str:
        """What it is chosen by, such as "torch-sdpa"."""

    @property
    def name(self) -> str:
        """What it is called in sentences."""

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of those that it takes arrays of; () where the function decides."""

    @property
    def conventions(self) -> Conventions:
        """What its API documents."""

    def fits(self, function: Function) -> bool:
        """Tell whether a function is called so."""

    def sized(self, function: Function, case: Case) -> Case:
        """Return a case with the sizes that the function has by itself.

        Raises:
            Lacking: Its sizes leave nothing of what the case is about.
        """

    def prepare(self, function: Function, request: Request, framework: Framework) -> Prepared:
        """Make the arguments of a call.

        Raises:
            Lacking: The function cannot be asked for that.
        """


class Parameters(NamedTuple):
    """The parameters of a function.

    Attributes:
        names: In order, without *args and **kwargs.
        positional: How many can be given by position.
        required: Those without a default, as far as they can be given by keyword.
        takes_any: Whether there is a **kwargs.
    """

    names: tuple[str, ...]
    positional: int
    required: tuple[str, ...]
    takes_any: bool

    @classmethod
    def of(cls, function: Function) -> Parameters | None:
        """Read them; None where Python cannot tell, as of what is written in C."""
        forward = getattr(function, "forward", None)
        try:
            found = inspect.signature(forward if callable(forward) else function).parameters
        except (TypeError, ValueError):
            return None
        kinds = inspect.Parameter
        plain = [each for each in found.values() if each.kind not in _VARIADIC]
        several = any(each.kind is kinds.VAR_POSITIONAL for each in found.values())
        return cls(
            names=tuple(each.name for each in plain),
            positional=_MANY
            if several
            else sum(each.kind is not kinds.KEYWORD_ONLY for each in plain),
            required=tuple(each.name for each in plain if each.default is kinds.empty),
            takes_any=any(each.kind is kinds.VAR_KEYWORD for each in found.values()),
        )


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_MANY = 99

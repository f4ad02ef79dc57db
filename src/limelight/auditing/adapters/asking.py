"""Ask a function for what is wanted: by its own options, or by a mask that stands for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from limelight.auditing.adapters.adapter import Answer, Prepared
from limelight.auditing.trials.lacking import Lacking
from limelight.auditing.trials.request import HIDING, kept, lowest
from limelight.errors import ArrayError, ShapeError
from limelight.stream.arrays import Array, Floats, read_floats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from limelight.auditing.adapters.adapter import Function
    from limelight.auditing.trials.frameworks import Framework
    from limelight.auditing.trials.request import Request

MasksOf: TypeAlias = Literal["bool", "finite", "infinite", "both"]
"""What masks a function takes: bools, numbers that hide by the lowest finite one or by -∞, or
both bools and numbers."""

Layout: TypeAlias = Literal["heads first", "tokens first"]


class Offer(NamedTuple):
    """An option of a function.

    Attributes:
        name: The parameter.
        value: Makes its value of a request; a NumPy array becomes one of the framework.
    """

    name: str
    value: Callable[[Request], Any]


class Asking(NamedTuple):
    """How a function is asked.

    Attributes:
        offers: Its options, by what they are called in `limelight.attend`.
        masks: What its masks are made of.
        hides: Whether True hides the key.
        alone: Options that it takes only where there is no mask.
        elsewhere: Options that it is told in another way.
        layout: The order of the axes of what it is given.
        returns: That of what it returns; as given where it is None.
    """

    offers: Mapping[str, Offer]
    masks: MasksOf = "both"
    hides: bool = False
    alone: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    layout: Layout = "heads first"
    returns: Layout | None = None

    def told(self, request: Request) -> tuple[Request, dict[str, Any]]:
        """Return the request as the function is told it, and the options that tell it.

        Raises:
            Lacking: There is no option for something, and no mask that could stand for it.
        """
        asked = [name for name in request.options if name not in self.elsewhere]
        hiding = [name for name in asked if name in HIDING]
        by_mask = [name for name in hiding if name not in self.offers or name == "mask"]
        if by_mask:
            by_mask += [name for name in hiding if name in self.alone]
        for name in asked:
            is_told = name in self.offers or (name in HIDING and "mask" in self.offers)
            if not is_told and not (name == "bias" and self._can_add(by_mask)):
                raise without(name)
        if "bias" in asked and "bias" not in self.offers:
            request = replace(request, bias=None, mask=request.bias)
        if by_mask and by_mask != ["mask"]:
            request = request.by_mask(*by_mask)
        if request.mask is not None:
            request = self._fitting(request)
        values = {
            name: offer.value(request)
            for name, offer in self.offers.items()
            if name in request.options
        }
        return request, {self.offers[name].name: value for name, value in values.items()}

    def _can_add(self, by_mask: list[str]) -> bool:
        """Tell whether numbers can be added by the mask, which nothing else needs."""
        return not by_mask and "mask" in self.offers and self.masks != "bool"

    def _fitting(self, request: Request) -> Request:
        """Give a mask the kind that the function takes."""
        mask = request.mask
        assert mask is not None  # noqa: S101 - asked for before
        if mask.dtype == bool and self.masks in {"finite", "infinite"}:
            hidden = -np.inf if self.masks == "infinite" else lowest(request.case.dtype)
            numbers = kept(np.where(mask, 0.0, hidden), request.case.dtype)
            return request.masked(numbers)
        if mask.dtype != bool and self.masks == "bool":
            msg = "its masks are of bools"
            raise Lacking(msg)
        return request

    def prepare(
        self,
        function: Function,
        request: Request,
        framework: Framework,
        *,
        before: tuple[Any, ...] = (),
        more: Mapping[str, Any] | None = None,
    ) -> Prepared:
        """Make a call of q, k, v and the options.

        Args:
            function: What is called.
            request: What is asked for.
            framework: Makes its arrays.
            before: What comes before q, k and v.
            more: Options that hold where the request says nothing.

        Raises:
            Lacking: The function cannot be asked for that, or the framework not make it.
        """
        told, options = self.told(request)
        strided = request.case.layout == "strided"
        arrays = {
            name: self._turned(framework.make(each, request.case.dtype, strided=strided))
            for name, each in (("q", request.q), ("k", request.k), ("v", request.v))
        }
        made = {
            name: self.made(value, request.case.dtype, framework)
            for name, value in options.items()
        }
        made = {**(more or {}), **made}
        return Prepared(
            request=told,
            run=lambda: function(*before, *arrays.values(), **made),
            passed=arrays | {name: each for name, each in made.items() if is_array(each)},
            text=call_text(function, (*map(name_of, before), "q", "k", "v"), made),
            read=lambda result: read_answer(result, told.sizes, self.returns or self.layout),
            given={"q": request.q, "k": request.k, "v": request.v},
        )

    def _turned(self, array: Array) -> Array:
        return array.swapaxes(-2, -3) if self.layout == "tokens first" else array

    def made(self, value: object, dtype: str, framework: Framework) -> object:
        """Return the value of an option; a NumPy array becomes one of the framework."""
        if not isinstance(value, np.ndarray):
            return value
        if value.dtype == bool:
            return framework.make(~value if self.hides else value, "bool")
        return framework.make(value, dtype if value.dtype.kind == "f" else value.dtype.name)


def without(name: str) -> Lacking:
    """Return what is said where there is no option for something."""
    return Lacking(f"it has no option for {_WORDS[name]}")


def plainly(name: str) -> Callable[[Request], Any]:
    """Return what an option of the same meaning is given: its value as it is."""
    return lambda request: getattr(request, name)


def offered(**names: str) -> dict[str, Offer]:
    """Return offers of options that mean what ours do: ours by theirs."""
    return {ours: Offer(theirs, plainly(ours)) for ours, theirs in names.items()}


def read_answer(
    result: object, sizes: tuple[int, int, int, int], layout: Layout = "heads first"
) -> Answer:
    """Return what came back as arrays of Limelight's layout.

    Raises:
        ArrayError: It is no array.
        ShapeError: It has not four axes.
    """
    first, *others = _parts(result)
    source = read_floats("what it returned", first)
    if source.array.ndim != len(sizes):
        raise misshapen(source.shape, "(batch, heads, queries, features)")
    output = source.floats()
    if layout == "tokens first":
        output = np.swapaxes(output, -2, -3)
    return Answer(output, _weights(others, sizes), source.dtype)


def misshapen(found: tuple[int, ...], expected: str) -> ShapeError:
    """Say that what came back is of the wrong shape."""
    return ShapeError(
        f"what it returned must be {expected}; it is {found}.\n"
        "  It cannot be compared with what is right.\n"
        "  Return the weighted values of every head."
    )


def first_of(result: object) -> object:
    """Return the output of what is returned.

    Raises:
        ArrayError: It does not begin with an array.
    """
    return _parts(result)[0]


def _parts(result: object) -> list[object]:
    """Return what is returned as a list: the output, and what came with it."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple):
        if result and not isinstance(result[0], int | float | list | tuple):
            return list(result)
        msg = (
            f"what it returned must be an array, or begin with one; it is a "
            f"{type(result).__name__} of {len(result)}.\n"
            "  A list of numbers is no array.\n"
            "  Return the weighted values as an array."
        )
        raise ArrayError(msg)
    return [result]


def _weights(others: list[object], sizes: tuple[int, int, int, int]) -> Floats | None:
    """Return the weights, where something of their shape came back beside the output."""
    for other in others:
        shape = getattr(other, "shape", None)
        if shape is not None and tuple(shape) == sizes:
            try:
                return read_floats("weights", other).floats()
            except (ArrayError, TypeError, ValueError):
                return None
    return None


def call_text(
    function: Function, arguments: tuple[str, ...], options: Mapping[str, object]
) -> str:
    """Write a call as one would: arrays by the names of their parameters."""
    written = [
        f"{name}={name if is_array(value) else repr(value)}" for name, value in options.items()
    ]
    return f"{name_of(function)}({', '.join((*arguments, *written))})"


def name_of(function: object) -> str:
    """Return what a function is called."""
    name = getattr(function, "__name__", None)
    return str(name) if name else type(function).__name__


def is_array(value: object) -> bool:
    """Tell whether something is an array of whatever framework."""
    return getattr(value, "shape", None) is not None


_WORDS = {
    "scale": "a scale",
    "softcap": "a softcap",
    "bias": "numbers to add to the scores",
    "sinks": "sinks",
    "causal": "causal attention",
    "window": "a window",
    "key_starts": "left padding",
    "key_lengths": "right padding",
    "mask": "a mask",
}

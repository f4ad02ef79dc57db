"""The options of attention, with the semantics of the ONNX operator Attention."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

import numpy as np

from limelight.errors import LONGEST_QUOTE, OptionError, UnknownNameError
from limelight.stream.arrays import Array, Source, listed, read, read_floats

if TYPE_CHECKING:
    from collections.abc import Mapping

Alignment: TypeAlias = Literal["top-left", "bottom-right"]
Window: TypeAlias = tuple[int | None, int | None]

Given: TypeAlias = Any
"""What a caller gave, before it is checked: anything."""

ALIGNMENTS = ("top-left", "bottom-right")


class AttendOptions(TypedDict, total=False):
    """What `attend`, `observe`, `attend_partial` and `audit_sparse` take by keyword.

    The order is scale → softcap → bias and mask → softmax. A query that sees no key gives 0.

    Attributes:
        scale: What scores are multiplied by; 1/√d where it is None.
        softcap: c · tanh(score / c) bounds the scores; None or 0 leaves them.
        causal: A query sees no later key. "top-left" counts positions from the first query
            and the first key; "bottom-right" lets the last query see the last key, of those
            within `key_lengths` where they are given.
        window: (left, right): how many keys before and after its own position a query sees;
            None or -1 leaves a side open. Positions are those of `causal`, or top-left.
        mask: Broadcastable to (…, heads, queries, keys). Of bool, True lets the query see the
            key; of numbers, it is added to the score, and -∞ hides the key.
        key_lengths: How many keys there are for each batch entry, the rest being padding;
            broadcastable to the batch axes.
        sinks: A score for each head that takes weight and gives no value, (heads,).
        bias: A slope for each head (ALiBi: -slope · |distance| is added), (heads,); or numbers
            to add, broadcastable to (…, heads, queries, keys).
    """

    scale: float | None
    softcap: float | None
    causal: Alignment | None
    window: Window | None
    mask: Array | None
    key_lengths: Array | None
    sinks: Array | None
    bias: Array | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """`AttendOptions`, each checked by itself; `Problem` checks them against q, k and v."""

    scale: float | None = None
    softcap: float | None = None
    causal: Alignment | None = None
    window: Window = (None, None)
    mask: Source | None = None
    key_lengths: Source | None = None
    sinks: Source | None = None
    bias: Source | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Options:
        """Check what the caller gave.

        Raises:
            OptionError: An option cannot be followed.
            ArrayError: An array cannot be used.
            UnknownNameError: There is no option of that name.
        """
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise UnknownNameError.among("option", name, known)
        read_values: dict[str, Any] = {
            name: _READERS[name](value) for name, value in given.items() if value is not None
        }
        return cls(**read_values)


def read_threads(threads: int | None) -> int | None:
    """Check a number of threads; the result does not depend on it, to the bit.

    Raises:
        OptionError: It is not a positive whole number.
    """
    if threads is None or (_is_whole(threads) and threads >= 1):
        return threads
    raise _refused("threads", "a whole number from 1, or None for all processors", threads)


def refuse_negative(name: str, value: Given, least: int = 0) -> int:
    """Return a whole number that is at least *least*.

    Raises:
        OptionError: It is none.
    """
    if _is_whole(value) and value >= least:
        return int(value)
    raise _refused(name, f"a whole number from {least}", value)


def _scale(value: Given) -> float:
    return _number("scale", "a finite number", value)


def _softcap(value: Given) -> float | None:
    number = _number("softcap", "a finite number from 0", value)
    if number < 0:
        raise _refused("softcap", "a finite number from 0", value)
    return number or None


def _causal(value: Given) -> Alignment:
    if isinstance(value, str) and value in ALIGNMENTS:
        return value  # type: ignore[return-value] # it is one of the two
    raise _refused("causal", '"top-left", "bottom-right" or None', value)


def _window(value: Given) -> Window:
    expected = "(left, right), each a whole number, or None or -1 for an open side"
    if not isinstance(value, tuple | list) or len(value) != 2:  # noqa: PLR2004 - left and right
        raise _refused("window", expected, value)
    if not all(side is None or (_is_whole(side) and side >= -1) for side in value):
        raise _refused("window", expected, value)
    left, right = (None if side is None or side == -1 else int(side) for side in value)
    return left, right


def _mask(value: Given) -> Source:
    source = read("mask", value)
    return source if source.dtype == "bool" else read_floats("mask", value)


def _key_lengths(value: Given) -> Source:
    source = read("key_lengths", listed("key_lengths", value))
    if not np.issubdtype(source.array.dtype, np.integer) or source.dtype not in _WHOLE:
        raise _refused("key_lengths", "whole numbers", source.dtype)
    return source


def _sinks(value: Given) -> Source:
    return read_floats("sinks", listed("sinks", value))


def _bias(value: Given) -> Source:
    return read_floats("bias", listed("bias", value))


_READERS = {
    "scale": _scale,
    "softcap": _softcap,
    "causal": _causal,
    "window": _window,
    "mask": _mask,
    "key_lengths": _key_lengths,
    "sinks": _sinks,
    "bias": _bias,
}

_WHOLE = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))


def _is_whole(value: Given) -> bool:
    return isinstance(value, Integral) and not _is_bool(value)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def _number(name: str, expected: str, value: Given) -> float:
    if isinstance(value, Real) and not _is_bool(value) and math.isfinite(value):
        return float(value)
    raise _refused(name, expected, value)


def _refused(name: str, expected: str, value: object) -> OptionError:
    return OptionError(
        f"{name} must be {expected}: got {_quoted(value)}.\n"
        f"  It came as {type(value).__name__}.\n"
        f"  docs/streaming.md says what each option does."
    )


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"

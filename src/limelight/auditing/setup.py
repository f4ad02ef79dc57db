"""The setup of a dump: everything about the computation that its tensors do not say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from limelight.auditing.precision import PRECISIONS
from limelight.errors import LONGEST_QUOTE, OptionError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Causal: TypeAlias = Literal["top-left", "bottom-right"] | bool | None
ALIGNMENTS = ("top-left", "bottom-right")
Window: TypeAlias = tuple[int | None, int | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How attention was meant to be computed.

    What is None is not asked for, or follows from the tensors.

    Attributes:
        heads: Query heads; needed where the tensors have no axis of heads.
        kv_heads: Heads of keys and values; as many as query heads unless said otherwise.
        scale: What scores are multiplied by; 1/√d_k where it is None.
        softcap: c · tanh(score / c) bounds the scaled scores.
        causal: "top-left" counts positions from the first query and the first key;
            "bottom-right" lets the last query see the last key. True is causal without a word
            on alignment: bottom-right is expected, and top-left named as a difference of
            convention.
        window: (left, right): how many keys before and after its own a query sees.
        alibi: Scores get linear biases, with the usual slopes or the tensor `slopes`.
        rope_theta: The base of rotary embedding's wavelengths; None where there is none.
        rope_dims: How many features of a head are rotated; all of them where it is None.
        rope_interleaved: Pairs are neighbours, not of the two halves.
        rope_factor: What positions are divided by (linear scaling).
        rope_offset: The position of the first query; keys minus queries where it is None.
        norm_epsilon: Of the root-mean-square norm of queries and keys.
        norm_offset: What is added to its gain: 1 where gains are stored less 1.
        d_model: The features of a token, where neither x nor a weight is there.
        dtype: What it was computed in, where that is coarser than what is stored: float16,
            bfloat16, tfloat32, float32 or float64.

    Raises:
        OptionError: A value is none that can be followed.
    """

    heads: int | None = None
    kv_heads: int | None = None
    scale: float | None = None
    softcap: float | None = None
    causal: Causal = None
    window: Window = None
    alibi: bool = False
    rope_theta: float | None = None
    rope_dims: int | None = None
    rope_interleaved: bool = False
    rope_factor: float = 1.0
    rope_offset: int | None = None
    norm_epsilon: float = 1e-6
    norm_offset: float = 0.0
    d_model: int | None = None
    dtype: str | None = None

    def __post_init__(self) -> None:
        """Hold each value to its demand."""
        for field in fields(self):
            holds, expected = _DEMANDS[field.name]
            value = getattr(self, field.name)
            if isinstance(value, list):
                value = tuple(value)
                object.__setattr__(self, field.name, value)
            if value is None and field.default is None:
                continue
            if not holds(value):
                raise _refused(field.name, expected, value)

    @classmethod
    def read(cls, given: Mapping[str, Any], *, like: Setup | None = None) -> Setup:
        """Read a setup from values, or from text as metadata have it.

        Args:
            given: Values by the names of the fields; text is read as JSON, or taken as it is.
            like: What holds for the fields that are not given.

        Raises:
            UnknownNameError: There is no field of that name.
            OptionError: A value is none that can be followed.

        >>> Setup.read({"causal": "top-left", "window": "[3, null]"}).window
        (3, None)
        """
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise UnknownNameError.among("setting", str(name), known)
        values: dict[str, Any] = {name: _from_text(name, value) for name, value in given.items()}
        return replace(like, **values) if like else cls(**values)


def _from_text(name: str, value: object) -> object:
    """Read text as JSON where it is JSON: metadata hold nothing but text."""
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        return value
    sides = _SIDES.fullmatch(value) if name == "window" else None
    if sides:
        return tuple(int(side) if side else None for side in sides.groups())
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


_SIDES = re.compile(r"\s*([0-9]{0,9})\s*,\s*([0-9]{0,9})\s*")
"""A window as people type it: 3,0 or 3, where one side is open."""

_LONGEST_VALUE = 1000

LARGEST = 1e30
"""Numbers and counts of a setup go up to here, and down to one over it; real ones are far from
both, and what is reckoned with them stays inside float64."""


def _is_whole(value: Any) -> bool:  # noqa: ANN401 - whatever a caller gives
    if isinstance(value, bool) or not isinstance(value, Integral):
        return False
    return abs(int(value)) < _MOST


_MOST = 2**31


def _is_number(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        size = abs(float(value))
    except OverflowError:
        return False
    return size == 0 or 1 / LARGEST <= size <= LARGEST


def _is_count(value: Any) -> bool:  # noqa: ANN401
    return _is_whole(value) and value >= 1


def _is_positive(value: Any) -> bool:  # noqa: ANN401
    return _is_number(value) and value > 0


def _is_causal(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value in ALIGNMENTS)


def _is_window(value: Any) -> bool:  # noqa: ANN401
    return (
        isinstance(value, tuple)
        and len(value) == 2  # noqa: PLR2004 - left and right
        and all(side is None or (_is_whole(side) and side >= 0) for side in value)
    )


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


_COUNT: tuple[Callable[[Any], bool], str] = (_is_count, "a whole number from 1")
_POSITIVE: tuple[Callable[[Any], bool], str] = (_is_positive, "a number above 0")
_BOOL: tuple[Callable[[Any], bool], str] = (_is_bool, "true or false")

_DEMANDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "heads": _COUNT,
    "kv_heads": _COUNT,
    "scale": (lambda value: _is_number(value) and value != 0, "a number other than 0"),
    "softcap": _POSITIVE,
    "causal": (_is_causal, '"top-left", "bottom-right", true or nothing'),
    "window": (_is_window, "[left, right], each a whole number from 0, or null for all"),
    "alibi": _BOOL,
    "rope_theta": _POSITIVE,
    "rope_dims": (lambda value: _is_count(value) and value % 2 == 0, "an even number from 2"),
    "rope_interleaved": _BOOL,
    "rope_factor": _POSITIVE,
    "rope_offset": (lambda value: _is_whole(value) and value >= 0, "a whole number from 0"),
    "norm_epsilon": (lambda value: _is_number(value) and value >= 0, "a number from 0"),
    "norm_offset": (_is_number, "a number"),
    "d_model": _COUNT,
    "dtype": (
        lambda value: isinstance(value, str) and value in PRECISIONS,
        f"one of {', '.join(PRECISIONS)}",
    ),
}


def _refused(name: str, expected: str, value: object) -> OptionError:
    text = repr(value)
    shown = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    return OptionError(
        f"{name} must be {expected}: got {shown}.\n"
        f"  It came as {type(value).__name__}.\n"
        "  docs/auditing.md says what each setting means."
    )

"""Options that cannot be followed are refused in three lines that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from limelight import attend, attend_partial, audit_sparse, observe
from limelight.errors import ArrayError, OptionError, ShapeError, UnknownNameError
from tests.stream.refusal import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from limelight import LimelightError

pytestmark = pytest.mark.once  # what cannot be used is refused before a kernel is asked

X = np.ones((2, 3, 4))

OPTIONS: list[tuple[dict[str, Any], type[LimelightError], str]] = [
    ({"scale": np.nan}, OptionError, "scale must be a finite number: got nan."),
    ({"scale": "1"}, OptionError, "scale must be a finite number: got '1'."),
    ({"scale": True}, OptionError, "scale must be a finite number: got True."),
    ({"softcap": -1.0}, OptionError, "softcap must be a finite number from 0: got -1.0."),
    (
        {"causal": True},
        OptionError,
        'causal must be "top-left", "bottom-right" or None: got True.',
    ),
    (
        {"window": 3},
        OptionError,
        (
            "window must be (left, right), each a whole number, or None or -1 for an open side: "
            "got 3."
        ),
    ),
    (
        {"window": (1.5, 0)},
        OptionError,
        (
            "window must be (left, right), each a whole number, or None or -1 for an open side: "
            "got (1.5, 0)."
        ),
    ),
    (
        {"mask": np.ones((4, 4), dtype=bool)},
        ShapeError,
        "mask must fit the scores: expected what broadcasts to (2, 3, 3), got (4, 4).",
    ),
    (
        {"mask": np.ones((5, 2, 3, 3), dtype=bool)},
        ShapeError,
        "mask must fit the scores: expected what broadcasts to (2, 3, 3), got (5, 2, 3, 3).",
    ),
    (
        {"mask": np.ones((3, 3), dtype=int)},
        ArrayError,
        (
            "mask must hold floating-point numbers: expected bfloat16, float16, float32, float64; "
            "got int64."
        ),
    ),
    ({"key_lengths": 1.5}, OptionError, "key_lengths must be whole numbers: got 'float64'."),
    (
        {"key_lengths": 4},
        OptionError,
        "key_lengths must be from 0 to the number of keys: expected 0 to 3, got 4 to 4.",
    ),
    (
        {"key_lengths": [1, 2]},
        ShapeError,
        "key_lengths must fit the scores: expected what broadcasts to (), got (2,).",
    ),
    (
        {"sinks": [0.0]},
        ShapeError,
        "sinks must fit the scores: expected (2,), got (1,).",
    ),
    ({"bias": [0.0]}, ShapeError, "bias must fit the scores: expected (2,), got (1,)."),
    (
        {"threads": 0},
        OptionError,
        "threads must be a whole number from 1, or None for all processors: got 0.",
    ),
    (
        {"casual": "top-left"},
        UnknownNameError,
        "There is no option named 'casual'. Did you mean causal or scale?",
    ),
]


@pytest.mark.parametrize(("options", "error", "text"), OPTIONS)
def test_options_that_cannot_be_followed(
    options: dict[str, Any], error: type[LimelightError], text: str
) -> None:
    """The message names the option, what was expected and what came."""
    for function in (attend, observe, attend_partial):
        refused(lambda function=function: function(X, X, X, **options), error, text)  # type: ignore[misc]


LOOKS: list[tuple[Callable[[], object], type[LimelightError], str]] = [
    (
        lambda: observe(X, X, X, want=["entrpy"]),
        UnknownNameError,
        "There is no thing to want named 'entrpy'. Did you mean entropy?",
    ),
    (lambda: observe(X, X, X, top=-1), OptionError, "top must be a whole number from 0: got -1."),
    (
        lambda: observe(X, X, X, picture=0),
        OptionError,
        "picture must be a whole number from 1: got 0.",
    ),
    (
        lambda: observe(X, X, X, top=2**62),
        ArrayError,
        (
            "top_keys would be too large: expected at most 9223372036854775807 bytes, got "
            "221360928884514619392."
        ),
    ),
    (
        lambda: observe(X, X, X, tokens=[[1, 2, 3], [1]]),
        ArrayError,
        (
            "tokens must be numbers, in lists of one length: expected what numpy.asarray takes, "
            "got a list of 2."
        ),
    ),
    (
        lambda: observe(X, X, X, tokens=[1, 2]),
        OptionError,
        "tokens must be whole numbers, one for each key: expected (…, 3), got int64 (2,).",
    ),
    (
        lambda: attend_partial(X, X, X, keys=[0, 3]),
        OptionError,
        (
            "keys must say which of 3: expected a slice, or indices from -3 to 2, or 3 bools; "
            "got 0 to 3."
        ),
    ),
    (
        lambda: attend_partial(X, X, X, keys=np.ones(3)),
        OptionError,
        (
            "keys must say which of 3: expected a slice, or indices from -3 to 2, or 3 bools; "
            "got float64 (3,)."
        ),
    ),
    (
        lambda: observe(X, X, X).weights(0.5),
        ArrayError,
        "queries must be an array: expected NumPy, or DLPack or __array__; got float.",
    ),
    (
        lambda: attend(X, X, X, out=np.ones((2, 3, 5))),
        ArrayError,
        (
            "out must be a writable array for the result: expected float64 (2, 3, 4); "
            "got float64 (2, 3, 5)."
        ),
    ),
    (
        lambda: attend(X, X, X, out=np.broadcast_to(0.0, (2, 3, 4))),
        ArrayError,
        "out must be a writable array for the result: expected float64 (2, 3, 4).",
    ),
    (
        lambda: attend(X, X, X, out=as_strided(np.zeros(4), (2, 3, 4), (0, 0, 8))),
        ArrayError,
        "out must be a writable array for the result: expected float64 (2, 3, 4).",
    ),
    (
        lambda: audit_sparse(X, X, X, np.ones(3)),
        ArrayError,
        "kept must say what is kept: expected bool, got float64.",
    ),
    (
        lambda: audit_sparse(X, X, X, np.ones(2, dtype=bool)),
        ShapeError,
        "kept must fit the scores: expected what broadcasts to (2, 3, 3), got (2,).",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), LOOKS)
def test_calls_that_cannot_be_answered(
    call: Callable[[], object], error: type[LimelightError], text: str
) -> None:
    """The message names the argument, what was expected and what came."""
    refused(call, error, text)


def test_sinks_are_refused_for_a_part() -> None:
    """A sink belongs to no key: a part with sinks would count it once for every part."""
    refused(
        lambda: attend_partial(X, X, X, sinks=[0.0, 0.0]),
        OptionError,
        "sinks belong to no key: expected none for a part of the keys, got (2,).",
    )

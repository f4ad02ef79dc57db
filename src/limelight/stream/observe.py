"""Attention, and what it looks at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from limelight.errors import OptionError, UnknownNameError
from limelight.stream.arrays import Source, give_back, listed, read, refuse_sizes
from limelight.stream.gather import gather
from limelight.stream.look import PATTERNS, Gathered, Progress, Wanted
from limelight.stream.observation import Detection, Observation, Picture, Rows, TopKeys
from limelight.stream.options import read_threads, refuse_negative
from limelight.stream.problem import Problem
from limelight.stream.weights import statistic_dtype

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limelight.stream.arrays import Array
    from limelight.stream.options import AttendOptions

EVERYTHING = (
    "output",
    "lse",
    "entropy",
    "max_logit",
    "top_keys",
    "received",
    "picture",
    "sink_mass",
    "attention_distance",
    "detection",
)


def observe(
    q: Array,
    k: Array,
    v: Array,
    *,
    want: Iterable[str] = EVERYTHING,
    top: int = 8,
    picture: int = 512,
    tokens: Array | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[AttendOptions],
) -> Observation:
    """Attend, and say what was attended to, without ever holding all the weights.

    Args:
        q: Queries (…, heads, queries, d).
        k: Keys (…, key heads, keys, d).
        v: Values (…, key heads, keys, d_v).
        want: Names of `EVERYTHING`; what is not wanted is None and costs nothing.
        top: How many top keys for each query.
        picture: How many bins a side; fewer where there are fewer tokens.
        tokens: The token at each key's position, whole numbers (keys,) or (batch…, keys): for
            the scores of duplicate-token and induction heads.
        threads: As for `attend`; the result does not depend on it, to the bit.
        progress: As for `attend`.
        **options: Those of `attend`.

    Returns:
        Observation with arrays of the kind of q; statistics are float64 for float64, otherwise
        float32.

    Raises:
        LimelightError: An argument cannot be used; the message names it.

    Source:
        Entropy 2303.06296; sinks 2309.17453; received attention H2O 2306.14048; attention
        distance 1906.04284; detection: TransformerLens `detect_head`, error measure "mul".

    >>> import numpy as np
    >>> q = k = v = np.eye(4)[None]
    >>> seen = observe(q, k, v, want=["received", "top_keys"], top=1)
    >>> seen.received, seen.top_keys.indices[0, :, 0]
    (array([[1., 1., 1., 1.]]), array([0, 1, 2, 3]))
    """
    read_threads(threads)
    problem = Problem.read(q, k, v, options)
    wanted = Wanted(
        names=_names(want),
        top=refuse_negative("top", top),
        picture=refuse_negative("picture", picture, least=1),
        tokens=None if tokens is None else _tokens(tokens, problem),
    )
    if "top_keys" in wanted.names:
        refuse_sizes("top_keys", (*problem.leading, wanted.top))
    if "picture" in wanted.names:
        refuse_sizes("picture", (*problem.leading[:-1], *wanted.bins(problem)))
    return _observation(problem, gather(problem, wanted, threads=threads, progress=progress))


def _names(want: Iterable[str]) -> frozenset[str]:
    names = [want] if isinstance(want, str) else list(want)
    for name in names:
        if name not in EVERYTHING:
            raise UnknownNameError.among("thing to want", str(name), EVERYTHING)
    return frozenset(names)


def _tokens(tokens: Array, problem: Problem) -> Source:
    source = read("tokens", listed("tokens", tokens))
    shape = (*problem.batch, problem.keys)
    try:
        fits = np.broadcast_shapes(source.shape, shape) == shape and source.shape != ()
    except ValueError:
        fits = False
    if not fits or not np.issubdtype(source.array.dtype, np.integer):
        msg = (
            f"tokens must be whole numbers, one for each key: expected (…, {problem.keys}), "
            f"got {source.dtype} {source.shape}.\n"
            f"  k is {problem.k.shape}.\n"
            "  Give the token at each key's position, or leave tokens away."
        )
        raise OptionError(msg)
    return source.spread(shape)


def _observation(problem: Problem, found: Gathered) -> Observation:
    dtypes = {"output": problem.q.dtype, "top_indices": None}

    def given_back(name: str) -> Any:  # noqa: ANN401 - the caller's kind of array
        if name not in found:
            return None
        dtype = dtypes.get(name, statistic_dtype(problem))
        return give_back(found[name], problem.q, dtype=dtype)

    def together(kind: Any, **names: str) -> Any:  # noqa: ANN401 - several arrays
        arrays = {field: given_back(name) for field, name in names.items()}
        return None if all(array is None for array in arrays.values()) else kind(**arrays)

    alone = set(EVERYTHING) - {"top_keys", "picture", "detection"} | {"received_mean"}
    return Observation(
        rows=Rows(problem=problem, m=found["m"], l=found["l"]),
        top_keys=together(TopKeys, indices="top_indices", weights="top_weights"),
        picture=together(
            partial(Picture, problem=problem), mean="picture_mean", max="picture_max"
        ),
        detection=together(Detection, **{name: name for name in PATTERNS}),
        **{name: given_back(name) for name in alone},
    )

"""A configuration that attention functions are tried on, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from limelight.auditing.setup import Window

Alignment: TypeAlias = Literal["top-left", "bottom-right"]
"""From where causal attention counts positions."""

MaskKind: TypeAlias = Literal["bool", "bool by head", "infinite", "finite"]
"""What a mask is made of: bools, bools that differ by head, numbers with -∞ or with the lowest
finite number of their type where a key is hidden."""

Layout: TypeAlias = Literal["contiguous", "strided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A configuration.

    Attributes:
        name: What `features` and reports call it.
        says: What is asked of a function, in a few words.
        batch: Entries of the batch.
        heads: Query heads.
        kv_heads: Heads of keys and values.
        queries: How many there are.
        keys: How many there are.
        d_k: Features of a query and of a key.
        d_v: Features of a value.
        dtype: What the numbers are.
        layout: "strided": heads and tokens lie in memory the other way round.
        spread: What queries are multiplied by, so that scores grow.
        scale: What scores are to be multiplied by; None leaves it to the function.
        softcap: c of c · tanh(score / c).
        causal: The alignment, where no later key is to be seen.
        window: How many keys before and after its own a query sees.
        mask: What a mask is made of.
        hides_row: Whether the mask hides every key from one of the queries.
        has_bias: Whether numbers are added to the scores.
        has_sinks: Whether each head has a sink.
        starts: The first real key of each entry of the batch.
        lengths: How many keys of each entry are real.
        holds_nan: Whether what is hidden holds NaN.
    """

    name: str
    says: str
    batch: int = 2
    heads: int = 3
    kv_heads: int = 3
    queries: int = 5
    keys: int = 5
    d_k: int = 8
    d_v: int = 8
    dtype: str = "float32"
    layout: Layout = "contiguous"
    spread: float = 1.0
    scale: float | None = None
    softcap: float | None = None
    causal: Alignment | None = None
    window: Window = None
    mask: MaskKind | None = None
    hides_row: bool = False
    has_bias: bool = False
    has_sinks: bool = False
    starts: tuple[int, ...] | None = None
    lengths: tuple[int, ...] | None = None
    holds_nan: bool = False

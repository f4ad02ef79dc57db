"""Plans of attention: self- and cross-attention, of one head or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limelight.mechanism import stages
from limelight.mechanism.operations.heads import Concatenate, Split
from limelight.mechanism.operations.products import Product, Transpose
from limelight.mechanism.operations.softmax import (
    Causal,
    ColumnSums,
    Divide,
    Mask,
    Raise,
    Scale,
)
from limelight.mechanism.plan import Axes, Input, Plan, Stage, Step

if TYPE_CHECKING:
    from limelight.mechanism.operations.operation import Operation

_PROJECTIONS = {
    "Q": ("d_k", "queries", "what makes queries of tokens"),
    "K": ("d_k", "keys", "what makes keys of tokens"),
    "V": ("d_v", "keys", "what makes values of tokens"),
}


class Attention(NamedTuple):
    """The choices that make one attention layer; `inputs` and `steps` follow from them.

    Attributes:
        heads: How many heads.
        joined: One W_Q, W_K, W_V for all heads, whose results are split; otherwise each head
            has its own (W_Q1, W_Q2, …).
        causal: No query sees a later key.
        masked: A 0/1 matrix named mask (keys, queries) is given.
        projected: W_O is given and makes O from Z.
        residual: The result is added to X, so W_O must lead back to as many features.
        memory: What keys and values are made of: X itself, or another sequence, Y.
    """

    heads: int = 1
    joined: bool = False
    causal: bool = False
    masked: bool = False
    projected: bool = False
    residual: bool = False
    memory: str = "X"

    @property
    def sequences(self) -> dict[str, str]:
        """For an axis of tokens, the input whose columns they are."""
        return {"tokens": "X", "queries": "X", "keys": self.memory}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The sequence or sequences, the weights, and a mask where one is given."""
        given = [Input("X", Axes("features", self._tokens("queries")), "the tokens, one a column")]
        if self.memory != "X":
            axes = Axes(f"features of {self.memory}", "keys")
            given.append(Input(self.memory, axes, "the other sequence, one token a column"))
        given += [
            self._weight(letter, head)
            for head in ([""] if self.joined else self._suffixes())
            for letter in _PROJECTIONS
        ]
        if self.masked:
            axes = Axes(self._tokens("keys"), self._tokens("queries"))
            given.append(Input("mask", axes, "1 where the query may see the key, else 0"))
        return tuple(given)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step from Q to Z, and O where there is a W_O."""
        steps = [*self._joined_projections()]
        for index, suffix in enumerate(self._suffixes(), 1):
            steps += self._head(suffix, index if self.heads > 1 else None)
        if self.heads > 1:
            parts = [f"Z{suffix}" for suffix in self._suffixes()]
            axes = Axes("heads × d_v", "queries")
            steps.append(_step("Z", Concatenate(), *parts, axes=axes, stage=stages.JOIN))
        if self.projected:
            stage = stages.JOIN if self.heads > 1 else stages.PROJECT_OUT
            axes = Axes("features", "queries")
            steps.append(_step("O", Product(), "W_O", "Z", axes=axes, stage=stage))
        return tuple(steps)

    @property
    def output_weight(self) -> tuple[Input, ...]:
        """W_O, which comes after the other inputs."""
        if not self.projected:
            return ()
        axes = Axes("features" if self.residual else "out", "heads × d_v")
        return (Input("W_O", axes, "what mixes the heads' results"),)

    def _suffixes(self) -> list[str]:
        return [str(head) for head in range(1, self.heads + 1)] if self.heads > 1 else [""]

    def _tokens(self, role: str) -> str:
        """Name the axis of an input: self-attention has one sequence, so one axis."""
        return "tokens" if self.memory == "X" else role

    def _weight(self, letter: str, suffix: str) -> Input:
        width, _, meaning = _PROJECTIONS[letter]
        features = "features"
        if letter != "Q" and self.memory != "X":
            features = f"features of {self.memory}"
        rows = f"heads × {width}" if self.joined else f"{width}{suffix}"
        return Input(f"W_{letter}{suffix}", Axes(rows, features), meaning)

    def _joined_projections(self) -> list[Step]:
        return self._projections("", None) if self.joined else []

    def _projections(self, suffix: str, head: int | None) -> list[Step]:
        return [
            _step(
                f"{letter}{suffix}",
                Product(),
                f"W_{letter}{suffix}",
                "X" if letter == "Q" else self.memory,
                axes=Axes(f"heads × {width}" if self.joined else width, tokens),
                stage=stages.PROJECT,
                head=head,
            )
            for letter, (width, tokens, _) in _PROJECTIONS.items()
        ]

    def _splits(self, suffix: str, head: int) -> list[Step]:
        return [
            _step(
                f"{letter}{suffix}",
                Split(head, self.heads),
                letter,
                axes=Axes(width, tokens),
                stage=stages.SPLIT,
                head=head,
            )
            for letter, (width, tokens, _) in _PROJECTIONS.items()
        ]

    @staticmethod
    def _causal_mask() -> list[Step]:
        """The mask that all heads share, made when the first head needs it."""
        axes = Axes("keys", "queries")
        return [_step("mask", Causal(), "X", axes=axes, stage=stages.MASK)]

    def _head(self, suffix: str, head: int | None) -> list[Step]:
        """One head, from its queries, keys and values to its weighted values."""
        if self.joined and head is not None:
            begin = self._splits(suffix, head)
        else:
            begin = self._projections(suffix, head)
        hides = self.masked or self.causal
        return [
            *begin,
            *score_steps(suffix, head),
            *scale_steps(suffix, head),
            *(self._causal_mask() if self.causal and head in {None, 1} else []),
            *(mask_steps(suffix, head) if hides else []),
            *softmax_steps(f"M{suffix}" if hides else f"C{suffix}", suffix, head),
            _step(
                f"Z{suffix}",
                Product(),
                f"V{suffix}",
                f"A{suffix}",
                axes=Axes("d_v", "queries"),
                stage=stages.MIX,
                head=head,
            ),
        ]


def score_steps(suffix: str = "", head: int | None = None) -> list[Step]:
    """S = KᵀQ."""
    return [
        _step(
            f"K_T{suffix}",
            Transpose(),
            f"K{suffix}",
            axes=Axes("keys", "d_k"),
            stage=stages.SCORE,
            head=head,
        ),
        _step(
            f"S{suffix}",
            Product(),
            f"K_T{suffix}",
            f"Q{suffix}",
            axes=Axes("keys", "queries"),
            stage=stages.SCORE,
            head=head,
        ),
    ]


def scale_steps(suffix: str, head: int | None) -> list[Step]:
    """C from S."""
    axes = Axes("keys", "queries")
    scale = Scale(width_of=f"Q{suffix}")
    return [_step(f"C{suffix}", scale, f"S{suffix}", axes=axes, stage=stages.SCALE, head=head)]


def mask_steps(suffix: str, head: int | None) -> list[Step]:
    """M from C and the mask."""
    axes, stage = Axes("keys", "queries"), stages.MASK
    return [_step(f"M{suffix}", Mask(), f"C{suffix}", "mask", axes=axes, stage=stage, head=head)]


def softmax_steps(source: str, suffix: str = "", head: int | None = None) -> list[Step]:
    """E, sums and A: down each column, so over the keys of each query."""
    power, total, weights = f"E{suffix}", f"sums{suffix}", f"A{suffix}"
    axes = Axes("keys", "queries")
    stage = stages.SOFTMAX
    return [
        _step(power, Raise(), source, axes=axes, stage=stage, head=head),
        _step(total, ColumnSums(), power, axes=Axes("sum", "queries"), stage=stage, head=head),
        _step(weights, Divide(), power, total, axes=axes, stage=stage, head=head),
    ]


def self_attention(
    *,
    heads: int = 1,
    joined: bool = False,
    causal: bool = False,
    masked: bool = False,
    projected: bool = False,
) -> Plan:
    """Plan self-attention.

    Inputs X (features, tokens), W_Q and W_K (d_k, features), W_V (d_v, features), with
    numbers behind the names for several heads; a mask (tokens, tokens) and W_O
    (features, heads × d_v) where asked for.

    Source:
        Vaswani et al. 2017 (1706.03762), eq. 1 and section 3.2.2, in column form:
        Z = V softmax(KᵀQ / √d_k).
    """
    layer = Attention(
        heads=heads, joined=joined, causal=causal, masked=masked, projected=projected
    )
    return _plan("self-attention", layer)


def cross_attention(
    *, heads: int = 1, joined: bool = False, masked: bool = False, projected: bool = False
) -> Plan:
    """Plan cross-attention: queries from X, keys and values from another sequence, Y.

    Source:
        Vaswani et al. 2017 (1706.03762), section 3.2.3, "encoder-decoder attention".
    """
    layer = Attention(heads=heads, joined=joined, masked=masked, projected=projected, memory="Y")
    return _plan("cross-attention", layer)


def softmax() -> Plan:
    """Plan the softmax of each column of C (keys, queries)."""
    given = Input("C", Axes("keys", "queries"), "the scaled scores, one query a column")
    return Plan(kind="softmax", inputs=(given,), steps=tuple(softmax_steps("C")))


def dot_product() -> Plan:
    """Plan the scores of K (d_k, keys) and Q (d_k, queries): S = KᵀQ."""
    given = (
        Input("K", Axes("d_k", "keys"), "the keys, one a column"),
        Input("Q", Axes("d_k", "queries"), "the queries, one a column"),
    )
    sequences = {"keys": "K", "queries": "Q"}
    return Plan(kind="dot-product", inputs=given, steps=tuple(score_steps()), sequences=sequences)


def _plan(kind: str, layer: Attention) -> Plan:
    return Plan(
        kind=kind,
        inputs=layer.inputs + layer.output_weight,
        steps=layer.steps,
        sequences=layer.sequences,
    )


def _step(
    name: str,
    operation: Operation,
    *operands: str,
    axes: Axes,
    stage: Stage,
    head: int | None = None,
) -> Step:
    return Step(
        name=name, operation=operation, operands=operands, axes=axes, stage=stage, head=head
    )

"""Plans around attention: the feed-forward network, the outer shell, the encoder block."""

from __future__ import annotations

from typing import NamedTuple

from limelight.mechanism import stages
from limelight.mechanism.attention import Attention
from limelight.mechanism.operations.forward import Normalise, ReLU
from limelight.mechanism.operations.products import Add, Product
from limelight.mechanism.plan import Axes, Input, Plan, Stage, Step

_TOKENS = Axes("features", "tokens")
_HIDDEN = Axes("hidden", "tokens")


class FeedForward(NamedTuple):
    """W_2 ReLU(W_1 x + b_1) + b_2, the two biases where they are given."""

    source: str
    bias_1: bool
    bias_2: bool
    out: str = "out"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The weights, and the biases that there are."""
        given = [Input("W_1", Axes("hidden", "features"), "what gives each token more room")]
        if self.bias_1:
            given.append(Input("b_1", Axes("hidden", "one"), "added to every column of U"))
        given.append(Input("W_2", Axes(self.out, "hidden"), "what leads back"))
        if self.bias_2:
            given.append(Input("b_2", Axes(self.out, "one"), "added to every column of D"))
        return tuple(given)

    @property
    def steps(self) -> tuple[Step, ...]:
        """U, H where there is a bias, G, D, and F."""
        last = "D" if self.bias_2 else "F"
        steps = [_forward("U", Product(), "W_1", self.source, axes=_HIDDEN)]
        if self.bias_1:
            steps.append(_forward("H", Add(), "U", "b_1", axes=_HIDDEN))
        steps += [
            _forward("G", ReLU(), "H" if self.bias_1 else "U", axes=_HIDDEN),
            _forward(last, Product(), "W_2", "G", axes=_TOKENS),
        ]
        if self.bias_2:
            steps.append(_forward("F", Add(), "D", "b_2", axes=_TOKENS))
        return tuple(steps)


def transformer(*, bias_1: bool = True, bias_2: bool = True) -> Plan:
    """Plan the outer shell: given weights mix the features, then the feed-forward network.

    Inputs X (features, tokens), A (tokens, tokens), W_1 (hidden, features), b_1 (hidden, 1),
    W_2 (out, hidden), b_2 (out, 1).

    Source:
        Vaswani et al. 2017 (1706.03762), eq. 2, in column form.
    """
    forward = FeedForward(source="Z", bias_1=bias_1, bias_2=bias_2)
    given = (
        Input("X", _TOKENS, "the tokens, one a column"),
        Input("A", Axes("tokens", "tokens"), "the attention weights, given"),
    )
    mix = Step(
        name="Z", operation=Product(), operands=("X", "A"), axes=_TOKENS, stage=stages.WEIGH
    )
    return Plan(
        kind="transformer",
        inputs=given + forward.inputs,
        steps=(mix, *forward.steps),
        sequences={"tokens": "X"},
    )


def encoder_block(
    *,
    heads: int = 1,
    joined: bool = False,
    masked: bool = False,
    gains: frozenset[str] = frozenset(),
    bias_1: bool = True,
    bias_2: bool = True,
) -> Plan:
    """Plan an encoder block: attention, add and normalise, feed-forward, add and normalise.

    Normalisation comes after the addition, as in the paper. *gains* names which of the two
    normalisations, "A" and "F", has a gain and a shift: gamma_A and beta_A, gamma_F and
    beta_F (features, 1).

    Source:
        Vaswani et al. 2017 (1706.03762), section 3.1.
    """
    attention = Attention(heads=heads, joined=joined, masked=masked, projected=True, residual=True)
    forward = FeedForward(source="N_A", out="features", bias_1=bias_1, bias_2=bias_2)
    return Plan(
        kind="encoder-block",
        inputs=(
            *attention.inputs,
            *attention.output_weight,
            *_gain_inputs("A", gains),
            *forward.inputs,
            *_gain_inputs("F", gains),
        ),
        steps=(
            *attention.steps,
            *_add_and_normalise("A", ("X", "O"), gains, stages.ADD_ATTENTION),
            *forward.steps,
            *_add_and_normalise("F", ("N_A", "F"), gains, stages.ADD_FORWARD),
        ),
        sequences=attention.sequences,
    )


def _gain_inputs(which: str, gains: frozenset[str]) -> tuple[Input, ...]:
    if which not in gains:
        return ()
    axes = Axes("features", "one")
    return (
        Input(f"gamma_{which}", axes, "what each normalised feature is multiplied by"),
        Input(f"beta_{which}", axes, "what is added to each normalised feature"),
    )


def _add_and_normalise(
    which: str, terms: tuple[str, str], gains: frozenset[str], stage: Stage
) -> tuple[Step, Step]:
    extra = (f"gamma_{which}", f"beta_{which}") if which in gains else ()
    total = f"R_{which}"
    return (
        Step(name=total, operation=Add(), operands=terms, axes=_TOKENS, stage=stage),
        Step(
            name=f"N_{which}",
            operation=Normalise(),
            operands=(total, *extra),
            axes=_TOKENS,
            stage=stage,
        ),
    )


def _forward(name: str, operation: Product | Add | ReLU, *operands: str, axes: Axes) -> Step:
    return Step(
        name=name, operation=operation, operands=operands, axes=axes, stage=stages.FEED_FORWARD
    )

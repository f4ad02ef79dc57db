"""The plan of attention over tensors: the mechanism's steps, with those of later models."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from limelight.errors import ShapeError
from limelight.mechanism import stages
from limelight.mechanism.attention import softmax_steps
from limelight.mechanism.operations.elementwise import Multiply
from limelight.mechanism.operations.heads import Concatenate, Split
from limelight.mechanism.operations.operation import Misfit, Operation
from limelight.mechanism.operations.positions import Angles, Recede, Rotate, Sight
from limelight.mechanism.operations.products import Add, Product, Transpose
from limelight.mechanism.operations.shaping import RootMeanSquare, Softcap, SumsWithSink
from limelight.mechanism.operations.softmax import ColumnSums, Mask, Raise, Scale
from limelight.mechanism.plan import Axes, Input, Plan, Stage, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from limelight.auditing.tensors import Tensors
    from limelight.mechanism.matrix import Shape

_SCORES = Axes("keys", "queries")
_LETTERS = {"Q": ("d_k", "queries"), "K": ("d_k", "keys"), "V": ("d_v", "keys")}


def plan_of(tensors: Tensors) -> Plan:
    """Plan what the tensors and their setup ask for, every head by itself.

    Names are those of exercises, numbered by head from 1: Q1, K1, V1 → N_Q1, N_K1 (after the
    norm) → R_Q1, R_K1 (after rotary embedding) → S1 → C1 → L1 (after the softcap) → B1,
    B_O1, B_M1 (with linear biases, the tensor bias, the numbers of a mask) → M1 → E1, sums1 → A1
    → Z1; Z and O join the heads.
    """
    return _Planner(tensors).plan()


class _Planner:
    """Collects steps and the inputs that they turn out to need."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._setup = tensors.setup
        self._steps: list[Step] = []
        self._heads = tensors.size("heads")

    def plan(self) -> Plan:
        """Go through the stages; what is needed and not made is an input."""
        self._project()
        self._place()
        for head in range(1, self._heads + 1):
            self._attend(head)
        self._join()
        made = {step.name for step in self._steps}
        needed = dict.fromkeys(name for step in self._steps for name in step.operands)
        inputs = tuple(
            Input(name, Axes("rows", "columns"), "given") for name in needed if name not in made
        )
        return Plan(
            kind="attention",
            inputs=inputs,
            steps=tuple(self._steps),
            sequences={"tokens": "X", "queries": "X", "keys": "X"},
        )

    def _project(self) -> None:
        """Make queries, keys and values of tokens, where tokens and weights are there."""
        sizes = self._tensors.sizes
        for letter, (width, tokens) in _LETTERS.items():
            low = letter.lower()
            there = "x" in self._tensors and f"w_{low}" in self._tensors
            if not there or sizes.get("tokens") != sizes.get(tokens):
                continue
            axes = Axes(f"heads × {width}", tokens)
            has_bias = f"b_{low}" in self._tensors
            made = f"P_{letter}" if has_bias else letter
            self._add(made, Product(), f"W_{letter}", "X", axes=axes, stage=stages.PROJECT)
            if has_bias:
                self._add(letter, Add(), made, f"b_{letter}", axes=axes, stage=stages.PROJECT)

    def _place(self) -> None:
        """Make what all heads share and what follows from positions: angles, who sees whom."""
        setup = self._setup
        if setup.rope_theta is not None and "cos" not in self._tensors:
            for letter, first in (("Q", "first_Q"), ("K", "first_K")):
                row, angles = Axes("one", _LETTERS[letter][1]), Axes("angles", "tokens")
                at = f"positions_{letter}"
                self._add(at, Add(), f"index_{letter}", first, axes=row, stage=stages.PROJECT)
                made = Angles(self._rope_dims(), setup.rope_theta, setup.rope_factor)
                self._add(f"angles_{letter}", made, at, axes=angles, stage=stages.PROJECT)
        if self._has_sight():
            ends = ("start", "stop") if self._is_padded() else ()
            left, right = setup.window or (None, None)
            sight = Sight(left, 0 if setup.causal else right)
            name = "sight" if "mask" in self._tensors else "mask"
            operands = ("index_K", "index_Q", "first", *ends)
            self._add(name, sight, *operands, axes=_SCORES, stage=stages.MASK)
            if name == "sight" and not self._masks_by_head():
                self._add("mask", Multiply(), "sight", "given", axes=_SCORES, stage=stages.MASK)

    def _attend(self, head: int) -> None:
        """Go from queries, keys and values to weighted values."""
        tensors, setup = self._tensors, self._setup
        kv = (head - 1) // tensors.group + 1
        for letter, (width, tokens) in _LETTERS.items():
            split = (
                Split(head, self._heads) if letter == "Q" else Split(kv, tensors.size("kv_heads"))
            )
            axes = Axes(width, tokens)
            self._add(f"{letter}{head}", split, letter, axes=axes, stage=stages.SPLIT, head=head)
        queries, keys = (self._prepared(letter, head) for letter in ("Q", "K"))
        score = self._headed(head)
        score("K_T", Transpose(), keys, stage=stages.SCORE)
        score("S", Product(), f"K_T{head}", queries, stage=stages.SCORE)
        last = score("C", self._scale(head), f"S{head}", stage=stages.SCALE)
        if setup.softcap is not None:
            last = score("L", Softcap(Fraction(setup.softcap)), last, stage=stages.SCALE)
        last = self._biased(last, head)
        last = self._masked(last, head)
        for step in softmax_steps(last, str(head), head):
            if isinstance(step.operation, ColumnSums) and "sinks" in tensors:
                operands = (f"E{head}", last, f"sink{head}")
                score("sums", SumsWithSink(), *operands, stage=stages.SOFTMAX)
            elif isinstance(step.operation, Raise):
                self._steps.append(replace(step, operation=Raise(base="e")))
            else:
                self._steps.append(step)
        self._add(
            f"Z{head}",
            Product(),
            f"V{head}",
            f"A{head}",
            axes=Axes("d_v", "queries"),
            stage=stages.MIX,
            head=head,
        )

    def _prepared(self, letter: str, head: int) -> str:
        """Norm and rotate queries or keys; return the name of what is left."""
        last, setup, low = f"{letter}{head}", self._setup, letter.lower()
        add = self._headed(head)
        if f"gamma_{low}" in self._tensors:
            norm = RootMeanSquare(Fraction(setup.norm_epsilon), Fraction(setup.norm_offset))
            last = add(f"N_{letter}", norm, last, f"gamma_{letter}", stage=stages.PROJECT)
        if setup.rope_theta is not None or "cos" in self._tensors:
            rotate = Rotate(self._rope_dims(), self._tensors.size("d_k"), setup.rope_interleaved)
            last = add(f"R_{letter}", rotate, last, f"angles_{letter}", stage=stages.PROJECT)
        return last

    def _biased(self, last: str, head: int) -> str:
        add, setup = self._headed(head), self._setup
        if setup.alibi:
            operands = ("index_K", "index_Q", "first", f"slope{head}")
            recede = add("recede", Recede(), *operands, stage=stages.MASK)
            last = add("B", Add(), last, recede, stage=stages.MASK)
        if "bias" in self._tensors:
            last = add("B_O", Add(), last, f"bias{head}", stage=stages.MASK)
        if has_numbers(self._tensors):
            last = add("B_M", Add(), last, f"added{head}", stage=stages.MASK)
        return last

    def _masked(self, last: str, head: int) -> str:
        add = self._headed(head)
        if not self._has_sight() and "mask" not in self._tensors:
            return last
        mask = "mask" if self._has_sight() else "given"
        if self._masks_by_head():
            mask = f"given{head}"
            if self._has_sight():
                mask = add("mask", Multiply(), "sight", f"given{head}", stage=stages.MASK)
        return add("M", Mask(), last, mask, stage=stages.MASK)

    def _join(self) -> None:
        parts = [f"Z{head}" for head in range(1, self._heads + 1)]
        axes = Axes("heads × d_v", "queries")
        self._add("Z", Concatenate(), *parts, axes=axes, stage=stages.JOIN)
        if "w_o" not in self._tensors:
            return
        has_bias = "b_o" in self._tensors
        made, axes = "P_O" if has_bias else "O", Axes("out", "queries")
        self._add(made, Product(), "W_O", "Z", axes=axes, stage=stages.PROJECT_OUT)
        if has_bias:
            self._add("O", Add(), made, "b_O", axes=axes, stage=stages.PROJECT_OUT)

    def _scale(self, head: int) -> Scale:
        scale = self._setup.scale
        if scale is not None:
            width = self._tensors.sizes.get("d_k")
            return Scale(f"Q{head}", 1 / Fraction(scale), "none", width)
        return Scale(f"Q{head}", "sqrt", "none", self._tensors.size("d_k"))

    def _rope_dims(self) -> int:
        if "cos" in self._tensors:
            return 2 * angles_in(self._tensors)
        width = self._tensors.size("d_k")
        dims = self._setup.rope_dims or width
        if dims > width or dims % 2:
            msg = (
                f"rotary embedding must turn an even number of features, of {width}: not {dims}.\n"
                f"  A head's queries and keys have {width} features.\n"
                "  Correct the setting rope_dims."
            )
            raise ShapeError(msg)
        return dims

    def _has_sight(self) -> bool:
        setup = self._setup
        return bool(setup.causal) or setup.window is not None or self._is_padded()

    def _is_padded(self) -> bool:
        return "key_lengths" in self._tensors or "key_starts" in self._tensors

    def _masks_by_head(self) -> bool:
        tensors = self._tensors
        return "mask" in tensors and tensors.sources["mask"].shape[1] > 1

    def _headed(self, head: int) -> Callable[..., str]:
        """Return what adds a step of one head and returns its name."""

        def add(family: str, operation: Operation, *operands: str, stage: Stage) -> str:
            name = f"{family}{head}"
            self._add(name, operation, *operands, axes=_SCORES, stage=stage, head=head)
            return name

        return add

    def _add(
        self,
        name: str,
        operation: Operation,
        *operands: str,
        axes: Axes,
        stage: Stage,
        head: int | None = None,
    ) -> None:
        self._steps.append(
            Step(
                name=name,
                operation=operation,
                operands=operands,
                axes=axes,
                stage=stage,
                head=head,
            )
        )


def has_numbers(tensors: Tensors) -> bool:
    """Tell whether the mask has numbers, to be added to the scores."""
    return "mask" in tensors and tensors.sources["mask"].dtype != "bool"


def angles_in(tensors: Tensors) -> int:
    """Return for how many pairs of features tables of cosine and sine are."""
    width = tensors.sources["cos"].shape[1]
    pairs = width // 2 if has_each_twice(tensors) else width
    if 2 * pairs > tensors.size("d_k"):
        msg = (
            "cos and sin must have a column for each pair of features, or for each feature.\n"
            f"  They have {width}; a head has {tensors.size('d_k')} features.\n"
            "  Cut them, or set rope_dims to the number of features that are turned."
        )
        raise ShapeError(msg)
    return pairs


def has_each_twice(tensors: Tensors) -> bool:
    """Tell whether tables have a column for each feature, not for each pair."""
    width = tensors.sources["cos"].shape[1]
    dims = tensors.setup.rope_dims or tensors.size("d_k")
    return width % 2 == 0 and (width == dims or 2 * width > tensors.size("d_k"))


def shapes_of(plan: Plan, inputs: Mapping[str, Shape]) -> dict[str, Shape]:
    """Return the shape of everything that follows from inputs of known shapes."""
    shapes = dict(inputs)
    for step in plan.steps:
        if step.name in shapes or not all(name in shapes for name in step.operands):
            continue
        try:
            shapes[step.name] = step.operation.shape(*(shapes[name] for name in step.operands))
        except Misfit:  # pragma: no cover - sizes were held against each other before
            continue
    return shapes

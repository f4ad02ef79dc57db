"""A plan: named inputs and named steps, each one operation on earlier ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from limelight.errors import ShapeError, UnknownNameError
from limelight.mechanism.matrix import Matrix, Shape
from limelight.mechanism.operations.operation import Misfit, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.mechanism.recipe import Recipe


class Axes(NamedTuple):
    """What the rows and the columns of a matrix stand for."""

    rows: str
    columns: str


class Input(NamedTuple):
    """A matrix that is given."""

    name: str
    axes: Axes
    meaning: str


class Stage(NamedTuple):
    """Steps that belong together.

    Attributes:
        title: What they are called.
        purpose: What they are for, in plain words.
        why: Why it is done so, in a few sentences, for whoever sees it for the first time.
    """

    title: str
    purpose: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation on matrices that are already there.

    Attributes:
        name: What the result is called, from the glossary: Q, S, A2, …
        operation: What is done.
        operands: Names of inputs or earlier steps.
        axes: What the result's rows and columns stand for.
        stage: The stage it belongs to.
        head: The head it belongs to, or None.
    """

    name: str
    operation: Operation
    operands: tuple[str, ...]
    axes: Axes
    stage: Stage
    head: int | None = None


_ONE = "one"
"""The axis of a vector that is written as a matrix: it has one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A worked computation before it is worked: a small graph of named operations.

    Attributes:
        kind: The builder it came from.
        inputs: What must be given.
        steps: In an order in which they can be worked.
        sequences: For an axis of tokens, the input whose columns they are.
    """

    kind: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    sequences: Mapping[str, str] = field(default_factory=dict)

    @property
    def result(self) -> Step:
        """The last step: what the plan is for."""
        return self.steps[-1]

    def step(self, name: str) -> Step:
        """Return the step called *name*.

        Raises:
            UnknownNameError: There is none; near names are suggested.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise UnknownNameError.among("step", name, [step.name for step in self.steps])

    def settle(self, recipe: Recipe, shapes: Mapping[str, Shape]) -> Plan:
        """Return the plan with everything fixed that a recipe decides."""
        steps = tuple(
            replace(step, operation=step.operation.settle(recipe, shapes)) for step in self.steps
        )
        return replace(self, steps=steps)

    def shapes(self, inputs: Mapping[str, Matrix]) -> dict[str, Shape]:
        """Return the shape of every input and step.

        Raises:
            ShapeError: An input is missing, unexpected, or does not fit; the message names
                the matrix and says whether it looks transposed.
        """
        self._refuse_other_inputs(inputs)
        shapes = {given.name: inputs[given.name].shape for given in self.inputs}
        if problems := self.misfits(shapes):
            raise ShapeError(problems[0])
        for step in self.steps:
            shapes[step.name] = _step_shape(step, shapes)
        return shapes

    def misfits(self, shapes: Mapping[str, Shape]) -> list[str]:
        """Say of every input whose size contradicts an earlier one what is wrong."""
        known: dict[str, tuple[int, Input]] = {}
        problems = []
        for given in self.inputs:
            if given.name not in shapes:
                continue
            if problem := _misfit(given, shapes, known):
                problems.append(problem)
                continue
            for axis, size in _sized(given, shapes[given.name]):
                known.setdefault(axis, (size, given))
        return problems

    def sizes(self, shapes: Mapping[str, Shape]) -> dict[str, int]:
        """Return tokens, features, d_k and so on: the sizes of the inputs' axes by name.

        Heads that are all of one size have one entry: d_k for d_k1, d_k2, …
        """
        sizes: dict[str, int] = {}
        for given in self.inputs:
            sizes |= dict(_sized(given, shapes[given.name]))
        sizes.pop(_ONE, None)
        for axis in ("d_k", "d_v"):
            sizes = _without_heads(sizes, axis)
        heads = max(step.head or 1 for step in self.steps)
        return {**sizes, "heads": heads} if heads > 1 else sizes

    def as_json(self) -> dict[str, object]:
        """Return the plan as JSON values: what a browser needs to work it."""
        return {
            "kind": self.kind,
            "inputs": [
                {
                    "name": given.name,
                    "rows": given.axes.rows,
                    "columns": given.axes.columns,
                    "meaning": given.meaning,
                }
                for given in self.inputs
            ],
            "steps": [
                {
                    "name": step.name,
                    "operation": step.operation.name,
                    "operands": list(step.operands),
                    "settings": step.operation.settings(),
                    "rows": step.axes.rows,
                    "columns": step.axes.columns,
                    "stage": step.stage.title,
                    "head": step.head,
                }
                for step in self.steps
            ],
            "sequences": dict(self.sequences),
        }

    def _refuse_other_inputs(self, inputs: Mapping[str, Matrix]) -> None:
        names = [given.name for given in self.inputs]
        missing = [name for name in names if name not in inputs]
        extra = [name for name in inputs if name not in names]
        if not missing and not extra:
            return
        problems = [f"{name} is missing" for name in missing]
        problems += [f"{name} is not one of its inputs" for name in extra]
        msg = (
            f"{self.kind} takes the inputs {', '.join(names)}; {'; '.join(problems)}.\n"
            f"  Given: {', '.join(inputs) or 'nothing'}.\n"
            "  Give exactly the inputs that it takes."
        )
        raise ShapeError(msg)


def _without_heads(sizes: dict[str, int], axis: str) -> dict[str, int]:
    """Replace d_k1, d_k2, … by d_k where all are of one size."""
    numbered = {name: size for name, size in sizes.items() if re.fullmatch(rf"{axis}\d+", name)}
    if len(set(numbered.values())) != 1:
        return sizes
    return {axis if name in numbered else name: size for name, size in sizes.items()}


def _sized(given: Input, shape: Shape) -> tuple[tuple[str, int], tuple[str, int]]:
    return (given.axes.rows, shape.rows), (given.axes.columns, shape.columns)


def _misfit(
    given: Input, shapes: Mapping[str, Shape], known: Mapping[str, tuple[int, Input]]
) -> str:
    """Say how an input contradicts those before it; "" when it does not."""
    shape = shapes[given.name]
    for line, (axis, size) in zip(("row", "column"), _sized(given, shape), strict=True):
        if axis == _ONE and size != 1:
            return (
                f"{given.name} must have one {line}: expected ({shape.rows}, 1), got {shape}.\n"
                f"  {_described(given, shapes)}\n"
                f"  {given.name} is {given.meaning}: give it as a single {line}."
            )
        if axis in known and known[axis][0] != size:
            return _clash(given, line, shapes, known)
    return ""


def _clash(
    given: Input, line: str, shapes: Mapping[str, Shape], known: Mapping[str, tuple[int, Input]]
) -> str:
    axis = given.axes.rows if line == "row" else given.axes.columns
    expected = [str(known[name][0]) if name in known else "_" for name in _axes(given)]
    first = known[axis][1]
    return (
        f"{given.name} must have one {line} per {_one(axis)} of {first.name}: "
        f"expected ({', '.join(expected)}), got {shapes[given.name]}.\n"
        f"  {_described(first, shapes)}\n"
        f"  {_way_out(given, shapes[given.name], known)}"
    )


def _axes(given: Input) -> tuple[str, str]:
    return given.axes.rows, given.axes.columns


def _described(given: Input, shapes: Mapping[str, Shape]) -> str:
    axes = given.axes
    return f"{given.name} is {shapes[given.name]}: {axes.rows} down, {axes.columns} across."


def _way_out(given: Input, shape: Shape, known: Mapping[str, tuple[int, Input]]) -> str:
    """Say whether the matrix looks transposed."""
    turned = _sized(given, Shape(shape.columns, shape.rows))
    if all(known.get(axis, (size, given))[0] == size for axis, size in turned):
        return (
            f"{given.name} looks transposed: if it was written for tokens as rows (x @ w), "
            "transpose it first."
        )
    return f"{given.name} is {given.axes.rows} × {given.axes.columns}: {given.meaning}."


def _one(axis: str) -> str:
    """Name one line along an axis: a feature for features, a row for d_k."""
    singular = {"features": "feature", "tokens": "token", "keys": "key", "queries": "query"}
    return singular.get(axis, f"{axis} line")


def _step_shape(step: Step, shapes: Mapping[str, Shape]) -> Shape:
    operands = [shapes[name] for name in step.operands]
    try:
        return step.operation.shape(*operands)
    except Misfit as misfit:
        sizes = ", ".join(
            f"{name} is {shape}" for name, shape in zip(step.operands, operands, strict=True)
        )
        msg = (
            f"{step.name} ({step.operation.name}) cannot be worked: {misfit}.\n"
            f"  {sizes}.\n"
            "  Change the sizes of the inputs that they come from."
        )
        raise ShapeError(msg) from None

"""An alternative step: the same name, made by other operations or of other operands, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from limelight.mechanism.arithmetic import Arithmetic
    from limelight.mechanism.matrix import Shape
    from limelight.mechanism.operations.operation import Operation

M = TypeVar("M")

Operand: TypeAlias = "Do | str"
"""The name of an input or of an earlier step, or what comes out of an operation."""


class Do(NamedTuple):
    """An operation on matrices that are there, or on what other operations make of them."""

    operation: Operation
    operands: tuple[Operand, ...]


def do(operation: Operation, *operands: Operand) -> Do:
    """Write an operation on operands as it is read: V times A transposed."""
    return Do(operation, operands)


class Alternative(NamedTuple):
    """What somebody writes in place of one step.

    Attributes:
        mistake: The id of the entry.
        says: Which of the entry's rewritings it is, in a few words.
        step: The name of the step.
        made: What is done instead.
    """

    mistake: str
    says: str
    step: str
    made: Do

    def compute(
        self,
        on: Arithmetic[M],
        values: Mapping[str, M],
        kept: Callable[[Operation, M], M] | None = None,
    ) -> M:
        """Work it from the values before the step.

        Args:
            on: The arithmetic to work it on.
            values: Inputs and the steps before, by name: the right ones, or somebody's own.
            kept: What becomes of an operation's result, where it is stored before it is used.

        Raises:
            NumberError: It cannot be carried out with these numbers, such as a sum of 0 that
                is divided by.
        """
        return _Computation(on, values, kept).result(self.made)

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values: steps like those of a plan, the last of which is the step."""
        steps: list[dict[str, object]] = []
        _write(self.made, self.step, steps)
        return {"mistake": self.mistake, "says": self.says, "step": self.step, "steps": steps}


def shape_of(made: Operand, shapes: Mapping[str, Shape]) -> Shape:
    """Return the shape of what is made.

    Raises:
        Misfit: Operands do not fit.
        KeyError: There is no input or step of a name.
    """
    if isinstance(made, str):
        return shapes[made]
    return made.operation.shape(*(shape_of(operand, shapes) for operand in made.operands))


class _Computation(Generic[M]):
    """Works a tree; a part that stands in it twice is worked once."""

    def __init__(
        self,
        on: Arithmetic[M],
        values: Mapping[str, M],
        kept: Callable[[Operation, M], M] | None,
    ) -> None:
        self._on = on
        self._values = values
        self._kept = kept
        self._known: dict[int, M] = {}  # by the identity of the part

    def result(self, made: Operand) -> M:
        """Return what is made."""
        if isinstance(made, str):
            return self._values[made]
        known = self._known.get(id(made))
        if known is None:
            operands = [self.result(operand) for operand in made.operands]
            known = made.operation.compute(self._on, *operands)
            if self._kept is not None:
                known = self._kept(made.operation, known)
            self._known[id(made)] = known
        return known


def _write(made: Do, name: str, steps: list[dict[str, object]]) -> str:
    """Add the steps that *made* takes, those that it is made of first; return its name."""
    operands = []
    for operand in made.operands:
        if isinstance(operand, str):
            operands.append(operand)
        else:
            operands.append(_write(operand, f"{name}.{len(steps) + 1}", steps))
    steps.append(
        {
            "name": name,
            "operation": made.operation.name,
            "operands": operands,
            "settings": made.operation.settings(),
        }
    )
    return name

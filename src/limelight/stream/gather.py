"""Gather what is wanted: by the kernel that was chosen, or by the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limelight.errors import OptionError
from limelight.stream import kernel
from limelight.stream.compiled import MOST_TOKENS, look_compiled
from limelight.stream.look import look

if TYPE_CHECKING:
    from limelight.stream.look import Gathered, Progress, Wanted
    from limelight.stream.problem import Problem


def gather(
    problem: Problem,
    wanted: Wanted,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    output: Any = None,  # noqa: ANN401 - an array of the dtype of q
) -> Gathered:
    """Return what is wanted by name, and m and l of every query.

    Args:
        problem: Arrays and options.
        wanted: What to gather.
        threads: How many a compiled kernel uses; the result does not depend on it, to the bit.
        progress: Called now and then, and at the end, with what is done and what there is to do.
        output: An array that a compiled kernel may write the output into.

    Raises:
        OptionError: The environment asks for what there is not, or *progress* is no function.
    """
    given: object = progress
    if given is not None and not callable(given):
        msg = (
            "progress must be a function of what is done and what there is to do: "
            f"got {type(given).__name__}.\n"
            "  It is called as progress(done, all) now and then.\n"
            "  Give print to see it work, or leave it away."
        )
        raise OptionError(msg)
    many = max(problem.queries, problem.keys) > MOST_TOKENS
    if many or kernel.chosen() == kernel.REFERENCE:
        return look(problem, wanted, progress)
    return look_compiled(problem, wanted, threads=threads, progress=progress, output=output)

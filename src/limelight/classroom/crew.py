"""Processes that work side by side, and end with the one that started them.

The pool of Python's library leaves its processes waiting for ever when the one that started
them is killed. Here each has a pipe of its own, whose end it notices.
"""

from __future__ import annotations

import signal
import traceback
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from limelight.errors import LimelightError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Result = TypeVar("Result")


def worked(
    work: Callable[[Task], Result], tasks: Iterable[Task], processes: int
) -> Generator[tuple[Task, Result], None, None]:
    """Work *tasks*, a few at a time, and yield each with its result as it is done.

    Args:
        work: A function that other processes can import, or a partial of one.
        tasks: Taken one by one, as somebody is free to work them.
        processes: How many work side by side; 1 works them here.

    Raises:
        LimelightError: What a task was refused with, or a process ended by itself.
    """
    if processes == 1:
        yield from ((task, work(task)) for task in tasks)
        return
    crew = [_Worker.start(work) for _ in range(processes)]
    try:
        yield from cast("Iterator[tuple[Task, Result]]", _shared_out(crew, iter(tasks)))
    finally:
        for worker in crew:
            worker.dismiss()


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection

    @classmethod
    def start(cls, work: Callable[[Task], object]) -> _Worker:
        """Start a process; "spawn" is the way that every system has."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        with _interrupts_held_back():
            process.start()
        theirs.close()
        return cls(process, ours)

    def result(self) -> object:
        """Receive what has been worked."""
        try:
            result = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            msg = (
                "a process of a crew must not end by itself; "
                f"one did, with status {self.process.exitcode}.\n"
                "  Something has killed it, or it ran out of memory.\n"
                "  Try again; for a class set, the same command goes on where it stopped."
            )
            raise LimelightError(msg) from None
        if isinstance(result, BaseException):
            raise result
        return result

    def dismiss(self) -> None:
        """End the process, whatever it is doing: it writes no files."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def _shared_out(crew: list[_Worker], tasks: Iterator[Task]) -> Iterator[tuple[Task, object]]:
    busy: dict[Connection, tuple[_Worker, Task]] = {}

    def hand_out(worker: _Worker) -> None:
        for task in tasks:
            with suppress(BrokenPipeError):  # that it has ended is seen when it is asked
                worker.pipe.send(task)
            busy[worker.pipe] = worker, task
            return

    for worker in crew:
        hand_out(worker)
    while busy:
        for pipe in wait(list(busy)):
            worker, task = busy.pop(pipe)  # type: ignore[call-overload]
            result = worker.result()
            hand_out(worker)
            yield task, result


def _serve(pipe: Connection, work: Callable[[object], object]) -> None:
    """Work what comes through the pipe until its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started us decides
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_attempt(work, pipe.recv()))


def _attempt(work: Callable[[object], object], task: object) -> object:
    try:
        return work(task)
    except LimelightError as error:
        return error
    except Exception:  # noqa: BLE001 - raised again on the other side
        return RuntimeError(f"in a process of a crew:\n{traceback.format_exc()}")


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back, here and in what is started, which would not know it as yet."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

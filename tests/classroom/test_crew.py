"""A crew works every task once, tells what fails, and ends with the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from limelight.classroom.crew import worked
from limelight.errors import LimelightError, ShapeError
from tests.classroom.jobs import die, double, refuse, slowly

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PATIENCE = 20


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_task_is_worked_once(processes: int, count: int) -> None:
    """Each task comes back with its own result, by however many it was worked."""
    results = dict(worked(double, range(count), processes))

    assert {task: result for task, (result, _) in results.items()} == {
        task: 2 * task for task in range(count)
    }
    assert active_children() == []


def test_several_work_side_by_side() -> None:
    """Two processes share the tasks out, and neither of them is this one."""
    workers = {worker for _, (_, worker) in worked(slowly, range(6), 2)}

    assert len(workers) == 2
    assert os.getpid() not in workers


def test_tasks_are_taken_as_they_are_worked() -> None:
    """However many tasks there are, only those that somebody is free to work are made."""
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    with closing(worked(double, endless(), 2)) as results:
        for _ in range(10):
            next(results)

    assert len(made) <= 10 + 2
    assert active_children() == []


@pytest.mark.parametrize("processes", [1, 2])
def test_a_refusal_comes_through(processes: int) -> None:
    """What a task is refused with is raised here, word by word, and the crew is dismissed."""
    with pytest.raises(ShapeError, match=r"^a rule\.\n  Facts\.\n  A way out\.$"):
        list(worked(refuse, range(4), processes))

    assert active_children() == []


def test_a_fault_comes_through_with_its_place() -> None:
    """A fault in a process is raised here, and says where it was."""
    with pytest.raises(RuntimeError, match=r"in refuse\n"):
        list(worked(refuse, [4, 5], 2))


def test_a_process_that_is_killed_is_told() -> None:
    """When a process is killed the others are dismissed, and the message says what to do."""
    with pytest.raises(LimelightError, match="status -9") as caught:
        list(worked(die, range(10), 2))

    assert len(str(caught.value).split("\n")) == 3
    assert active_children() == []


CALLER = """
from itertools import count
from multiprocessing import active_children

from limelight.classroom.crew import worked
from tests.classroom.jobs import slowly

if __name__ == "__main__":
    for _ in worked(slowly, count(), 3):
        print(*[child.pid for child in active_children()], flush=True)
"""


def is_alive(process: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_crew_ends_with_its_caller(sign: signal.Signals, tmp_path: Path) -> None:
    """However the caller ends, its processes end too, once they have done what they are at."""
    program = tmp_path / "caller.py"
    program.write_text(CALLER, encoding="utf-8")
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    ) as caller:
        assert caller.stdout
        crew = [int(word) for word in caller.stdout.readline().split()]
        assert [is_alive(process) for process in crew] == [True] * 3
        caller.send_signal(sign)
        caller.wait(PATIENCE)
        before = time.monotonic()
        while any(map(is_alive, crew)) and time.monotonic() - before < PATIENCE:
            time.sleep(0.01)
        left = [process for process in crew if is_alive(process)]

    assert left == []

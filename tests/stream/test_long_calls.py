"""A long call can be watched and stopped, and what comes after it is none the worse."""

from __future__ import annotations

import signal
import time

import numpy as np
import pytest

from limelight import attend
from limelight.errors import OptionError
from tests.stream.cases import random_case
from tests.stream.children import PATIENCE, ended, started

LONG = 100_000
"""Tokens that keep any kernel busy for much longer than the tests wait."""

GENEROUS = 5.0
"""Seconds in which a call must have ended, though the machine be busy."""

INTERRUPTED = f"""
    import signal
    import sys
    import time
    import numpy as np
    from limelight import attend, observe

    x = np.ones((1, {LONG}, 64), dtype=np.float32)
    x[0, :, 0] = np.arange({LONG})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("begun")
    try:
        CALL
    except KeyboardInterrupt:
        print("stopped")
    few = np.eye(3)[None]
    print(attend(few, few, few).sum().round(9))
"""

CALLS = {
    "attend": "attend(x, x, x)",
    "causal": "attend(x, x, x, causal='top-left')",
    "observe": "observe(x, x, x)",
    "one thread": "attend(x, x, x, threads=1)",
}


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_stops_a_call(on_kernel: str, call: str) -> None:
    """SIGINT raises KeyboardInterrupt, soon; and the same process can go on attending."""
    program = INTERRUPTED.replace("CALL", CALLS[call])
    with ended(started(program, LIMELIGHT_KERNEL=on_kernel)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        since = time.monotonic()
        stopped = process.stdout.readline()
        waited = time.monotonic() - since
        rest = process.stdout.read()
        process.wait(PATIENCE)
    print(f"{on_kernel}, {call}: stopped after {waited:.3f} s")  # noqa: T201 - pytest shows it

    assert stopped == "stopped\n"
    assert waited < GENEROUS
    assert (rest.strip(), process.returncode) == ("3.0", 0)


def test_progress_grows_to_the_end() -> None:
    """It is told what is done, ever more, of one and the same whole, and last the whole."""
    case = random_case(90, heads=(4, 2), tokens=(2500, 3000), dims=(64, 64)).cast(np.float32)
    told: list[tuple[int, int]] = []
    attend(*case.arrays, progress=lambda *at: told.append(at))
    done, whole = zip(*told, strict=True)

    assert len(set(whole)) == 1
    assert list(done) == sorted(done)
    assert 0 <= done[0] <= done[-1] == whole[0]


def test_short_calls_report_as_well() -> None:
    """However short a call is, the end is told."""
    told: list[tuple[int, int]] = []
    attend(*random_case(91).arrays, progress=lambda *at: told.append(at))

    assert told
    assert told[-1][0] == told[-1][1]


def test_progress_changes_nothing() -> None:
    """A call that is watched gives what it gives unwatched, to the bit."""
    case = random_case(92, heads=(2, 1), tokens=(700, 900), dims=(32, 32)).cast(np.float32)

    assert (attend(*case.arrays, progress=print) == attend(*case.arrays)).all()


class Enough(Exception):  # noqa: N818 - it is no error
    """Raised by somebody who has seen enough."""


@pytest.mark.parametrize("threads", [None, 1])
def test_an_exception_in_progress_stops_the_call(threads: int | None) -> None:
    """What `progress` raises comes out of the call, soon, and the next call works."""
    x = np.ones((1, LONG, 64), dtype=np.float32)
    told: list[int] = []

    def give_up(done: int, whole: int) -> None:
        told.append(done)
        raise Enough(done, whole)

    since = time.monotonic()
    with pytest.raises(Enough):
        attend(x, x, x, progress=give_up, threads=threads)

    assert time.monotonic() - since < GENEROUS
    assert len(told) == 1
    assert (attend(x[:, :3], x[:, :3], x[:, :3]) == 1).all()


@pytest.mark.once
def test_progress_must_be_a_function() -> None:
    """What cannot be called is refused in three lines."""
    x = np.eye(3)[None]
    with pytest.raises(OptionError, match="progress must be a function") as raised:
        attend(x, x, x, progress=True)  # type: ignore[arg-type] # on purpose

    assert len(str(raised.value).splitlines()) == 3

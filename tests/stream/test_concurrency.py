"""Threads, many calls at once, and forked processes: always the same numbers."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import pytest

from tests.stream.cases import bits_of, looked, random_case
from tests.stream.children import ran

if TYPE_CHECKING:
    from tests.stream.cases import Case

DTYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]

TOKENS = np.random.default_rng(93).integers(0, 40, size=470)

SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "causal": {"causal": "bottom-right"},
    "window": {"causal": "top-left", "window": (100, None)},
    "mask": {"mask": np.random.default_rng(94).random((311, 470)) < 0.5, "softcap": 20.0},
}


def several_blocks(dtype: Any, **options: Any) -> Case:  # noqa: ANN401 - a dtype, and options
    """Return four heads of two key heads, of sizes that no block or tile divides."""
    return random_case(
        95, heads=(4, 2), tokens=(311, 470), dims=(24, 40), spread=3.0, **options
    ).cast(dtype)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_number_of_threads_changes_no_bit(dtype: Any, setting: str) -> None:  # noqa: ANN401
    """Output and every statistic are the same to the bit in 1, 2, 3 and 7 threads, each time."""
    case = several_blocks(dtype, **SETTINGS[setting])
    seen = [
        bits_of(looked(*case.arrays, picture=25, tokens=TOKENS, threads=threads, **case.options))
        for threads in (1, 2, 3, 7, 7, None)
    ]

    assert all(each == seen[0] for each in seen)


def test_fewer_things_wanted_change_no_bit() -> None:
    """A statistic is the same to the bit whatever else is wanted."""
    case = several_blocks(np.float32, causal="top-left")
    together = bits_of(looked(*case.arrays, tokens=TOKENS, **case.options))
    alone = {
        name: bits
        for want in ("output", "lse", "entropy", "max_logit", "top_keys", "sink_mass")
        for name, bits in bits_of(looked(*case.arrays, want=[want], **case.options)).items()
    }

    assert alone == {name: together[name] for name in alone}


def test_another_bit_is_seen() -> None:
    """The comparison can fail: one value less by one unit gives another output."""
    case = several_blocks(np.float32)
    before = bits_of(looked(*case.arrays))
    case.v[0, 0, 0] = np.nextafter(case.v[0, 0, 0], np.float32(0))
    case.v[0, 1] *= np.float32(1.0001)

    assert bits_of(looked(*case.arrays))["output"] != before["output"]


def test_calls_from_several_threads_at_once() -> None:
    """Python's threads may attend at the same time; each gets its own result, to the bit."""
    many = [
        random_case(seed, heads=(2, 1), tokens=(90 + 37 * seed, 150), dims=(32, 32)).cast(
            [np.float32, np.float64][seed % 2]
        )
        for seed in range(8)
    ]
    expected = [bits_of(looked(*case.arrays)) for case in many]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            found = pool.map(lambda case: bits_of(looked(*case.arrays)), many)
            assert list(found) == expected


FORKED = """
    import os
    import numpy as np
    from limelight import observe
    from limelight.stream import kernel

    random = np.random.default_rng(0)
    x = random.normal(size=(4, 300, 64)).astype(np.float32)

    def look(_=None):
        seen = observe(x, x, x, causal="top-left", threads=2)
        return seen.output.tobytes() + seen.received.tobytes() + seen.picture.mean.tobytes()

    before = look()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_a_forked_child_attends(on_kernel: str) -> None:
    """A process that has attended forks; the child attends, and so does its parent after it."""
    said = ran(
        FORKED
        + """
    child = os.fork()
    if child == 0:
        os._exit(0 if look() == before else 1)
    print(os.waitpid(child, 0)[1], look() == before)
    """,
        LIMELIGHT_KERNEL=on_kernel,
    )

    assert said.split()[:2] == ["0", "True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_a_pool_of_forked_workers_attends(on_kernel: str) -> None:
    """Workers of multiprocessing, forked while another thread attends, give the same.

    With the reference nothing runs meanwhile: NumPy's own threads may not be forked in work.
    """
    said = ran(
        FORKED
        + """
    import multiprocessing
    import threading

    meanwhile = 5 if kernel.chosen() != kernel.REFERENCE else 0
    busy = threading.Thread(target=lambda: [look() for _ in range(meanwhile)])
    busy.start()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map(look, range(4))
    busy.join()
    print(all(each == before for each in found))
    """,
        LIMELIGHT_KERNEL=on_kernel,
    )

    assert said.split()[0] == "True"

"""The memory of a whole process: what a call takes on top of its inputs, and running out."""

from __future__ import annotations

import sys

import pytest

from tests.stream.children import ran

MIB = 2**20

SETUP = """
    import resource
    import numpy as np
    from limelight import attend, observe

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    def now():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def on_top(call):
        # What was taken before is written to, so that it is there; the peak begins anew.
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        before = now()
        result = call()
        with open("/proc/self/status") as file:
            (line,) = [line for line in file if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024 - before

    random = np.random.default_rng(0)
    few = random.normal(size=(3, 1, 64, 64)).astype(np.float32)
    observe(*few, tokens=np.arange(64))
    q, k, v = random.normal(size=(3, 8, 4096, 64)).astype(np.float32)
    tokens = np.arange(4096) % 50
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's count of memory")


def taken(call: str, kernel: str, setup: str = SETUP) -> int:
    """Return how many bytes a call takes above its inputs, its results included."""
    return int(ran(f"{setup}    print(on_top(lambda: {call}))", LIMELIGHT_KERNEL=kernel))


CALLS = {
    "output": ("attend(q, k, v, causal='top-left')", 16),
    "everything": ("observe(q, k, v, tokens=tokens)", 30),
    "everything, causal": ("observe(q, k, v, tokens=tokens, causal='top-left')", 30),
}
"""Calls of 8 heads of 4,096 tokens, d = 64, in float32, and the MiB that they may take."""


@pytest.mark.kernels
@pytest.mark.parametrize("name", CALLS)
def test_memory_above_the_inputs(on_kernel: str, name: str) -> None:
    """Everything observed at once, results included, takes at most 30 MiB above the inputs."""
    call, allowed = CALLS[name]
    took = taken(call, on_kernel)
    print(f"{on_kernel}, {name}: {took / MIB:.1f} MiB")  # noqa: T201 - pytest shows it

    assert took <= allowed * MIB


@pytest.mark.once
def test_dense_weights_are_seen() -> None:
    """The measure can fail: the weights of one head are seen to take 64 MiB."""
    assert taken("np.exp(q[0] @ k[0].T)", "") >= 64 * MIB


LIMITED = """
    import resource
    import sys
    import numpy as np
    from limelight import attend, observe

    few = np.ones((1, 500, 64), dtype=np.float32)
    many = np.broadcast_to(np.float32(1), (1, 2_000_000, 4))
    endless = np.broadcast_to(np.float32(1), (1, 2**44, 4))
    few = few[..., :4]
    before = attend(few, few, few)
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (MORE << 20), resource.RLIM_INFINITY))
    try:
        CALL
    except MemoryError as error:
        print("MemoryError")
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print((attend(few, few, few) == before).all())
"""

TOO_LARGE = {
    "the result": ("attend(many, few[:, :9], few[:, :9])", "16"),
    "the scratch": ("observe(few[:, :9], many, many, want=['lse', 'detection'])", "128"),
    "the picture": ("observe(many, few, few, want=['picture'], picture=500_000)", "96"),
}

ENDLESS = {
    "the result": "attend(endless, few, few)",
    "the scratch": "observe(few, endless, endless, want=['top_keys'])",
    "the scratch of a picture": "observe(few, endless, endless, want=['picture'], picture=1)",
    "the top keys": "observe(few, few, few, want=['top_keys'], top=2**41)",
}


@pytest.mark.kernels
@pytest.mark.parametrize("name", TOO_LARGE)
def test_running_out_of_memory_is_an_exception(on_kernel: str, name: str) -> None:
    """MemoryError, never a crash; and the process can go on attending."""
    call, more = TOO_LARGE[name]
    said = ran(
        LIMITED.replace("CALL", call).replace("MORE", more),
        LIMELIGHT_KERNEL=on_kernel,
        OPENBLAS_NUM_THREADS="1",
    )

    assert said.split() == ["MemoryError", "True"]


@pytest.mark.kernels
@pytest.mark.parametrize("name", ENDLESS)
def test_what_no_machine_can_hold_is_an_exception(on_kernel: str, name: str) -> None:
    """Sizes beyond any memory, of results or of what a kernel works in, are a MemoryError."""
    said = ran(
        LIMITED.replace("CALL", ENDLESS[name]).replace("MORE", "100"), LIMELIGHT_KERNEL=on_kernel
    )

    assert said.split() == ["MemoryError", "True"]

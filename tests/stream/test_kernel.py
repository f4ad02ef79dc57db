"""Which kernel computes, in how many threads, and what happens where there is none."""

from __future__ import annotations

import os

import pytest

from limelight.stream import kernel
from tests.stream.children import ran

FIRST = kernel.available()[0]

ATTEND = """
    import warnings
    import numpy as np
    from limelight import LimelightError, attend
    from limelight.stream import kernel

    x = np.eye(3)[None]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = [attend(x, x, x).sum().round(9), attend(x, x, x).sum().round(9)]
            print(kernel.chosen(), *result)
        except LimelightError as error:
            print(type(error).__name__, error, sep="\\n")
    for each in caught:
        print(each.category.__name__, each.message)
"""
"""Attend twice, and say on which kernel, what came out, and what was warned of."""

MISSING = """
    import sys

    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "limelight.stream._kernel":
                raise ModuleNotFoundError("There is none.", name=name)

    sys.meta_path.insert(0, Missing())
"""
"""Behave as an install without a compiler."""


def test_every_kernel_can_be_pinned(on_kernel: str) -> None:
    """LIMELIGHT_KERNEL chooses a kernel by its name."""
    assert ran(ATTEND, LIMELIGHT_KERNEL=on_kernel).split() == [on_kernel, "3.0", "3.0"]


@pytest.mark.once
@pytest.mark.parametrize("asked", [{}, {"LIMELIGHT_KERNEL": "", "LIMELIGHT_THREADS": ""}])
def test_the_fastest_is_chosen(asked: dict[str, str]) -> None:
    """Where nothing is asked for, or nothing in particular, it is the first that there is."""
    assert ran(ATTEND, **asked).split()[0] == FIRST


@pytest.mark.once
def test_the_reference_is_the_last_resort() -> None:
    """Every machine has the reference, and compiled kernels come before it."""
    names = kernel.available()

    assert names[-1] == kernel.REFERENCE
    assert len(set(names)) == len(names)


@pytest.mark.once
@pytest.mark.parametrize("name", ["avx1024", "AVX2", "reference ", "x" * 1000])
def test_unknown_kernels_are_refused(name: str) -> None:
    """A kernel that the machine does not run is an error that lists those that it does."""
    lines = ran(ATTEND, LIMELIGHT_KERNEL=name).splitlines()

    assert lines == [
        "OptionError",
        (
            "LIMELIGHT_KERNEL must name a kernel: expected "
            f"{', '.join(kernel.available())}; got {name[:40]!r}."
        ),
        "  These are the ones that this machine runs.",
        "  Leave it away to use the fastest.",
    ]


@pytest.mark.once
@pytest.mark.parametrize("number", ["1", "3", "007", "9999"])
def test_threads_are_read_from_the_environment(number: str) -> None:
    """LIMELIGHT_THREADS may be any whole number from 1."""
    assert ran(ATTEND, LIMELIGHT_THREADS=number).split() == [FIRST, "3.0", "3.0"]


@pytest.mark.once
@pytest.mark.skipif(FIRST == kernel.REFERENCE, reason="needs a compiled kernel")
@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", "00", "10000000", "²", " 2"])
def test_other_threads_are_refused(number: str) -> None:
    """What is no such number is an error that says what it must be."""
    lines = ran(ATTEND, LIMELIGHT_THREADS=number).splitlines()

    assert lines == [
        "OptionError",
        f"LIMELIGHT_THREADS must be a whole number from 1: got {number!r}.",
        "  It is read from the environment.",
        "  Leave it away to use every processor.",
    ]


@pytest.mark.once
@pytest.mark.skipif(FIRST == kernel.REFERENCE, reason="needs a compiled kernel")
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a system with affinity")
def test_the_processors_of_the_process_are_counted() -> None:
    """A process that may use one processor counts one, whatever the machine has."""
    said = ran("""
        import os
        from limelight.stream.kernel import native

        print(native.available_threads() == len(os.sched_getaffinity(0)))
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        print(native.available_threads())
    """)

    assert said.split() == ["True", "1"]


@pytest.mark.kernels
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_peaks_are_measured(on_kernel: str, dtype: str) -> None:
    """A peak is a number of operations a second that a processor may have: 10^7 to 10^14."""
    assert 1e7 < kernel.native.peak(on_kernel, dtype, 0.001) < 1e14


@pytest.mark.kernels
def test_peaks_of_what_there_is_not(on_kernel: str) -> None:
    """A dtype or a kernel that there is not has no peak."""
    for names in ((on_kernel, "int8"), ("avx1024", "float32")):
        with pytest.raises(ValueError, match="kernel"):
            kernel.native.peak(*names, 0.001)


@pytest.mark.once
def test_without_a_compiled_kernel_it_says_so_once() -> None:
    """Then the reference computes, and one plain warning says that it does, and what to do."""
    first, *warned = ran(MISSING + ATTEND).splitlines()

    assert first.split() == ["reference", "3.0", "3.0"]
    assert len(warned) == 1
    assert warned[0].startswith(
        "RuntimeWarning Limelight was installed without its compiled kernel, so attention is "
        "computed by the NumPy reference: right, but slow."
    )
    assert "pip install" in warned[0]


@pytest.mark.once
def test_a_reference_that_was_asked_for_warns_of_nothing() -> None:
    """Who pins the reference knows."""
    assert ran(MISSING + ATTEND, LIMELIGHT_KERNEL="reference").split() == [
        "reference",
        "3.0",
        "3.0",
    ]


@pytest.mark.once
def test_a_module_taken_away_is_seen() -> None:
    """The probe can fail: without the compiled module there is the reference alone."""
    said = ran(MISSING + "    from limelight.stream import kernel\n    print(kernel.available())")

    assert said.strip() == "['reference']"

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

def kernels() -> list[str]: ...
def available_threads() -> int: ...
def peak(kernel: str, dtype: str, seconds: float) -> float: ...
def is_set(name: str) -> bool: ...
def attend(
    kernel: str,
    q: Array,
    k: Array,
    v: Array,
    out: Array | None,
    torch: ModuleType | None,
    scale: float | None,
    causal: bool,
    bottom_right: bool,
    threads: int,
) -> Array | None: ...
def work(
    kernel: str,
    q: Array,
    k: Array,
    v: Array,
    results: Mapping[str, Array],
    *,
    scale: float,
    softcap: float = 0.0,
    left: int = -1,
    right: int = -1,
    bottom_right: bool = False,
    lengths: npt.NDArray[np.int64] | None = None,
    mask: Array | None = None,
    bias: Array | None = None,
    slopes: npt.NDArray[np.float64] | None = None,
    sinks: npt.NDArray[np.float64] | None = None,
    tokens: npt.NDArray[np.int32] | None = None,
    top: int = 0,
    query_bins: int = 0,
    key_bins: int = 0,
    threads: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> None: ...

"""Frameworks that functions take arrays of: none is imported before somebody has loaded it."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from limelight.auditing.trials.lacking import Lacking
from limelight.errors import OptionError, UnknownNameError
from limelight.stream.arrays import BFLOAT16, FLOATS, Array

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt


class Framework(Protocol):
    """Makes arrays of one framework.

    Attributes:
        name: The module's.
    """

    name: str

    def make(self, values: npt.NDArray[Any], dtype: str, *, strided: bool = False) -> Array:
        """Return an array of its own with these values, which it may change.

        Raises:
            Lacking: It has no such type, or no such layout.
        """


class NumpyArrays:
    """NumPy; bfloat16 where the package ml_dtypes is there."""

    name = "numpy"

    def make(self, values: npt.NDArray[Any], dtype: str, *, strided: bool = False) -> Array:
        """Return an array."""
        if dtype != BFLOAT16:
            return laid_out(values.astype(dtype), strided=strided)
        if find_spec("ml_dtypes") is None:
            msg = "NumPy has bfloat16 only with the package ml_dtypes"
            raise Lacking(msg)
        narrow = import_module("ml_dtypes").bfloat16
        return laid_out(values.astype(narrow), strided=strided)


class TorchTensors:
    """torch."""

    name = "torch"

    def make(self, values: npt.NDArray[Any], dtype: str, *, strided: bool = False) -> Array:
        """Return a tensor."""
        torch = import_module(self.name)
        if dtype in FLOATS:
            wide = values.astype(np.float64)
            return torch.from_numpy(laid_out(wide, strided=strided)).to(getattr(torch, dtype))
        return torch.from_numpy(laid_out(values.astype(dtype), strided=strided))


class JaxArrays:
    """jax, whose arrays lie in memory as it sees fit."""

    name = "jax"

    def make(self, values: npt.NDArray[Any], dtype: str, *, strided: bool = False) -> Array:
        """Return an array."""
        jax = import_module(self.name)
        if strided:
            msg = "jax decides itself how its arrays lie in memory"
            raise Lacking(msg)
        if dtype == "float64" and not jax.config.jax_enable_x64:
            msg = "jax has float64 only where jax_enable_x64 is set"
            raise Lacking(msg)
        if dtype in FLOATS:
            return jax.numpy.asarray(values, dtype=dtype)
        return jax.numpy.asarray(values)


FRAMEWORKS: dict[str, Framework] = {
    each.name: each for each in (NumpyArrays(), TorchTensors(), JaxArrays())
}
"""By name, in the order in which they are tried."""


def laid_out(values: npt.NDArray[Any], *, strided: bool) -> npt.NDArray[Any]:
    """Return a copy whose heads and tokens lie in memory as they are, or the other way round."""
    if not strided or values.ndim < 3:  # noqa: PLR2004 - heads, tokens, features
        return np.array(values, order="C")
    swapped = np.array(np.swapaxes(values, -2, -3), order="C")
    return np.swapaxes(swapped, -2, -3)


def framework(name: str) -> Framework:
    """Return a framework by its name.

    Raises:
        UnknownNameError: None is called so.
        OptionError: It is not installed.
    """
    known = FRAMEWORKS.get(name)
    if known is None:
        raise UnknownNameError.among("framework", name, FRAMEWORKS)
    if find_spec(name) is None:
        msg = (
            f"arrays of {name} need the package {name}, which is not installed.\n"
            f"  The function is to be called with them.\n"
            f"  Install it, or choose among {', '.join(FRAMEWORKS)}."
        )
        raise OptionError(msg)
    return known


def candidates(function: Callable[..., object]) -> tuple[Framework, ...]:
    """Return the frameworks that a function may work with, those that it mentions first.

    Only what is loaded comes into question: whoever wrote the function has imported it.
    """
    mentioned = _mentioned(function)
    loaded = [name for name in FRAMEWORKS if name == "numpy" or name in sys.modules]
    ranked = sorted(loaded, key=lambda name: (name not in mentioned, name == "numpy"))
    # A function that mentions none is given NumPy's arrays first.
    if not mentioned & (set(FRAMEWORKS) - {"numpy"}):
        ranked = [name for name in FRAMEWORKS if name in loaded]
    return tuple(FRAMEWORKS[name] for name in ranked)


def _mentioned(function: Callable[..., object]) -> set[str]:
    """Name the packages whose modules and functions the function's own code may reach."""
    inner = getattr(function, "forward", None) or type(function).__call__
    plain = function if hasattr(function, "__globals__") else inner
    code = getattr(plain, "__code__", None)
    names = getattr(plain, "__globals__", {})
    used = code.co_names if code is not None else ()
    found = [names[name] for name in used if name in names]
    homes = {
        each.__name__ if isinstance(each, ModuleType) else str(getattr(each, "__module__", ""))
        for each in found
    }
    homes |= {kind.__module__ for kind in type(function).__mro__}
    homes.add(str(getattr(function, "__module__", "")))
    return {home.partition(".")[0] for home in homes}

"""How exactly numbers are kept: what a tolerance starts from."""

from __future__ import annotations

from typing import NamedTuple

from limelight.errors import UnknownNameError


class Precision(NamedTuple):
    """What an implementation rounds to.

    Attributes:
        name: Of the type.
        unit: The largest relative error of storing a number.
        sum_unit: The same while adding up, which is done in float32 at least.
        floor: The largest error of a number that is too small to be stored as it is.
    """

    name: str
    unit: float
    sum_unit: float
    floor: float

    @classmethod
    def of(cls, name: str) -> Precision:
        """Return that of a type.

        Raises:
            UnknownNameError: No type of numbers is called so.
        """
        known = PRECISIONS.get(name)
        if known is None:
            raise UnknownNameError.among("dtype", name, PRECISIONS)
        return known


_FLOAT32, _FLOAT64 = 2.0**-24, 2.0**-53

PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("float64", _FLOAT64, _FLOAT64, 1e-300),
        Precision("float32", _FLOAT32, _FLOAT32, 1e-37),
        Precision("tfloat32", 2.0**-11, _FLOAT32, 1e-37),
        Precision("float16", 2.0**-11, _FLOAT32, 6e-8),
        Precision("bfloat16", 2.0**-8, _FLOAT32, 1e-37),
    )
}
"""Types by name, finer ones first. tfloat32 is what some accelerators multiply float32 in."""


def coarsest(names: set[str]) -> Precision:
    """Return the least exact of some types; float64 where there are none."""
    found = [PRECISIONS[name] for name in names if name in PRECISIONS]
    return max(found, key=lambda precision: precision.unit, default=PRECISIONS["float64"])

"""Queries that see no key: what they got, and how they are left out of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from limelight.auditing.precision import Precision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limelight.auditing.adapters.adapter import Prepared
    from limelight.auditing.trials.request import Request
    from limelight.stream.arrays import Bools, Floats

RowKind: TypeAlias = Literal["none", "zero", "nan", "uniform", "unmasked", "other"]
"""What such queries got; "none" where there are none, "other" where no convention gives it."""

_SLACK = 64.0
"""Units of the type by which a mean may be off."""


class EmptyRows(NamedTuple):
    """The rows of an output whose queries see no key.

    Attributes:
        at: Which rows, (batch, heads, queries), or (batch, queries) after a projection.
        zero: What such a row is where nothing is received.
        uniform: What it is where every key weighs the same, (*at, features).
        slack: By how much a mean may be off.
    """

    at: Bools
    zero: Floats
    uniform: Floats
    slack: float

    @classmethod
    def of(cls, prepared: Prepared, asked: Request) -> EmptyRows:
        """Find them, for a request as it was understood."""
        rows = asked.empty_rows()
        means = _means(prepared, asked)
        zero = np.zeros(means.shape[-1])
        unit = Precision.of(asked.case.dtype).unit
        slack = _SLACK * unit * (1 + float(np.abs(means).max(initial=0.0)))
        if prepared.result == "heads":
            return cls(rows, zero, means[:, :, None, :], slack)
        return cls(
            np.asarray(rows.all(axis=1)), _bias(prepared.given, zero), means[:, None, :], slack
        )

    def kind(self, output: Floats) -> RowKind:
        """Tell what they got, except whether it is as if nothing were hidden."""
        if not self.at.any():
            return "none"
        found = output[self.at]
        if (np.abs(found - self.zero) <= self.slack * (self.zero != 0)).all():
            return "zero"
        if np.isnan(found).all():
            return "nan"
        uniform = np.broadcast_to(self.uniform, output.shape)[self.at]
        return "uniform" if (np.abs(found - uniform) <= self.slack).all() else "other"

    def without(self, output: Floats) -> Floats:
        """Return the output as if they had received nothing."""
        if not self.at.any():
            return output
        return np.where(self.at[..., None], self.zero, output)


def _means(prepared: Prepared, asked: Request) -> Floats:
    """Return the mean of all values: (batch, heads, d_v), or (batch, out) after a projection."""
    batch, heads, _, keys = asked.sizes
    count = max(keys, 1)
    with np.errstate(invalid="ignore"):
        if prepared.result == "heads":
            means = asked.v.astype(np.float64).sum(axis=-2) / count
            return np.repeat(means, heads // means.shape[1], axis=1)
        values = _values(prepared.given).sum(axis=-2) / count
        by_head = values.reshape(batch, prepared.kv_heads, -1)
        joined = np.repeat(by_head, heads // prepared.kv_heads, axis=1).reshape(batch, -1)
        if "w_o" in prepared.given:
            joined = joined @ prepared.given["w_o"].astype(np.float64).T
        return np.asarray(joined + prepared.given.get("b_o", 0.0))


def _values(given: Mapping[str, Any]) -> Floats:
    """Return the values of all heads side by side, (batch, keys, features)."""
    if "v_proj" in given:
        return np.asarray(given["v_proj"], dtype=np.float64)
    made = given["x"].astype(np.float64) @ given["w_v"].astype(np.float64).T
    return np.asarray(made + given.get("b_v", 0.0))


def _bias(given: Mapping[str, Any], zero: Floats) -> Floats:
    return np.asarray(given.get("b_o", zero), dtype=np.float64)

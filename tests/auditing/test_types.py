"""Mistakes that a type of numbers makes, and what is no number: told by what they leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from limelight.auditing.audit import audit_dump
from limelight.auditing.signatures import SIGNATURES
from limelight.catalogue.catalogue import ENGINEERS
from limelight.errors import ShapeError

if TYPE_CHECKING:
    from limelight.auditing.findings import Findings
    from tests.auditing.plain import Array

HALF = "float16"
SHAPES = ((2, 2, 4, 6), (1, 3, 5, 5), (2, 4, 3, 7))
"""(batch, heads, queries, keys)."""


def test_what_is_told_from_numbers_has_a_signature() -> None:
    """And what has one says how it is told; rows without a key are a convention (E18)."""
    told = {name for name, entry in ENGINEERS.items() if entry.told}

    assert {signature.mistake for signature in SIGNATURES} | {"E18"} == told


def heads_of(shape: tuple[int, ...], dim: int, *, seed: int = 0, scale: float = 1.0) -> Array:
    """Draw queries, keys or values."""
    rng = np.random.default_rng(seed)
    batch, heads, tokens = shape
    return (rng.normal(size=(batch, heads, tokens, dim)) * scale).astype("float32")


def qkv(shape: tuple[int, int, int, int], *, scale: float = 1.0) -> dict[str, Array]:
    """Draw queries, keys and values."""
    batch, heads, queries, keys = shape
    return {
        "q": heads_of((batch, heads, queries), 8, seed=1, scale=scale),
        "k": heads_of((batch, heads, keys), 8, seed=2, scale=scale),
        "v": heads_of((batch, heads, keys), 6, seed=3),
    }


def softmax(scores: Array) -> Array:
    """As frameworks do: the largest score is taken off, and nothing is caught."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def ids(findings: Findings) -> list[str]:
    """Return what was named."""
    return [cause.mistake for cause in findings.causes]


def in_half(given: dict[str, Array]) -> dict[str, Array]:
    """Store it in float16."""
    with np.errstate(over="ignore"):
        return {name: array.astype(HALF) for name, array in given.items()}


def attend_in_half(given: dict[str, Array], mask: Array | None = None) -> dict[str, Array]:
    """Store every step in float16; a mask is multiplied by -1e9 and added, in that type too."""
    made: dict[str, Array] = {}
    q, k, v = (given[name].astype("float32") for name in "qkv")
    with np.errstate(all="ignore"):
        made["scores"] = (q @ k.swapaxes(-1, -2)).astype(HALF)
        made["scaled"] = (made["scores"] * np.float16(8**-0.5)).astype(HALF)
        last = made["scaled"]
        if mask is not None:
            hidden = (~mask).astype(HALF) * np.float16(-1e9)
            last = made["masked"] = (last + hidden).astype(HALF)
        made["weights"] = softmax(last.astype("float32")).astype(HALF)
        made["heads"] = (made["weights"].astype("float32") @ v).astype(HALF)
    return made


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "held",
    [
        ("scores", "scaled", "weights", "heads"),
        ("scaled",),
        ("weights", "heads"),
        ("heads",),
    ],
)
def test_scores_beyond_float16(shape: tuple[int, int, int, int], held: tuple[str, ...]) -> None:
    """E44: scores of 65,504 and more are infinite, and results no numbers."""
    given = in_half(qkv(shape, scale=160.0))
    made = attend_in_half(given)
    findings = audit_dump({**given, **{name: made[name] for name in held}}, heads=shape[1])

    assert np.isinf(made["scores"]).any()
    assert ids(findings) == ["E44"]
    assert findings.first_wrong is not None
    assert findings.first_wrong.name == held[0]


def test_an_infinite_score_that_fits_is_no_overflow() -> None:
    """The probe can fail: a score of 3 that became infinite is not explained by the type."""
    given = in_half(qkv(SHAPES[0]))
    made = attend_in_half(given)
    made["scores"][0, 0, 1, 1] = np.inf

    assert ids(audit_dump({**given, "scores": made["scores"]})) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("held", [("scaled", "masked", "weights"), ("weights",), ("heads",)])
def test_a_sentinel_beyond_float16(
    shape: tuple[int, int, int, int], held: tuple[str, ...]
) -> None:
    """E17: -1e9 is minus infinity in float16, and 0 times that is no number."""
    given = in_half(qkv(shape))
    mask = np.random.default_rng(5).random((shape[0], 1, *shape[2:])) < 0.6
    mask[..., 0] = True
    made = attend_in_half(given, mask)
    findings = audit_dump({**given, "mask": mask, **{name: made[name] for name in held}})

    assert np.isnan(made["masked"]).any()
    assert ids(findings) == ["E17"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("what", ["v", "k"])
def test_what_is_hidden_leaks(shape: tuple[int, int, int, int], dtype: str, what: str) -> None:
    """E19: padding that holds no numbers spoils the result, though it has no weight."""
    given = {name: array.astype(dtype) for name, array in qkv(shape).items()}
    lengths = np.full(shape[0], shape[3] - 2)
    given[what][:, :, -1, 2] = np.nan
    scores = given["q"] @ given["k"].swapaxes(-1, -2) * 8**-0.5
    hidden = np.where(np.arange(shape[3]) < lengths[0], 0.0, -np.inf)
    weights = softmax(scores + hidden)
    made = {"weights": weights, "heads": weights @ given["v"]}
    if what == "v":
        made = {"heads": made["heads"]}
    findings = audit_dump({**given, "key_lengths": lengths, **made})

    assert ids(findings) == ["E19"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["nan", "uniform"])
@pytest.mark.parametrize("held", [("weights", "heads"), ("heads",)])
def test_rows_without_a_key(
    shape: tuple[int, int, int, int], kind: str, held: tuple[str, ...]
) -> None:
    """E18: what a query has that sees no key is a convention, and said to be one."""
    given: dict[str, Any] = {n: a.astype("float64") for n, a in qkv(shape).items()}
    mask = np.ones((shape[0], 1, *shape[2:]), bool)
    mask[:, :, 1] = False
    with np.errstate(invalid="ignore"):
        scores = given["q"] @ given["k"].swapaxes(-1, -2) * 8**-0.5
        weights = softmax(np.where(mask, scores, -np.inf if kind == "nan" else -1e30))
    made = {"weights": weights, "heads": weights @ given["v"]}
    findings = audit_dump({**given, "mask": mask, **{name: made[name] for name in held}})

    assert findings.is_right
    assert {difference.mistake for difference in findings.differences} == {"E18"}


def dropped(weights: Array, share: float, *, seed: int = 9) -> Array:
    """Drop weights."""
    kept = np.random.default_rng(seed).random(weights.shape) >= share
    return weights * kept / (1 - share)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_dropout(shape: tuple[int, int, int, int], share: float, dtype: str) -> None:
    """E43: zeros and one factor, whatever the share and the type."""
    given = {name: array.astype(dtype) for name, array in qkv(shape).items()}
    wide = {name: array.astype("float64") for name, array in given.items()}
    scores = wide["q"] @ wide["k"].swapaxes(-1, -2) * 8**-0.5
    findings = audit_dump({**given, "weights": dropped(softmax(scores), share).astype(dtype)})

    assert ids(findings) == ["E43"]


def test_weights_that_are_off_are_no_dropout() -> None:
    """The probe can fail: zeros with another factor in one cell, or some cells left alone."""
    given = {name: array.astype("float64") for name, array in qkv(SHAPES[0]).items()}
    weights = softmax(given["q"] @ given["k"].swapaxes(-1, -2) * 8**-0.5)
    off = dropped(weights, 0.25)
    off[0, 0, 0, np.argmax(off[0, 0, 0])] *= 1.1
    partly = np.where(np.arange(weights.shape[-1]) == 2, weights, dropped(weights, 0.25))

    assert ids(audit_dump({**given, "weights": off})) == []
    assert ids(audit_dump({**given, "weights": partly})) == []


def test_noise_has_no_cause() -> None:
    """What follows no law is called wrong, and nothing is named."""
    rng = np.random.default_rng(1)
    for name in ("scores", "weights", "heads"):
        given = {each: array.astype("float64") for each, array in qkv(SHAPES[0]).items()}
        mask = np.ones((2, 1, 4, 6), bool)
        mask[..., -1] = False
        findings = audit_dump({**given, "mask": mask, name: rng.random((2, 2, 4, 6))})

        assert findings.first_wrong is not None
        assert findings.causes == ()


def test_an_output_of_another_width_is_refused() -> None:
    """Joined heads have a width; an output of another one lacks w_o, and that is said."""
    given = {name: array.astype("float64") for name, array in qkv(SHAPES[0]).items()}

    with pytest.raises(ShapeError, match=r"output must have 12 features .* it has 2"):
        audit_dump({**given, "output": np.ones((2, 4, 2))})

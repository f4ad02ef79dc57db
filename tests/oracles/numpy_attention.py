"""Attention in plain NumPy, with tokens as columns: the oracle of the recipe "exact".

Nothing here comes from Limelight. `worked` returns every matrix that a person would write
down, under the names of the glossary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array: TypeAlias = npt.NDArray[np.float64]

EPSILON = 1e-5
"""What layer normalisation adds to the variance, as frameworks have it."""


def worked(
    kind: str, given: Mapping[str, Array], *, heads: int = 1, causal: bool = False
) -> dict[str, Array]:
    """Return every step of an exercise by name."""
    match kind:
        case "softmax":
            return softmax(given["C"])
        case "dot-product":
            return scores(given["K"], given["Q"])
        case "self-attention":
            return attention(given, given["X"], heads=heads, causal=causal)
        case "cross-attention":
            return attention(given, given["Y"], heads=heads)
        case "transformer":
            mixed = given["X"] @ given["A"]
            return {"Z": mixed} | feed_forward(given, mixed)
        case "encoder-block":
            return encoder_block(given, heads=heads)
    raise LookupError(kind)


def scores(keys: Array, queries: Array, head: str = "") -> dict[str, Array]:
    """S = KᵀQ (keys, queries)."""
    return {f"K_T{head}": keys.T, f"S{head}": keys.T @ queries}


def softmax(exponents: Array, head: str = "") -> dict[str, Array]:
    """E, sums and A of each column; a column that is hidden altogether weighs 0."""
    powers = np.exp(exponents)
    total = powers.sum(axis=0, keepdims=True)
    weights = powers / np.where(total == 0, 1, total)
    return {f"E{head}": powers, f"sums{head}": total, f"A{head}": weights}


def attention(
    given: Mapping[str, Array], memory: Array, *, heads: int, causal: bool = False
) -> dict[str, Array]:
    """Attention of one head or of several, from Q to Z, and O where there is a W_O."""
    x = given["X"]
    tokens = np.arange(x.shape[1])
    found: dict[str, Array] = {}
    visible = given.get("mask")
    if causal:
        visible = found["mask"] = (tokens[:, None] <= tokens[None, :]).astype(np.float64)
    parts = _parts(given, memory, heads, found)
    for head, (queries, keys, values) in parts.items():
        found |= {f"Q{head}": queries, f"K{head}": keys, f"V{head}": values}
        found |= _head(queries, keys, values, visible, head)
    if heads > 1:
        found["Z"] = np.concatenate([found[f"Z{head}"] for head in parts])
    if "W_O" in given:
        found["O"] = given["W_O"] @ found["Z"]
    return found


def _parts(
    given: Mapping[str, Array], memory: Array, heads: int, found: dict[str, Array]
) -> dict[str, Sequence[Array]]:
    """Return queries, keys and values of each head; what is split goes into *found* too."""
    sources = {"Q": given["X"], "K": memory, "V": memory}
    if heads == 1:
        return {"": [given[f"W_{name}"] @ source for name, source in sources.items()]}
    if "W_Q" not in given:
        return {
            str(head): [given[f"W_{name}{head}"] @ source for name, source in sources.items()]
            for head in range(1, heads + 1)
        }
    whole = {name: given[f"W_{name}"] @ source for name, source in sources.items()}
    found |= whole
    split = zip(*(np.split(matrix, heads) for matrix in whole.values()), strict=True)
    return {str(head): parts for head, parts in enumerate(split, 1)}


def _head(
    queries: Array, keys: Array, values: Array, visible: Array | None, head: str
) -> dict[str, Array]:
    """One head: S, C, M where something is hidden, E, sums, A, Z."""
    found = scores(keys, queries, head)
    scaled = found[f"C{head}"] = found[f"S{head}"] / np.sqrt(queries.shape[0])
    if visible is not None:
        scaled = found[f"M{head}"] = np.where(visible == 1, scaled, -np.inf)
    found |= softmax(scaled, head)
    found[f"Z{head}"] = values @ found[f"A{head}"]
    return found


def feed_forward(given: Mapping[str, Array], source: Array) -> dict[str, Array]:
    """U, H, G, D and F: W_2 ReLU(W_1 x + b_1) + b_2."""
    found = {"U": given["W_1"] @ source}
    wide = found["U"]
    if "b_1" in given:
        wide = found["H"] = wide + given["b_1"]
    found["G"] = np.maximum(wide, 0)
    out = given["W_2"] @ found["G"]
    if "b_2" in given:
        found["D"] = out
        out = out + given["b_2"]
    return found | {"F": out}


def normalised(columns: Array, gain: Array | None, shift: Array | None) -> Array:
    """Layer normalisation of each column, with the biased variance."""
    result: Array = (columns - columns.mean(axis=0)) / np.sqrt(columns.var(axis=0) + EPSILON)
    return result if gain is None or shift is None else result * gain + shift


def encoder_block(given: Mapping[str, Array], *, heads: int) -> dict[str, Array]:
    """Attention, add and normalise, feed-forward, add and normalise."""
    found = attention(given, given["X"], heads=heads)
    found["R_A"] = given["X"] + found["O"]
    found["N_A"] = normalised(found["R_A"], given.get("gamma_A"), given.get("beta_A"))
    found |= feed_forward(given, found["N_A"])
    found["R_F"] = found["N_A"] + found["F"]
    found["N_F"] = normalised(found["R_F"], given.get("gamma_F"), given.get("beta_F"))
    return found

"""Forms of generated exercises: every kind, and sizes from the smallest to the largest."""

from __future__ import annotations

from limelight.exercises.generate import Form

USUAL = [
    Form.of("softmax"),
    Form.of("dot-product"),
    Form.of("self-attention"),
    Form.of("self-attention", causal=True),
    Form.of("self-attention", heads=3),
    Form.of("cross-attention"),
    Form.of("transformer"),
    Form.of("encoder-block"),
]
"""One of each kind, with the sizes that it has unless others are asked for."""

ONE_NUMBER = [
    Form.of("softmax", sizes={"keys": 1, "queries": 1}),
    Form.of("dot-product", sizes={"d_k": 1, "keys": 1, "queries": 1}),
    Form.of("self-attention", sizes=dict.fromkeys(("features", "tokens", "d_k", "d_v"), 1)),
    Form.of("transformer", sizes=dict.fromkeys(("features", "tokens", "hidden", "out"), 1)),
]
"""A single number in every matrix."""

OTHER_SIZES = [
    Form.of("softmax", sizes={"queries": 1}),
    Form.of("softmax", sizes={"keys": 12, "queries": 3}),
    Form.of("dot-product", sizes={"d_k": 5, "keys": 6, "queries": 4}),
    Form.of("self-attention", sizes={"tokens": 6, "features": 5, "d_k": 2, "d_v": 4}),
    Form.of("self-attention", sizes={"tokens": 1, "features": 6}),
    Form.of("self-attention", sizes={"features": 1}),
    Form.of("self-attention", sizes={"out": 2}),
    Form.of("self-attention", sizes={"tokens": 12, "features": 6}, heads=3),
    Form.of("self-attention", recipe="exact"),
    Form.of("cross-attention", sizes={"queries": 5, "keys": 6, "features of Y": 3}),
    Form.of("cross-attention", heads=2),
    Form.of("transformer", sizes={"tokens": 6, "features": 5, "hidden": 8, "out": 2}),
    Form.of("encoder-block", heads=1),
    Form.of("encoder-block", recipe="exact"),
]

LARGE = [
    Form.of("self-attention", sizes={"tokens": 64, "features": 64, "d_k": 8, "d_v": 8}),
    Form.of("encoder-block", sizes={"tokens": 6, "features": 8}),
]

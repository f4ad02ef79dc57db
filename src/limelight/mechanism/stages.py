"""The stages of the method, and what each is for, in plain words."""

from __future__ import annotations

from limelight.mechanism.plan import Stage

PROJECT = Stage(
    "Queries, keys and values",
    "Three views of every token: what it asks for, what it can be found by, what it passes on.",
)
SPLIT = Stage(
    "Split into heads",
    "Each head gets its own part of the queries, keys and values and attends by itself.",
)
SCORE = Stage(
    "Scores",
    "Every key meets every query. The better they agree, the larger the score.",
)
SCALE = Stage(
    "Scale",
    "Longer keys give larger scores. Dividing by √d_k (by hand: halving) keeps them moderate.",
)
MASK = Stage(
    "Mask",
    "A token must not see what is hidden from it: such scores become -∞, their weight 0.",
)
SOFTMAX = Stage(
    "Softmax: raise, sum, divide",
    "Scores become weights: positive, and for every query they add up to 1.",
)
MIX = Stage(
    "Weighted values",
    "Each token receives a mixture of the values, each as strongly as its weight says.",
)
JOIN = Stage(
    "Join the heads",
    "What the heads found is put together and mixed once more.",
)
PROJECT_OUT = Stage(
    "Output projection",
    "What was gathered is turned back into features of the token.",
)
WEIGH = Stage(
    "Attention weighting",
    "The weights are given: each token's features become a mixture of all tokens' features.",
)
FEED_FORWARD = Stage(
    "Feed-forward network",
    "Each token by itself: more room, a cut at 0 (ReLU), and back. No token sees another here.",
)
ADD_ATTENTION = Stage(
    "Add and normalise",
    "The token keeps what it was and adds what it gathered; then its numbers are evened out.",
)
ADD_FORWARD = Stage(
    "Add and normalise again",
    "The same once more for what the feed-forward network made.",
)

"""The stages of the method, and what each is for, in plain words."""

from __future__ import annotations

from limelight.mechanism.plan import Stage

PROJECT = Stage(
    "Queries, keys and values",
    "Three views of every token: what it asks for, what it can be found by, what it passes on.",
    "Think of a library. A query is what a token is looking for, a key is the title on the spine "
    "that others find it by, a value is what stands in the book. Each view is the token times "
    "a matrix of weights; what a model learns is these weights.",
)
SPLIT = Stage(
    "Split into heads",
    "Each head gets its own part of the queries, keys and values and attends by itself.",
    "One head can look for one thing at a time. Several heads look for several things at once: "
    "who acts, what it refers to, what stands next to it.",
)
SCORE = Stage(
    "Scores",
    "Every key meets every query. The better they agree, the larger the score.",
    "Multiply a key and a query number by number and add up: large where they point the same "
    "way, 0 where they have nothing to do with each other, negative where they disagree. "
    "Row by column, this fills a table of who suits whom.",
)
SCALE = Stage(
    "Scale",
    "Longer keys give larger scores. Dividing by √d_k (by hand: halving) keeps them moderate.",
    "A score adds up as many products as a key has numbers, so longer keys give larger scores. "
    "The next step raises a base to them, where large scores would leave the winner everything. "
    "So they are made smaller first, all by the same factor.",
)
MASK = Stage(
    "Mask",
    "A token must not see what is hidden from it: such scores become -∞, their weight 0.",
    "Whoever predicts the next word must not peek at it. A hidden score becomes -∞, and any base "
    "to the power of -∞ is 0: nothing of that token is mixed in.",
)
SOFTMAX = Stage(
    "Softmax: raise, sum, divide",
    "Scores become weights: positive, and for every query they add up to 1.",
    "Scores may be negative, shares may not. Raising a base to them makes every number positive "
    "and keeps their order, and the largest stands out. Divided by their sum, the numbers of "
    "a query become shares of one whole.",
)
MIX = Stage(
    "Weighted values",
    "Each token receives a mixture of the values, each as strongly as its weight says.",
    "This is what attention is for. Each value is multiplied by its weight and all are added up, "
    "so a token leaves with what it was looking for, gathered from wherever it was found.",
)
JOIN = Stage(
    "Join the heads",
    "What the heads found is put together and mixed once more.",
    "Each head has looked at the same tokens for another reason. Their results are stacked, so "
    "that what follows can use all of them.",
)
PROJECT_OUT = Stage(
    "Output projection",
    "What was gathered is turned back into features of the token.",
    "The gathered numbers need not be as many as a token has features. One more matrix of weights "
    "leads back, so that the next layer finds what it expects.",
)
WEIGH = Stage(
    "Attention weighting",
    "The weights are given: each token's features become a mixture of all tokens' features.",
    "Each column of A says how much of every token goes into one new token. Attention has "
    "worked these weights; here they are given.",
)
FEED_FORWARD = Stage(
    "Feed-forward network",
    "Each token by itself: more room, a cut at 0 (ReLU), and back. No token sees another here.",
    "Attention only mixes what is there. The feed-forward network makes something new of it: it "
    "asks many small questions of a token, keeps only those that are answered yes (ReLU makes "
    "the rest 0), and adds up what follows from them.",
)
ADD_ATTENTION = Stage(
    "Add and normalise",
    "The token keeps what it was and adds what it gathered; then its numbers are evened out.",
    "Adding keeps the token from being lost on its way through many layers. Taking off the mean "
    "and dividing by the deviation keeps its numbers from growing with each of them.",
)
ADD_FORWARD = Stage(
    "Add and normalise again",
    "The same once more for what the feed-forward network made.",
    "The token is itself, plus what it gathered, plus what was made of both: ready for the next "
    "layer, which begins the same way.",
)

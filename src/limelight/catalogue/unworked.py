"""Entries that no rewriting of a step shows, and why."""

from __future__ import annotations

from limelight.catalogue.mistake import Mistake

SLIP = Mistake(
    id="L7",
    name="slip in one cell",
    sentence="One cell is wrong, the others of its step are right.",
    remedy="Work that cell once more, term by term.",
    evidence="",
    reason="a slip may fall on any cell, so every exercise shows it where it is made",
)

POSITION = Mistake(
    id="L26",
    name="positional encoding: exponent, or position and dimension exchanged",
    sentence="The waves of the positional encoding have the wrong lengths or lie across.",
    remedy="The position is the token's number; the dimension sets the wave's length.",
    evidence="Transformer #25 (SamLynnEvans); LoFTR #41",
    reason="no kind of exercise has a positional encoding yet",
)

CARRIED = Mistake(
    id="L27",
    name="error carried forward",
    sentence="This step is right for what stands before it; the mistake is further up.",
    remedy="Put the first wrong step right; what follows then comes right as well.",
    evidence="Numbas #368",
    reason="it follows from an earlier mistake, and is told from somebody's own numbers",
)

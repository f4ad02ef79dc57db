"""Engineers' mistakes that no rewriting of a step shows: numbers out of range, or chance.

The room `auditing` tells them from the numbers themselves.
"""

from __future__ import annotations

from limelight.catalogue.mistake import Mistake

SENTINEL_OVERFLOWS = Mistake(
    id="E17",
    name="sentinel overflows float16",
    sentence="The number that stands for minus infinity left the range of the scores' type.",
    remedy="Use minus infinity with where or masked_fill, or the least number of that type, "
    "and never add two of them.",
    evidence="apex #93; fairseq #3575; transformers PR #17306",
    needs="scores in float16 or bfloat16, and a mask",
    told="Scores of visible keys are no numbers, since 0 was multiplied by minus infinity; so is "
    "everything after them. A row without a visible key is E18.",
)

DEAD_ROW = Mistake(
    id="E18",
    name="row without a visible key",
    sentence="A query that sees no key got something else than 0: no number, or an even mixture.",
    remedy="Decide what such rows are to be, and set them after the softmax; Limelight and ONNX "
    "say 0.",
    evidence="pytorch #103963, PR #131060",
    needs="a query that sees no key",
    told="Rows without a visible key are the only ones that differ.",
)

HIDDEN_LEAKS = Mistake(
    id="E19",
    name="what is hidden leaks as no number",
    sentence="Hidden keys or values that are no numbers, or infinite, spoilt what sees others: "
    "0 times no number is no number.",
    remedy="Set hidden values to 0 before they are weighed: padding may hold anything.",
    evidence="pytorch #101967",
    needs="keys or values that are no numbers, where they are hidden",
    told="What is no number stands where hidden keys or values are none, and nowhere else.",
)

DROPOUT_ON = Mistake(
    id="E43",
    name="dropout left on",
    sentence="Some weights are 0 and all others are larger by one factor: dropout was at work.",
    remedy="Call eval(), and hand on dropout 0 where it is not training.",
    evidence="pytorch #124464; timm PR #1978; nanoGPT PR #240",
    needs="weights; of the output alone, two runs that differ",
    told="Some weights are 0, all others 1/(1 - p) times what they ought to be.",
)

OVERFLOW = Mistake(
    id="E44",
    name="float16 overflow",
    sentence="Numbers beyond 65,504 became infinite, and no numbers after that.",
    remedy="Scale queries before the product, or keep scores in float32 or bfloat16.",
    evidence="pytorch #60939",
    needs="scores beyond 65,504",
    told="What is infinite or no number is beyond 65,504, or follows from a score that is, and "
    "nothing else is wrong.",
)

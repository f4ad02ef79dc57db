"""An observation as HTML: a table of the heads, and their pictures side by side.

It stands on whatever background the page has. Lines and text take the page's own colour, and
what is a picture lets the background through: a notebook's dark theme does not answer to
prefers-color-scheme.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from limelight.stream.gallery import gallery
from limelight.stream.table import table

if TYPE_CHECKING:
    from limelight.stream.observation import Observation
    from limelight.stream.problem import Problem

MOST_HEADS = 16
"""Further heads are counted, not shown."""

STYLE = """
.limelight-seen{line-height:1.5}
.limelight-seen h3{margin:.6em 0 0}
.limelight-seen p{margin:.2em 0}
.limelight-seen small{font-size:.85em;font-weight:400;opacity:.8}
.limelight-seen .scroll{overflow-x:auto;max-width:100%;margin:.8em 0}
.limelight-seen table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:auto;
table-layout:auto;margin:0}
.limelight-seen caption{caption-side:top;text-align:left;padding:0 0 .3em;color:inherit}
.limelight-seen th,.limelight-seen td{padding:.2em .55em;text-align:right;vertical-align:middle;
white-space:nowrap;background:none;color:inherit;border:0}
.limelight-seen thead th{vertical-align:bottom;line-height:1.3;
border-bottom:1px solid color-mix(in srgb,currentColor 45%,transparent)}
.limelight-seen tbody th,.limelight-seen tbody td{
border-bottom:1px solid color-mix(in srgb,currentColor 15%,transparent)}
.limelight-seen th:first-child{text-align:left;padding-left:.2em}
.limelight-seen tbody th{font-weight:600}
.limelight-seen thead small{display:block}
.limelight-seen svg{display:inline-block;vertical-align:middle}
.limelight-seen .keys{text-align:left}
.limelight-seen .legend{display:flex;flex-wrap:wrap;gap:.2em 1.8em;margin:.4em 0 .8em}
.limelight-seen .legend span{display:inline-flex;align-items:center;gap:.5em}
.limelight-seen .legend img{outline:1px solid color-mix(in srgb,currentColor 35%,transparent)}
.limelight-seen .pictures{display:flex;flex-wrap:wrap;gap:1em .9em;align-items:flex-end}
.limelight-seen figure{margin:0}
.limelight-seen img{display:block;max-width:100%;margin:0;background:none}
.limelight-seen figure img{outline:1px solid color-mix(in srgb,currentColor 25%,transparent)}
.limelight-seen figcaption{display:flex;justify-content:space-between;gap:.6em;
align-items:baseline;font-weight:600;margin-bottom:.2em}
""".strip()


def page_of(observation: Observation) -> str:
    """Return what was seen of the first heads, as far as it was wanted."""
    problem = observation.rows.problem
    heads = list(np.ndindex(*problem.leading[:-1]))
    shown = heads[:MOST_HEADS]
    more = len(heads) - len(shown)
    parts = [
        '<section class="limelight-seen" aria-label="Attention observed">',
        f"<style>{STYLE}</style>",
        "<h3>Attention observed</h3>",
        f"<p>{facts_of(problem)}</p>",
        table(observation, shown),
        gallery(observation, shown),
        f"<p>and {more:,} more heads</p>" if more else "",
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def facts_of(problem: Problem) -> str:
    """Say in a line how much there is, and which options are in force."""
    *batch, heads, queries = problem.leading
    counts = [(math.prod(batch), "batch entries")] if batch else []
    counts += [(heads, "heads"), (queries, "queries"), (problem.keys, "keys")]
    found = [f"{name}: {count:,}" for count, name in counts] + [problem.q.dtype]
    options = problem.options
    if options.causal:
        found.append(f"causal {options.causal}")
    left, right = options.window
    if left is not None:
        found.append(f"window {left:,} back")
    if right is not None and not options.causal:
        found.append(f"window {right:,} ahead")
    numbers = {"scale": options.scale, "softcap": options.softcap}
    found += [f"{name} {value:.4g}" for name, value in numbers.items() if value is not None]
    arrays = (options.mask, options.key_lengths, options.sinks, options.bias)
    found += [each.name.replace("_", " ") for each in arrays if each is not None]
    return " · ".join(found)

"""How a worksheet looks on a screen, light or dark, and on paper."""

from __future__ import annotations

PAPER = 51
"""The width of a page between its margins, in em of print: 182 mm of A4 at 10 points."""

MOST_ROWS = 18
"""The most rows of a piece: with its caption and its words it still fits on a page."""

LONGEST_LABEL = 10
"""Letters of a label before it goes on in the next line."""

LONGEST_NUMBER = 34
"""Letters of the longest number that a cell can show, at the most decimals."""

GAP = 1.3
"""Between a box and what stands beside it, in em."""

BESIDE_WORDS = 12
"""Em that words need at the right of a box; with less they stand above it."""


def column_width(letters: int) -> float:
    """Return how wide a column is, in em: room for a pencil at least."""
    return max(2.7, round(0.7 * letters + 0.6, 2))


def label_width(letters: int) -> float:
    """Return how wide the label of a row is, in em."""
    return round(0.56 * letters + 0.7, 2)


_WIDTHS = "\n".join(
    [
        *(
            f"& .c{letters} col{{width:{column_width(letters)}em}}"
            for letters in range(1, LONGEST_NUMBER + 1)
        ),
        *(
            f"& .l{letters} col.labels{{width:{label_width(letters)}em}}"
            for letters in range(1, LONGEST_LABEL + 1)
        ),
    ]
)

# Lines and quiet words are mixed from the text's own colour, so that they fit any background: a
# notebook's dark theme does not answer to prefers-color-scheme. Nothing is told by colour alone.
_LOOKS = """
&{line-height:1.45;--line:color-mix(in srgb,currentColor 65%,transparent);
--faint:color-mix(in srgb,currentColor 38%,transparent);
--quiet:color-mix(in srgb,currentColor 78%,transparent)}
& :is(h1,h2,h3,h4,h5){line-height:1.25;margin:0}
& .title{font-size:1.6em;font-weight:650}
& .kind{font-size:.5em;font-weight:650;letter-spacing:.08em;text-transform:uppercase;
border:1px solid;border-radius:.3em;padding:.15em .6em;vertical-align:.35em;margin-left:.5em;
white-space:nowrap}
& .part{font-size:1.25em;font-weight:650;margin:1.6em 0 .2em}
& .stage{font-size:1.08em;font-weight:650}
& p{margin:.25em 0;overflow-wrap:anywhere}
& header>p,& .end{max-width:46em}
& header>.person{display:flex;flex-wrap:wrap;gap:.4em 1.5em;max-width:none;margin:.6em 0 1em}
& .person span{display:flex;flex:1 1 9em;gap:.5em;align-items:end}
& .person .name{flex:3 1 16em}
& .person i{flex:1;border-bottom:1px solid var(--line);height:1.7em}
& dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.05em 1em;margin:.5em 0;
color:var(--quiet);font-size:.9em}
& dd{margin:0;overflow-wrap:anywhere}
& :is(.purpose,.end,.saying){color:var(--quiet)}
& .tableau{container-type:inline-size;overflow-x:auto;margin:1.1em 0 1.6em;padding-bottom:.2em}
& .tableau:focus-visible{outline:2px solid;outline-offset:4px}
& .lines{display:grid;justify-content:start;
grid-template-columns:max-content max-content minmax(BESIDE_WORDSem,1fr)}
& .line{display:grid;grid-column:1/-1;grid-template-columns:subgrid;align-items:end;
margin-top:.9em;break-inside:avoid}
& .head{break-after:avoid;margin-top:0}
& .begins,& .steps,& .above .words{position:sticky;left:0;max-width:min(100cqw,46em)}
& .begins{grid-column:1/-1;grid-row:1;margin-bottom:.5em;break-after:avoid}
& :is(.words,.beside,.main){grid-row:2}
& .line:not(.head)>.begins{margin-top:.6em}
& .beside{grid-column:1;justify-self:end;display:flex;align-items:end;gap:GAPem;
margin-right:GAPem}
& .main{grid-column:2}
& .above :is(.beside,.main){grid-row:3}
& .words{grid-column:3;align-self:start;margin-left:GAPem;max-width:26em;padding-top:.15em}
& .words math{math-style:normal}
& .above .words{grid-column:1/-1;margin-left:0;padding:0 0 .4em}
& .saying{font-size:.92em}
& .steps{break-inside:avoid;break-after:avoid}
& .steps .words{padding:0;margin:.1em 0 .6em;max-width:none}
& .columns{display:flex;align-items:end;gap:GAPem;break-inside:avoid}
& .column{display:flex;flex-direction:column;gap:.7em}
& table{table-layout:fixed;width:1px;border-collapse:collapse;margin:0;font-size:1em;
font-variant-numeric:tabular-nums lining-nums;color:inherit;break-inside:avoid}
& caption{caption-side:top;text-align:left;color:inherit;padding:0 0 .1em;line-height:1.25;
font-weight:400;overflow-wrap:anywhere}
& caption math{font-size:1.15em}
& caption small{color:var(--quiet);font-size:.78em}
& :is(th,td){box-sizing:border-box;padding:.1em .25em;background:none;color:inherit;
overflow-wrap:anywhere;line-height:1.15;text-align:center;vertical-align:middle;border:0}
& th{font-weight:400;font-size:.8em;color:var(--quiet)}
& th[scope=col]{vertical-align:bottom}
& th[scope=row]{text-align:right}
& tbody td{white-space:nowrap;height:2.3em;border:1px solid var(--faint)}
& .tall tbody td{height:2.9em}
& td small{display:block;font-size:.8em;color:var(--quiet);font-weight:400}
& .worked{font-weight:600}
& tbody .blank{border-color:var(--line)}
& td:is(.right,.carried,.wrong,.missing){position:relative}
& td i{position:absolute;top:0;right:.2em;font-size:.65em;font-style:normal;color:var(--quiet)}
& .wrong{outline:2px solid;outline-offset:-2px;font-weight:600;
background:color-mix(in srgb,#d33 18%,transparent)}
& .wrong small{font-weight:600;color:inherit}
& .carried{background:color-mix(in srgb,#c80 16%,transparent)}
& .right{background:color-mix(in srgb,#2a2 9%,transparent)}
& .copy tbody td{border-style:dashed;font-weight:400}
& footer{margin-top:2em;padding-top:.4em;border-top:1px solid var(--faint);font-size:.85em;
color:var(--quiet);display:flex;flex-wrap:wrap;gap:.2em 1.5em;overflow-wrap:anywhere}
@container (max-width:40em){& .lines{grid-template-columns:max-content max-content 1fr}
& .words{grid-column:1/-1;position:sticky;left:0;margin-left:0;max-width:100cqw;
padding:0 0 .4em}& :is(.beside,.main){grid-row:3}}
@media print{& .tableau{overflow:visible}& :is(.title,.part,.stage){break-after:avoid}}
""".strip()

STYLE = (
    _LOOKS.replace("BESIDE_WORDS", str(BESIDE_WORDS)).replace("GAP", str(GAP)) + "\n" + _WIDTHS
).replace("&", ".limelight-worksheet")
"""What a worksheet's own elements look like; it touches nothing else of a page."""

PAGE_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.45 system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif;margin:0 auto;
max-width:58em;padding:2em 1.25em 3em;box-sizing:border-box}
@page{margin:14mm 14mm 16mm}
@media print{:root{color-scheme:light}body{font-size:10pt;padding:0;max-width:none}}
""".strip()

"""Render a sheet as a piece of HTML: tables with captions, readable in light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from limelight.notation.plain import Plain, symbol_text
from limelight.render.markup import definitions, escaped, paragraph

if TYPE_CHECKING:
    from limelight.sheet.model import Block, Grid, Section, Sheet

# Colours are mixed from the text's own colour, so that they fit any background: a notebook's
# dark theme does not answer to prefers-color-scheme.
STYLE = """
.limelight{line-height:1.5;max-width:72rem}
.limelight h3,.limelight h4{margin:1.2em 0 .3em}
.limelight p{margin:.3em 0;max-width:44rem}
.limelight .purpose{opacity:.85}
.limelight dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1em;margin:.5em 0}
.limelight dt{opacity:.8}
.limelight dd{margin:0}
.limelight .formula{font-weight:600}
.limelight .statement{margin-top:.8em}
.limelight .grids{display:flex;flex-wrap:wrap;align-items:center;gap:.5em 1em;margin:.6em 0}
.limelight .sign{font-size:1.4em;padding-top:1.6em}
.limelight .sum{margin-bottom:1.2em}
.limelight table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:auto;margin:0}
.limelight caption{text-align:left;caption-side:top;padding:0 0 .2em;font-weight:600;
white-space:nowrap;color:inherit}
.limelight caption small{font-weight:400}
.limelight th{font-weight:400;opacity:.8}
.limelight th,.limelight td{padding:.15em .5em;min-width:2.2em;box-sizing:border-box;
text-align:right;background:none;color:inherit}
.limelight tbody td{border:1px solid color-mix(in srgb,currentColor 35%,transparent)}
.limelight thead td{border:0}
.limelight table.result tbody td{font-weight:600;
background:color-mix(in srgb,currentColor 8%,transparent)}
.limelight .scroll{overflow-x:auto;max-width:100%}
""".strip()


@dataclass(frozen=True, slots=True)
class Html:
    """Draws a sheet as one `<section>`; nothing of a stranger's is left unescaped."""

    sheet: Sheet

    def text(self) -> str:
        """Return the whole piece, its style included."""
        parts = [
            f'<section class="limelight" aria-label="{escaped(self.sheet.title)}">',
            f"<style>{STYLE}</style>",
            f"<h3>{escaped(self.sheet.title)}</h3>",
            paragraph(self.sheet.about),
            definitions(self.sheet.facts),
            *(self._section(section) for section in self.sheet.sections),
            *(paragraph(note) for note in self.sheet.notes),
            "</section>",
        ]
        return "\n".join(part for part in parts if part)

    @property
    def _writer(self) -> Plain:
        return Plain(self.sheet.digits, self.sheet.fractions)

    def _section(self, section: Section) -> str:
        heading = f"{section.number} {section.title}".strip()
        blocks = "\n".join(self._block(block) for block in section.blocks)
        purpose = paragraph(section.purpose, "purpose")
        return f"<h4>{escaped(heading)}</h4>\n{purpose}\n{blocks}"

    def _block(self, block: Block) -> str:
        statement = escaped(block.saying)
        if block.formula:
            left, right = block.formula
            formula = escaped(f"{self._writer(left)} = {self._writer(right)}")
            statement = f'<span class="formula">{formula}</span> &ensp; {statement}'
        parts = [f'<p class="statement">{statement}</p>' if statement else ""]
        if block.grids:
            parts.append(f'<div class="grids">{self._grids(block)}</div>')
        parts += [
            paragraph(self._writer.equation(equation), "sum") for equation in block.equations
        ]
        return "\n".join(part for part in parts if part)

    def _grids(self, block: Block) -> str:
        pieces = []
        for sign, grid in zip(("", *block.signs), block.grids, strict=True):
            if sign:
                pieces.append(f'<span class="sign">{escaped(sign)}</span>')
            pieces.append(self._grid(grid))
        return "".join(pieces)

    def _grid(self, grid: Grid) -> str:
        name = escaped(symbol_text(grid.caption) if grid.is_named else grid.caption)
        axes = escaped(f"{grid.row_axis} × {grid.column_axis}")
        heads = "".join(f'<th scope="col">{escaped(label)}</th>' for label in grid.column_labels)
        rows = "".join(
            f'<tr><th scope="row">{escaped(label)}</th>{self._cells(grid, index)}</tr>'
            for index, label in enumerate(grid.row_labels)
        )
        kind = ' class="result"' if grid.is_result else ""
        return (
            f'<div class="scroll"><table{kind}>'
            f"<caption>{name} <small>{axes}</small></caption>"
            f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _cells(self, grid: Grid, row: int) -> str:
        return "".join(
            f"<td>{escaped(self._writer.number(number))}</td>" for number in grid.numbers[row]
        )

/** Traces as JSON values, as Python writes them: what both are compared by. */

import { symbol } from "./expressions";
import type { Cell } from "./matrix";
import { exactText } from "./numbers";
import { Orientation } from "./orientation";
import { equationText, expressionText, symbolText } from "./plain";
import type { Step } from "./plan";
import { equationOf, madeFrom, tellingCell, type Trace, type Worked } from "./trace";

const STYLE = { digits: 3, fractions: true };

/** Returns every input and step: its values, and all that is said of it. */
export function traceJson(trace: Trace, orientation: Orientation): object[] {
  return [...trace.matrices.values()].map((worked) => ({
    name: worked.name,
    row_labels: worked.rowLabels,
    column_labels: worked.columnLabels,
    values: worked.matrix.map((row) => row.map(exactText)),
    ...(worked.step ? { formula: formulaText(worked.step, orientation) } : {}),
    ...(worked.step ? { saying: sayingOf(worked.step, orientation) } : {}),
    telling: worked.step ? [tellingCell(worked).row, tellingCell(worked).column] : null,
    words: cellsOf(worked).map((cell) =>
      equationText(orientation.equation(equationOf(worked, cell)), STYLE),
    ),
    reads: cellsOf(worked).map((cell) =>
      madeFrom(worked, cell).map(([, cells]) => cells.map(({ row, column }) => [row, column])),
    ),
  }));
}

export function formulaText(step: Step, orientation: Orientation): string {
  const made = step.operation.formula(...step.operands.map(symbol));
  return `${symbolText(step.name)} = ${expressionText(orientation.expression(made), STYLE)}`;
}

/** Says in words what a step does. */
export function sayingOf(step: Step, orientation: Orientation): string {
  const names = step.operands.map(symbolText);
  if (orientation.swaps(step.operation.joiner)) names.reverse();
  return orientation.words(step.operation.saying(...names));
}

const cellsOf = (worked: Worked): Cell[] =>
  worked.matrix.flatMap((row, r) => row.map((_, c) => ({ row: r, column: c })));

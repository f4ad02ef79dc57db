/**
 * Lays a plan out as a hand worksheet: operands above and at the left of their product.
 *
 * A tableau is a head with lines under it that share its columns; a line is a step with what
 * stands beside it. The rules are those of Python's `sheet/by_hand.py`.
 */

import type { Plan, Step } from "./plan";

export interface Line {
  readonly box: string;
  readonly beside: readonly string[];
}

export interface Tableau {
  readonly head: string | null;
  readonly lines: readonly Line[];
}

export interface Part {
  readonly title: string;
  readonly tableaux: readonly Tableau[];
}

interface Needs {
  readonly above: readonly string[];
  readonly beside: readonly string[];
}

export function layOut(plan: Plan): readonly Part[] {
  const drawn = plan.steps.filter((step) => !step.operation.workedBeside);
  const parts: Part[] = [];
  for (const group of byHead(drawn)) {
    parts.push({ title: titleOf(group[0]!.head, drawn), tableaux: tableauxOf(group, plan) });
  }
  const shown = new Set(parts.flatMap((part) => part.tableaux.flatMap(boxesOf)));
  const given = plan.inputs.map(({ name }) => name).filter((name) => !shown.has(name));
  if (!given.length) return parts;
  return [{ title: "Given", tableaux: given.map((head) => ({ head, lines: [] })) }, ...parts];
}

/** Returns what stands on a tableau, in the order in which it is read. */
export function boxesOf(tableau: Tableau): readonly string[] {
  const lines = tableau.lines.flatMap((line) => [...line.beside, line.box]);
  return tableau.head === null ? lines : [tableau.head, ...lines];
}

/** Divides a step's operands into those above and those beside. */
export function needsOf(step: Step, last: string | null = null): Needs {
  const { beside: places, joiner } = step.operation;
  const beside = step.operands.filter((_, index) => places.includes(index));
  const above = step.operands.filter((_, index) => !places.includes(index));
  // What is added may come from either side.
  const swaps = joiner === "+" && beside.length === 1 && beside[0] === last;
  return swaps ? { above: beside, beside: above } : { above, beside };
}

function tableauxOf(steps: readonly Step[], plan: Plan): readonly Tableau[] {
  const tableaux: Tableau[] = [];
  for (const step of steps) {
    const last = tableaux.at(-1);
    const needs = needsOf(step, last ? boxesOf(last).at(-1)! : null);
    const line = { box: step.name, beside: needs.beside };
    if (last && standsUnder(needs, last, plan)) {
      tableaux[tableaux.length - 1] = { ...last, lines: [...last.lines, line] };
    } else {
      tableaux.push({ head: needs.above.length === 1 ? needs.above[0]! : null, lines: [line] });
    }
  }
  return tableaux;
}

/** Tells whether everything needed above is there: the last line, or the head alone. */
function standsUnder(needs: Needs, tableau: Tableau, plan: Plan): boolean {
  const head = tableau.head === null ? [] : [tableau.head];
  const isAbove = needs.above.length === head.length && needs.above[0] === head[0];
  const readsHead =
    isAbove &&
    tableau.lines.every((line) => operandsOf(line.box, plan).some((x) => needs.above.includes(x)));
  const spine = [...head, ...tableau.lines.map((line) => line.box)];
  const last = needs.above.at(-1);
  const goesOn = last !== undefined && last === spine.at(-1);
  return readsHead || (goesOn && needs.above.every((name) => spine.includes(name)));
}

const operandsOf = (name: string, plan: Plan): readonly string[] =>
  plan.steps.find((step) => step.name === name)?.operands ?? [];

function byHead(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (group && group[0]!.head === step.head) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** Names a part: a head, or what comes once the heads are done. */
function titleOf(head: number | null, steps: readonly Step[]): string {
  if (head !== null) return `Head ${head}`;
  return steps.some((step) => step.head !== null) ? "All heads" : "";
}

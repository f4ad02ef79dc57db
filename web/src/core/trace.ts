/** A trace: every step of a plan, worked. */

import { entry, value, type Equation, type Expression } from "./expressions";
import { Fraction, NumberProblem } from "./fraction";
import { at as read, cellKey, each, shapeOf, type Cell, type Matrix } from "./matrix";
import { isExact, MASKED, refuseUnbounded, roundHalfAway, type Num } from "./numbers";
import { settled, shapesOf, type Axes, type Plan, type Step } from "./plan";
import { rounds, type Recipe } from "./recipe";

/** A matrix of a trace: an input, or a step with its result. */
export interface Worked {
  readonly name: string;
  readonly matrix: Matrix;
  readonly axes: Axes;
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  readonly step: Step | null;
  readonly operands: readonly Worked[];
  /** The result before the recipe rounded it. */
  readonly unrounded: Matrix | null;
}

export interface Trace {
  readonly plan: Plan;
  readonly recipe: Recipe;
  readonly matrices: ReadonlyMap<string, Worked>;
}

export type Labels = Readonly<Record<string, readonly string[]>>;

/** Works every step of a plan. */
export function work(
  plan: Plan,
  inputs: ReadonlyMap<string, Matrix>,
  recipe: Recipe,
  labels: Labels = {},
): Trace {
  const given = new Map([...inputs].map(([name, matrix]) => [name, shapeOf(matrix)]));
  const ready = settled(plan, recipe, shapesOf(plan, given));
  const matrices = new Map<string, Worked>();
  const along = (axis: string, size: number): readonly string[] => {
    const words = labels[ready.sequences[axis] ?? ""] ?? [];
    return words.length === size ? words : Array.from({ length: size }, (_, i) => `${i + 1}`);
  };
  const keep = (name: string, matrix: Matrix, axes: Axes, made: Made = GIVEN): void => {
    const { rows, columns } = shapeOf(matrix);
    const rowLabels = along(axes.rows, rows);
    const columnLabels = along(axes.columns, columns);
    matrices.set(name, { name, matrix, axes, rowLabels, columnLabels, ...made });
  };
  for (const input of ready.inputs) keep(input.name, inputs.get(input.name)!, input);
  for (const step of ready.steps) {
    const operands = step.operands.map((name) => matrices.get(name)!);
    const [matrix, unrounded] = workStep(step, operands, recipe);
    keep(step.name, matrix, step.axes, { step, operands, unrounded });
  }
  return { plan: ready, recipe, matrices };
}

/** Returns the arithmetic of one cell: the cell, what it is made of, its value. */
export function equationOf(worked: Worked, at: Cell): Equation {
  const cell = entry(worked.name, at.row + 1, at.column + 1);
  const result = value(read(worked.matrix, at));
  if (!worked.step) return { sides: [cell, result], note: "given" };
  const { operation } = worked.step;
  if (operation.moves) return { sides: [cell, sourceOf(worked, at), result], note: "" };
  const spelled = operation.cell(at, ...worked.operands.map((operand) => operand.matrix));
  if (!worked.unrounded) return { sides: [cell, spelled.expression, result], note: spelled.note };
  const before = value(read(worked.unrounded, at));
  const rounded = read(worked.matrix, at);
  return { sides: [cell, spelled.expression, before], rounded, note: spelled.note };
}

/** Returns the cells that one cell is made from, for each operand. */
export function madeFrom(worked: Worked, at: Cell): readonly (readonly [Worked, Cell[]])[] {
  if (!worked.step) return [];
  const cells = worked.step.operation.reads(at, ...worked.operands.map(({ matrix }) => matrix));
  return worked.operands.map((operand, index) => [operand, cells[index]!]);
}

/** Returns every cell that one cell is made from, itself included, by name. */
export function backToInputs(worked: Worked, at: Cell): Map<string, Map<string, Cell>> {
  const found = new Map<string, Map<string, Cell>>();
  const waiting: [Worked, Cell][] = [[worked, at]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [current, cell] = next;
    const known = found.get(current.name) ?? new Map<string, Cell>();
    found.set(current.name, known);
    if (known.has(cellKey(cell))) continue;
    known.set(cellKey(cell), cell);
    for (const [operand, cells] of madeFrom(current, cell)) {
      for (const source of cells) waiting.push([operand, source]);
    }
  }
  return found;
}

/** Chooses the cell whose arithmetic teaches most; the first of several. */
export function tellingCell(worked: Worked): Cell {
  const operands = worked.operands.map(({ matrix }) => matrix);
  let best: Cell = { row: 0, column: 0 };
  let most = -1;
  worked.matrix.slice(0, MOST_ROWS_LOOKED_AT).forEach((row, r) =>
    row.forEach((_, c) => {
      const interest = worked.step?.operation.interest({ row: r, column: c }, ...operands) ?? 0;
      if (interest > most) [best, most] = [{ row: r, column: c }, interest];
    }),
  );
  return best;
}

const MOST_ROWS_LOOKED_AT = 20;

type Made = Pick<Worked, "step" | "operands" | "unrounded">;

const GIVEN: Made = { step: null, operands: [], unrounded: null };

function workStep(
  step: Step,
  operands: readonly Worked[],
  recipe: Recipe,
): readonly [Matrix, Matrix | null] {
  let result: Matrix;
  try {
    result = step.operation.compute(...operands.map(({ matrix }) => matrix));
    result.forEach((row) => row.forEach(refuseUnbounded));
  } catch (error) {
    if (!(error instanceof NumberProblem)) throw error;
    throw new NumberProblem(`${step.name}: ${error.message}`);
  }
  const { digits } = recipe;
  if (digits === null || step.operation.moves || !rounds(recipe, step.name)) return [result, null];
  return [each(result, (number) => roundedTo(number, digits)), result];
}

function roundedTo(number: Num, digits: number): Num {
  if (number === MASKED) return number;
  return roundHalfAway(isExact(number) ? number : Fraction.ofFloat(number), digits);
}

function sourceOf(worked: Worked, at: Cell): Expression {
  for (const [operand, cells] of madeFrom(worked, at)) {
    for (const cell of cells) return entry(operand.name, cell.row + 1, cell.column + 1);
  }
  throw new Error(`${worked.name} comes from nowhere`);
}

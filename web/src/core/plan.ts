/** A plan: named inputs and named steps, each one operation on earlier ones; from Python's JSON. */

import { sameShape, type Shape } from "./matrix";
import { Misfit, type Operation } from "./operations/operation";
import { makeOperation, type Settings } from "./operations/registry";
import type { Recipe } from "./recipe";

/** What the rows and the columns of a matrix stand for. */
export interface Axes {
  readonly rows: string;
  readonly columns: string;
}

export interface Input extends Axes {
  readonly name: string;
  readonly meaning: string;
}

/** Steps that belong together: what they are for in a line, and why in a few. */
export interface Stage {
  readonly title: string;
  readonly purpose: string;
  readonly why: string;
}

export interface Step {
  readonly name: string;
  readonly operation: Operation;
  readonly operands: readonly string[];
  readonly axes: Axes;
  readonly stage: Stage;
  readonly head: number | null;
}

export interface Plan {
  readonly kind: string;
  readonly inputs: readonly Input[];
  readonly steps: readonly Step[];
  /** For an axis of tokens, the input whose columns they are. */
  readonly sequences: Readonly<Record<string, string>>;
}

export interface StepDocument extends Axes {
  readonly name: string;
  readonly operation: string;
  readonly operands: readonly string[];
  readonly settings: Settings;
  /** Its place in the list of stages. */
  readonly stage: number;
  readonly head: number | null;
}

/** Every plan that a page knows, its parts shared: plans are lists of places. */
export interface PlanBook {
  readonly inputs: readonly Input[];
  readonly steps: readonly StepDocument[];
  readonly stages: readonly Stage[];
  readonly plans: Readonly<Record<string, PlanDocument>>;
}

export interface PlanDocument {
  readonly kind: string;
  readonly inputs: readonly number[];
  readonly steps: readonly number[];
  readonly sequences: Readonly<Record<string, string>>;
}

/** What decides a plan. */
export interface Choices {
  readonly kind: string;
  readonly heads: number;
  readonly causal: boolean;
  /** Names of the matrices that are given. */
  readonly given: readonly string[];
}

export function planKey({ kind, heads, causal, given }: Choices): string {
  return [kind, heads, causal ? "causal" : "open", ...[...given].sort()].join(" ");
}

/** Returns the plan that belongs to choices, or null where the book has none. */
export function planOf(book: PlanBook, choices: Choices): Plan | null {
  const found = Object.hasOwn(book.plans, planKey(choices)) && book.plans[planKey(choices)];
  if (!found) return null;
  return {
    kind: found.kind,
    inputs: found.inputs.map((index) => book.inputs[index]!),
    steps: found.steps.map((index) => stepOf(book.steps[index]!, book.stages)),
    sequences: found.sequences,
  };
}

/** Returns the plan with everything fixed that a recipe decides. */
export function settled(plan: Plan, recipe: Recipe, shapes: ReadonlyMap<string, Shape>): Plan {
  const steps = plan.steps.map((step) => ({
    ...step,
    operation: step.operation.settle(recipe, shapes),
  }));
  return { ...plan, steps };
}

/** Inputs do not fit each other; the message names the matrix. */
export class ShapeProblem extends Error {}

/** Returns the shape of every input and step. */
export function shapesOf(plan: Plan, inputs: ReadonlyMap<string, Shape>): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const sizes = new Map<string, number>([["one", 1]]);
  for (const given of plan.inputs) {
    const shape = inputs.get(given.name);
    if (!shape) throw new ShapeProblem(`${given.name} is missing`);
    refuseMisfit(given, shape, sizes);
    shapes.set(given.name, shape);
  }
  for (const step of plan.steps) {
    const operands = step.operands.map((name) => shapes.get(name)!);
    try {
      shapes.set(step.name, step.operation.shape(...operands));
    } catch (error) {
      if (error instanceof Misfit) throw new ShapeProblem(`${step.name}: ${error.message}`);
      throw error;
    }
  }
  return shapes;
}

function refuseMisfit(given: Input, shape: Shape, sizes: Map<string, number>): void {
  const expected = {
    rows: sizes.get(given.rows) ?? shape.rows,
    columns: sizes.get(given.columns) ?? shape.columns,
  };
  if (!sameShape(shape, expected)) {
    throw new ShapeProblem(
      `${given.name} must be ${expected.rows} × ${expected.columns} ` +
        `(${given.rows} × ${given.columns}); it is ${shape.rows} × ${shape.columns}`,
    );
  }
  sizes.set(given.rows, shape.rows);
  sizes.set(given.columns, shape.columns);
}

function stepOf(given: StepDocument, stages: readonly Stage[]): Step {
  return {
    name: given.name,
    operation: makeOperation(given.operation, given.settings),
    operands: given.operands,
    axes: { rows: given.rows, columns: given.columns },
    stage: stages[given.stage]!,
    head: given.head,
  };
}

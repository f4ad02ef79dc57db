/** An exercise as it travels: in a file, in a page, in a link; read with care, since anyone may write one. */

import { shapeOf, type Matrix } from "./matrix";
import { exactText, readNumber } from "./numbers";
import { planKey, planOf, shapesOf, type Choices, type Plan, type PlanBook } from "./plan";
import { readRecipe, type Recipe, type RecipeDocument } from "./recipe";
import { work, type Trace } from "./trace";

export const FORMAT = "limelight-exercise-1";

/** An exercise file's content; docs/FORMAT.md has the rules. */
export interface ExerciseDocument {
  readonly format: string;
  readonly name?: string;
  readonly title?: string;
  readonly about?: string;
  readonly source?: string;
  readonly kind: string;
  readonly heads?: number;
  readonly causal?: boolean;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly recipe?: string | RecipeDocument;
  readonly inputs: Readonly<Record<string, readonly (readonly (number | string)[])[]>>;
}

export interface Exercise {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly source: string;
  readonly kind: string;
  readonly heads: number;
  readonly causal: boolean;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly recipe: RecipeDocument;
  readonly inputs: ReadonlyMap<string, Matrix>;
}

/** Somebody's exercise cannot be opened; the message says why. */
export class ExerciseProblem extends Error {}

const LONGEST_TEXT = 2000;
const LONGEST_LABEL = 40;

export const choicesOf = (exercise: Exercise): Choices => ({
  kind: exercise.kind,
  heads: exercise.heads,
  causal: exercise.causal,
  given: [...exercise.inputs.keys()],
});

/** What a page knows: plans, recipes, and the most cells of everything given and worked. */
export interface Knowledge {
  readonly book: PlanBook;
  readonly recipes: readonly RecipeDocument[];
  readonly mostCells: number;
}

export function planOfExercise(book: PlanBook, exercise: Exercise): Plan {
  const plan = planOf(book, choicesOf(exercise));
  if (!plan) throw new ExerciseProblem(`this page has no plan for ${planKey(choicesOf(exercise))}`);
  return plan;
}

export function workExercise(known: Knowledge, exercise: Exercise, recipe?: Recipe): Trace {
  const rules = recipe ?? readRecipe(exercise.recipe);
  return work(fittingPlan(known, exercise), exercise.inputs, rules, exercise.labels);
}

/** Returns the plan of an exercise whose inputs fit it and each other, and a page. */
export function fittingPlan(known: Knowledge, exercise: Exercise): Plan {
  const plan = planOfExercise(known.book, exercise);
  const given = new Map([...exercise.inputs].map(([name, matrix]) => [name, shapeOf(matrix)]));
  let cells = 0;
  for (const { rows, columns } of shapesOf(plan, given).values()) cells += rows * columns;
  if (cells > known.mostCells) {
    throw new ExerciseProblem(`it has ${cells} cells; a page has at most ${known.mostCells}`);
  }
  return plan;
}

/** Reads what somebody handed in. */
export function readExercise(given: unknown, recipes: readonly RecipeDocument[]): Exercise {
  const document = object(given, "an exercise");
  if (document.format !== FORMAT) throw new ExerciseProblem(`its format is not ${FORMAT}`);
  const inputs = Object.entries(object(document.inputs, "inputs"));
  return {
    name: text(document.name) || "exercise",
    title: text(document.title) || text(document.name) || "Exercise",
    about: text(document.about),
    source: text(document.source),
    kind: text(document.kind),
    heads: headsOf(document.heads, inputs),
    causal: document.causal === true,
    labels: labelsOf(document.labels),
    recipe: recipeOf(document.recipe ?? "by-hand", recipes),
    inputs: new Map(inputs.map(([name, rows]) => [name, matrixOf(name, rows)])),
  };
}

/** Writes an exercise as a file or a link has it. */
export function exerciseDocument(exercise: Exercise): ExerciseDocument {
  const { name, title, about, source, kind, heads, causal, labels, recipe } = exercise;
  const inputs = Object.fromEntries(
    [...exercise.inputs].map(([key, matrix]) => [key, matrix.map((row) => row.map(written))]),
  );
  return { format: FORMAT, name, title, about, source, kind, heads, causal, labels, recipe, inputs };
}

function written(number: Parameters<typeof exactText>[0]): number | string {
  const exact = exactText(number);
  return /^-?\d{1,15}$/.test(exact) ? Number(exact) : exact;
}

function object(given: unknown, what: string): Record<string, unknown> {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw new ExerciseProblem(`${what} must be an object`);
}

const text = (given: unknown): string =>
  typeof given === "string" ? given.slice(0, LONGEST_TEXT) : "";

const HEAD = /^W_[QKV]([1-9][0-9]{0,2})$/;

function headsOf(given: unknown, inputs: readonly [string, unknown][]): number {
  const named = inputs.map(([name]) => Number(HEAD.exec(name)?.[1] ?? 1));
  const heads = Math.max(typeof given === "number" ? given : 1, ...named);
  if (Number.isInteger(heads) && heads >= 1) return heads;
  throw new ExerciseProblem("heads must be a whole number");
}

function labelsOf(given: unknown): Record<string, string[]> {
  if (given === undefined) return {};
  const lists = Object.entries(object(given, "labels"));
  return Object.fromEntries(
    lists.map(([name, words]) => {
      if (!Array.isArray(words)) throw new ExerciseProblem(`labels of ${name} must be a list`);
      return [name, words.map((word) => String(word).slice(0, LONGEST_LABEL))];
    }),
  );
}

function recipeOf(given: unknown, recipes: readonly RecipeDocument[]): RecipeDocument {
  if (typeof given === "string") {
    const found = recipes.find((recipe) => recipe.name === given);
    if (found) return found;
    throw new ExerciseProblem(`there is no recipe ${given.slice(0, LONGEST_LABEL)}`);
  }
  const rules = { ...recipes.find(({ name }) => name === "exact")!, ...object(given, "recipe") };
  const { base, divisor, epsilon } = rules;
  const recipe = { ...rules, base: `${base}`, divisor: `${divisor}`, epsilon: `${epsilon}` };
  refuseRules(recipe);
  return recipe;
}

const ROUNDINGS = ["none", "floor", "ceil", "trunc", "nearest"];
const MOST_DECIMALS = 15;

function refuseRules(recipe: RecipeDocument): void {
  const read = readRecipe(recipe);
  const { base, divisor, digits } = read;
  const holds =
    (base === "e" || base.top > base.bottom) &&
    (typeof divisor === "string" || divisor.sign !== 0) &&
    ROUNDINGS.includes(read.scaled) &&
    (read.deviation === "exact" || read.deviation === "whole") &&
    read.epsilon.sign >= 0 &&
    (digits === null || (Number.isInteger(digits) && digits >= 0 && digits <= MOST_DECIMALS)) &&
    Array.isArray(read.roundedSteps);
  if (!holds) throw new ExerciseProblem("its recipe has a rule that cannot be followed");
}

function matrixOf(name: string, rows: unknown): Matrix {
  if (!Array.isArray(rows) || !rows.length || !rows.every(Array.isArray)) {
    throw new ExerciseProblem(`${name} must be a list of rows`);
  }
  const width = (rows[0] as unknown[]).length;
  if (!width || !rows.every((row: unknown[]) => row.length === width)) {
    throw new ExerciseProblem(`${name} must have as many numbers in every row`);
  }
  return rows.map((row: unknown[]) => row.map((number) => numberOf(name, number)));
}

function numberOf(name: string, given: unknown): ReturnType<typeof readNumber> {
  try {
    return readNumber(String(given));
  } catch (error) {
    throw new ExerciseProblem(`${name}: ${(error as Error).message}`);
  }
}

/** Changes of an exercise: each returns another one. */

import { type Exercise, planOfExercise } from "./exercise";
import { familyOf, nameParts } from "./expressions";
import { ONE, ZERO } from "./fraction";
import type { Cell, Matrix } from "./matrix";
import type { Num } from "./numbers";
import type { PlanBook } from "./plan";

export type Hiding = "none" | "causal" | "mask";

/** Puts a number into a cell of an input. */
export function withCell(exercise: Exercise, name: string, at: Cell, number: Num): Exercise {
  const matrix = exercise.inputs.get(name)!.map((row, r) =>
    r === at.row ? row.map((old, c) => (c === at.column ? number : old)) : row,
  );
  return withInputs(exercise, new Map(exercise.inputs).set(name, matrix));
}

/** Makes an axis one longer or shorter, in every input that has it. */
export function resized(exercise: Exercise, book: PlanBook, axis: string, by: 1 | -1): Exercise {
  const plan = planOfExercise(book, exercise);
  const inputs = new Map(exercise.inputs);
  const labels: Record<string, readonly string[]> = { ...exercise.labels };
  for (const given of plan.inputs) {
    const fill = fillOf(given.name);
    let matrix = inputs.get(given.name)!;
    if (given.rows === axis) matrix = by > 0 ? withRow(matrix, fill) : matrix.slice(0, -1);
    if (given.columns === axis) {
      matrix = by > 0 ? withColumn(matrix, fill) : matrix.map((row) => row.slice(0, -1));
      const words = labels[given.name];
      if (words) labels[given.name] = by > 0 ? [...words, `${words.length + 1}`] : words.slice(0, -1);
    }
    inputs.set(given.name, matrix);
  }
  return { ...withInputs(exercise, inputs), labels };
}

/** Hides no key, every later key, or what a mask says; a new mask begins as a triangle. */
export function withHiding(exercise: Exercise, book: PlanBook, hiding: Hiding): Exercise {
  const inputs = new Map(exercise.inputs);
  inputs.delete("mask");
  const open = { ...withInputs(exercise, inputs), causal: false };
  if (hiding === "none") return open;
  if (hiding === "causal") return { ...open, causal: true };
  const { sequences } = planOfExercise(book, open);
  const count = (axis: string): number => inputs.get(sequences[axis]!)![0]!.length;
  const [keys, queries] = [count("keys"), count("queries")];
  const mask = Array.from({ length: keys }, (_, key) =>
    Array.from({ length: queries }, (_, query) => (key <= query || keys !== queries ? ONE : ZERO)),
  );
  // Before the weights that come after attention, as Python's plans have it; keys do not mind.
  return withInputs(open, inputs.set("mask", mask));
}

export const hidingOf = (exercise: Exercise): Hiding =>
  exercise.inputs.has("mask") ? "mask" : exercise.causal ? "causal" : "none";

/** Gives attention so many heads; a new one begins as a copy of the last, its rows moved on. */
export function withHeads(exercise: Exercise, heads: number): Exercise {
  if (exercise.heads > 1 && exercise.inputs.has("W_Q")) return { ...exercise, heads };
  const inputs = new Map<string, Matrix>();
  for (const [name, matrix] of exercise.inputs) {
    if (!HEADED.includes(familyOf(name))) {
      inputs.set(name, matrix);
    } else if (Number(nameParts(name).head || 1) === 1) {
      for (let head = 1; head <= heads; head++) {
        inputs.set(named(name, head, heads), weightsOf(exercise, familyOf(name), head));
      }
    }
  }
  const columns = heads * inputs.get(named("W_V", 1, heads))!.length;
  const out = inputs.get("W_O");
  if (out) inputs.set("W_O", fitted(out, columns));
  return { ...withInputs(exercise, inputs), heads };
}

/** Has the same numbers worked by other rules. */
export const withRecipe = (exercise: Exercise, recipe: Exercise["recipe"]): Exercise => ({
  ...exercise,
  recipe,
});

const HEADED = ["W_Q", "W_K", "W_V"];

const withInputs = (exercise: Exercise, inputs: Exercise["inputs"]): Exercise => ({
  ...exercise,
  inputs,
});

const named = (name: string, head: number, heads: number): string =>
  heads > 1 ? `${familyOf(name)}${head}` : familyOf(name);

function weightsOf(exercise: Exercise, family: string, head: number): Matrix {
  const known = exercise.inputs.get(`${family}${head}`);
  if (known) return known;
  const first = exercise.inputs.get(family) ?? exercise.inputs.get(`${family}1`)!;
  if (head === 1) return first;
  return first.map((row) => row.map((_, c) => row[(c + head - 1) % row.length]!));
}

function fitted(matrix: Matrix, columns: number): Matrix {
  return matrix.map((row) => Array.from({ length: columns }, (_, c) => row[c] ?? ZERO));
}

type Fill = (row: number, column: number) => Num;

/** Says what stands in new cells: a mask lets see, weights keep to themselves, tokens have a 1. */
function fillOf(name: string): Fill {
  if (name === "mask") return () => ONE;
  if (name === "A") return (row, column) => (row === column ? ONE : ZERO);
  if (name === "X" || name === "Y") return (row, column) => (column % 3 === row % 3 ? ONE : ZERO);
  return () => ZERO;
}

const withRow = (matrix: Matrix, fill: Fill): Matrix => [
  ...matrix,
  matrix[0]!.map((_, column) => fill(matrix.length, column)),
];

const withColumn = (matrix: Matrix, fill: Fill): Matrix =>
  matrix.map((row, r) => [...row, fill(r, row.length)]);

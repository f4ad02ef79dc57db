/** The sizes of an exercise that may grow and shrink: axes of its inputs, and heads. */

import { resized, withHeads } from "../core/edit";
import { fittingPlan, planOfExercise, type Exercise, type Knowledge } from "../core/exercise";

/** A size, and what makes it one more or one less. */
export interface Size {
  readonly label: string;
  readonly count: number;
  readonly least: number;
  readonly most: number;
  readonly change: (by: 1 | -1) => void;
}

/** More than these are no reading matter. */
const MOST_LINES = 24;
const MOST_HEADS = 8;

const LABELS: Record<string, string> = {
  tokens: "Tokens",
  queries: "Queries",
  keys: "Keys",
  features: "Features",
};

export function sizesOf(
  known: Knowledge,
  exercise: Exercise,
  take: (changed: Exercise) => void,
): Size[] {
  const sizes: Size[] = [];
  const { inputs } = planOfExercise(known.book, exercise);
  for (const [axis, label] of Object.entries(LABELS)) {
    const given = inputs.find(({ rows, columns }) => rows === axis || columns === axis);
    if (!given) continue;
    const matrix = exercise.inputs.get(given.name)!;
    const count = given.columns === axis ? matrix[0]!.length : matrix.length;
    const change = (by: 1 | -1): void => take(resized(exercise, known.book, axis, by));
    sizes.push({ label, count, least: 1, most: MOST_LINES, change });
  }
  const { heads } = exercise;
  const [least, most] = [nextHeads(known, exercise, -1), nextHeads(known, exercise, 1)];
  if (least !== heads || most !== heads) {
    const change = (by: 1 | -1): void => take(withHeads(exercise, by > 0 ? most : least));
    sizes.push({ label: "Heads", count: heads, least, most, change });
  }
  return sizes;
}

/** Returns the next number of heads that there is a plan for, which fits; or that there is. */
function nextHeads(known: Knowledge, exercise: Exercise, by: 1 | -1): number {
  for (let count = exercise.heads + by; count >= 1 && count <= MOST_HEADS; count += by) {
    if (canHave(known, exercise, count)) return count;
  }
  return exercise.heads;
}

function canHave(known: Knowledge, exercise: Exercise, heads: number): boolean {
  const isJoined = exercise.heads > 1 && exercise.inputs.has("W_Q");
  if (!exercise.inputs.has("X") || (isJoined && heads === 1)) return false;
  try {
    fittingPlan(known, withHeads(exercise, heads));
    return true;
  } catch {
    return false;
  }
}

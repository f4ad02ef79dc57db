/** Everything that a worksheet shows, worked out before anything is drawn. */

import type { Part } from "../../core/layout";
import type { Cell } from "../../core/matrix";
import { at as read } from "../../core/matrix";
import { decimalText } from "../../core/numbers";
import type { Orientation } from "../../core/orientation";
import { numberText, type Style } from "../../core/plain";
import type { Stage } from "../../core/plan";
import type { Trace, Worked } from "../../core/trace";

export interface Scene {
  readonly trace: Trace;
  readonly parts: readonly Part[];
  readonly orientation: Orientation;
  readonly style: Style;
  /** Steps that are not worked yet: their cells are empty. */
  readonly later: ReadonlySet<string>;
  /** The step that is being explained. */
  readonly current: string | null;
  /** The same exercise by other rules, whose numbers stand below ours; or null. */
  readonly other: Trace | null;
}

/** Returns what stands in a cell; "" where it is not worked yet. */
export function cellText(scene: Scene, worked: Worked, cell: Cell): string {
  if (scene.later.has(worked.name)) return "";
  return numberText(read(worked.matrix, cell), scene.style);
}

/** Returns what other rules give in a cell, as a decimal; "" where nothing is compared. */
export function otherText(scene: Scene, worked: Worked, cell: Cell): string {
  const other = worked.step && scene.other?.matrices.get(worked.name);
  if (!other || scene.later.has(worked.name)) return "";
  return decimalText(read(other.matrix, cell), scene.style.digits);
}

/** Numbers the stages in order, as the method does: 1, 2 and so on. */
export function stageNumbers(trace: Trace): ReadonlyMap<Stage, number> {
  const stages = [...new Set(trace.plan.steps.map((step) => step.stage))];
  return new Map(stages.map((stage, index) => [stage, index + 1]));
}

/** Tells what must be drawn anew when it differs: names, sizes, and which way tokens run. */
export function structureOf(scene: Scene): string {
  const sizes = [...scene.trace.matrices.values()].map((worked) => [
    worked.name,
    worked.matrix.length,
    worked.matrix[0]!.length,
    worked.rowLabels,
    worked.columnLabels,
  ]);
  const rules = scene.trace.plan.steps.map((step) => step.operation.saying(...step.operands));
  return JSON.stringify([scene.parts, scene.orientation.name, sizes, rules, !!scene.other]);
}

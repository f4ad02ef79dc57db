/** What every operation can do: fit, compute, and say one cell. */

import type { Expression } from "../expressions";
import type { Cell, Matrix, Shape } from "../matrix";
import { isZero } from "../numbers";
import type { Recipe } from "../recipe";

/** The arithmetic of one cell, and what the numbers alone do not say. */
export interface Spelled {
  readonly expression: Expression;
  readonly note: string;
}

/** Operands do not fit; the message is the rule that they break. */
export class Misfit extends Error {}

export type Shapes = ReadonlyMap<string, Shape>;

export abstract class Operation {
  /** The name that plans call it by. */
  abstract readonly name: string;
  /** What stands between the operands when they are written side by side. */
  readonly joiner: string = "";
  /** Numbers only change places: each cell is one cell of an operand. */
  readonly moves: boolean = false;
  /** Which operands stand at the left when it is worked by hand; the others stand above. */
  readonly beside: readonly number[] = [];
  /** The result itself is worked there, at the left of the step that reads it. */
  readonly workedBeside: boolean = false;

  abstract shape(...shapes: Shape[]): Shape;
  abstract compute(...operands: Matrix[]): Matrix;
  abstract formula(...operands: Expression[]): Expression;
  /** Says the step in words; {row} and {column} depend on the orientation. */
  abstract saying(...operands: string[]): string;
  abstract cell(at: Cell, ...operands: Matrix[]): Spelled;
  /** Returns, for each operand, the cells that one cell is made from. */
  abstract reads(at: Cell, ...operands: Matrix[]): Cell[][];

  /** Fixes what a recipe decides; most operations leave nothing to it. */
  settle(_recipe: Recipe, _shapes: Shapes): Operation {
    return this;
  }

  /** Says how much a cell teaches: here, how many of its numbers are not 0. */
  interest(at: Cell, ...operands: Matrix[]): number {
    return leaves(this.cell(at, ...operands).expression).filter((weighs) => weighs).length;
  }
}

export const spelled = (expression: Expression, note = ""): Spelled => ({ expression, note });

export const rowCells = (row: number, matrix: Matrix): Cell[] =>
  matrix[row]!.map((_, column) => ({ row, column }));

export const columnCells = (column: number, matrix: Matrix): Cell[] =>
  matrix.map((_, row) => ({ row, column }));

export function demand(holds: boolean, rule: string): void {
  if (!holds) throw new Misfit(rule);
}

/** Returns for every number of an expression whether it is other than 0; a product counts once. */
function leaves(tree: Expression): boolean[] {
  switch (tree.kind) {
    case "value":
      return [!isZero(tree.number)];
    case "power":
      return leaves(tree.exponent);
    case "over":
      return [...leaves(tree.above), ...leaves(tree.below)];
    case "times":
      return [tree.parts.flatMap(leaves).every((weighs) => weighs)];
    case "plus":
    case "call":
      return tree.parts.flatMap(leaves);
    default:
      return [];
  }
}

/** The two ways to write a sequence: tokens as columns, or tokens as rows. */

import { turned as turnedTree, type Equation, type Expression } from "./expressions";
import { transposed, type Cell, type Matrix } from "./matrix";
import type { Axes } from "./plan";

export class Orientation {
  constructor(
    readonly name: "columns" | "rows",
    readonly isTurned = name === "rows",
  ) {}

  matrix(matrix: Matrix): Matrix {
    return this.isTurned ? transposed(matrix) : matrix;
  }

  axes(axes: Axes): Axes {
    return this.isTurned ? { rows: axes.columns, columns: axes.rows } : axes;
  }

  /** Turns a shown cell into a worked one, or back. */
  cell(cell: Cell): Cell {
    return this.isTurned ? { row: cell.column, column: cell.row } : cell;
  }

  expression(tree: Expression): Expression {
    return this.isTurned ? turnedTree(tree) : tree;
  }

  equation(equation: Equation): Equation {
    const sides = equation.sides.map((side) => this.expression(side));
    return { ...equation, sides, note: this.words(equation.note) };
  }

  /** Tells whether operands joined so change places: those of a matrix product do. */
  swaps(joiner: string): boolean {
    return this.isTurned && joiner === "·";
  }

  /** Says row and column as they are shown. */
  words(text: string): string {
    const [row, column] = this.isTurned ? ["column", "row"] : ["row", "column"];
    return text.replaceAll("{row}", row!).replaceAll("{column}", column!);
  }
}

export const COLUMNS = new Orientation("columns");
export const ROWS = new Orientation("rows");

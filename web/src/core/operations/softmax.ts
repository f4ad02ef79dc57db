/** The softmax: raise, sum, divide. */

import * as on from "../arithmetic";
import type { Base } from "../arithmetic";
import { call, minus, over, plus, power, value, type Expression } from "../expressions";
import { ZERO } from "../fraction";
import { at as read, columnOf, type Cell, type Matrix, type Shape } from "../matrix";
import { exactText, isNegative, isZero, MASKED, readNumber, same, type Num } from "../numbers";
import type { Recipe } from "../recipe";
import { columnCells, demand, Operation, spelled, type Spelled } from "./operation";

/** Raise the base to each score, a column's largest taken off where powers would leave float64. */
export class Raise extends Operation {
  readonly name = "raise";

  constructor(readonly base: Base = "e") {
    super();
  }

  override settle(recipe: Recipe): Raise {
    return new Raise(recipe.base);
  }

  shape(only: Shape): Shape {
    return only;
  }

  compute(scores: Matrix): Matrix {
    return on.power(this.base, on.subtract(scores, on.overflowShift(scores, this.base)));
  }

  formula(scores: Expression): Expression {
    return power(this.base, scores);
  }

  saying(scores: string): string {
    const base = this.base === "e" ? "e" : exactText(this.base);
    return `${base} to the power of each cell of ${scores}`;
  }

  cell(at: Cell, scores: Matrix): Spelled {
    const score = read(scores, at);
    const shift = this.shift(scores, at.column);
    if (isZero(shift) || score === MASKED) return spelled(power(this.base, value(score)));
    const note = "the largest score of its {column} is taken off first; the weights stay the same";
    return spelled(power(this.base, minus(value(score), value(shift))), note);
  }

  reads(at: Cell, scores: Matrix): Cell[][] {
    const shift = this.shift(scores, at.column);
    if (isZero(shift) || read(scores, at) === MASKED) return [[at]];
    const row = columnOf(scores, at.column).findIndex((number) => same(number, shift));
    return [row === at.row ? [at] : [at, { row, column: at.column }]];
  }

  override interest(at: Cell, scores: Matrix): number {
    const score = read(scores, at);
    if (score === MASKED) return 0;
    return (isNegative(score) ? 2 : 0) + (isZero(score) ? 0 : 1);
  }

  private shift(scores: Matrix, column: number): Num {
    const single = columnOf(scores, column).map((number) => [number]);
    return on.overflowShift(single, this.base)[0]![0]!;
  }
}

/** Add up each column. */
export class ColumnSums extends Operation {
  readonly name = "column sums";

  shape(only: Shape): Shape {
    return { rows: 1, columns: only.columns };
  }

  compute(only: Matrix): Matrix {
    return on.columnSums(only);
  }

  formula(only: Expression): Expression {
    return call("Σ", only);
  }

  saying(only: string): string {
    return `each {column} of ${only} added up`;
  }

  cell(at: Cell, only: Matrix): Spelled {
    return spelled(plus(...columnOf(only, at.column).map(value)));
  }

  reads(at: Cell, only: Matrix): Cell[][] {
    return [columnCells(at.column, only)];
  }
}

/** Divide each column by its sum; a column that sums to 0 stays 0. */
export class Divide extends Operation {
  readonly name = "divide";
  override readonly joiner = "/";

  shape(above: Shape, below: Shape): Shape {
    const fits = below.rows === 1 && below.columns === above.columns;
    demand(fits, "the second must have one row and a cell for each column");
    return above;
  }

  compute(above: Matrix, below: Matrix): Matrix {
    return on.divide(above, below);
  }

  formula(above: Expression, below: Expression): Expression {
    return over(above, below);
  }

  saying(above: string): string {
    return `each {column} of ${above} divided by its own sum, so that it adds up to 1`;
  }

  cell(at: Cell, above: Matrix, below: Matrix): Spelled {
    const total = below[0]![at.column]!;
    if (isZero(total)) return spelled(value(ZERO), "every key is hidden: all weights are 0");
    return spelled(over(value(read(above, at)), value(total)));
  }

  reads(at: Cell): Cell[][] {
    return [[at], [{ row: 0, column: at.column }]];
  }

  override interest(at: Cell, above: Matrix, below: Matrix): number {
    const number = read(above, at);
    return (isZero(number) ? 0 : 1) + (same(number, below[0]![at.column]!) ? 0 : 1);
  }
}

/** Divide each column by its length: a mistake makes cosines of scores. */
export class Unit extends Operation {
  readonly name = "unit columns";

  shape(only: Shape): Shape {
    return only;
  }

  compute(only: Matrix): Matrix {
    return on.divide(only, lengths(only));
  }

  formula(only: Expression): Expression {
    return call("unit", only);
  }

  saying(only: string): string {
    return `each {column} of ${only} is divided by its length`;
  }

  cell(at: Cell, only: Matrix): Spelled {
    const length = lengths(columnOf(only, at.column).map((number) => [number]))[0]![0]!;
    if (isZero(length)) return spelled(value(length), "all numbers of its {column} are 0");
    return spelled(over(value(read(only, at)), value(length)));
  }

  reads(at: Cell, only: Matrix): Cell[][] {
    return [columnCells(at.column, only)];
  }
}

const lengths = (matrix: Matrix): Matrix =>
  on.root(on.columnSums(on.multiply(matrix, matrix)), false);

export const baseOf = (text: string): Base => (text === "e" ? "e" : readNumber(text));


/** Product, transpose, add, and the product cell by cell that some mistakes make. */

import * as on from "../arithmetic";
import { call, matrices, plus, times, value, type Expression } from "../expressions";
import { at as read, columnOf, sameShape, transposed } from "../matrix";
import type { Cell, Matrix, Shape } from "../matrix";
import { columnCells, demand, Operation, rowCells, spelled, type Spelled } from "./operation";

export class Product extends Operation {
  readonly name = "product";
  override readonly joiner = "·";
  override readonly beside = [0];

  shape(left: Shape, right: Shape): Shape {
    demand(left.columns === right.rows, "the first needs as many columns as the second has rows");
    return { rows: left.rows, columns: right.columns };
  }

  compute(left: Matrix, right: Matrix): Matrix {
    return on.product(left, right);
  }

  formula(left: Expression, right: Expression): Expression {
    return matrices(left, right);
  }

  saying(first: string, second: string): string {
    return `each cell is a row of ${first} times a column of ${second}`;
  }

  cell(at: Cell, left: Matrix, right: Matrix): Spelled {
    const column = columnOf(right, at.column);
    const terms = left[at.row]!.map((number, i) => times(value(number), value(column[i]!)));
    return spelled(plus(...terms));
  }

  reads(at: Cell, left: Matrix, right: Matrix): Cell[][] {
    return [rowCells(at.row, left), columnCells(at.column, right)];
  }
}

export class Transpose extends Operation {
  readonly name = "transpose";
  override readonly moves = true;
  override readonly workedBeside = true;

  shape(only: Shape): Shape {
    return { rows: only.columns, columns: only.rows };
  }

  compute(only: Matrix): Matrix {
    return transposed(only);
  }

  formula(only: Expression): Expression {
    return call("transpose", only);
  }

  saying(only: string): string {
    return `the rows of ${only} become columns`;
  }

  cell(at: Cell, only: Matrix): Spelled {
    return spelled(value(only[at.column]![at.row]!));
  }

  reads(at: Cell): Cell[][] {
    return [[{ row: at.column, column: at.row }]];
  }
}

export class Add extends Operation {
  readonly name = "add";
  override readonly joiner = "+";
  override readonly beside = [1];

  shape(left: Shape, right: Shape): Shape {
    const spread = right.columns === 1 ? { rows: right.rows, columns: left.columns } : right;
    demand(sameShape(left, spread), "both must have one shape");
    return left;
  }

  compute(left: Matrix, right: Matrix): Matrix {
    return on.add(left, right);
  }

  formula(...operands: Expression[]): Expression {
    return plus(...operands);
  }

  saying(first: string, second: string): string {
    return `${first} and ${second} are added cell by cell`;
  }

  cell(at: Cell, left: Matrix, right: Matrix): Spelled {
    return spelled(plus(value(read(left, at)), value(read(right, besideOf(at, right)))));
  }

  reads(at: Cell, _left: Matrix, right: Matrix): Cell[][] {
    return [[at], [besideOf(at, right)]];
  }
}

export class Multiply extends Operation {
  readonly name = "multiply";
  override readonly joiner = "∘";

  shape(left: Shape, right: Shape): Shape {
    demand(sameShape(left, right), "both must have one shape");
    return left;
  }

  compute(left: Matrix, right: Matrix): Matrix {
    return on.multiply(left, right);
  }

  formula(...operands: Expression[]): Expression {
    return times(...operands);
  }

  saying(first: string, second: string): string {
    return `${first} and ${second} are multiplied cell by cell`;
  }

  cell(at: Cell, left: Matrix, right: Matrix): Spelled {
    return spelled(times(value(read(left, at)), value(read(right, at))));
  }

  reads(at: Cell): Cell[][] {
    return [[at], [at]];
  }
}

const besideOf = (at: Cell, right: Matrix): Cell =>
  right[0]!.length === 1 ? { row: at.row, column: 0 } : at;

/** Split a matrix into heads, and concatenate heads into a matrix. */

import { call, value, type Expression } from "../expressions";
import { at as read, type Cell, type Matrix, type Shape } from "../matrix";
import { demand, Operation, spelled, type Spelled } from "./operation";

export class Split extends Operation {
  readonly name = "split";
  override readonly moves = true;

  constructor(
    readonly head: number,
    readonly heads: number,
  ) {
    super();
  }

  shape(only: Shape): Shape {
    const rule = `${only.rows} rows cannot be split into ${this.heads} heads of one size`;
    demand(only.rows % this.heads === 0, rule);
    return { rows: only.rows / this.heads, columns: only.columns };
  }

  compute(only: Matrix): Matrix {
    const size = only.length / this.heads;
    return only.slice((this.head - 1) * size, this.head * size);
  }

  formula(only: Expression): Expression {
    return call(`head ${this.head}`, only);
  }

  saying(only: string): string {
    const part = `part ${this.head} of ${this.heads}`;
    return `head ${this.head} takes ${part} of ${only}, cut across its {column}s`;
  }

  cell(at: Cell, only: Matrix): Spelled {
    return spelled(value(read(only, this.source(at, only))));
  }

  reads(at: Cell, only: Matrix): Cell[][] {
    return [[this.source(at, only)]];
  }

  private source(at: Cell, only: Matrix): Cell {
    return { row: at.row + (this.head - 1) * (only.length / this.heads), column: at.column };
  }
}

export class Concatenate extends Operation {
  readonly name = "concatenate";
  override readonly moves = true;

  shape(...shapes: Shape[]): Shape {
    const columns = shapes[0]!.columns;
    demand(
      shapes.every((shape) => shape.columns === columns),
      "all must have one number of columns",
    );
    return { rows: shapes.reduce((rows, shape) => rows + shape.rows, 0), columns };
  }

  compute(...operands: Matrix[]): Matrix {
    return operands.flat();
  }

  formula(...operands: Expression[]): Expression {
    return call("concat", ...operands);
  }

  saying(...operands: string[]): string {
    return `${operands.join(", ")} are joined: each {column} is one long {column}`;
  }

  cell(at: Cell, ...operands: Matrix[]): Spelled {
    const [head, source] = sourceOf(at, operands);
    return spelled(value(read(operands[head]!, source)));
  }

  reads(at: Cell, ...operands: Matrix[]): Cell[][] {
    const [head, source] = sourceOf(at, operands);
    return operands.map((_, index) => (index === head ? [source] : []));
  }
}

function sourceOf(at: Cell, operands: readonly Matrix[]): [number, Cell] {
  let row = at.row;
  let head = 0;
  while (row >= operands[head]!.length) row -= operands[head++]!.length;
  return [head, { row, column: at.column }];
}

/** ReLU and layer normalisation. */

import * as on from "../arithmetic";
import { call, minus, over, plus, times, value, type Expression } from "../expressions";
import { Fraction, ZERO } from "../fraction";
import { at as read, columnOf, type Cell, type Matrix, type Shape } from "../matrix";
import { isNegative, isZero } from "../numbers";
import { numberText } from "../plain";
import type { Recipe } from "../recipe";
import { columnCells, demand, Operation, spelled, type Spelled } from "./operation";

export class ReLU extends Operation {
  readonly name = "relu";

  shape(only: Shape): Shape {
    return only;
  }

  compute(only: Matrix): Matrix {
    return on.relu(only);
  }

  formula(only: Expression): Expression {
    return call("ReLU", only);
  }

  saying(only: string): string {
    return `negative cells of ${only} become 0, the others stay`;
  }

  cell(at: Cell, only: Matrix): Spelled {
    return spelled(call("max", value(ZERO), value(read(only, at))));
  }

  reads(at: Cell): Cell[][] {
    return [[at]];
  }

  override interest(at: Cell, only: Matrix): number {
    return isNegative(read(only, at)) ? 1 : 0;
  }
}

/** What layer normalisation is set to; the last two are for what people get wrong. */
export interface Rules {
  readonly deviation: "exact" | "whole";
  readonly epsilon: Fraction;
  readonly count?: number;
  readonly outside?: boolean;
}

/** Layer normalisation: take off a column's mean, divide by its deviation; gain and shift. */
export class Normalise extends Operation {
  readonly name = "normalise";
  override readonly beside = [1, 2];

  constructor(readonly rules: Rules = { deviation: "exact", epsilon: ZERO }) {
    super();
  }

  override settle(recipe: Recipe): Normalise {
    const { deviation, epsilon } = recipe;
    return new Normalise({ ...this.rules, deviation, epsilon });
  }

  shape(whole: Shape, ...columns: Shape[]): Shape {
    const fits = columns.every((each) => each.rows === whole.rows && each.columns === 1);
    demand(fits, "gain and shift must have one cell for each row");
    return whole;
  }

  compute(whole: Matrix, gain?: Matrix, shift?: Matrix): Matrix {
    const [centred, deviation] = this.parts(whole);
    const result = on.divide(centred, deviation);
    return gain && shift ? on.add(on.multiply(result, gain), shift) : result;
  }

  formula(whole: Expression, gain?: Expression, shift?: Expression): Expression {
    const plain = call("normalise", whole);
    return gain && shift ? plus(times(gain, plain), shift) : plain;
  }

  saying(whole: string): string {
    const ends =
      this.rules.deviation === "whole" ? ", rounded to a whole number (at least 1)" : "";
    return (
      `each {column} of ${whole} has its mean taken off and is divided by its ` +
      `standard deviation${ends}`
    );
  }

  cell(at: Cell, whole: Matrix, gain?: Matrix, shift?: Matrix): Spelled {
    const column = columnOf(whole, at.column).map((number) => [number]);
    const mean = on.columnMeans(column)[0]![0]!;
    const deviation = this.parts(column)[1][0]![0]!;
    const style = { digits: 3, fractions: true };
    const made = isZero(deviation)
      ? value(ZERO)
      : over(minus(value(read(whole, at)), value(mean)), value(deviation));
    const note = isZero(deviation)
      ? "all numbers of its {column} are equal"
      : `mean ${numberText(mean, style)}, deviation ${numberText(deviation, style)}`;
    if (!gain || !shift) return spelled(made, note);
    const [factor, term] = [gain[at.row]![0]!, shift[at.row]![0]!];
    return spelled(plus(times(value(factor), made), value(term)), note);
  }

  reads(at: Cell, whole: Matrix, ...gains: Matrix[]): Cell[][] {
    const beside = { row: at.row, column: 0 };
    return [columnCells(at.column, whole), ...gains.map(() => [beside])];
  }

  /** Returns what is left when the mean is taken off, and the deviation. */
  private parts(whole: Matrix): [Matrix, Matrix] {
    const { deviation, count, outside } = this.rules;
    const centred = on.subtract(whole, on.columnMeans(whole));
    const squares = on.multiply(centred, centred);
    const variance =
      count === undefined
        ? on.columnMeans(squares)
        : on.divide(on.columnSums(squares), on.constant(Fraction.of(count)));
    const [epsilon, isWhole] = [on.constant(this.rules.epsilon), deviation === "whole"];
    if (outside) return [centred, on.add(on.root(variance, isWhole), epsilon)];
    return [centred, on.root(on.add(variance, epsilon), isWhole)];
  }
}

/** Before the softmax: scale and mask. */

import * as on from "../arithmetic";
import type { Rounding } from "../arithmetic";
import { call, over, value, type Expression } from "../expressions";
import { Fraction, ONE, ZERO } from "../fraction";
import { at as read, sameShape, type Cell, type Matrix, type Shape } from "../matrix";
import { exactText, isExact, isNegative, isZero, MASKED } from "../numbers";
import type { Recipe } from "../recipe";
import { demand, Operation, spelled, type Shapes, type Spelled } from "./operation";

const ROUNDED_TO: Record<Exclude<Rounding, "none">, string> = {
  floor: "rounded down to a whole number",
  ceil: "rounded up to a whole number",
  trunc: "cut to a whole number, toward zero",
  nearest: "rounded to the nearest whole number",
};

/** Divide the scores, and round the quotient where the recipe says so. */
export class Scale extends Operation {
  readonly name = "scale";

  constructor(
    readonly widthOf: string,
    readonly divisor: Fraction | "sqrt" = ONE,
    readonly rounding: Rounding = "none",
    readonly width = 1,
  ) {
    super();
  }

  override settle(recipe: Recipe, shapes: Shapes): Scale {
    const width = shapes.get(this.widthOf)!.rows;
    const named = { "sqrt(d_k)": "sqrt", d_k: Fraction.of(width) } as const;
    const divisor = recipe.divisor instanceof Fraction ? recipe.divisor : named[recipe.divisor];
    return new Scale(this.widthOf, divisor, recipe.scaled, width);
  }

  shape(only: Shape): Shape {
    return only;
  }

  compute(scores: Matrix): Matrix {
    const by = this.divisor === "sqrt" ? on.squareRoot(Fraction.of(this.width)) : this.divisor;
    return on.round(on.divide(scores, on.constant(by)), this.rounding);
  }

  formula(scores: Expression): Expression {
    return this.rounded(over(scores, this.written()));
  }

  saying(scores: string): string {
    const by = this.divisor === "sqrt" ? `√d_k = √${this.width}` : exactText(this.divisor);
    const ends = this.rounding === "none" ? "" : `, ${ROUNDED_TO[this.rounding]}`;
    return `${scores} is divided by ${by}${ends}`;
  }

  cell(at: Cell, scores: Matrix): Spelled {
    return spelled(this.rounded(over(value(read(scores, at)), this.written())));
  }

  reads(at: Cell): Cell[][] {
    return [[at]];
  }

  override interest(at: Cell, scores: Matrix): number {
    const score = read(scores, at);
    const isThere = isZero(score) ? 0 : 1;
    if (this.divisor === "sqrt") return isThere;
    const exact = isExact(score) ? score : Fraction.ofFloat(score);
    const slips = exact.over(this.divisor).isWhole ? 0 : 2;
    return slips + (isNegative(score) ? 1 : 0) + isThere;
  }

  private written(): Expression {
    return this.divisor === "sqrt"
      ? call("sqrt", value(Fraction.of(this.width)))
      : value(this.divisor);
  }

  private rounded(quotient: Expression): Expression {
    if (this.rounding === "none") return quotient;
    return call(this.rounding === "nearest" ? "round" : this.rounding, quotient);
  }
}

/** The mask of a decoder: 1 where the key is not after the query, else 0. */
export class Causal extends Operation {
  readonly name = "causal";
  override readonly workedBeside = true;

  shape(sequence: Shape): Shape {
    return { rows: sequence.columns, columns: sequence.columns };
  }

  compute(sequence: Matrix): Matrix {
    return on.causal(sequence);
  }

  formula(sequence: Expression): Expression {
    return call("causal", sequence);
  }

  saying(): string {
    return "1 where the key is not after the query, 0 where it is";
  }

  cell(at: Cell): Spelled {
    const isSeen = at.row <= at.column;
    const order = isSeen ? "is not after" : "is after";
    return spelled(value(isSeen ? ONE : ZERO), `key ${at.row + 1} ${order} query ${at.column + 1}`);
  }

  reads(): Cell[][] {
    return [[]];
  }

  override interest(at: Cell): number {
    return at.row > at.column ? 1 : 0;
  }
}

/** Hide scores: where the mask is 0 they become -∞, so that their weight is 0. */
export class Mask extends Operation {
  readonly name = "mask";
  override readonly beside = [1];

  shape(scores: Shape, mask: Shape): Shape {
    demand(sameShape(scores, mask), "scores and mask must have one shape");
    return scores;
  }

  compute(scores: Matrix, mask: Matrix): Matrix {
    return on.mask(scores, mask);
  }

  formula(...operands: Expression[]): Expression {
    return call("hide", ...operands);
  }

  saying(scores: string, mask: string): string {
    return `${scores} stays where ${mask} is 1 and becomes -∞ where it is 0`;
  }

  cell(at: Cell, scores: Matrix, mask: Matrix): Spelled {
    return isZero(read(mask, at))
      ? spelled(value(MASKED), "the mask is 0: hidden")
      : spelled(value(read(scores, at)), "the mask is 1: visible");
  }

  reads(at: Cell): Cell[][] {
    return [[at], [at]];
  }

  override interest(at: Cell, _scores: Matrix, mask: Matrix): number {
    return isZero(read(mask, at)) ? 1 : 0;
  }
}

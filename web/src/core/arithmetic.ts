/** The arithmetic of a pencil: exact fractions, and float64 where they end. */

import { bits, Fraction, gcd, NumberProblem, ONE, ZERO } from "./fraction";
import { columnOf, each, transposed, type Matrix } from "./matrix";
import {
  isExact,
  isNegative,
  isZero,
  MASKED,
  MAX_BITS,
  MAX_DIGITS,
  toFloat,
  type Num,
} from "./numbers";

export type Base = Fraction | "e";
export type Rounding = "none" | "floor" | "ceil" | "trunc" | "nearest";

/** While a column's largest exponent is this small, its powers stay inside float64. */
const SAFE_EXPONENT = 300;

export const constant = (number: Num): Matrix => [[number]];

export const add = (left: Matrix, right: Matrix): Matrix => cellwise(plus, left, right);
export const subtract = (left: Matrix, right: Matrix): Matrix => cellwise(minus, left, right);
export const multiply = (left: Matrix, right: Matrix): Matrix => cellwise(times, left, right);
export const divide = (left: Matrix, right: Matrix): Matrix => cellwise(quotient, left, right);

export function product(left: Matrix, right: Matrix): Matrix {
  const columns = transposed(right);
  if (hasFloats(left) || hasFloats(right)) {
    const floats = columns.map((column) => column.map(toFloat));
    return left.map((row) => {
      const numbers = row.map(toFloat);
      return floats.map((column) => exactSum(numbers.map((number, i) => number * column[i]!)));
    });
  }
  const lines = columns.map(overCommonDenominator);
  return left.map(overCommonDenominator).map((row) =>
    lines.map((column) => {
      let sum = 0n;
      for (let i = 0; i < row.whole.length; i++) sum += row.whole[i]! * column.whole[i]!;
      return Fraction.of(sum, row.below * column.below);
    }),
  );
}

export function round(matrix: Matrix, rounding: Rounding): Matrix {
  return rounding === "none" ? matrix : each(matrix, (number) => rounded(number, rounding));
}

export const power = (base: Base, exponents: Matrix): Matrix =>
  each(exponents, (exponent) => powerOf(base, exponent));

export const root = (matrix: Matrix, whole: boolean): Matrix =>
  each(matrix, whole ? wholeRoot : squareRoot);

export const relu = (matrix: Matrix): Matrix =>
  each(matrix, (number) => (isNegative(number) ? ZERO : number));

export const columnSums = (matrix: Matrix): Matrix => [transposed(matrix).map(sum)];

export const columnMeans = (matrix: Matrix): Matrix => [
  transposed(matrix).map((column) => quotient(sum(column), Fraction.of(column.length))),
];

/** One row: what to take off each column so that its powers stay in range. */
export const overflowShift = (exponents: Matrix, base: Base): Matrix => [
  exponents[0]!.map((_, column) => shiftOf(base, columnOf(exponents, column))),
];

export const mask = (matrix: Matrix, visible: Matrix): Matrix =>
  cellwise((number, seen) => (isZero(seen) ? MASKED : number), matrix, visible);

export const causal = (sequence: Matrix): Matrix =>
  sequence[0]!.map((_, key) => sequence[0]!.map((_, query) => (key <= query ? ONE : ZERO)));

export function squareRoot(number: Num): Num {
  if (isExact(number) && number.sign >= 0) {
    const top = integerRoot(number.top);
    const bottom = integerRoot(number.bottom);
    if (top * top === number.top && bottom * bottom === number.bottom) {
      return Fraction.of(top, bottom);
    }
  }
  return Math.sqrt(toFloat(number));
}

/** Returns the root rounded to the nearest whole number, at least 1. */
export function wholeRoot(number: Num): Num {
  const exact = isExact(number) ? number : Fraction.ofFloat(number);
  const nearest = (integerRoot(exact.times(Fraction.of(4)).floor()) + 1n) / 2n;
  return Fraction.of(nearest < 1n ? 1n : nearest);
}

export function compare(one: Num, other: Num): number {
  if (isExact(one) && isExact(other)) {
    const difference = one.top * other.bottom - other.top * one.bottom;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  const [left, right] = [toFloat(one), toFloat(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function quotient(above: Num, below: Num): Num {
  if (!isZero(below)) {
    return isExact(above) && isExact(below) ? above.over(below) : toFloat(above) / toFloat(below);
  }
  if (!isZero(above)) throw new NumberProblem("a number would be divided by zero");
  return ZERO;
}

const plus = (one: Num, other: Num): Num =>
  isExact(one) && isExact(other) ? one.plus(other) : toFloat(one) + toFloat(other);

const minus = (one: Num, other: Num): Num => {
  if (one === MASKED) return MASKED;
  return isExact(one) && isExact(other) ? one.minus(other) : toFloat(one) - toFloat(other);
};

const times = (one: Num, other: Num): Num =>
  isExact(one) && isExact(other) ? one.times(other) : toFloat(one) * toFloat(other);

function cellwise(work: (one: Num, other: Num) => Num, left: Matrix, right: Matrix): Matrix {
  const tall = right.length > 1;
  const wide = right[0]!.length > 1;
  return left.map((row, r) => {
    const beside = right[tall ? r : 0]!;
    return row.map((number, c) => work(number, beside[wide ? c : 0]!));
  });
}

const hasFloats = (matrix: Matrix): boolean =>
  matrix.some((row) => row.some((number) => !isExact(number)));

function sum(numbers: readonly Num[]): Num {
  if (!numbers.every(isExact)) return exactSum(numbers.map(toFloat));
  const { whole, below } = overCommonDenominator(numbers);
  return Fraction.of(
    whole.reduce((total, each) => total + each, 0n),
    below,
  );
}

/** Adds floats without losing digits on the way (Shewchuk 1997, as in Python's math.fsum). */
function exactSum(numbers: readonly number[]): number {
  const partials: number[] = [];
  for (let number of numbers) {
    let kept = 0;
    for (let partial of partials) {
      if (Math.abs(number) < Math.abs(partial)) [number, partial] = [partial, number];
      const high = number + partial;
      const low = partial - (high - number);
      if (low) partials[kept++] = low;
      number = high;
    }
    partials.length = kept;
    partials.push(number);
  }
  return partials.reduceRight((total, partial) => total + partial, 0);
}

function overCommonDenominator(numbers: readonly Num[]): { whole: bigint[]; below: bigint } {
  let below = 1n;
  for (const number of numbers as readonly Fraction[]) {
    if (below % number.bottom) below = (below / gcd(below, number.bottom)) * number.bottom;
  }
  if (below > 1n && bits(below) > MAX_BITS) throw endless("a common denominator");
  const whole = (numbers as readonly Fraction[]).map((each) => each.top * (below / each.bottom));
  return { whole, below };
}

function rounded(number: Num, rounding: Exclude<Rounding, "none">): Num {
  const exact = isExact(number) ? number : Fraction.ofFloat(number);
  switch (rounding) {
    case "floor":
      return Fraction.of(exact.floor());
    case "ceil":
      return Fraction.of(-exact.negated().floor());
    case "trunc":
      return Fraction.of(exact.top / exact.bottom);
    case "nearest":
      return Fraction.of(exact.plus(Fraction.of(1, 2)).floor());
  }
}

function powerOf(base: Base, exponent: Num): Num {
  if (exponent === MASKED) return ZERO;
  if (base === "e") return isZero(exponent) ? ONE : Math.exp(toFloat(exponent));
  if (isExact(exponent) && exponent.isWhole) return wholePower(base, exponent.top);
  return Math.pow(toFloat(base), toFloat(exponent));
}

function wholePower(base: Fraction, exponent: bigint): Fraction {
  const size = exponent < 0n ? -exponent : exponent;
  const longest = Math.max(bits(base.top), bits(base.bottom));
  if (BigInt(longest - 1) * size > BigInt(MAX_BITS)) throw endless("a power");
  const [top, bottom] = [base.top ** size, base.bottom ** size];
  return exponent < 0n ? Fraction.of(bottom, top) : Fraction.of(top, bottom);
}

function shiftOf(base: Base, column: readonly Num[]): Num {
  const finite = column.filter((number) => number !== MASKED);
  if (!finite.length) return ZERO;
  const peak = finite.reduce((best, number) => (compare(number, best) > 0 ? number : best));
  const stays = base !== "e" && finite.every((number) => isExact(number) && number.isWhole);
  const growth = base === "e" ? 1 : Math.log(toFloat(base));
  return stays || Math.abs(toFloat(peak)) * growth <= SAFE_EXPONENT ? ZERO : peak;
}

/** Returns the root of a whole number, rounded down, by Newton's method. */
function integerRoot(number: bigint): bigint {
  if (number < 2n) return number;
  let guess = 1n << BigInt(Math.ceil(bits(number) / 2));
  for (;;) {
    const next = (guess + number / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}

const endless = (what: string): NumberProblem =>
  new NumberProblem(`${what} has more than ${MAX_DIGITS} digits`);

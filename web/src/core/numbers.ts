/** Numbers as people write them: fractions where they are exact, float64 elsewhere. */

import { bits, Fraction, NumberProblem } from "./fraction";

/** An exact fraction, a float64, or `MASKED`. */
export type Num = Fraction | number;

/** The score of a key that a query must not see; raising it gives 0. */
export const MASKED = Number.NEGATIVE_INFINITY;

/** The longest numerator or denominator that is carried on, in decimal digits. */
export const MAX_DIGITS = 10_000;
export const MAX_BITS = Math.floor(MAX_DIGITS * Math.log2(10));

const LONGEST_WRITTEN_OUT = 10n ** 9n;
const FRACTION = /^([+-]?\d+)\s*\/\s*(\d+)$/;
const DECIMAL = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const LONGEST_TYPED = 2 * MAX_DIGITS + 8;

export const isExact = (number: Num): number is Fraction => number instanceof Fraction;

export const toFloat = (number: Num): number => (isExact(number) ? number.toFloat() : number);

export const isZero = (number: Num): boolean =>
  isExact(number) ? number.sign === 0 : number === 0;

export const isNegative = (number: Num): boolean =>
  isExact(number) ? number.sign < 0 : number < 0;

export function same(one: Num, other: Num): boolean {
  return isExact(one) && isExact(other) ? one.equals(other) : toFloat(one) === toFloat(other);
}

/** Reads what somebody typed: "3", "-0.25", "1e-3", "1/3"; exactly, never through a float. */
export function readNumber(text: string): Fraction {
  const typed = text.trim().replace(/^\u2212/, "-");
  if (typed.length > LONGEST_TYPED) throw new NumberProblem("the number is too long");
  const fraction = FRACTION.exec(typed);
  if (fraction) return Fraction.of(BigInt(unsigned(fraction[1]!)), BigInt(fraction[2]!));
  const decimal = DECIMAL.exec(typed);
  if (!decimal) throw new NumberProblem("write a whole number, a decimal, or a fraction like 1/3");
  return fromDecimal(decimal);
}

/** Writes a number so that nothing is lost: "9/46", "-1", or 17 significant digits. */
export function exactText(number: Num): string {
  if (!isExact(number)) return floatText(number);
  return number.isWhole ? `${number.top}` : `${number.top}/${number.bottom}`;
}

/** Writes a number to so many decimals, half away from zero, as people round on paper. */
export function decimalText(number: Num, digits: number): string {
  if (number === MASKED) return "-∞";
  const exact = isExact(number) ? number : Fraction.ofFloat(number);
  const sign = exact.sign < 0 ? "-" : "";
  const top = exact.sign < 0 ? -exact.top : exact.top;
  const power = 10n ** BigInt(digits);
  const units = nearest(top * power, exact.bottom);
  if (top && (!units || units >= LONGEST_WRITTEN_OUT * power)) {
    return sign + scientific(top, exact.bottom, digits);
  }
  const text = pointed(units, digits);
  const isWhole = units * exact.bottom === top * power && isExact(number);
  return sign + (isWhole || exact.isWhole ? shortest(text) : text);
}

/** Tells whether `decimalText` loses nothing. */
export function isShownExactly(number: Num, digits: number): boolean {
  if (number === MASKED) return false;
  const exact = isExact(number) ? number : Fraction.ofFloat(number);
  const size = exact.sign < 0 ? exact.negated() : exact;
  if (size.top >= LONGEST_WRITTEN_OUT * size.bottom) return false;
  return isExact(number) ? roundHalfAway(exact, digits).equals(exact) : exact.isWhole;
}

/** Rounds to so many decimals, halves away from zero. */
export function roundHalfAway(number: Fraction, digits: number): Fraction {
  const power = 10n ** BigInt(digits);
  const size = number.sign < 0 ? -number.top : number.top;
  const units = nearest(size * power, number.bottom);
  return Fraction.of(number.sign < 0 ? -units : units, power);
}

/** Refuses a number that is not finite or has no end. */
export function refuseUnbounded(number: Num): void {
  if (!isExact(number)) {
    if (Number.isFinite(number) || number === MASKED) return;
    throw new NumberProblem("a number is too large for float64");
  }
  const size = number.top < 0n ? -number.top : number.top;
  if (Math.max(bits(size), bits(number.bottom)) > MAX_BITS) {
    throw new NumberProblem(`a number has more than ${MAX_DIGITS} digits`);
  }
}

const unsigned = (digits: string): string => digits.replace(/^\+/, "");

function fromDecimal(parts: RegExpExecArray): Fraction {
  const [, sign, whole, after, only, exponent] = parts;
  const decimals = after ?? only ?? "";
  const size = BigInt(`${whole ?? ""}${decimals}` || "0");
  const power = Number(exponent ?? 0) - decimals.length;
  if (Math.abs(power) > MAX_DIGITS) throw new NumberProblem("the number is too long");
  const signed = sign === "-" ? -size : size;
  return power < 0
    ? Fraction.of(signed, 10n ** BigInt(-power))
    : Fraction.of(signed * 10n ** BigInt(power));
}

function floatText(number: number): string {
  if (number === MASKED) return "-inf";
  const text = number.toPrecision(17);
  const [mantissa, exponent] = text.split("e");
  const short = mantissa!.includes(".") ? mantissa!.replace(/\.?0+$/, "") : mantissa!;
  return exponent ? `${short}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}` : short;
}

function nearest(top: bigint, bottom: bigint): bigint {
  return (2n * top + bottom) / (2n * bottom);
}

function pointed(units: bigint, digits: number): string {
  const figures = units.toString().padStart(digits + 1, "0");
  return digits ? `${figures.slice(0, -digits)}.${figures.slice(-digits)}` : figures;
}

function shortest(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function scientific(top: bigint, bottom: bigint, digits: number): string {
  const size = magnitude(top, bottom);
  const above = top * 10n ** BigInt(Math.max(-size, 0));
  const below = bottom * 10n ** BigInt(Math.max(size, 0));
  const power = 10n ** BigInt(digits);
  const units = nearest(above * power, below);
  if (units === 10n * power) return `${shortest(pointed(power, digits))}e${size + 1}`;
  const text = pointed(units, digits);
  return `${units * below === above * power ? shortest(text) : text}e${size}`;
}

/** Returns the exponent of the leading digit: 0 for 5, -1 for 0.5, 2 for 500. */
function magnitude(top: bigint, bottom: bigint): number {
  let guess = Math.floor((bits(top) - bits(bottom)) * Math.log10(2));
  const holds = (size: number): boolean =>
    top * 10n ** BigInt(Math.max(-size, 0)) >= bottom * 10n ** BigInt(Math.max(size, 0));
  while (!holds(guess)) guess -= 1;
  while (holds(guess + 1)) guess += 1;
  return guess;
}
